"""Small sets of rules written inside a test: what stands in the test is all there is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from rules.errors import RulesInvalid
from rules.loader import CONTENT, load_files
from rules.problems import Problems
from rules.ruleset import RuleSet

SMALL = Path(__file__).parent / "data" / "small"

SOURCE = "source: {handbook: 手册, section: 一, reading: assumed}"
FACTS = """
complaint.text: {title: 投诉内容, type: text}
path: {title: 分类, type: text}
kind: {title: 客户类别, type: choice, values: {个人: 个人, 集团: 集团, 家庭: 家庭}}
word: {title: 状态字, type: word}
count: {title: 次数, type: number}
wide: {title: 大面积, type: flag}
tags: {title: 标签, type: list}
domain: {title: 业务域, type: choice, values: {mobile: 移动, broadband: 宽带}, derived: true}
phenomenon: {title: 现象, type: choice, values: {a: 甲, b: 乙, c: 丙}, derived: true, combine: score}
found: {title: 发现, type: list, derived: true}
"""
ROLES = """
analyst: {title: 分析定位人员, does: 定位, source: {handbook: 手册, section: 一, reading: assumed}}
a: {title: 甲, does: 甲, source: {handbook: 手册, section: 一, reading: assumed}}
"""
LANGUAGE = """
negation: {before: [没有, 不是, 也没, 没], within: 2, not: [没有办法]}
fine: {after: [正常], within: 4, not: [不正常]}
boilerplate: [请尽快处理信号]
"""


def build(files: Mapping[str, str], province: str | None = None) -> RuleSet:
    """Load a set of files, with FACTS, LANGUAGE and ROLES where the files bring none of their own."""
    whole = {"facts.yaml": FACTS, "language.yaml": LANGUAGE, "roles.yaml": ROLES, **files}
    return load_files(whole, province, Problems())


def problems_of(files: Mapping[str, str], province: str | None = None) -> list[str]:
    """Return every problem of a set that must not load."""
    with pytest.raises(RulesInvalid) as caught:
        build(files, province)
    return str(caught.value).splitlines()


def rule(name: str, when: str, then: str = "{phenomenon: a}", status: str = "trial") -> str:
    """Return the text of a rule in six lines: id, title, status, source, when (line 5), then (line 6), because."""
    head = f"id: {name}\ntitle: 规则\nstatus: {status}\n{SOURCE}\n"
    return f"{head}when: {when}\nthen: {then}\nbecause: 原因\n"


def active(name: str, when: str, then: str = "{phenomenon: a}", fits: str = "{complaint.text: x}") -> str:
    """Return the text of an active rule; fits: facts of its true example."""
    examples = (
        f"examples:\n  - {{name: 是, given: {fits}, expect: true}}\n  - {{name: 否, given: {{}}, expect: false}}\n"
    )
    return rule(name, when, then, "active") + examples


def rules_of(*texts: str) -> RuleSet:
    """Load some rules."""
    return build({"rules/all.yaml": "---\n".join(texts)})


def table(rows: str, inputs: str = "{fact: kind}", outputs: str = "{name: out}", head: str = "hit: first") -> str:
    """Return the text of an active table; rows: its rows, one a line, without indentation."""
    listed = "\n".join(f"  - {row}" for row in rows.strip().splitlines())
    return (
        f"id: table.t\ntitle: 表\nstatus: active\n{SOURCE}\n{head}\n"
        f"inputs: [{inputs}]\noutputs: [{outputs}]\nrows:\n{listed}\n"
    )


def home_speed() -> RuleSet:
    """Load the rules of the home broadband speed test as they are in force, without the rest of the set."""
    files = ("speed/home-broadband.yaml", "handbook.yaml")
    return build({name: (CONTENT / name).read_text("utf-8") for name in files})
