"""Is every example tried, and does a failure say where and why?"""

from __future__ import annotations

import re

from rules.loader import load_rules
from rules.proofs import run_examples
from tests.rules.sets import SMALL, SOURCE, build, rule, table

MAKES = "{any: [{fact: complaint.text, contains_any: [手机]}]}"


def failures(files: dict[str, str]) -> list[str]:
    return [str(failure) for failure in run_examples(build(files))[1]]


def test_examples_that_come_out_are_counted() -> None:
    assert run_examples(load_rules(SMALL)) == (11, ())


def test_a_rule_that_does_not_do_what_its_example_says_is_named() -> None:
    text = rule("r", MAKES) + "examples:\n  - {name: 座机, given: {complaint.text: 座机}, expect: true}\n"
    assert failures({"rules/r.yaml": text}) == [
        "rules/r.yaml:9: r: 座机: expected that it fits: 投诉内容含“手机” 不成立"
    ]


def test_an_unknown_fact_is_named_in_the_failure() -> None:
    text = rule("r", MAKES) + "examples: [{name: 空, given: {}, expect: true}]\n"
    assert "(unknown: complaint.text)" in failures({"rules/r.yaml": text})[0]


def test_a_rule_that_fits_too_much_is_named() -> None:
    text = rule("r", MAKES, status="draft") + "examples: [{name: 手机, given: {complaint.text: 手机}, expect: false}]\n"
    assert "expected that it does not fit" in failures({"rules/r.yaml": text})[0]


def test_an_example_may_rest_on_what_other_rules_derive() -> None:
    fits = "{name: 是, given: {complaint.text: 手机}, expect: true}"
    examples = f"examples: [{fits}, {{name: 否, given: {{}}, expect: false}}]\n"
    gate = rule("gate", MAKES, "{domain: mobile}", "active") + examples
    behind = rule("behind", "{all: [{fact: domain, equals: mobile}]}") + examples
    assert failures({"rules/r.yaml": f"{gate}---\n{behind}"}) == []


def test_a_table_is_tried_against_the_outputs_that_its_example_names() -> None:
    rows = "{when: [个人], then: [x, y], because: 一}"
    text = table(rows, outputs="{name: a}, {name: b}") + (
        "examples:\n"
        "  - {name: 对, given: {kind: 个人}, expect: {b: y}}\n"
        "  - {name: 错, given: {kind: 个人}, expect: {b: z}}\n"
        "  - {name: 无, given: {kind: 个人}, expect: null}\n"
        "  - {name: 缺, given: {}, expect: {a: x}}\n"
    )
    found = failures({"tables/t.yaml": text})
    assert [re.sub(r"^(\S+): (\S+): (\S+): .*\((.*)\)$", r"\1 \3 \4", line) for line in found] == [
        ["tables/t.yaml:12", "table.t", "错", "expected {'b'", "'z'}, found [{'a'", "'x', 'b'", "'y'}] (table.t#1)"][0]
        + " 错 table.t#1",
        "tables/t.yaml:13: table.t: 无: expected no row, found table.t#1",
        "tables/t.yaml:14 缺 unknown: kind",
    ]


def test_a_reply_is_tried_word_for_word() -> None:
    text = (
        f"id: r\ntitle: 答复\nstatus: active\n{SOURCE}\ntext: '核实,{{a+b}}。'\nrequires: [a]\nexamples:\n"
        "  - {name: 对, given: {a: 一。}, expect: '核实,一。'}\n"
        "  - {name: 错, given: {a: 一。}, expect: '核实,一。。'}\n"
        "  - {name: 拒, given: {b: 二}, expect: null}\n"
        "  - {name: 缺, given: {b: 二}, expect: '核实,二。'}\n"
    )
    assert failures({"replies/r.yaml": text}) == [
        "replies/r.yaml:9: r: 错: expected '核实,一。。', found '核实,一。'",
        "replies/r.yaml:11: r: 缺: reply r needs a; give a non-empty text for each",
    ]
