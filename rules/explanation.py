"""Why did each rule hold, not hold, or stay open? For people who write rules, so it may take its time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rules.conditions import Condition, State, Truth
from rules.evaluation import Evaluation, original_spans
from rules.facts import Vocabulary
from rules.groups import All, Neither, Some
from rules.rule import Rule
from rules.text import Span
from rules.words import words


@dataclass(frozen=True, slots=True)
class Step:
    """One condition of a rule. depth: how deep it stands in groups. group: all, any or none; empty for a condition.

    spans: what it saw, in the original fields; also for a condition under `none`. seen: the same, as words.
    """

    depth: int
    group: str
    sentence: str
    truth: Truth
    spans: tuple[Span, ...]
    seen: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleTrace:
    """One rule. counts: whether it is active. missing: facts it needs where its truth is None."""

    rule: Rule
    truth: Truth
    counts: bool
    steps: tuple[Step, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything: the conclusions, and every active or trial rule in the order of ids."""

    evaluation: Evaluation
    rules: tuple[RuleTrace, ...]


def explain(rules: Iterable[Rule], facts: Vocabulary, evaluation: Evaluation, state: State) -> Explanation:
    """Return the trace of all active and trial rules against the facts as they stood in the end."""
    traces = [trace(rule, facts, state) for rule in rules if rule.status in ("active", "trial")]
    return Explanation(evaluation, tuple(traces))


def trace(rule: Rule, facts: Vocabulary, state: State) -> RuleTrace:
    """Return what one rule sees in a state."""
    condition = rule.when.condition
    truth = condition.truth(state)
    missing = tuple(dict.fromkeys(condition.missing(state))) if truth is None else ()
    return RuleTrace(rule, truth, rule.status == "active", tuple(_steps(condition, facts, state, 0)), missing)


def _steps(condition: Condition, facts: Vocabulary, state: State, depth: int) -> Iterator[Step]:
    truth = condition.truth(state)
    if isinstance(condition, All | Some | Neither):
        name = {All: "all", Some: "any", Neither: "none"}[type(condition)]
        yield Step(depth, name, "", truth, (), ())
        for member in condition.members:
            yield from _steps(member, facts, state, depth + 1)
        return
    found = list(condition.evidence(state)) if truth else []
    seen = dict.fromkeys(state.readings[fact].text.normal[start:end] for fact, start, end in found)
    yield Step(depth, "", words(condition, facts), truth, tuple(original_spans(found, state)), tuple(seen))
