"""What differs between two sets of rules? Items by kind and id; layout, comments and file names play no part."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from rules.ruleset import RuleSet


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a set. kind: rule, table, tree, lifecycle, reply, terms, fact, centre, party, instruction …"""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Change:
    """An item that both sets have and that differs. fields: which of its fields, in alphabetical order."""

    kind: str
    id: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Differences:
    """What a new set adds to, removes from and changes in an old one, in order of kind and id."""

    added: tuple[Item, ...]
    removed: tuple[Item, ...]
    changed: tuple[Change, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def differences(old: RuleSet, new: RuleSet) -> Differences:
    """Return what differs. A retired item counts as absent."""
    before, after = old.content.items, new.content.items
    return Differences(
        tuple(Item(*key) for key in sorted(after.keys() - before.keys())),
        tuple(Item(*key) for key in sorted(before.keys() - after.keys())),
        tuple(
            Change(*key, _fields(before[key], after[key]))
            for key in sorted(before.keys() & after.keys())
            if before[key] != after[key]
        ),
    )


def _fields(before: str, after: str) -> tuple[str, ...]:
    try:
        old, new = json.loads(before), json.loads(after)
    except ValueError:  # a carried file: its hash is all that is compared
        return ()
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return ()
    return tuple(sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key)))
