"""What is told to the customer? Templates word for word from the handbooks, with parts filled in.

`{name}` is one part. `{a+b+c}` is several, joined by ，, each without its closing mark, an empty one left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rules.errors import ReplyIncomplete
from rules.form import Form
from rules.problems import Place, Problems
from rules.source import STATUSES, Example, Source, Status, read_examples, read_source
from rules.yaml_nodes import Node

FIELDS = ("id", "title", "status", "source", "text", "requires", "examples")
CLOSING_MARKS = "。；，,.;!！"
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply text. requires: parts that must not be empty; `a+b` asks for at least one of them."""

    id: str
    title: str
    status: Status
    source: Source
    text: str
    requires: tuple[str, ...]
    examples: tuple[Example, ...]
    place: Place
    node: Node

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of all parts that stand in the text."""
        return tuple(dict.fromkeys(name for found in _PLACEHOLDER.findall(self.text) for name in _names(found)))

    def render(self, **parts: str) -> str:
        """Return the text with its parts filled in; parts that it does not name are ignored.

        Raises ReplyIncomplete where a required part is missing or empty.
        """
        given = {name: value.strip() for name, value in parts.items()}
        lacking = tuple(need for need in self.requires if not any(given.get(name) for name in _names(need)))
        if lacking:
            raise ReplyIncomplete(self.id, lacking)
        return _PLACEHOLDER.sub(lambda found: _fill(found.group(1), given), self.text)


def _names(placeholder: str) -> list[str]:
    return [name.strip() for name in placeholder.split("+")]


def _fill(placeholder: str, given: dict[str, str]) -> str:
    names = _names(placeholder)
    if len(names) == 1:
        return given.get(names[0], "")
    parts = [given.get(name, "").rstrip(CLOSING_MARKS + " \t\r\n") for name in names]
    return "，".join(part for part in parts if part)


def read_reply(node: Node, problems: Problems) -> Reply:
    """Return the reply of one document; problems are recorded, never raised."""
    form = Form(node, problems, "reply", FIELDS)
    text = form.text("text")
    found = _PLACEHOLDER.findall(text)
    if any(not name for placeholder in found for name in _names(placeholder)):
        form.error("text", "a placeholder without a name; write {name} or {a+b}")
    if re.search(r"[{}]", _PLACEHOLDER.sub("", text)):
        form.error("text", "a brace that does not belong to a placeholder")
    reply = Reply(
        form.text("id"), form.text("title"), form.choice("status", STATUSES), read_source(form), text,
        form.texts("requires"), read_examples(form), node.place, node,
    )  # fmt: skip
    for need in reply.requires:
        unknown = [name for name in _names(need) if name not in reply.parts]
        if unknown:
            form.error("requires", f"requires names {'、'.join(unknown)}, which the text does not use")
    return reply
