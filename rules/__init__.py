"""The handbooks as data, and the small language they are written in."""
