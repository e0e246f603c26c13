"""Do the rules commands say what a rule keeper needs, and fail with the right exit code?"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.commands.rules import app
from rules.loader import load_rules
from tests.rules.sets import SMALL


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), env={"COLUMNS": "200"})


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A copy of the small set with two wrong lines."""
    folder = tmp_path / "rules"
    shutil.copytree(SMALL, folder)
    table = folder / "tables" / "centre.yaml"
    table.write_text(table.read_text(encoding="utf-8").replace("[no_signal]", "[no_sgnal]"), encoding="utf-8")
    reply = folder / "replies" / "blind-spot.yaml"
    reply.write_text(reply.read_text(encoding="utf-8").replace("status: active", "status: aktiv"), encoding="utf-8")
    return folder


def test_check_gives_figures() -> None:
    result = run("check", "--content", str(SMALL), "--json")
    found = json.loads(result.stdout)
    assert (result.exit_code, found["active rules"], found["examples"], found["lifecycles"]) == (0, 2, 11, 1)
    assert found["tables"] == [
        {"id": "table.centre", "hit": "unique", "rows": 2, "overlaps": 0, "gaps": 1, "of": 3,
         "first_gaps": ["phenomenon=?"], "masked": []}
    ]  # fmt: skip


def test_check_prints_a_line_for_each_table() -> None:
    result = run("check", "--content", str(SMALL))
    assert "1 of 3" in result.stdout


def test_check_lists_every_problem_and_fails(broken: Path) -> None:
    result = run("check", "--content", str(broken))
    assert result.exit_code == 1
    assert [line.split(": ")[0] for line in result.stdout.splitlines()] == [
        "replies/blind-spot.yaml:3", "tables/centre.yaml:9", "2 problems; the rules do not load",
    ]  # fmt: skip


def test_check_lists_every_problem_as_json(broken: Path) -> None:
    assert len(json.loads(run("check", "--content", str(broken), "--json").stdout)["problems"]) == 2


def test_test_counts_examples() -> None:
    result = run("test", "--content", str(SMALL))
    assert (result.exit_code, result.stdout) == (0, "11 of 11 examples come out\n")


def test_test_names_the_line_of_a_failure_and_fails(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    shutil.copytree(SMALL, folder)
    path = folder / "specialty" / "apn.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("信号正常}", "没有信号}"), encoding="utf-8")
    result = run("test", "--content", str(folder))
    assert result.exit_code == 1
    assert result.stdout.startswith("specialty/apn.yaml:25: signal.words: 信号正常: expected that it does not fit")


def test_explain_says_a_rule_in_words() -> None:
    result = run("explain", "apn.group", "--content", str(SMALL))
    assert "客户类别是集团" in result.stdout
    assert "则：现象 = 行业APN，业务域 = 移动（权重 1）" in result.stdout


def test_explain_shows_a_table_and_a_reply() -> None:
    assert "无信号由分公司网络部处理" in run("explain", "table.centre", "--content", str(SMALL)).stdout
    assert "{描述+原因}" in run("explain", "reply.blind_spot", "--content", str(SMALL)).stdout


def test_explain_says_what_rules_see_in_a_text() -> None:
    arguments = ("--text", "行业卡断网", "--fact", "customer.kind=集团", "--content", str(SMALL))
    result = run("explain", *arguments)
    assert "见到“行业卡”：complaint.text[0:3]" in result.stdout
    rules = json.loads(run("explain", *arguments, "--json").stdout)["rules"]
    assert [(one["rule"], one["truth"]) for one in rules] == [("apn.group", True), ("signal.words", False)]


@pytest.mark.parametrize(
    "arguments",
    [
        ("explain",),
        ("explain", "nowhere"),
        ("explain", "apn.group", "--text", "x"),
        ("explain", "--fact", "repeats=viel"),
        ("explain", "--fact", "nowhere=1"),
        ("graph", "nowhere"),
    ],
)
def test_a_question_that_makes_no_sense_ends_with_exit_code_2(arguments: tuple[str, ...]) -> None:
    assert run(*arguments, "--content", str(SMALL)).exit_code == 2


def test_diff_compares_a_folder_with_an_archive(tmp_path: Path) -> None:
    archive = tmp_path / "old.zip"
    archive.write_bytes(load_rules(SMALL, province="sichuan").archive())
    result = run("diff", str(archive), str(SMALL))
    assert result.stdout.splitlines() == [
        "+ rule signal.words", "~ table table.centre: examples, hit, rows, title", "1 added, 0 removed, 1 changed",
    ]  # fmt: skip
    found = json.loads(run("diff", str(archive), str(SMALL), "--json").stdout)
    assert found["added"] == [["rule", "signal.words"]]


def test_diff_refuses_what_is_no_set_of_rules(tmp_path: Path) -> None:
    junk = tmp_path / "junk"
    junk.write_bytes(b"junk")
    assert run("diff", str(junk), str(SMALL)).exit_code == 2


def test_graph_draws_everything_or_one() -> None:
    assert run("graph", "--content", str(SMALL)).stdout.count("%% ") == 3
    assert run("graph", "tree.apn", "--content", str(SMALL)).stdout.startswith("%% tree.apn\nflowchart TD\n")
