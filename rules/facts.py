"""Which facts may a condition name, and which values may each take?

Read from facts.yaml. What a fact's text means in a file is settled by its type, so that 010 stays text for a `word`
and `no` for a `choice`. A fact that is not there is unknown, never false.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from rules.errors import FactUnknown
from rules.form import Form, is_number, kind_of, suggest
from rules.problems import Place, Problems
from rules.text import Text, read
from rules.yaml_nodes import Node

FactValue = Text | str | int | float | bool | tuple[str, ...]
FactType = Literal["text", "word", "choice", "number", "flag", "list"]
Combine = Literal["single", "score", "collect"]
Refers = Literal["reply", "centre", "party", "tree", "lifecycle", "table"]

TYPES: tuple[FactType, ...] = get_args(FactType)
REFERS: tuple[Refers, ...] = get_args(Refers)


@dataclass(frozen=True, slots=True)
class Fact:
    """One word of the vocabulary.

    type: `text` is searched for terms, `word` is any short text compared whole, `choice` one of values, `number`,
    `flag`, `list` several words. values: value → what people see, in the declared order. derived: rules may set it.
    combine: what happens to several claims (see evaluation.py); at_least and margin belong to `score`.
    refers: its values are ids of these items. least, most, whole: bounds of a number, for the search for gaps.
    """

    id: str
    title: str
    type: FactType
    place: Place
    values: Mapping[str, str] = field(default_factory=dict)
    derived: bool = False
    combine: Combine = "single"
    at_least: float = 1.0
    margin: float = 0.5
    refers: Refers | None = None
    least: float | None = None
    most: float | None = None
    whole: bool = False

    def shown(self, value: FactValue) -> str:
        """Return a value as people see it."""
        if isinstance(value, Text):
            return value.normal
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, tuple):
            return "、".join(self.values.get(item, item) for item in value)
        return self.values.get(str(value), str(value))

    def read(self, node: Node, problems: Problems) -> FactValue | None:
        """Return the value a node gives this fact; None after a problem."""
        if self.type == "list":
            items = node.value if isinstance(node.value, tuple) else (node,)
            words = [self._word(item, problems) for item in items]
            return tuple(word for word in words if word is not None)
        if self.type == "number":
            return (
                node.value
                if isinstance(node.value, int | float) and is_number(node.value)
                else self._wrong(node, problems, "a number")
            )
        if self.type == "flag":
            return node.value if isinstance(node.value, bool) else self._wrong(node, problems, "true or false")
        word = self._word(node, problems)
        return read(self.id, word) if self.type == "text" and word is not None else word

    def _word(self, node: Node, problems: Problems) -> str | None:
        if isinstance(node.value, tuple | dict) or node.value is None:
            self._wrong(node, problems, "a text")
            return None
        if self.values and node.written not in self.values:
            hint = suggest(node.written, self.values)
            problems.error(node.place, f"{node.written} is not a value of {self.id} ({', '.join(self.values)}){hint}")
            return None
        return node.written

    def _wrong(self, node: Node, problems: Problems, wanted: str) -> FactValue | None:
        problems.error(node.place, f"{self.id} takes {wanted}, not {node.written or kind_of(node)}")
        return None


@dataclass(frozen=True, slots=True)
class Vocabulary(Mapping[str, Fact]):
    """All facts by id."""

    facts: Mapping[str, Fact]

    def __getitem__(self, fact: str) -> Fact:
        return self.facts[fact]

    def __iter__(self) -> Iterator[str]:
        return iter(self.facts)

    def __len__(self) -> int:
        return len(self.facts)

    def require(self, fact: str) -> Fact:
        """Return the fact. Raises FactUnknown."""
        if fact not in self.facts:
            raise FactUnknown(fact)
        return self.facts[fact]

    def find(self, fact: str, place: Place, problems: Problems) -> Fact | None:
        """Return the fact; None and a problem where facts.yaml does not name it."""
        if fact not in self.facts:
            problems.error(place, f"fact {fact} is not in facts.yaml{suggest(fact, self.facts)}")
        return self.facts.get(fact)


_FIELDS = (
    "title", "type", "values", "derived", "combine", "at_least", "margin", "refers", "least", "most", "whole",
)  # fmt: skip


def read_facts(nodes: Mapping[str, Node], problems: Problems) -> Vocabulary:
    """Return the vocabulary of facts.yaml. nodes: fact id → its mapping."""
    return Vocabulary({name: _read_fact(name, node, problems) for name, node in nodes.items()})


def _read_fact(name: str, node: Node, problems: Problems) -> Fact:
    form = Form(node, problems, f"fact {name}", _FIELDS)
    kind = form.choice("type", TYPES)
    combine = form.choice("combine", get_args(Combine), "collect" if kind == "list" else "single")
    derived = form.flag("derived")
    if kind == "text" and derived:
        form.error("derived", f"fact {name} is a text: rules cannot set it")
    if (kind == "list") != (combine == "collect"):
        form.error("combine", f"fact {name}: only a list collects, and a list does nothing else")
    if combine == "score" and kind not in ("choice", "word"):
        form.error("combine", f"fact {name}: only a choice or a word can be scored")
    values = _values(form, kind)
    return Fact(
        name, form.text("title"), kind, node.place, values, derived, combine,
        form.number("at_least", 1.0), form.number("margin", 0.5),
        form.choice("refers", REFERS) if form.get("refers") else None,
        form.maybe_number("least"), form.maybe_number("most"), form.flag("whole"),
    )  # fmt: skip


def _values(form: Form, kind: FactType) -> dict[str, str]:
    node = form.get("values")
    if node is None:
        if kind == "choice" and form.get("refers") is None:
            form.error("type", f"{form.what} is a choice without values; list them, or make it a word")
        return {}
    if kind not in ("choice", "list"):
        form.error("values", f"{form.what} is a {kind}: only a choice or a list has values")
    if isinstance(node.value, tuple):
        return {word: word for word in form.texts("values")}
    return {value: form.written(label, f"values of {form.what}") for value, label in form.mapping("values").items()}
