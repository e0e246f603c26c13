"""What stands in a YAML file, and on which line?

YAML 1.2 core schema: only true/false are flags (yes, no, on, off are text), 22:30 is text, 010 is ten and 0o10 eight.
Duplicate keys, tags and anchors are problems. libyaml parses (0.06 s for 300 rules; a pure Python parser takes 0.9 s);
what its scalars mean is decided here, because it would read them as YAML 1.1. Never raises for bad content.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import yaml

from rules.problems import Place, Problems

Scalar = str | int | float | bool | None
Plain = Scalar | list["Plain"] | dict[str, "Plain"]

_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_FLAGS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_QUOTE = "put values that begin with - ? ! > | [ { & * % @ or ` in quotes"

if TYPE_CHECKING or not yaml.__with_libyaml__:
    from yaml import SafeLoader as _Base
else:
    from yaml import CSafeLoader as _Base


class _Loader(_Base):
    """A loader that leaves the meaning of plain scalars to this module."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 (PyYAML's own field)


@dataclass(frozen=True, slots=True)
class Node:
    """A value and its place: a scalar, a sequence or a mapping.

    written: the scalar as it stands in the file. plain: the scalar was not quoted.
    """

    place: Place
    value: Scalar | tuple[Node, ...] | dict[str, Node]
    written: str = ""
    plain: bool = False

    def data(self) -> Plain:
        """Return the value without places, as JSON knows it."""
        if isinstance(self.value, tuple):
            return [node.data() for node in self.value]
        if isinstance(self.value, dict):
            return {key: node.data() for key, node in self.value.items()}
        return self.value


def read_documents(file: str, text: str, problems: Problems) -> list[Node]:
    """Return the documents of a file that are not empty. file: name for the problems."""
    documents: list[Node] = []
    loader = _Loader(text)
    try:
        while loader.check_node():
            raw = loader.get_node()
            if raw is not None:
                documents.append(_Reader(file, problems).node(raw))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        problems.error(Place(file, line), f"not YAML: {error.problem or error.context}; {_QUOTE}")
    except yaml.YAMLError as error:
        problems.error(Place(file, 1), f"not YAML: {' '.join(str(error).split())}")
    finally:
        loader.dispose()
    return [document for document in documents if document.value is not None]


@dataclass(slots=True)
class _Reader:
    file: str
    problems: Problems
    seen: set[int] = field(default_factory=set)

    def node(self, raw: yaml.Node, place: Place | None = None) -> Node:
        place = place or Place(self.file, raw.start_mark.line + 1)
        if id(raw) in self.seen:
            self.problems.error(place, "anchors and aliases are not used in rule files; write the value out")
            return Node(place, None)
        self.seen.add(id(raw))
        if not raw.tag.startswith("tag:yaml.org,2002:"):
            self.problems.error(place, f"{raw.tag} is read as a YAML tag; {_QUOTE}")
            return Node(place, None)
        if isinstance(raw, yaml.MappingNode):
            return Node(place, self._mapping(raw))
        if isinstance(raw, yaml.SequenceNode):
            return Node(place, tuple(self.node(item) for item in raw.value))
        plain = not getattr(raw, "style", None)
        return Node(place, _resolve(raw.value) if plain else raw.value, raw.value, plain)

    def _mapping(self, raw: yaml.MappingNode) -> dict[str, Node]:
        entries: dict[str, Node] = {}
        for key, value in self._pairs(raw):
            place = Place(self.file, key.start_mark.line + 1)
            if key.value in entries:
                first = entries[key.value].place.line
                self.problems.error(place, f"key {key.value} stands here a second time (first on line {first})")
                continue
            entries[key.value] = self.node(value, place)
        return entries

    def _pairs(self, raw: yaml.MappingNode) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
        for key, value in raw.value:
            if isinstance(key, yaml.ScalarNode):
                yield key, value
            else:
                self.problems.error(Place(self.file, key.start_mark.line + 1), "a key must be one word or a text")


def _resolve(written: str) -> Scalar:
    """Return what a plain scalar means in the core schema of YAML 1.2."""
    if written in _NULL:
        return None
    if written in _FLAGS:
        return _FLAGS[written]
    if _INTEGER.fullmatch(written):
        return int(written, 0) if written[:2] in ("0o", "0x") else int(written)
    if _DECIMAL.fullmatch(written):
        return float(written)
    return written
