"""Which terms does a list in a rule stand for?

Terms are compared in the normal form of rules.text. `$name` in a list stands for the terms of terms/*.yaml with the id
`terms.name`, so that several rules share one list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rules.form import Form, kind_of, suggest
from rules.problems import Place, Problems
from rules.source import STATUSES, Source, Status, read_source
from rules.text import normalise
from rules.yaml_nodes import Node

PREFIX = "terms."


@dataclass(frozen=True, slots=True)
class TermList:
    """A shared list of terms. id: `terms.` and the name that `$name` refers to."""

    id: str
    title: str
    status: Status
    source: Source
    terms: tuple[str, ...]
    place: Place


def read_term_list(node: Node, problems: Problems) -> TermList:
    """Return the list of one document of terms/*.yaml."""
    form = Form(node, problems, "term list", ("id", "title", "status", "source", "terms"))
    name = form.text("id")
    if form.readable and not name.startswith(PREFIX):
        form.error("id", f"the id of a term list begins with {PREFIX}, not {name}")
    terms = [_term(item, problems) for item in form.items("terms", required=True)]
    return TermList(
        name, form.text("title"), form.choice("status", STATUSES, "active"), read_source(form),
        tuple(dict.fromkeys(term for term in terms if term)), node.place,
    )  # fmt: skip


def read_terms(node: Node, shared: Mapping[str, TermList], problems: Problems) -> tuple[str, ...]:
    """Return the normal forms of a list of terms, or of one term, with `$name` spelled out."""
    items = node.value if isinstance(node.value, tuple) else (node,)
    terms: dict[str, None] = {}
    for item in items:
        if isinstance(item.value, str) and item.value.startswith("$"):
            terms.update(dict.fromkeys(_shared(item, shared, problems)))
        else:
            terms[_term(item, problems)] = None
    terms.pop("", None)
    if not items:
        problems.error(node.place, "the list of terms is empty")
    return tuple(terms)


def _shared(node: Node, shared: Mapping[str, TermList], problems: Problems) -> tuple[str, ...]:
    name = node.written[1:]
    if PREFIX + name in shared:
        return shared[PREFIX + name].terms
    known = [term_list.removeprefix(PREFIX) for term_list in shared]
    problems.error(node.place, f"there is no term list {PREFIX}{name}{suggest(name, known)}")
    return ()


def _term(node: Node, problems: Problems) -> str:
    if isinstance(node.value, tuple | dict) or node.value is None:
        problems.error(node.place, f"a term must be a text, not {kind_of(node)}")
        return ""
    normal, _ = normalise(node.written)
    if not normal.strip():
        problems.error(node.place, f"the term {node.written!r} has nothing to match")
        return ""
    return normal
