"""What tickets stand in a CSV file?

Comma, semicolon or tab; quoted cells may hold line breaks. A row whose quote is never closed costs that row only:
reading goes on with its next line. Never loads the whole file.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from triage.intake.build import Builder
from triage.intake.errors import NoHeaderError
from triage.intake.limits import open_text
from triage.intake.mapping import FieldMapping
from triage.intake.sniff import encoding_of
from triage.intake.table import SEARCHED_ROWS, Header, find_header
from triage.tickets import Reject, Ticket

_DELIMITERS = (",", "\t", ";", "，", "|")
_QUOTED_LINES = 200  # physical lines one row may span; more mean that a quote was never closed


def read_csv(path: Path, data: bytes, builder: Builder, mapping: FieldMapping) -> Iterator[Ticket | Reject]:
    """Yield a Ticket or a Reject for every filled row below the header, in file order.

    data: the beginning of the file. Raises NoHeaderError, TooLargeError.
    """
    encoding = encoding_of(data)
    delimiter, header = _header(path, data.decode(encoding, errors="replace"), mapping)
    with open_text(path, encoding, builder.caps) as text:
        for row, cells in _rows(_Lines(text, builder.caps.cell), delimiter, len(header.columns)):
            if row > header.row:
                yield from _ticket(row, cells, header, builder)


def _header(path: Path, text: str, mapping: FieldMapping) -> tuple[str, Header]:
    found: list[tuple[str, Header]] = []
    for delimiter in _DELIMITERS:
        header = find_header(_first_rows(text.removeprefix("\ufeff"), delimiter), mapping)
        if header:
            found.append((delimiter, header))
    if not found:
        what = f"前 {SEARCHED_ROWS} 行里没有可识别的表头"
        raise NoHeaderError(str(path), what, "表头应有“工单流水号、投诉内容”等字段名，或提供字段对照")
    return max(found, key=lambda pair: pair[1].known)


def _first_rows(text: str, delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        rows.extend(islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), SEARCHED_ROWS))
    except csv.Error:  # a row below the header that is too long; it becomes a Reject when its turn comes
        return rows
    return rows


def _ticket(row: int, cells: list[str] | str, header: Header, builder: Builder) -> Iterator[Ticket | Reject]:
    if isinstance(cells, str):
        yield builder.reject(row, "", cells)
        return
    width = len(header.columns)
    if len(cells) > width:
        if any(cell.strip() for cell in cells[width:]):
            yield builder.reject(
                row, "", f"有 {len(cells)} 列，表头只有 {width} 列；含分隔符的内容应加引号，请修正后重新导入"
            )
            return
        cells = cells[:width]
    if any(cell and not cell.isspace() for cell in cells):
        notes = (f"这一行只有 {len(cells)} 列，其余按空处理",) if len(cells) < width else ()
        yield builder.ticket(
            row, ((name, head, cell) for (name, head), cell in zip(header.columns, cells, strict=False)), notes
        )


class _RunawayError(Exception):
    """A row has swallowed so many lines that its quote cannot be meant."""


class _Lines(Iterator[str]):
    """The lines of a text, which can be given back.

    taken: the lines handed out since the last row was complete. Lines longer than what a row may hold are cut.
    """

    def __init__(self, text: io.TextIOBase, cell: int) -> None:
        self.taken: list[str] = []
        self._text = text
        self._limit = cell * 4
        self._back: list[str] = []
        self.at_end = False

    def __next__(self) -> str:
        if len(self.taken) > _QUOTED_LINES:
            raise _RunawayError
        line = self._back.pop() if self._back else self._read()
        if not line:
            self.at_end = True
            raise StopIteration
        self.taken.append(line)
        return line

    def _read(self) -> str:
        line = self._text.readline(self._limit)
        piece = line
        while len(piece) == self._limit and not piece.endswith("\n"):
            piece = self._text.readline(self._limit)
        return line

    def give_back(self) -> None:
        """Return all taken lines but the first, so that they are read as rows of their own."""
        self._back.extend(reversed(self.taken[1:]))
        self.at_end = False
        self.taken.clear()


def _rows(lines: _Lines, delimiter: str, width: int) -> Iterator[tuple[int, list[str] | str]]:
    """Yield (row, cells), or (row, sentence) for a row that cannot be split."""
    reader = csv.reader(lines, delimiter=delimiter)
    row = 0
    while True:
        row += 1
        try:
            cells = next(reader, None)
        except (csv.Error, _RunawayError) as problem:
            yield row, _broken(problem)
            lines.give_back()
            reader = csv.reader(lines, delimiter=delimiter)
            continue
        if cells is None:
            return
        if _swallowed(lines, cells, delimiter, width):
            yield row, "引号没有配对；请在来源系统重新导出，或补上这一行的引号"
            lines.give_back()
            reader = csv.reader(lines, delimiter=delimiter)
            continue
        lines.taken.clear()
        yield row, cells


def _swallowed(lines: _Lines, cells: list[str], delimiter: str, width: int) -> bool:
    """Whether an unclosed quote has drawn the following rows into this one."""
    if lines.at_end and lines.taken:
        return True
    if len(lines.taken) < 2:
        return False
    return len(cells) > width or any(
        len(alone) == width > 2 for alone in csv.reader(lines.taken[1:], delimiter=delimiter, quoting=csv.QUOTE_NONE)
    )


def _broken(problem: Exception) -> str:
    if isinstance(problem, _RunawayError):
        return f"一行跨了 {_QUOTED_LINES} 多个换行，引号没有配对；请补上引号后重新导入"
    return f"这一行读不出（{problem}）；可能有过长的内容或没有配对的引号，请修正后重新导入"
