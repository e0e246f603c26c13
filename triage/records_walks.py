"""What does the store remember of walks over fault trees? Frozen values; times are UTC.

A walk is never a position but what was said: the position follows from its entries, under the rules it began with.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

EntryKind = Literal["answer", "fact"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing said in a walk. kind: `answer` to a node, or `fact` that evidence gave. name: id of the node or fact.

    value: as JSON. origin: typed, capture, probe or boss. detail: which capture, what the probe said, or a person's
    note. withdrawn_by, withdrawn_at: who took it back.
    """

    kind: EntryKind
    name: str
    value: str
    origin: str
    by: str
    at: datetime
    detail: str = ""
    n: int = 0
    withdrawn_by: str | None = None
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class WalkRecord:
    """A walk over a tree about a ticket. tree: id; tree_hash, rules_hash: which version of it, in which set of rules.

    version: 1 at first, one more with every change. concluded_by, concluded_at: who took its conclusion over into the
    ticket's decision; None while it is open. entries: in the order they were made, withdrawn ones included.
    """

    id: str
    ticket_id: str
    tree: str
    tree_hash: str
    rules_hash: str
    begun_by: str
    begun_at: datetime
    version: int
    changed_by: str
    changed_at: datetime
    concluded_by: str | None = None
    concluded_at: datetime | None = None
    entries: tuple[Entry, ...] = ()

    @property
    def standing(self) -> tuple[Entry, ...]:
        """The entries that nobody took back."""
        return tuple(entry for entry in self.entries if entry.withdrawn_at is None)
