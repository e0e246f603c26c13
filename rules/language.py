"""How does a text say that something is not so, and where do its clauses end? Read from language.yaml."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rules.form import Form
from rules.problems import Problems
from rules.source import STATUSES, read_source
from rules.text import MASK, normalise
from rules.yaml_nodes import Node


@dataclass(frozen=True, slots=True)
class Context:
    """Words beside a term that turn it round. within: characters between at most. unless: phrases that do not count."""

    words: tuple[str, ...] = ()
    within: int = 0
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Language:
    """negation stands before a term, fine after it. boilerplate is blanked before anything is matched."""

    negation: Context = Context()
    fine: Context = Context()
    clause_ends: frozenset[str] = frozenset("，。！？；,!?;\n") | {MASK}
    sentence_ends: frozenset[str] = frozenset("。！？；!?;\n") | {MASK}
    boilerplate: tuple[str, ...] = ()


_FIELDS = (
    "id", "title", "status", "source", "negation", "fine", "clause_ends", "sentence_ends", "boilerplate",
)  # fmt: skip


def read_language(node: Node, problems: Problems) -> Language:
    """Return the language of language.yaml."""
    form = Form(node, problems, "language", _FIELDS)
    if form.get("source") is not None:
        read_source(form)
    form.choice("status", STATUSES, "active")
    usual = Language()
    return Language(
        _context(form, "negation", "before"),
        _context(form, "fine", "after"),
        _ends(form, "clause_ends") or usual.clause_ends,
        _ends(form, "sentence_ends") or usual.sentence_ends,
        _normal(form.texts("boilerplate")),
    )


def _context(form: Form, field: str, side: str) -> Context:
    node = form.get(field)
    if node is None:
        return Context()
    inner = Form(node, form.problems, field, (side, "within", "not"))
    return Context(_normal(inner.texts(side, required=True)), inner.count("within", 0), _normal(inner.texts("not")))


def _ends(form: Form, field: str) -> frozenset[str]:
    return frozenset(c for written in (form.maybe_text(field) or "") for c in (written, normalise(written)[0]) if c) | (
        {MASK} if form.get(field) else set()
    )


def _normal(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(normal for normal in (normalise(word)[0] for word in words) if normal))
