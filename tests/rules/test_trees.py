"""Is every fault tree walkable from its root to a conclusion, whatever the answers?"""

from __future__ import annotations

import pytest

from rules.loader import load_rules
from rules.trees import Conclusion, TreeNode
from tests.rules.sets import FACTS, SMALL, SOURCE, build, problems_of

HEAD = f"id: tree.t\ntitle: 树\nstatus: draft\n{SOURCE}\nroot: a\nnodes:\n"


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
    assert node.conclusion == Conclusion(
        "客户侧设备不通", "网关不通", centre="data_centre", action="提交工单", requires=("ping",)
    )


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
    assert build({"trees/t.yaml": tree(*nodes)}).content.trees["tree.t"].root == "a"


def test_the_hash_of_a_tree_follows_its_content() -> None:
    first, second, third = (
        build({"trees/t.yaml": tree(node)}).content.trees["tree.t"].hash
        for node in ("a: {conclude: 完}", "a: {conclude: '完'} # the same", "a: {conclude: 好}")
    )
    assert first == second != third


def test_one_entry_may_stand_for_several_answers() -> None:
    nodes = (
        "a: {ask: 问, fact: kind, answers: {个人|家庭: b, 集团: c}, unknown: b}",
        "b: {conclude: 完}",
        "c: {conclude: 完}",
    )
    found = build({"trees/t.yaml": tree(*nodes)}).content.trees["tree.t"].nodes["a"]
    assert found.answers == {"个人": "b", "家庭": "b", "集团": "c"}


def test_not_knowing_may_stop_openly_with_what_is_missing() -> None:
    nodes = ("a: {ask: 问, answers: {是: b}, unknown: {needs: 抓包}}", "b: {conclude: 完}")
    found = build({"trees/t.yaml": tree(*nodes)}).content.trees["tree.t"].nodes["a"]
    assert (found.needs, found.unknown) == ("抓包", None)


ACTIVE = HEAD.replace("status: draft", "status: active")
WORDS = """
handling.action: {title: 动作, type: choice, values: [派单]}
handling.attachment: {title: 附件, type: choice, values: [信令]}
"""


@pytest.mark.parametrize(
    ("node", "problem"),
    [
        ("a: {conclude: 完}", "7: node a: the conclusion lacks cause, action, party or centre"),
        ("a: {conclude: {sentence: 完, cause: 因, action: 打电话, party: p, centre: c}}",
         "7: node a: name a party or a centre, not both"),
        ("a: {conclude: {sentence: 完, cause: 因, action: 打电话, party: p}}",
         "7: node a: 打电话 is not a value of handling.action"),
        ("a: {conclude: {sentence: 完, cause: 因, action: 派单, requires: [照片]}}",
         "7: node a: 照片 is not a value of handling.attachment"),
        ("a: {conclude: {sentence: 完, cause: 因, action: 派单, reply: reply.none}}",
         "7: there is no reply reply.none"),
        ("a: {conclude: 完, covers: [none.step]}", "7: handbook.yaml has no instruction none.step"),
        ("a: {check: 查, answers: {是: a}, unknown: a}", "7: node a is a check and needs the fact that answers it"),
        ("a: {ask: 问, quiet: true, answers: {是: a}, unknown: a}",
         "7: node a is quiet: it must be a check whose unknown leads to a node"),
        ("a: {ask: 问, fact: word, answers: {甲: a}, unknown: a}",
         "7: node a: word is a word; its one answer is '*', any value"),
    ],
)  # fmt: skip
def test_an_active_tree_says_everything_in_known_words(node: str, problem: str) -> None:
    found = problems_of({"facts.yaml": FACTS + WORDS, "trees/t.yaml": f"{ACTIVE}  {node}\n"})
    assert [line for line in found if f"trees/t.yaml:{problem}" in line]


BASE = tree("a: {ask: 问, answers: {是: b}, unknown: c}", "b: {conclude: 完}", "c: {conclude: 不知道}")


def laid_over(*nodes: str) -> dict[str, TreeNode]:
    over = f"id: tree.t\nnodes:\n{''.join(f'  {node}' + chr(10) for node in nodes)}"
    files = {"trees/t.yaml": BASE, "provinces/sichuan/trees/t.yaml": over}
    return dict(build(files, "sichuan").content.trees["tree.t"].nodes)


def test_a_province_replaces_and_adds_nodes() -> None:
    nodes = laid_over("a: {ask: 改问, answers: {是: b, 否: d}, unknown: c}", "d: {conclude: 新}")
    assert [nodes[name].says for name in "abcd"] == ["改问", "完", "不知道", "新"]


def test_a_province_takes_out_the_nodes_it_writes_as_nothing() -> None:
    assert list(laid_over("a: {ask: 问, answers: {是: b}, unknown: b}", "c:")) == ["a", "b"]
