"""How far do evidence and answers lead through a tree, and where does the walk stop openly?"""

from __future__ import annotations

import pytest

from rules.trees import Tree
from rules.walking import Known, walk
from tests.rules.sets import SOURCE, build

TREE = f"""id: tree.t
title: 树
status: draft
{SOURCE}
root: seen
nodes:
  seen: {{check: 看见了, fact: kind, quiet: true, answers: {{个人|集团|家庭: wide}}, unknown: word}}
  word: {{ask: 哪个, fact: word, answers: {{'*': wide}}, unknown: {{needs: 号码}}}}
  wide: {{check: 大面积, fact: wide, answers: {{true: again, false: end}}, unknown: end}}
  again: {{check: 还是大面积, fact: wide, answers: {{true: end, false: end}}, unknown: end}}
  end: {{conclude: 完}}
"""


def the_tree() -> Tree:
    return build({"trees/t.yaml": TREE}).content.trees["tree.t"]


def typed(**answers: str) -> dict[str, Known]:
    return {name: Known(value, "typed") for name, value in answers.items()}


def test_a_quiet_check_without_evidence_is_passed_by_and_the_next_question_is_open() -> None:
    found = walk(the_tree(), {}, {})
    assert (found.node.id, found.path, found.needs, found.concluded) == ("word", (), None, False)


def test_what_evidence_answers_is_not_asked() -> None:
    found = walk(the_tree(), {"kind": Known("个人", "capture"), "wide": Known(value=False, origin="probe")}, {})
    assert [(s.node, s.answer, s.origin) for s in found.path] == [
        ("seen", "个人", "capture"),
        ("wide", "false", "probe"),
    ]


def test_a_person_outranks_evidence_at_the_node_answered() -> None:
    found = walk(the_tree(), {"wide": Known(value=True, origin="probe")}, typed(word="甲", wide="false"))
    assert found.path[-1].origin == "typed"
    assert found.concluded


def test_an_answer_settles_its_fact_for_later_nodes() -> None:
    found = walk(the_tree(), {}, typed(word="甲", wide="true"))
    assert [step.node for step in found.path] == ["word", "wide", "again"]


def test_not_knowing_stops_where_something_is_missing() -> None:
    found = walk(the_tree(), {}, typed(word="unknown"))
    assert (found.node.id, found.needs, found.path[-1].answer) == ("word", "号码", "unknown")


def test_not_knowing_goes_on_where_the_tree_says_so() -> None:
    assert walk(the_tree(), {}, typed(word="甲", wide="unknown")).concluded


@pytest.mark.parametrize("nonsense", ["也许", ""])
def test_an_answer_that_the_node_does_not_have_is_none(nonsense: str) -> None:
    found = walk(the_tree(), {"kind": Known("个人", "capture")}, typed(wide=nonsense))
    assert found.node.id == "wide"
