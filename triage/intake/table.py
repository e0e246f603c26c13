"""Which row of a table is the header, and what does each column mean?

A title row, a date row or empty rows may stand above the header. Never reads files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from triage.intake.mapping import FieldMapping
from triage.tickets import CONTENT

SEARCHED_ROWS = 20


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a table. row: 1 = first row of the file; columns: (canonical field or None, header text)."""

    row: int
    columns: tuple[tuple[str | None, str], ...]

    @property
    def known(self) -> int:
        """How many different fields of a ticket the header names."""
        return len({name for name, _ in self.columns if name})


def find_header(rows: Sequence[Sequence[str]], mapping: FieldMapping) -> Header | None:
    """Return the first row that names at least two fields of a ticket, or 投诉内容 alone; None where none does.

    rows: the first rows of the table as text.
    """
    for number, row in enumerate(rows[:SEARCHED_ROWS], 1):
        header = Header(number, tuple((mapping.canonical(cell), cell.strip()) for cell in row))
        filled = [cell for cell in row if cell.strip()]
        if header.known >= 2 or (len(filled) == 1 and any(name == CONTENT for name, _ in header.columns)):
            return header
    return None
