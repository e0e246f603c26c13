"""What do the use cases ask of the store about speed tests and closings? Protocols only."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from probes.account import AccountReading
from probes.speed.measurement import Handle
from triage.records_speed import Attempt, Closing, NewAttempt, Outcome


class SpeedTests(Protocol):
    """Attempts and their steps."""

    def hold(self, ticket_id: str) -> None:
        """Let nobody else change the tests of a ticket until this unit of work ends. Raises UnknownTicket."""

    def add(self, attempt: NewAttempt) -> Attempt:
        """Keep a new attempt, due at once, behind the ticket's others; only after hold()."""

    def get(self, id_: str) -> Attempt:
        """Return an attempt. Raises UnknownRecord."""

    def of_key(self, ticket_id: str, key: str) -> Attempt | None:
        """Return the attempt that was asked for with key."""

    def of(self, ticket_id: str) -> tuple[Attempt, ...]:
        """Return all attempts of a ticket in the order they were asked for."""

    def any_due(self, at: datetime) -> bool:
        """Return whether claim() would find anything."""

    def claim(self, at: datetime, until: datetime, most: int) -> tuple[Attempt, ...]:
        """Return attempts that are due, the longest waiting first; nobody else gets them before until."""

    def under_way_bps(self, at: datetime) -> int:
        """Return the contract rates of all tests that are being measured, added up."""

    def account_read(self, id_: str, reading: AccountReading, at: datetime) -> None:
        """Note what AAA said."""

    def started(self, id_: str, handle: Handle | None, at: datetime) -> None:
        """Note that measuring began. handle: the probe's; None where the installer measures."""

    def look_again(self, id_: str, at: datetime, polls: int) -> None:
        """Note when the attempt is looked at next; no change once it is done."""

    def finish(self, id_: str, outcome: Outcome, at: datetime) -> bool:
        """Note how the attempt ended; return False, and change nothing, where it has ended already."""


class Closings(Protocol):
    """Closed tickets."""

    def add(self, closing: Closing) -> None:
        """Keep how a ticket was closed."""

    def get(self, ticket_id: str) -> Closing | None:
        """Return how a ticket was closed; None while it is open."""

    def between(self, start: datetime | None, end: datetime | None) -> tuple[Closing, ...]:
        """Return the closings of tickets that are subject to testing. start: included; end: excluded."""
