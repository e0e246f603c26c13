"""How is the `when` of a rule read?

when:  all | any | none: [condition …], near: {a, b, within, fact?, negated?}, weight: number
condition:  {fact, <operator>: value, weight?, negated?}  |  {near: …, weight?}  |  {all|any|none: […], weight?}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from rules.conditions import Between, Condition, Contains, Known, Near, Negated, OneOf
from rules.facts import Fact, FactValue, Vocabulary
from rules.form import Form, kind_of
from rules.groups import All, Neither, Some
from rules.problems import Problems
from rules.terms import TermList, read_terms
from rules.yaml_nodes import Node

OPERATORS = (
    "contains_any", "contains_all", "equals", "in", "not_in", "at_least", "at_most", "between", "known",
)  # fmt: skip
GROUPS = ("all", "any", "none")
DEFAULT_TEXT = "complaint.text"
_NOTHING: Condition = All(())
_FITTING = {
    "text": ("contains_any", "contains_all", "known"),
    "number": ("equals", "in", "not_in", "at_least", "at_most", "between", "known"),
    "flag": ("equals", "known"),
    "word": ("equals", "in", "not_in", "known"),
    "choice": ("equals", "in", "not_in", "known"),
    "list": ("equals", "in", "not_in", "known"),
}


@dataclass(frozen=True, slots=True)
class When:
    """The condition of a rule and the strength it starts from."""

    condition: Condition
    weight: float


@dataclass(frozen=True, slots=True)
class ConditionReader:
    """Reads conditions against a vocabulary and the shared term lists."""

    facts: Vocabulary
    shared: Mapping[str, TermList]
    problems: Problems

    def when(self, node: Node) -> When:
        """Return what a rule's `when` says."""
        form = Form(node, self.problems, "when", (*GROUPS, "near", "weight"))
        parts = self._parts(form)
        if form.readable and not parts:
            form.error("when", "when is empty; it needs all, any, none or near")
        return When(parts[0] if len(parts) == 1 else All(tuple(parts)), form.number("weight", 1.0))

    def _parts(self, form: Form) -> list[Condition]:
        parts = [self._group(form, name) for name in GROUPS if form.get(name) is not None]
        near = form.get("near")
        return [*parts, self._near(near)] if near is not None else parts

    def _group(self, form: Form, name: str) -> Condition:
        nodes = form.items(name)
        if not nodes and isinstance(getattr(form.get(name), "value", None), tuple):
            form.error(name, f"{name} is empty; give it at least one condition")
        weighted = [self._condition(node, in_any=name == "any") for node in nodes]
        members = tuple(condition for condition, _ in weighted)
        if name == "all":
            return All(members)
        return Neither(members) if name == "none" else Some(members, tuple(weight for _, weight in weighted))

    def _condition(self, node: Node, *, in_any: bool) -> tuple[Condition, float]:
        entries = node.value if isinstance(node.value, dict) else {}
        if "fact" in entries:
            form = Form(node, self.problems, "condition", ("fact", *OPERATORS, "weight", "negated"))
            condition = self._leaf(form)
        else:
            form = Form(node, self.problems, "condition", (*GROUPS, "near", "weight", "fact"))
            parts = self._parts(form)
            if form.readable and not parts:
                form.error("fact", "a condition needs a fact and an operator, or all, any, none or near")
            condition = parts[0] if len(parts) == 1 else All(tuple(parts))
        if not in_any and form.get("weight") is not None:
            form.error("weight", "a weight counts only inside any; put it on when, where it always counts")
        return condition, form.number("weight", 0.0)

    def _near(self, node: Node) -> Condition:
        form = Form(node, self.problems, "near", ("a", "b", "within", "fact", "negated"))
        fact = self.facts.find(form.maybe_text("fact") or DEFAULT_TEXT, form.place, self.problems)
        if fact is not None and fact.type != "text":
            form.error("fact", f"near looks into texts, {fact.id} is a {fact.type}")
        a, b = form.need("a"), form.need("b")
        form.need("within")
        if fact is None or a is None or b is None:
            return _NOTHING
        terms = [read_terms(side, self.shared, self.problems) for side in (a, b)]
        negated = form.choice("negated", get_args(Negated), "skip")
        return Near(fact.id, frozenset(terms[0]), frozenset(terms[1]), form.count("within", 0), negated)

    def _leaf(self, form: Form) -> Condition:
        operators = [name for name in OPERATORS if form.get(name) is not None]
        fact = self.facts.find(form.text("fact"), form.place, self.problems)
        if len(operators) != 1:
            form.error(
                "fact", f"a condition needs exactly one operator of {', '.join(OPERATORS)}, not {len(operators)}"
            )
            return _NOTHING
        operator = operators[0]
        value = form.entries[operator]
        if fact is None:
            return _NOTHING
        if operator not in _FITTING[fact.type]:
            fitting = ", ".join(_FITTING[fact.type])
            form.error(operator, f"{operator} does not fit {fact.id}, which is a {fact.type}; use {fitting}")
            return _NOTHING
        if form.get("negated") is not None and not operator.startswith("contains"):
            form.error("negated", f"negated belongs to contains_any and contains_all, not to {operator}")
        if operator.startswith("contains"):
            terms = read_terms(value, self.shared, self.problems)
            negated = form.choice("negated", get_args(Negated), "skip")
            return Contains(fact.id, frozenset(terms), operator == "contains_all", negated)
        return self._compare(fact, operator, value, form)

    def _compare(self, fact: Fact, operator: str, value: Node, form: Form) -> Condition:
        if operator == "known":
            return Known(fact.id, form.flag("known"))
        if operator in ("equals", "in", "not_in"):
            nodes = (value,) if operator == "equals" else form.items(operator)
            values = frozenset(item for node in nodes for item in self._values(fact, node))
            return OneOf(fact.id, values, operator == "not_in")
        if operator == "between":
            bounds = [self._number(node) for node in form.items("between")]
            if len(bounds) != 2 or bounds[0] > bounds[1]:
                form.error("between", "between takes two numbers, the smaller one first")
                return _NOTHING
            return Between(fact.id, bounds[0], bounds[1])
        number = form.number(operator, 0)
        return Between(fact.id, number, None) if operator == "at_least" else Between(fact.id, None, number)

    def _values(self, fact: Fact, node: Node) -> tuple[FactValue, ...]:
        value = fact.read(node, self.problems)
        if value is None:
            return ()
        return value if isinstance(value, tuple) else (value,)

    def _number(self, node: Node) -> float:
        if isinstance(node.value, int | float) and not isinstance(node.value, bool):
            return float(node.value)
        self.problems.error(node.place, f"between takes numbers, not {node.written or kind_of(node)}")
        return 0.0
