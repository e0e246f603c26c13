"""Which tickets does a CSV file give?"""

from __future__ import annotations

from pathlib import Path

import pytest

from triage.intake import Caps, read_file
from triage.intake.errors import EmptyFileError, NoHeaderError, NotAFileError, TooLargeError
from triage.tickets import Reject, Ticket

HEADER = "工单流水号,工单主题,投诉内容,客户级别\n"


def read(path: Path, data: str | bytes, caps: Caps | None = None) -> list[Ticket | Reject]:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return list(read_file(path, caps=caps))


def contents(items: list[Ticket | Reject]) -> list[str]:
    return [item.fields.get("投诉内容", "") if isinstance(item, Ticket) else f"!{item.row}" for item in items]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tickets.csv"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_reads_the_encodings_of_exports(file: Path, encoding: str) -> None:
    assert contents(read(file, (HEADER + "S-1,主题,没信号,一星\n").encode(encoding))) == ["没信号"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_finds_the_delimiter_by_the_header(file: Path, delimiter: str) -> None:
    assert contents(read(file, (HEADER + "S-1,主题,没信号,一星\n").replace(",", delimiter))) == ["没信号"]


def test_title_row_and_empty_rows_may_stand_above_the_header(file: Path) -> None:
    items = read(file, f"投诉工单导出 2026-11-03,,,\n\n{HEADER}S-1,主题,没信号,一星\n")
    assert [item.origin.row for item in items if isinstance(item, Ticket)] == [4]


def test_quoted_cell_keeps_its_line_breaks(file: Path) -> None:
    assert contents(read(file, HEADER + 'S-1,主题,"没信号\n很久了",一星\n')) == ["没信号\n很久了"]


def test_unclosed_quote_costs_its_row_only(file: Path) -> None:
    items = read(file, HEADER + 'S-1,主题,"没信号,一星\nS-2,主题,"上网慢",一星\nS-3,主题,掉话,一星\n')
    assert contents(items) == ["!2", "上网慢", "掉话"]


def test_unclosed_quote_in_the_last_row_is_a_reject(file: Path) -> None:
    assert contents(read(file, HEADER + 'S-1,主题,掉话,一星\nS-2,主题,"没信号,一星')) == ["掉话", "!3"]


def test_unquoted_comma_is_a_reject_that_says_so(file: Path) -> None:
    items = read(file, HEADER + "S-1,主题,没信号,很久了,一星\nS-2,主题,掉话,一星\n")
    assert contents(items) == ["!2", "掉话"]
    assert isinstance(items[0], Reject)
    assert "加引号" in items[0].sentence


def test_row_broken_by_a_line_break_is_no_ticket(file: Path) -> None:
    assert contents(read(file, HEADER + "S-1,主题,没信号\n很久了 谢谢，再见,一星\n")) == ["没信号", "!3"]


@pytest.mark.parametrize("bad", [b"\xff\xfe\xff", b"\x00"])
def test_bad_byte_costs_its_row_only(file: Path, bad: bytes) -> None:
    data = HEADER.encode() + "S-1,主题,没信号".encode() + bad + ",一星\nS-2,主题,掉话,一星\n".encode()
    items = read(file, data)
    assert contents(items) == ["!2", "掉话"]
    assert isinstance(items[0], Reject)
    assert items[0].field == "投诉内容"


def test_cell_at_the_cap_is_read_and_one_above_is_not(file: Path) -> None:
    items = read(file, f"{HEADER}S-1,主题,{'信' * 50},一星\nS-2,主题,{'信' * 51},一星\n", Caps(cell=50))
    assert contents(items) == ["信" * 50, "!3"]


def test_huge_cell_costs_its_row_only(file: Path) -> None:
    items = read(file, f'{HEADER}S-1,主题,"{"信号" * 500_000}",一星\nS-2,主题,掉话,一星\n')
    assert contents(items) == ["!2", "掉话"]


def test_row_above_the_cap_ends_the_file(file: Path) -> None:
    file.write_text(HEADER + "S-1,主题,没信号,一星\nS-2,主题,掉话,一星\n", encoding="utf-8")
    items = read_file(file, caps=Caps(rows=1))
    assert isinstance(next(items), Ticket)
    with pytest.raises(TooLargeError, match="多于 1 行"):
        next(items)


def test_file_above_the_cap_is_not_read(file: Path) -> None:
    with pytest.raises(TooLargeError, match="字节"):
        read(file, HEADER + "S-1,主题,没信号,一星\n", Caps(unpacked=20))


def test_empty_file_says_so(file: Path) -> None:
    with pytest.raises(EmptyFileError, match="空的"):
        read(file, "\n")


def test_directory_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotAFileError, match="目录"):
        list(read_file(tmp_path))


def test_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotAFileError, match="打不开"):
        list(read_file(tmp_path / "gone.csv"))


def test_table_of_something_else_has_no_header(file: Path) -> None:
    with pytest.raises(NoHeaderError, match="表头"):
        read(file, "姓名,年龄\n张三,30\n")


def test_formula_stays_text(file: Path) -> None:
    assert contents(read(file, HEADER + 'S-1,主题,"=HYPERLINK(""x"")",一星\n')) == ['=HYPERLINK("x")']
