"""How do values travel to another process at little cost?

A frozen dataclass is pickled field by field through slow general code; one that is `Carried` as its class and its
values. Never changes what a value is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import Any


class Carried:
    """Base of dataclasses that go between processes by the thousand; all their fields, two or more, are arguments."""

    __slots__ = ()

    def __reduce__(self) -> tuple[type[Any], tuple[Any, ...]]:
        kind = type(self)
        return kind, _values(kind)(self)  # type: ignore[arg-type]  # mypy takes no class for hashable


@cache
def _values(kind: type[Any]) -> Callable[[object], tuple[Any, ...]]:
    return attrgetter(*(field.name for field in fields(kind)))
