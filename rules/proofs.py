"""Do rules, tables, trees and replies do what their own examples say?

A rule is tried within the whole set: what its example does not give, other rules may derive from what it gives.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rules.content import Content
from rules.errors import FactNeeded, ReplyIncomplete
from rules.examples import given_facts, given_parts
from rules.explanation import trace
from rules.problems import Place, Problems
from rules.replies import Reply
from rules.rule import Rule
from rules.ruleset import RuleSet
from rules.source import Example
from rules.table_reading import read_expectation
from rules.tables import OutputValue, Table
from rules.tree_examples import try_tree
from rules.trees import Tree
from rules.words import TRUTHS


@dataclass(frozen=True, slots=True)
class Failure:
    """An example that does not come out. item: id of the rule, table or reply."""

    place: Place
    item: str
    example: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.place}: {self.item}: {self.example}: {self.sentence}"


def run_examples(rules: RuleSet) -> tuple[int, tuple[Failure, ...]]:
    """Return how many examples there are in the set, drafts included, and those that fail."""
    failures = [failure for item in _items(rules.content) for failure in _failures(item, rules)]
    return count_examples(rules.content), tuple(sorted(failures, key=lambda failure: failure.place))


def count_examples(content: Content) -> int:
    """Return how many examples the rules, tables, trees and replies have."""
    return sum(len(item.examples) for item in _items(content))


def _items(content: Content) -> tuple[Rule | Table | Tree | Reply, ...]:
    return (
        *content.rules.values(), *content.tables.values(), *content.trees.values(), *content.replies.values(),
    )  # fmt: skip


def _failures(item: Rule | Table | Tree | Reply, rules: RuleSet) -> Iterator[Failure]:
    for example in item.examples:
        if isinstance(item, Rule):
            sentence = _try_rule(item, example, rules)
        elif isinstance(item, Table):
            sentence = _try_table(item, example, rules)
        elif isinstance(item, Tree):
            sentence = try_tree(item, example, rules.facts)
        else:
            sentence = _try_reply(item, example)
        if sentence is not None:
            yield Failure(example.place, item.id, example.name, sentence)


def _try_rule(rule: Rule, example: Example, rules: RuleSet) -> str | None:
    _, state = rules.engine.run(given_facts(example, rules.facts, Problems()))
    found = trace(rule, rules.facts, state)
    if (found.truth is True) is example.expect.value:
        return None
    wanted = "fits" if example.expect.value else "does not fit"
    lacking = f" (unknown: {', '.join(found.missing)})" if found.missing else ""
    steps = "; ".join(f"{step.sentence} {TRUTHS[step.truth]}" for step in found.steps if step.sentence)
    return f"expected that it {wanted}{lacking}: {steps}"


def _try_table(table: Table, example: Example, rules: RuleSet) -> str | None:
    expected = read_expectation(example.expect, table, Problems())
    try:
        result = table.decide(given_facts(example, rules.facts, Problems()))
    except FactNeeded as needed:
        return None if expected is None else str(needed)
    found: list[dict[str, OutputValue]] = [dict(hit.outputs) for hit in result.hits]
    if expected is None:
        return f"expected no row, found {result.row}" if found else None
    if any(expected.items() <= outputs.items() for outputs in found):
        return None
    return f"expected {expected}, found {found or 'no row'} ({result.row or 'unknown: ' + ', '.join(result.missing)})"


def _try_reply(reply: Reply, example: Example) -> str | None:
    try:
        text = reply.render(**given_parts(example, Problems()))
    except ReplyIncomplete as incomplete:
        return None if example.expect.value is None else str(incomplete)
    return None if text == example.expect.value else f"expected {example.expect.value!r}, found {text!r}"
