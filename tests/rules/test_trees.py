"""Is every fault tree walkable from its root to a conclusion, whatever the answers?"""

from __future__ import annotations

import pytest

from rules.loader import load_rules
from tests.rules.sets import SMALL, SOURCE, build, problems_of

HEAD = f"id: tree.t\ntitle: 树\nstatus: active\n{SOURCE}\nroot: a\nnodes:\n"


def tree(*nodes: str) -> str:
    return HEAD + "".join(f"  {node}\n" for node in nodes)


def test_a_tree_knows_what_can_follow_each_node() -> None:
    nodes = load_rules(SMALL).trees["tree.apn"].nodes
    assert [(name, node.kind, node.next) for name, node in nodes.items()] == [
        ("kind", "ask", ("manual", "ping")),
        ("ping", "check", ("manual", "blame")),
        ("blame", "conclude", ()),
        ("manual", "conclude", ()),
    ]


def test_a_conclusion_may_carry_fields_beside_its_sentence() -> None:
    node = load_rules(SMALL).trees["tree.apn"].nodes["blame"]
    assert (node.says, node.conclusion["centre"]) == ("客户侧设备不通", "data_centre")


@pytest.mark.parametrize(
    ("nodes", "problem"),
    [
        (["a: {ask: 问, answers: {是: b}, unknown: c}", "b: {conclude: 完}"],
         "7: node a leads to c, which is not a node of tree.t"),
        (["b: {conclude: 完}"], "1: the root a is not a node of tree.t"),
        (["a: {conclude: 完}", "b: {conclude: 完}"], "8: nothing leads to node b of tree.t"),
        (["a: {ask: 问, answers: {是: b}, unknown: b}", "b: {ask: 问, answers: {是: a}, unknown: a}"],
         "7: tree.t goes round in a circle: a → b → a"),
        (["a: {ask: 问, answers: {是: b}}", "b: {conclude: 完}"],
         "7: node a needs answers and unknown: where each answer leads, and where not knowing does"),
        (["a: {ask: 问, unknown: b}", "b: {conclude: 完}"],
         "7: node a needs answers and unknown: where each answer leads, and where not knowing does"),
        (["a: {conclude: 完, unknown: b}", "b: {conclude: 完}"], "7: node a concludes; nothing follows it"),
        (["a: {ask: 问, conclude: 完}"], "7: node a needs exactly one of ask, check, conclude"),
        (["a: {because: 无}"], "7: node a needs exactly one of ask, check, conclude"),
        (["a: {conclude: {centre: c}}"], "7: node a: a conclusion with fields needs `sentence`, which people read"),
        (["a: {conclude: {sentence: 完, centre: nowhere}}"], "7: there is no centre nowhere"),
        (["a: {ask: 问, fact: kind, answers: {个人: b, 公司: b}, unknown: b}", "b: {conclude: 完}"],
         "7: 公司 is not a value of kind"),
        (["a: {ask: 问, fact: kind, answers: {个人: b}, unknown: b}", "b: {conclude: 完}"],
         "7: node a does not say where 集团, 家庭 of kind leads"),
        (["a: {ask: 问, fact: wide, answers: {true: b}, unknown: b}", "b: {conclude: 完}"],
         "7: node a does not say where false of wide leads"),
    ],
)  # fmt: skip
def test_a_tree_that_cannot_be_walked_is_named_with_its_line(nodes: list[str], problem: str) -> None:
    assert f"trees/t.yaml:{problem}" in problems_of({"trees/t.yaml": tree(*nodes)})


def test_two_ways_may_meet_again() -> None:
    nodes = (
        "a: {ask: 问, answers: {是: b, 否: c}, unknown: c}",
        "b: {ask: 问, answers: {是: c}, unknown: c}",
        "c: {conclude: 完}",
    )
    assert build({"trees/t.yaml": tree(*nodes)}).trees["tree.t"].root == "a"


def test_the_hash_of_a_tree_follows_its_content() -> None:
    first, second, third = (
        build({"trees/t.yaml": tree(node)}).trees["tree.t"].hash
        for node in ("a: {conclude: 完}", "a: {conclude: '完'} # the same", "a: {conclude: 好}")
    )
    assert first == second != third
