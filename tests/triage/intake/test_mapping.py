"""How are other headers brought to ours?"""

from __future__ import annotations

from pathlib import Path

import pytest

from triage.intake import load_mapping, read_file
from triage.intake.errors import MappingError
from triage.intake.names import canonical
from triage.tickets import Ticket


@pytest.mark.parametrize(
    ("header", "field"),
    [
        (" 工单　流水号：", "工单流水号"),
        ("ＥＯＭＳ工单流水号", "工单流水号"),
        ("SHEETID", "工单流水号"),
        ("投诉分类(一级)", "投诉分类一级"),
        ("complaintType7", "投诉分类七级"),
        ("mainFaultCchTypeFive", "投诉定位建议5"),
        ("是否大面积投诉？", "是否大面积投诉"),
        ("处理人", None),
    ],
)
def test_headers_are_compared_without_width_spaces_and_punctuation(header: str, field: str | None) -> None:
    assert canonical(header) == field


def test_mapping_file_wins_over_the_known_names(tmp_path: Path) -> None:
    (tmp_path / "map.yaml").write_text("编号X: 工单流水号\n标题: 投诉内容\n", encoding="utf-8")
    (tmp_path / "t.csv").write_text("编号X,标题\nS-1,没信号\n", encoding="utf-8")
    item = next(read_file(tmp_path / "t.csv", mapping=load_mapping(tmp_path / "map.yaml")))
    assert isinstance(item, Ticket)
    assert item.fields == {"工单流水号": "S-1", "投诉内容": "没信号"}


def test_mapping_may_be_json(tmp_path: Path) -> None:
    (tmp_path / "map.json").write_text('{"编号X": "sheetId"}', encoding="utf-8")
    assert load_mapping(tmp_path / "map.json").canonical("编号 x") == "工单流水号"


def test_every_problem_is_reported_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "map.yaml"
    file.write_text("甲: 工单流水号\n乙: 没有的字段\n甲: 投诉内容\n丙: [1]\n", encoding="utf-8")
    with pytest.raises(MappingError) as problem:
        load_mapping(file)
    assert [f"{file}:{line}:" in problem.value.what for line in (1, 2, 3, 4)] == [False, True, True, True]


@pytest.mark.parametrize("text", ["- a\n- b\n", "a: b: c\n", ""])
def test_file_that_is_no_mapping_says_so(tmp_path: Path, text: str) -> None:
    file = tmp_path / "map.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(MappingError):
        load_mapping(file)
