"""Does docs/rules.md tell the truth? Its examples load and come out, and it names everything the language has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from api.commands.rules import app
from rules.condition_reading import GROUPS, OPERATORS
from rules.facts import REFERS, TYPES
from rules.proofs import run_examples
from rules.source import STATUSES
from rules.tables import HITS
from tests.rules.sets import SOURCE, build

PAGE = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
FOLDERS = {"specialty": "rules", "terms": "terms", "table": "tables", "reply": "replies", "tree": "trees"}
MORE_FACTS = """
specialty: {title: 专业, type: word, derived: true}
complaint.safety: {title: 安全, type: flag}
gateway.ping: {title: 企业网关, type: choice, values: {ok: 通, lost: 不通}}
handling.action: {title: 处理动作, type: choice, values: [提交工单, 转人工]}
handling.attachment: {title: 附件, type: choice, values: {ping: ping 结果}}
"""
CENTRES = f"- {{id: enterprise_response, name: 集客响应, kind: province_centre, province: base, {SOURCE}}}"


def files_of_the_page() -> dict[str, str]:
    blocks: list[str] = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    facts = next(block for block in blocks if block.startswith("complaint.text"))
    files = {"facts.yaml": facts.replace("no_signal: 无信号", "apn_iot: 行业") + MORE_FACTS, "centres.yaml": CENTRES}
    for block in blocks:
        found = re.match(r"id: (\w+)\.", block)
        if found:
            files[f"{FOLDERS.get(found[1], 'workflows')}/{found[1]}.yaml"] = block
    return files


def test_the_examples_of_the_page_load_and_come_out() -> None:
    rules = build(files_of_the_page())
    assert (len(rules.rules), len(rules.tables), len(rules.trees), len(rules.lifecycles)) == (1, 1, 1, 1)
    assert run_examples(rules) == (5, ())


@pytest.mark.parametrize("word", [*OPERATORS, *GROUPS, *TYPES, *STATUSES, *HITS, *REFERS, "near", "negated", "weight"])
def test_the_page_names_every_word_of_the_language(word: str) -> None:
    assert re.search(rf"\b{word}\b", PAGE)


@pytest.mark.parametrize("command", [command.name for command in app.registered_commands])
def test_the_page_shows_every_command(command: str | None) -> None:
    assert f"./suyin rules {command}" in PAGE
