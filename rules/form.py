"""How is a mapping of a rule file read field by field, with a sentence for everything that is not as it should be?

Every reader returns a usable value even where it recorded a problem, so that one load finds all problems of a set.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable
from typing import TypeVar

from rules.problems import Place, Problems
from rules.yaml_nodes import Node, Scalar

_Choice = TypeVar("_Choice", bound=str)
_NAMES: dict[type, str] = {str: "a text", int: "a number", float: "a number", bool: "true/false", type(None): "empty"}


def kind_of(node: Node) -> str:
    """Return what a node is, in words."""
    if isinstance(node.value, tuple):
        return "a list"
    if isinstance(node.value, dict):
        return "a mapping"
    return _NAMES[type(node.value)]


def suggest(word: str, known: Iterable[str]) -> str:
    """Return `; did you mean X?` where one of the known words is close, else an empty text."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean {close[0]}?" if close else ""


class Form:
    """A mapping whose fields are known beforehand. what: the thing it describes, for the sentences."""

    def __init__(self, node: Node, problems: Problems, what: str, fields: Collection[str]) -> None:
        self.place: Place = node.place
        self.problems = problems
        self.what = what
        self.readable = isinstance(node.value, dict)
        self.entries: dict[str, Node] = node.value if isinstance(node.value, dict) else {}
        if not self.readable:
            problems.error(node.place, f"{what} must be a mapping, not {kind_of(node)}")
        for key, value in self.entries.items():
            if key not in fields:
                problems.error(value.place, f"{what} has no field {key}{suggest(key, fields)}")

    def error(self, field: str, sentence: str) -> None:
        """Record a problem at the line of the field, or of the whole where the field is missing."""
        node = self.entries.get(field)
        self.problems.error(node.place if node else self.place, sentence)

    def get(self, field: str) -> Node | None:
        """Return the node of a field; None where it is missing."""
        return self.entries.get(field)

    def need(self, field: str) -> Node | None:
        """Return the node of a field; a missing one is a problem."""
        node = self.entries.get(field)
        if node is None and self.readable:
            self.error(field, f"{self.what} lacks {field}")
        return node

    def text(self, field: str) -> str:
        """Return a text that must be there; "" after a problem."""
        node = self.need(field)
        if node is not None and node.value == "":
            self.error(field, f"{field} of {self.what} is empty")
        return self._text(field, node) or ""

    def maybe_text(self, field: str) -> str | None:
        """Return a text that may be missing."""
        return self._text(field, self.get(field))

    def _text(self, field: str, node: Node | None) -> str | None:
        if node is None:
            return None
        if isinstance(node.value, str):
            return node.value
        hint = "; put it in quotes" if isinstance(node.value, int | float) else ""
        self.error(field, f"{field} of {self.what} must be a text, not {kind_of(node)}{hint}")
        return None

    def choice(self, field: str, choices: Collection[_Choice], default: _Choice | None = None) -> _Choice:
        """Return one of the choices; default where the field is missing, else a problem and the first choice."""
        node = self.get(field) if default is not None else self.need(field)
        fallback = default if default is not None else next(iter(choices))
        if node is None:
            return fallback
        for choice in choices:
            if node.value == choice:
                return choice
        self.error(
            field, f"{field} of {self.what} must be one of {', '.join(choices)}, not {node.written or kind_of(node)}"
        )
        return fallback

    def number(self, field: str, default: float) -> float:
        """Return a number; default where the field is missing or wrong."""
        node = self.get(field)
        if node is None:
            return default
        if is_number(node.value):
            return float(node.value)  # type: ignore[arg-type]
        self.error(field, f"{field} of {self.what} must be a number, not {node.written or kind_of(node)}")
        return default

    def maybe_number(self, field: str) -> float | None:
        """Return a number that may be missing."""
        return self.number(field, 0) if self.get(field) is not None else None

    def count(self, field: str, default: int) -> int:
        """Return a whole number from 0."""
        number = self.number(field, default)
        if number != int(number) or number < 0:
            self.error(field, f"{field} of {self.what} must be a whole number from 0, not {number}")
            return default
        return int(number)

    def flag(self, field: str, default: bool = False) -> bool:
        """Return true or false; default where the field is missing or wrong."""
        node = self.get(field)
        if node is None:
            return default
        if isinstance(node.value, bool):
            return node.value
        self.error(field, f"{field} of {self.what} must be true or false, not {node.written or kind_of(node)}")
        return default

    def items(self, field: str, *, required: bool = False) -> tuple[Node, ...]:
        """Return the nodes of a list; empty where it is missing or wrong."""
        node = self.need(field) if required else self.get(field)
        if node is None:
            return ()
        if isinstance(node.value, tuple):
            return node.value
        self.error(field, f"{field} of {self.what} must be a list, not {kind_of(node)}")
        return ()

    def texts(self, field: str, *, required: bool = False) -> tuple[str, ...]:
        """Return a list of texts; numbers and flags in it are taken as they are written."""
        return tuple(self.written(node, field) for node in self.items(field, required=required))

    def mapping(self, field: str, *, required: bool = False) -> dict[str, Node]:
        """Return the entries of a mapping; empty where it is missing or wrong."""
        node = self.need(field) if required else self.get(field)
        if node is None:
            return {}
        if isinstance(node.value, dict):
            return node.value
        self.error(field, f"{field} of {self.what} must be a mapping, not {kind_of(node)}")
        return {}

    def written(self, node: Node, what: str) -> str:
        """Return a scalar as it stands in the file; "" after a problem."""
        if isinstance(node.value, tuple | dict) or node.value is None or not node.written:
            self.problems.error(node.place, f"{what} must hold texts, not {kind_of(node)}")
            return ""
        return node.written


def is_number(value: object) -> bool:
    """Return whether a value is an int or a float; a flag is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def scalar(node: Node, problems: Problems, what: str) -> Scalar:
    """Return the scalar of a node; a list or a mapping is a problem and gives None."""
    if isinstance(node.value, tuple | dict):
        problems.error(node.place, f"{what} must be one value, not {kind_of(node)}")
        return None
    return node.value
