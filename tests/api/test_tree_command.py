"""Does `./suyin tree` list, show, draw and walk, and say in one sentence what it cannot do?"""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api.commands.tree import app

NAMES = {
    "access_device", "apn", "boss_side", "broadband", "centrex", "coverage", "data", "hall_guidance", "ims_feature",
    "ims_fax", "ims_quality", "ims_voice",
}  # fmt: skip
FINDING = {
    "code": "registration.bad_credentials",
    "severity": "fault",
    "responsible": ["boss", "cpe"],
    "frames": [1, 3],
}
PASSWORD = {"verdict": {"code": "registration.bad_credentials"}, "findings": [FINDING]}


def run(*arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(app, arguments, input=typed)


def walked(*arguments: str) -> Any:
    result = run("walk", *arguments, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_all_trees_are_listed() -> None:
    assert {tree["tree"] for tree in json.loads(run("list", "--json").stdout)} == NAMES


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_tree_can_be_shown_and_drawn(name: str, tmp_path: Path) -> None:
    result = run("show", name, "--json", "--svg", str(tmp_path / "tree.svg"))
    shown = json.loads(result.stdout)
    drawn = ET.parse(tmp_path / "tree.svg").getroot()
    assert (shown["tree"], drawn.tag.endswith("svg")) == (name, True)


def test_a_capture_s_json_leads_to_the_province_s_conclusion(tmp_path: Path) -> None:
    (tmp_path / "found.json").write_text(json.dumps(PASSWORD))
    found = walked("ims_voice", "--province", "anhui", "--capture", str(tmp_path / "found.json"))
    assert found["path"][-1] == {"node": "register", "answer": "bad_credentials", "from": "capture"}
    assert (found["open"], found["conclusion"]["responsible_name"]) == (None, "信息系统部")


def test_facts_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "facts.json").write_text('{"ims.number": true, "ims.account": {"value": "missing", "from": "boss"}}')
    found = walked("ims_voice", "--province", "sichuan", "--facts", str(tmp_path / "facts.json"))
    assert (found["path"][-1]["from"], found["conclusion"]["action"]) == ("boss", "从BOSS模块添加用户数据")


@pytest.mark.parametrize("form", ["json", "file", "pairs", "order"])
def test_answers_come_in_four_forms(form: str, tmp_path: Path) -> None:
    by_node = {"number": True, "account": "没有开户信息"}
    file = tmp_path / "answers.json"
    file.write_text(json.dumps(by_node))
    forms = {
        "json": json.dumps(by_node),
        "file": str(file),
        "pairs": "number=是,account=missing",
        "order": "是,missing",
    }
    found = walked("ims_voice", "--province", "sichuan", "--answers", forms[form])
    assert [step["answer"] for step in found["path"]] == ["true", "missing"]
    assert found["conclusion"]["cause"] == "号码没有开户"


def test_what_nobody_answered_stays_open() -> None:
    found = walked("ims_voice", "--province", "sichuan")
    assert found == {"tree": "ims_voice", "path": [], "open": "number", "needs": "客户的故障号码", "conclusion": None}


def test_not_knowing_names_what_is_missing() -> None:
    found = walked("ims_voice", "--province", "sichuan", "--answers", "是,不清楚")
    assert (found["open"], found["needs"]) == ("account", "BOSS模块B286的开户查询结果")


def test_the_walk_is_drawn(tmp_path: Path) -> None:
    walked("ims_voice", "--answers", "是", "--svg", str(tmp_path / "walk.svg"))
    assert "chosen" in (tmp_path / "walk.svg").read_text()


def test_a_person_is_asked_with_numbers_words_and_a_way_back() -> None:
    typed = "1\n也许\n<\n是\n没有开户信息\n"
    result = run("walk", "ims_voice", "--province", "sichuan", "--ask", typed=typed)
    assert result.stdout.count("步骤1：客户的故障号码确认了吗？  《") == 2
    assert "“也许”不是" in result.stderr
    assert "结论：没有开户信息，从BOSS模块添加用户数据" in result.stdout


def test_an_empty_line_stops_and_says_what_is_missing() -> None:
    result = run("walk", "ims_voice", "--province", "sichuan", "--ask", typed="1\n\n")
    assert "缺：BOSS模块B286的开户查询结果" in result.stdout


def test_without_json_the_conclusion_is_said_in_words() -> None:
    result = run("walk", "ims_voice", "--province", "sichuan", "--answers", "是,missing")
    assert "结论：没有开户信息，从BOSS模块添加用户数据" in result.stdout
    assert "省公司业务支撑中心（business_support_centre）" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["show", "ims"], "没有排查树 ims，可选："),
        (["walk", "ims_voice", "--answers", "也许"], "“也许”不是“客户的故障号码核实了吗？”的答案"),
        (["walk", "ims_voice", "--answers", "nowhere=是"], "ims_voice 没有要回答的节点 nowhere"),
        (["walk", "ims_voice", "--answers", "{"], "--answers 不是正确的 JSON"),
        (["walk", "ims_voice", "--facts", "/nowhere.json"], "/nowhere.json"),
        (["walk", "ims_voice", "--province", "tibet"], "SUYIN_PROVINCE is 'tibet'"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_exit_code_2(arguments: list[str], sentence: str) -> None:
    result = run(*arguments)
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
    assert sentence in result.stderr
