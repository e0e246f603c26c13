"""What tickets stand in a workbook?

The first sheet with a recognisable header; a title row may stand above it, empty rows below are nothing. Numbers and
dates come as a person sees them. Never evaluates a formula: the value that was saved with it counts.
"""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import python_calamine

from triage.intake.build import Builder, number_text
from triage.intake.errors import BrokenFileError, NoHeaderError, TooLargeError, UnknownFormatError
from triage.intake.mapping import FieldMapping
from triage.intake.table import SEARCHED_ROWS, find_header
from triage.tickets import Reject, Ticket

_Cell = int | float | str | bool | datetime.time | datetime.date | datetime.datetime | datetime.timedelta
_INFLATION = 1_032  # the most that deflate can unpack one byte into


def read_xlsx(path: Path, data: bytes, builder: Builder, mapping: FieldMapping) -> Iterator[Ticket | Reject]:
    """Yield a Ticket or a Reject for every filled row below the header, in the order of the sheet.

    data: the beginning of the file; it is not needed. Raises TooLargeError, UnknownFormatError, BrokenFileError,
    NoHeaderError.
    """
    del data
    _check_parts(path, builder.caps.unpacked)
    with _workbook(path) as book:
        for name in book.sheet_names:
            rows = _rows(path, book, name)
            top = list(islice(rows, SEARCHED_ROWS))
            header = find_header(top, mapping)
            if header is None:
                continue
            for row, cells in _numbered(top, rows):
                if row > header.row and any(cells):
                    yield builder.ticket(
                        row, ((*column, cell) for column, cell in zip(header.columns, cells, strict=False))
                    )
            return
    what = f"没有一个工作表的前 {SEARCHED_ROWS} 行里有可识别的表头"
    raise NoHeaderError(str(path), what, "表头应有“工单流水号、投诉内容”等字段名，或提供字段对照")


def _check_parts(path: Path, most: int) -> None:
    """Refuse a workbook whose parts unpack to more than allowed; the directory is believed only where it is proven."""
    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
            size = sum(part.file_size for part in parts)
            if size > most:
                raise TooLargeError(str(path), f"解开后有 {size} 字节，上限是 {most}", "请分成几个文件导入")
            if not any(part.filename.startswith("xl/") for part in parts):
                raise UnknownFormatError(str(path), "这是压缩包，不是 .xlsx", "请解开后导入其中的文件")
            if sum(part.compress_size for part in parts) * _INFLATION > most and packed.testzip() is not None:
                raise BrokenFileError(str(path), "压缩目录与内容不符", "请在表格软件里重新保存")
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError) as problem:
        raise BrokenFileError(str(path), f"工作簿已损坏（{problem}）", "请在表格软件里重新保存") from problem


def _workbook(path: Path) -> python_calamine.CalamineWorkbook:
    try:
        return python_calamine.CalamineWorkbook.from_path(path)
    except (python_calamine.CalamineError, OSError) as problem:
        raise BrokenFileError(str(path), f"工作簿读不出（{problem}）", "请在表格软件里重新保存") from problem


def _rows(path: Path, book: python_calamine.CalamineWorkbook, name: str) -> Iterator[list[str]]:
    """Yield the rows of a sheet as text, from its first row on, empty rows included."""
    try:
        for row in book.get_sheet_by_name(name).iter_rows():
            yield [_text(cell) for cell in row]
    except python_calamine.CalamineError as problem:
        raise BrokenFileError(str(path), f"工作表“{name}”读不出（{problem}）", "请在表格软件里重新保存") from problem


def _numbered(top: list[list[str]], rows: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    yield from enumerate(top, 1)
    yield from enumerate(rows, len(top) + 1)


def _text(cell: _Cell) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, int | float):
        return number_text(cell)
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    return str(cell)
