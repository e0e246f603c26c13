"""Is every operator three-valued, and does every group follow Kleene?"""

from __future__ import annotations

import pytest

from rules.explanation import trace
from rules.facts import FactValue
from tests.rules.sets import rule, rules_of


def truth(when: str, **facts: FactValue) -> bool | None:
    """Return what a rule with the condition comes to; `text` stands for complaint.text."""
    given = {"complaint.text" if name == "text" else name: value for name, value in facts.items()}
    rules = rules_of(rule("r", when))
    _, state = rules.engine.run(given)
    return trace(rules.rules["r"], rules.facts, state).truth


def leaf(operator: str) -> str:
    return f"{{all: [{{{operator}}}]}}"


@pytest.mark.parametrize(
    ("operator", "facts", "expected"),
    [
        ("fact: complaint.text, contains_any: [掉线, 断网]", {"text": "老是断网"}, True),
        ("fact: complaint.text, contains_any: 断网", {"text": "老是断网"}, True),
        ("fact: complaint.text, contains_any: [掉线]", {"text": "老是断网"}, False),
        ("fact: complaint.text, contains_any: [掉线]", {"text": ""}, False),
        ("fact: complaint.text, contains_any: [掉线]", {}, None),
        ("fact: complaint.text, contains_all: [wifi, 断网]", {"text": "WIFI断网"}, True),
        ("fact: complaint.text, contains_all: [wifi, 断网]", {"text": "断网"}, False),
        ("fact: complaint.text, contains_all: [wifi, 断网]", {}, None),
        ("fact: complaint.text, contains_any: [断网]", {"text": "没有断网"}, False),
        ("fact: complaint.text, contains_any: [断网], negated: only", {"text": "没有断网"}, True),
        ("fact: complaint.text, contains_any: [断网], negated: only", {"text": "断网"}, False),
        ("fact: complaint.text, contains_any: [断网], negated: any", {"text": "没有断网"}, True),
        ("fact: complaint.text, contains_any: [断网], negated: any", {"text": "断网"}, True),
        ("fact: kind, equals: 集团", {"kind": "集团"}, True),
        ("fact: kind, equals: 集团", {"kind": "个人"}, False),
        ("fact: kind, equals: 集团", {}, None),
        ("fact: kind, in: [集团, 家庭]", {"kind": "家庭"}, True),
        ("fact: kind, in: [集团, 家庭]", {"kind": "个人"}, False),
        ("fact: kind, in: [集团, 家庭]", {}, None),
        ("fact: kind, not_in: [集团, 家庭]", {"kind": "个人"}, True),
        ("fact: kind, not_in: [集团, 家庭]", {"kind": "家庭"}, False),
        ("fact: kind, not_in: [集团, 家庭]", {}, None),
        ("fact: word, equals: '010'", {"word": "010"}, True),
        ("fact: word, equals: 010", {"word": "010"}, True),
        ("fact: wide, equals: true", {"wide": True}, True),
        ("fact: wide, equals: true", {"wide": False}, False),
        ("fact: wide, equals: false", {"wide": False}, True),
        ("fact: wide, equals: false", {}, None),
        ("fact: count, equals: 3", {"count": 3.0}, True),
        ("fact: count, at_least: 3", {"count": 3}, True),
        ("fact: count, at_least: 3", {"count": 2}, False),
        ("fact: count, at_least: 3", {}, None),
        ("fact: count, at_most: 3", {"count": 3}, True),
        ("fact: count, at_most: 3", {"count": 3.5}, False),
        ("fact: count, at_most: 3", {}, None),
        ("fact: count, between: [2, 4]", {"count": 2}, True),
        ("fact: count, between: [2, 4]", {"count": 4}, True),
        ("fact: count, between: [2, 4]", {"count": 5}, False),
        ("fact: count, between: [2, 4]", {}, None),
        ("fact: tags, equals: 夜间", {"tags": ("白天", "夜间")}, True),
        ("fact: tags, not_in: [夜间]", {"tags": ("白天",)}, True),
        ("fact: tags, not_in: [夜间]", {"tags": ("夜间",)}, False),
        ("fact: kind, known: true", {"kind": "个人"}, True),
        ("fact: kind, known: true", {}, False),
        ("fact: kind, known: false", {"kind": "个人"}, False),
        ("fact: kind, known: false", {}, True),
        ("fact: complaint.text, known: true", {"text": ""}, True),
    ],
)  # fmt: skip
def test_an_operator(operator: str, facts: dict[str, FactValue], expected: bool | None) -> None:
    assert truth(leaf(operator), **facts) is expected


YES, NO, UNKNOWN = "{fact: kind, equals: 个人}", "{fact: kind, equals: 集团}", "{fact: wide, equals: true}"


@pytest.mark.parametrize(
    ("group", "members", "expected"),
    [
        ("all", [YES, YES], True), ("all", [YES, NO], False),
        ("all", [YES, UNKNOWN], None), ("all", [UNKNOWN, NO], False),
        ("any", [YES, NO], True), ("any", [NO, NO], False),
        ("any", [NO, UNKNOWN], None), ("any", [UNKNOWN, YES], True),
        ("none", [NO, NO], True), ("none", [NO, YES], False),
        ("none", [NO, UNKNOWN], None), ("none", [UNKNOWN, YES], False),
    ],
)  # fmt: skip
def test_a_group_follows_kleene(group: str, members: list[str], expected: bool | None) -> None:
    assert truth(f"{{{group}: [{', '.join(members)}]}}", kind="个人") is expected


def test_groups_nest() -> None:
    when = f"{{all: [{{any: [{NO}, {{none: [{NO}]}}]}}, {{all: [{YES}]}}]}}"
    assert truth(when, kind="个人") is True


def test_all_parts_of_when_must_hold() -> None:
    when = f"{{all: [{YES}], none: [{YES}]}}"
    assert truth(when, kind="个人") is False


NEAR = "{near: {a: [信号], b: [断], within: 3}}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("信号老是会断", True), ("信号总是老会断", False), ("断断续续信号", True), ("断了的那信号", True),
        ("信号，断", True), ("信号。断", False), ("信号\n断", False), ("没有信号断", False), ("信号", False),
    ],
)  # fmt: skip
def test_near_looks_both_ways_within_a_sentence(text: str, expected: bool) -> None:
    assert truth(NEAR, text=text) is expected


def test_near_without_the_text_is_unknown() -> None:
    assert truth(NEAR) is None


def test_near_may_take_denied_words() -> None:
    assert truth("{near: {a: [信号], b: [断], within: 3, negated: any}}", text="没有信号断") is True


def test_near_needs_two_stretches_that_do_not_overlap() -> None:
    assert truth("{near: {a: [信号弱], b: [弱], within: 3}}", text="信号弱") is False


def test_near_may_look_into_another_text_and_stand_in_a_group() -> None:
    when = "{any: [{near: {a: [语音], b: [室内], within: 5, fact: path}}]}"
    assert truth(when, path="语音通话→室内") is True


def test_evidence_is_highlighted_in_the_original_text() -> None:
    rules = rules_of(rule("r", "{any: [{fact: complaint.text, contains_any: [4g, 断网, 网]}]}"))
    found = rules.evaluate({"complaint.text": "用 ４Ｇ 经 常 断 网"}).trial[0].spans
    assert [tuple(span) for span in found] == [("complaint.text", 2, 4), ("complaint.text", 9, 12)]


def test_evidence_of_near_is_both_words() -> None:
    rules = rules_of(rule("r", NEAR))
    found = rules.evaluate({"complaint.text": "信号会断"}).trial[0].spans
    assert [(span.start, span.end) for span in found] == [(0, 2), (3, 4)]


def test_what_must_not_be_there_is_no_evidence() -> None:
    when = "{all: [{fact: complaint.text, contains_any: [断]}], none: [{fact: complaint.text, contains_any: [光猫]}]}"
    found = rules_of(rule("r", when)).evaluate({"complaint.text": "断"}).trial[0].spans
    assert len(found) == 1
