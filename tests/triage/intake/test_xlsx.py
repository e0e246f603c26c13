"""Which tickets does a workbook give?"""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest

from triage.intake import Caps, read_file
from triage.intake.errors import BrokenFileError, NoHeaderError, TooLargeError, UnknownFormatError
from triage.tickets import Reject, Ticket

HEADER = ("工单流水号", "派单时间", "投诉内容", "故障号码")
Row = Sequence[object]


def save(path: Path, *sheets: Sequence[Row]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(f"表{number}")
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def read(path: Path) -> list[Ticket | Reject]:
    return list(read_file(path))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tickets.xlsx"


def test_title_row_and_last_empty_rows_are_no_tickets(file: Path) -> None:
    save(file, [("投诉工单",), (), HEADER, ("S-1", "", "没信号", ""), (), ("", "", "", ""), ()])
    assert [item.origin.row for item in read(file) if isinstance(item, Ticket)] == [4]


def test_numbers_and_dates_come_as_a_person_sees_them(file: Path) -> None:
    save(file, [HEADER, (20260001, datetime.datetime(2026, 11, 3, 8, 15), "没信号", 13800000001.0)])  # noqa: DTZ001
    item = read(file)[0]
    assert isinstance(item, Ticket)
    assert item.fields == {
        "工单流水号": "20260001", "派单时间": "2026-11-03 08:15:00", "投诉内容": "没信号", "故障号码": "13800000001",
    }  # fmt: skip


def test_first_sheet_with_a_header_counts(file: Path) -> None:
    save(file, [("说明",)], [HEADER, ("S-1", "", "没信号", "")], [HEADER, ("S-2", "", "掉话", "")])
    assert [item.number for item in read(file) if isinstance(item, Ticket)] == ["S-1"]


def test_suffix_does_not_matter(tmp_path: Path) -> None:
    assert len(read(save(tmp_path / "tickets.csv", [HEADER, ("S-1", "", "没信号", "")]))) == 1


def test_formula_without_a_saved_value_is_empty(file: Path) -> None:
    save(file, [HEADER, ("S-1", "", '=HYPERLINK("http://x")', "")])
    item = read(file)[0]
    assert isinstance(item, Ticket)
    assert "投诉内容" not in item.fields


def test_sheet_of_something_else_has_no_header(file: Path) -> None:
    with pytest.raises(NoHeaderError, match="表头"):
        read(save(file, [("姓名", "年龄")]))


def test_workbook_that_unpacks_to_more_than_the_cap_is_refused(file: Path) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b" " * 2_000_000)
    with pytest.raises(TooLargeError, match="解开后"):
        list(read_file(file, caps=Caps(unpacked=1_000_000)))


def test_directory_that_lies_about_a_size_is_not_believed(file: Path) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b" " * 2_000_000)
    data = file.read_bytes()
    file.write_bytes(data.replace((2_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little")))
    with pytest.raises(BrokenFileError):
        list(read_file(file, caps=Caps(unpacked=1_000_000)))


def test_zip_of_something_else_says_so(file: Path) -> None:
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("a.txt", b"x")
    with pytest.raises(UnknownFormatError, match="压缩包"):
        read(file)


def test_truncated_workbook_says_so(file: Path) -> None:
    data = save(file, [HEADER, ("S-1", "", "没信号", "")]).read_bytes()
    file.write_bytes(data[: len(data) // 2])
    with pytest.raises(BrokenFileError):
        read(file)


def test_old_or_encrypted_workbook_says_how_to_save_it(file: Path) -> None:
    file.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 512)
    with pytest.raises(UnknownFormatError, match="xlsx"):
        read(file)
