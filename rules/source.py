"""Where does a rule come from, and how literally was it taken?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from rules.form import Form
from rules.problems import Place
from rules.yaml_nodes import Node

Reading = Literal["literal", "assumed", "unchecked"]
_MARKS = {"literal": "", "assumed": "（推定）", "unchecked": "（未核对原文）"}
Status = Literal["draft", "trial", "active", "retired"]
READINGS: tuple[Reading, ...] = get_args(Reading)
STATUSES: tuple[Status, ...] = get_args(Status)


@dataclass(frozen=True, slots=True)
class Source:
    """A handbook or standard and a section of it.

    reading: `literal` where it says so, `assumed` where we concluded it, `unchecked` where it was written from
    knowledge of the document, which could not be read again.
    """

    handbook: str
    section: str
    reading: Reading

    def __str__(self) -> str:
        return f"《{self.handbook}》{self.section}{_MARKS[self.reading]}"


@dataclass(frozen=True, slots=True)
class Example:
    """One example of an item, which is its test. given and expect stand as in the file; their reader knows them."""

    name: str
    given: Node
    expect: Node
    place: Place


def read_source(form: Form, field: str = "source") -> Source:
    """Return the source of an item; every item names one."""
    node = form.need(field)
    if node is None:
        return Source("", "", "assumed")
    inner = Form(node, form.problems, f"{field} of {form.what}", ("handbook", "section", "reading"))
    return Source(inner.text("handbook"), inner.maybe_text("section") or "", inner.choice("reading", READINGS))


def read_examples(form: Form) -> tuple[Example, ...]:
    """Return the examples of an item, unread."""
    examples = []
    for node in form.items("examples"):
        inner = Form(node, form.problems, f"an example of {form.what}", ("name", "given", "expect"))
        given, expect = inner.need("given"), inner.need("expect")
        name = inner.text("name")
        if given is not None and expect is not None:
            examples.append(Example(name, given, expect, node.place))
    return tuple(examples)
