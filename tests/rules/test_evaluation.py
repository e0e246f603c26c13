"""Do claims add up to facts as facts.yaml says, and does the order of rules follow what they read?"""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given as sampled
from hypothesis import strategies as st

from rules.errors import FactUnknown
from rules.explanation import trace
from rules.text import read
from tests.rules.sets import FACTS, active, build, rule, rules_of


def says(name: str, term: str, then: str, weight: float = 1, status: str = "active") -> str:
    """Return a rule that fires where the text holds a term."""
    when = f"{{weight: {weight}, any: [{{fact: complaint.text, contains_any: [{term}]}}]}}"
    if status != "active":
        return rule(name, when, then, status)
    return active(name, when, then, fits=f"{{complaint.text: {term}}}")


TEXT = {"complaint.text": "甲乙丙"}


def test_scores_add_up_per_value() -> None:
    rules = rules_of(
        says("r1", "甲", "{phenomenon: a}", 1.5),
        says("r2", "乙", "{phenomenon: a}"),
        says("r3", "丙", "{phenomenon: b}"),
    )
    found = rules.evaluate(TEXT)
    assert (found.scores["phenomenon"], found.facts["phenomenon"]) == ({"a": 2.5, "b": 1.0}, "a")


@pytest.mark.parametrize(("weight", "expected"), [(1.4, None), (1.5, "a")])
def test_the_top_score_must_lead_by_the_margin(weight: float, expected: str | None) -> None:
    rules = rules_of(says("r1", "甲", "{phenomenon: a}", weight), says("r2", "乙", "{phenomenon: b}"))
    assert rules.evaluate(TEXT).facts.get("phenomenon") == expected


@pytest.mark.parametrize(("weight", "expected"), [(0.9, None), (1, "a")])
def test_the_top_score_must_reach_at_least(weight: float, expected: str | None) -> None:
    assert rules_of(says("r", "甲", "{phenomenon: a}", weight)).evaluate(TEXT).facts.get("phenomenon") == expected


def test_at_least_and_margin_are_set_by_the_fact() -> None:
    facts = FACTS.replace("combine: score", "combine: score, at_least: 3, margin: 2")
    texts = [says("r1", "甲", "{phenomenon: a}", 4), says("r2", "乙", "{phenomenon: b}", 2.5)]
    rules = build({"facts.yaml": facts, "rules/r.yaml": "---\n".join(texts)})
    assert "phenomenon" not in rules.evaluate(TEXT).facts


def test_a_negative_weight_is_evidence_against() -> None:
    rules = rules_of(says("r1", "甲", "{phenomenon: a}", 3), says("r2", "乙", "{phenomenon: a}", -2.5))
    found = rules.evaluate(TEXT)
    assert (found.scores["phenomenon"], "phenomenon" in found.facts) == ({"a": 0.5}, False)


def test_weights_of_met_conditions_inside_any_add_to_the_strength() -> None:
    when = (
        "{weight: 2, any: [{fact: complaint.text, contains_any: [甲], weight: 0.5},"
        " {fact: wide, equals: true, weight: 9},"
        " {any: [{fact: complaint.text, contains_any: [乙], weight: 0.25}], weight: -1}]}"
    )
    assert rules_of(rule("r", when)).evaluate(TEXT).trial[0].strength == 1.75


def test_a_single_fact_takes_what_all_claims_agree_on() -> None:
    rules = rules_of(says("r1", "甲", "{domain: mobile}"), says("r2", "乙", "{domain: mobile}"))
    assert rules.evaluate(TEXT).facts["domain"] == "mobile"


def test_claims_that_disagree_leave_a_single_fact_unknown_and_are_recorded() -> None:
    rules = rules_of(says("r1", "甲", "{domain: mobile}", 1.9), says("r2", "乙", "{domain: broadband}"))
    found = rules.evaluate(TEXT)
    assert "domain" not in found.facts
    assert [(clash.fact, [claim.rule for claim in clash.claims]) for clash in found.contradictions] == [
        ("domain", ["r1", "r2"])
    ]


def test_a_claim_that_is_stronger_by_one_wins_a_single_fact() -> None:
    rules = rules_of(says("r1", "甲", "{domain: mobile}", 2), says("r2", "乙", "{domain: broadband}"))
    found = rules.evaluate(TEXT)
    assert (found.facts["domain"], found.contradictions) == ("mobile", ())


def test_a_claim_without_strength_claims_nothing_on_a_single_fact() -> None:
    assert "domain" not in rules_of(says("r", "甲", "{domain: mobile}", 0)).evaluate(TEXT).facts


def test_a_list_collects_every_claim_once() -> None:
    rules = rules_of(says("r1", "甲", "{found: [x, y]}"), says("r2", "乙", "{found: [y, z]}"))
    assert rules.evaluate(TEXT).facts["found"] == ("x", "y", "z")


def test_a_given_fact_is_never_overwritten() -> None:
    rules = rules_of(says("r", "甲", "{domain: mobile}"))
    assert rules.evaluate({**TEXT, "domain": "broadband"}).facts["domain"] == "broadband"


def test_a_rule_sees_what_later_rules_in_the_file_derive() -> None:
    reader = active("a", "{all: [{fact: domain, equals: mobile}]}", "{phenomenon: a}", "{domain: mobile}")
    rules = rules_of(reader, says("b", "甲", "{domain: mobile}"))
    assert rules.evaluate(TEXT).facts["phenomenon"] == "a"


def test_a_fact_is_settled_only_when_all_rules_that_set_it_have_run() -> None:
    rules = rules_of(
        says("early", "甲", "{phenomenon: a}"),
        says("gate", "乙", "{domain: mobile}"),
        active("late", "{weight: 3, all: [{fact: domain, equals: mobile}]}", "{phenomenon: b}", "{domain: mobile}"),
        active("last", "{all: [{fact: phenomenon, equals: b}]}", "{found: [done]}", "{phenomenon: b}"),
    )
    assert rules.evaluate(TEXT).facts["found"] == ("done",)


def test_a_trial_rule_is_traced_and_does_not_count() -> None:
    found = rules_of(says("r", "甲", "{domain: mobile}", status="trial")).evaluate(TEXT)
    assert ([fired.rule for fired in found.trial], found.fired, "domain" in found.facts) == (["r"], (), False)


def test_a_draft_is_not_evaluated() -> None:
    found = rules_of(says("r", "甲", "{domain: mobile}", status="draft")).evaluate(TEXT)
    assert (found.fired, found.trial) == ((), ())


def test_a_rule_that_an_unknown_fact_left_open_is_listed_with_the_fact() -> None:
    when = "{all: [{fact: complaint.text, contains_any: [甲]}, {fact: kind, equals: 集团}, {fact: wide, equals: true}]}"
    rules = rules_of(rule("r", when))
    assert rules.evaluate({**TEXT, "wide": True}).missing == {"r": ("kind",)}


def test_a_fact_that_is_not_in_the_vocabulary_is_refused() -> None:
    with pytest.raises(FactUnknown, match=r"fact knid is not in facts\.yaml"):
        rules_of(says("r", "甲", "{domain: mobile}")).evaluate({"knid": "个人"})


def test_none_is_unknown() -> None:
    rules = rules_of(says("r", "甲", "{domain: mobile}"), rule("s", "{all: [{fact: kind, known: false}]}"))
    found = rules.evaluate({**TEXT, "kind": None, "domain": None})
    assert (found.facts["domain"], [fired.rule for fired in found.trial]) == ("mobile", ["s"])


def test_a_text_keeps_the_field_it_was_read_from() -> None:
    rules = rules_of(says("r", "甲", "{domain: mobile}"))
    found = rules.evaluate({"complaint.text": read("投诉内容", "甲", start=5)})
    assert [tuple(span) for span in found.fired[0].spans] == [("投诉内容", 5, 6)]


def test_explain_looks_at_rules_that_no_sign_pointed_to() -> None:
    rules = rules_of(says("r", "甲", "{domain: mobile}"), says("s", "丁", "{domain: mobile}", status="trial"))
    found = rules.explain(TEXT)
    assert [(one.rule.id, one.truth, one.counts) for one in found.rules] == [("r", True, True), ("s", False, False)]


def test_explain_names_the_facts_each_rule_lacks() -> None:
    found = rules_of(says("r", "甲", "{domain: mobile}")).explain({})
    assert (found.rules[0].truth, found.rules[0].missing) == (None, ("complaint.text",))


def test_explain_gives_the_words_and_places_of_each_condition() -> None:
    when = "{any: [{fact: complaint.text, contains_any: [甲]}], none: [{fact: complaint.text, contains_any: [丙]}]}"
    steps = rules_of(rule("r", when)).explain(TEXT).rules[0].steps
    assert [(step.group, step.truth, step.seen) for step in steps] == [
        ("all", False, ()), ("any", True, ()), ("", True, ("甲",)), ("none", False, ()), ("", True, ("丙",)),
    ]  # fmt: skip


ATOMS = (
    "{fact: complaint.text, contains_any: [甲, 乙]}",
    "{fact: complaint.text, contains_all: [甲, 丙]}",
    "{fact: complaint.text, contains_any: [丙], negated: only}",
    "{near: {a: [甲], b: [乙, 丙], within: 1}}",
    "{fact: kind, equals: 个人}",
    "{fact: kind, not_in: [集团]}",
    "{fact: tags, in: [x, y]}",
    "{fact: wide, known: true}",
)
PAIRS = [f"[{first}, {second}]" for first, second in itertools.combinations(ATOMS, 2)]
WHENS = [
    *(f"{{{group}: {pair}}}" for group in ("all", "any", "none") for pair in PAIRS),
    *(f"{{all: [{{any: [{a}, {b}]}}], none: [{c}]}}" for a, b, c in itertools.combinations(ATOMS, 3)),
]  # fmt: skip
MANY = rules_of(*(rule(f"r{number}", when, "{found: [x]}") for number, when in enumerate(WHENS)))


@sampled(
    st.none() | st.text("甲乙丙没，", max_size=6),
    st.none() | st.sampled_from(["个人", "集团"]),
    st.none() | st.sampled_from([(), ("x",), ("z", "y")]),
    st.none() | st.booleans(),
)
def test_rules_are_found_by_their_signs_whatever_their_shape(
    text: str | None, kind: str | None, tags: tuple[str, ...] | None, wide: bool | None
) -> None:
    facts = {"complaint.text": text, "kind": kind, "tags": tags, "wide": wide}
    given = {name: value for name, value in facts.items() if value is not None}
    evaluation, state = MANY.engine.run(given)
    holding = {name for name, one in MANY.rules.items() if trace(one, MANY.facts, state).truth}
    assert {fired.rule for fired in evaluation.trial} == holding
