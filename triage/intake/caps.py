"""How much of a file is read before it is refused? Never looks into a file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caps:
    """Limits of one import, each above 0.

    rows: tickets and rejects in one file; the default is the number of rows a worksheet holds.
    cell: characters of one field; the default is what a worksheet cell holds. A longer one rejects its row.
    unpacked: bytes of a text file, or of all parts of a workbook after unpacking.
    """

    rows: int = 1_048_576
    cell: int = 32_767
    unpacked: int = 2 * 1024**3
