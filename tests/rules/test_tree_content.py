"""Do the built-in fault trees cover the handbooks, say their words, and end whatever is answered?"""

from __future__ import annotations

import unicodedata
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.loader import load_rules
from rules.ruleset import RuleSet
from rules.trees import ANY, UNKNOWN, Tree, TreeNode
from rules.walking import Known, walk

NAMES = (
    "access_device", "apn", "boss_side", "broadband", "centrex", "coverage", "data", "hall_guidance", "ims_feature",
    "ims_fax", "ims_quality", "ims_voice",
)  # fmt: skip
PROVINCES = (None, "sichuan", "anhui")
COVERED = ("ims-sichuan.", "ims-anhui.", "apn.", "hall-guidance.")


@cache
def rules_of(province: str | None) -> RuleSet:
    return load_rules(province=province)


def all_nodes() -> list[tuple[Tree, TreeNode]]:
    """Every node of every tree, as the base and as each province has it."""
    trees = [tree for province in PROVINCES for tree in rules_of(province).trees.values()]
    return [(tree, node) for tree in trees for node in tree.nodes.values()]


INSTRUCTIONS = [name for name in rules_of(None).handbook if name.startswith(COVERED)]


def plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace(" ", "")


def words_of(tree: Tree, node: TreeNode) -> str:
    parts = [tree.title, node.says, node.look, *node.how, node.because, node.needs or "", str(node.source)]
    if node.conclusion is not None:
        facts = [rules.facts["handling.action"].values for rules in map(rules_of, PROVINCES)]
        parts += [node.conclusion.reply, *(values[node.conclusion.action] for values in facts)]
    return plain("\n".join((*parts, *node.labels.values())))


def test_every_promised_tree_is_there() -> None:
    assert sorted(tree.name for tree in rules_of(None).trees.values()) == sorted(NAMES)


@pytest.mark.parametrize("instruction", INSTRUCTIONS)
def test_every_instruction_stands_in_a_tree(instruction: str) -> None:
    assert [node.id for _, node in all_nodes() if instruction in node.covers]


@pytest.mark.parametrize("instruction", INSTRUCTIONS)
def test_the_words_that_must_appear_stand_at_the_nodes_that_cover_them(instruction: str) -> None:
    said = "\n".join(words_of(tree, node) for tree, node in all_nodes() if instruction in node.covers)
    wanted = rules_of(None).handbook[instruction]
    missing = [word for word in wanted.literal if plain(word).strip("。") not in said]
    assert wanted.reading == "assumed" or missing == []


@pytest.mark.parametrize("province", ["sichuan", "anhui"])
def test_a_literal_node_of_a_province_comes_from_its_own_handbook(province: str) -> None:
    own = {"sichuan": "四川", "anhui": "IMS故障处理简明指导手册"}[province]
    nodes = rules_of(province).trees["tree.ims_voice"].nodes.values()
    literal = {node.source.handbook for node in nodes if node.source.reading == "literal"}
    assert {handbook.startswith(own) for handbook in literal} == {True}


def test_the_provinces_name_the_same_actions() -> None:
    actions = [tuple(rules_of(province).facts["handling.action"].values) for province in PROVINCES]
    assert actions[0] == actions[1] == actions[2]


@pytest.mark.parametrize("province", PROVINCES)
@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_walk_always_ends_or_says_what_is_missing(name: str, province: str | None, data: st.DataObject) -> None:
    tree = rules_of(province).trees[f"tree.{name}"]
    answers: dict[str, Known] = {}
    for _ in range(len(tree.nodes) + 1):
        found = walk(tree, {}, answers)
        if found.concluded or found.needs is not None:
            break
        answer = data.draw(st.sampled_from([*found.node.answers, UNKNOWN]))
        answers[found.node.id] = Known("成都" if answer == ANY else answer, "typed")
    assert found.concluded or found.needs


@pytest.mark.parametrize("province", PROVINCES)
@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_evidence_alone_leads_to_an_end_or_an_open_question(
    name: str, province: str | None, data: st.DataObject
) -> None:
    rules = rules_of(province)
    tree = rules.trees[f"tree.{name}"]
    facts = sorted({node.fact for node in tree.nodes.values() if node.fact is not None})
    known: dict[str, Known] = {}
    for fact in data.draw(st.lists(st.sampled_from(facts), unique=True)) if facts else ():
        values = list(rules.facts[fact].values) or ["成都"]
        flag = rules.facts[fact].type == "flag"
        known[fact] = Known(data.draw(st.booleans()) if flag else data.draw(st.sampled_from(values)), "capture")
    found = walk(tree, known, {})
    assert found.concluded or (found.node.fact not in known and not found.node.quiet)
    assert {step.origin for step in found.path} <= {"capture"}
