"""What is a rule?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rules.condition_reading import ConditionReader, When
from rules.facts import FactValue, Vocabulary
from rules.form import Form
from rules.problems import Place, Problems
from rules.source import STATUSES, Example, Source, Status, read_examples, read_source
from rules.terms import TermList
from rules.yaml_nodes import Node

FIELDS = ("id", "title", "status", "source", "when", "then", "because", "examples")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: where `when` holds, `then` is claimed with a strength, `because` says why to people (Chinese).

    node: the rule as it stands in its file, for comparing two sets.
    """

    id: str
    title: str
    status: Status
    source: Source
    when: When
    then: Mapping[str, FactValue]
    because: str
    examples: tuple[Example, ...]
    place: Place
    node: Node


def read_rule(node: Node, facts: Vocabulary, shared: Mapping[str, TermList], problems: Problems) -> Rule:
    """Return the rule of one document; problems are recorded, never raised."""
    form = Form(node, problems, "rule", FIELDS)
    when = form.need("when")
    condition = ConditionReader(facts, shared, problems)
    return Rule(
        form.text("id"), form.text("title"), form.choice("status", STATUSES), read_source(form),
        condition.when(when if when is not None else Node(node.place, {})),
        _read_then(form, facts), form.text("because"), read_examples(form), node.place, node,
    )  # fmt: skip


def _read_then(form: Form, facts: Vocabulary) -> dict[str, FactValue]:
    claims: dict[str, FactValue] = {}
    for name, node in form.mapping("then", required=True).items():
        fact = facts.find(name, node.place, form.problems)
        if fact is None:
            continue
        if not fact.derived:
            form.problems.error(node.place, f"rules cannot set {name}; declare it `derived: true` or set another fact")
        value = fact.read(node, form.problems)
        if value is not None:
            claims[name] = value
    if form.get("then") is not None and not form.mapping("then"):
        form.error("then", "then is empty; a rule says at least one thing")
    return claims
