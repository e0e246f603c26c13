"""What do the use cases ask of the store about walks, and of systems that can answer a check? Protocols only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from rules.facts import FactValue
from triage.records_walks import Entry, WalkRecord


class Walks(Protocol):
    """Walks; what was said is only ever added to or taken back, never erased."""

    def add(self, walk: WalkRecord) -> None:
        """Keep a new walk with its first entries."""

    def get(self, id_: str) -> WalkRecord:
        """Return a walk. Raises UnknownRecord."""

    def of(self, ticket_id: str) -> tuple[WalkRecord, ...]:
        """Return all walks of a ticket, the first one first."""

    def change(self, id_: str, version: int, by: str, at: datetime) -> None:
        """Claim the next version of a walk. Raises Conflict where somebody was faster, UnknownRecord."""

    def say(self, id_: str, entries: Sequence[Entry]) -> None:
        """Add entries; only after change()."""

    def withdraw(self, id_: str, n: int, by: str, at: datetime) -> None:
        """Take an entry back; only after change()."""

    def conclude(self, id_: str, by: str, at: datetime) -> None:
        """Note who took the conclusion over; only after change()."""


@dataclass(frozen=True, slots=True)
class Probed:
    """What a system said.

    facts: fact id → value, empty where it does not know. origin: probe or boss. sentence: in words.
    """

    facts: Mapping[str, FactValue]
    origin: str
    sentence: str


class Probe(Protocol):
    """One system that can answer a check."""

    def ask(self, subject: str, at: datetime) -> Probed:
        """Ask about a number, an address or a city. A failure is a Probed without facts, never an error."""
