"""Which tickets do JSON files and API bodies give?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from triage.intake import Caps, FieldMapping, read_file, ticket_from_mapping
from triage.intake.errors import BrokenFileError
from triage.tickets import Reject, Ticket


def read(path: Path, text: str) -> list[Ticket | Reject]:
    path.write_bytes(text.encode("utf-8", errors="surrogatepass"))
    return list(read_file(path))


def contents(items: list[Ticket | Reject]) -> list[str]:
    return [item.fields.get("投诉内容", "") if isinstance(item, Ticket) else f"!{item.row}" for item in items]


def line(number: str, content: object) -> str:
    return json.dumps({"工单流水号": number, "complaintDesc": content}, ensure_ascii=False)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tickets.json"


def test_reads_one_object_a_line(file: Path) -> None:
    assert contents(read(file, f"{line('S-1', '没信号')}\n\n{line('S-2', '掉话')}\n")) == ["没信号", "掉话"]


def test_reads_an_array_written_over_several_lines(file: Path) -> None:
    records = [{"工单流水号": f"S-{n}", "投诉内容": "没信号" * 500} for n in range(100)]
    assert contents(read(file, json.dumps(records, indent=1))) == ["没信号" * 500] * 100


def test_reads_a_single_object_written_over_several_lines(file: Path) -> None:
    assert contents(read(file, json.dumps({"工单流水号": "S-1", "投诉内容": "没信号"}, indent=2))) == ["没信号"]


def test_empty_array_holds_nothing(file: Path) -> None:
    assert read(file, "[]") == []


def test_bad_line_costs_itself_only(file: Path) -> None:
    assert contents(read(file, f"{line('S-1', '没信号')}\n{{'x'\n{line('S-3', '掉话')}")) == ["没信号", "!2", "掉话"]


def test_first_line_may_be_the_bad_one(file: Path) -> None:
    assert contents(read(file, f'{{"工单流水号": \n{line("S-2", "掉话")}')) == ["!1", "掉话"]


def test_array_that_breaks_off_keeps_what_was_whole(file: Path) -> None:
    file.write_text(f"[{line('S-1', '没信号')}, {line('S-2', '掉')[:-3]}", encoding="utf-8")
    items = read_file(file)
    assert isinstance(next(items), Ticket)
    with pytest.raises(BrokenFileError, match="第 2 条"):
        next(items)


def test_element_that_is_no_object_is_a_reject(file: Path) -> None:
    assert contents(read(file, f"[1, {line('S-2', '掉话')}]")) == ["!1", "掉话"]


def test_deep_nesting_is_a_reject(file: Path) -> None:
    assert contents(read(file, f'{line("S-1", "没信号")}\n{{"a": {"[" * 100_000}\n')) == ["没信号", "!2"]


@pytest.mark.parametrize("content", ["没\ud83d信号", "没\x00信号"])
def test_what_no_database_stores_is_a_reject_that_names_the_field(file: Path, content: str) -> None:
    items = read(file, json.dumps({"工单流水号": "S-1", "投诉内容": content}))
    assert [item.field for item in items if isinstance(item, Reject)] == ["投诉内容"]


def test_nested_value_is_a_reject_that_names_the_field() -> None:
    item = ticket_from_mapping({"工单流水号": "S-1", "投诉内容": ["没信号"]})
    assert isinstance(item, Reject)
    assert item.field == "投诉内容"


def test_numbers_and_booleans_become_text() -> None:
    item = ticket_from_mapping({"sheetId": 12.0, "isWideComplaint": True, "投诉内容": None, "故障号码": 13800000001})
    assert isinstance(item, Ticket)
    assert item.fields == {"工单流水号": "12", "是否大面积投诉": "是", "故障号码": "13800000001"}


def test_object_without_any_known_field_is_a_reject() -> None:
    assert isinstance(ticket_from_mapping({"a": "b"}), Reject)


def test_mapping_brings_other_names() -> None:
    item = ticket_from_mapping(
        {"编号X": "S-1", "诉": "没信号"}, mapping=FieldMapping({"编号x": "工单流水号", "诉": "投诉内容"})
    )
    assert isinstance(item, Ticket)
    assert item.fields == {"工单流水号": "S-1", "投诉内容": "没信号"}


def test_cap_counts_characters_of_a_field() -> None:
    assert isinstance(ticket_from_mapping({"投诉内容": "信" * 11}, caps=Caps(cell=10)), Reject)
