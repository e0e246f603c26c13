"""Everything that asks a live system: AAA, soft probe, line."""
