"""What do lives of tickets ask of the store, of a directory of people, and of what carries messages? Protocols only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from triage.actors import Actor
from triage.records import Page
from triage.records_flow import Entry, Flow, FlowLines, FlowQuery, Kept, ListName, Notice, Personal, Timer


class Flows(Protocol):
    """Where tickets stand, and their clocks."""

    def add_many(self, begun: Sequence[Flow], timers: Sequence[Timer], personal: Sequence[Personal]) -> None:
        """Keep new flows with their clocks and personal values."""

    def get(self, ticket_id: str) -> Flow:
        """Return where a ticket stands. Raises UnknownRecord."""

    def find(self, ticket_id: str) -> Flow | None:
        """Return where a ticket stands; None where it began no lifecycle."""

    def hold(self, ticket_id: str) -> None:
        """Make others who would move the ticket wait for the end of this transaction."""

    def change(self, before: Flow, after: Flow) -> None:
        """Keep what a step made of a flow. Raises Conflict naming who was faster."""

    def add_personal(self, ticket_id: str, field: str, value: str) -> str:
        """Keep a new personal value; return the id under which the history may name it."""

    def erase_personal(self, ticket_id: str) -> int:
        """Erase all personal values and sent texts of a ticket; return how many values there were."""

    def begun(self, ticket_ids: Sequence[str]) -> frozenset[str]:
        """Return those of some tickets that have begun a lifecycle."""

    def unbegun(self, most: int) -> tuple[tuple[str, str, str], ...]:
        """Return tickets whose lifecycle never began: ids, lifecycles and their hashes."""

    def children(self, ticket_id: str) -> tuple[Flow, ...]:
        """Return the flows that belong to a ticket, the oldest first."""

    def held_by(self, actor: str) -> tuple[str, ...]:
        """Return the open tickets that somebody holds."""

    def timers(self, ticket_id: str) -> tuple[Timer, ...]:
        """Return all clocks of a ticket."""

    def put_timers(self, timers: Sequence[Timer]) -> None:
        """Keep clocks as they are now."""

    def due(self, now: datetime, most: int) -> tuple[Timer, ...]:
        """Return clocks whose moment has come, the longest due first."""

    def claim(self, timer: Timer, now: datetime) -> bool:
        """Mark a running clock as fired; return whether nobody else did."""

    def follow(self, ticket_id: str, actor: str, *, on: bool) -> None:
        """Put a ticket on somebody's list of followed ones, or take it off."""

    def lines(self, name: ListName, query: FlowQuery, page: Page, *, actor: Actor, now: datetime) -> FlowLines:
        """Return one page of a work list of somebody."""

    def count(self, name: ListName, *, actor: Actor, now: datetime) -> int:
        """Return how many tickets a work list of somebody has."""


class History(Protocol):
    """Everything that happened, chained; only ever added to."""

    def add(self, entry: Entry) -> None:
        """Note that something happened; chained when the transaction commits."""

    def of(self, ticket_id: str) -> tuple[Kept, ...]:
        """Return what happened to a ticket, the first thing first."""

    def walk(self, after: int = 0) -> Iterator[Kept]:
        """Give all entries after a number, in order."""

    def head(self) -> tuple[int, str]:
        """Return number and hash of the newest entry; 0 and zeros where there is none."""

    def audit_digests(self) -> Iterator[tuple[int, str]]:
        """Give row and digest of every entry of the audit trail."""

    def states(self) -> Mapping[str, tuple[str, int]]:
        """Return state and version of every flow, by ticket."""


class Outbox(Protocol):
    """What is told to people and systems."""

    def add(self, notice: Notice) -> None:
        """Keep something to tell, in the transaction that it is about."""

    def ready(self, now: datetime, most: int) -> tuple[Notice, ...]:
        """Return what is to be sent now, the oldest first."""

    def claim(self, notice: Notice, until: datetime) -> bool:
        """Put off the next try of a notice; return whether nobody else did."""

    def sent(self, id_: str, at: datetime) -> None:
        """Note that a notice was handed over."""

    def failed(self, id_: str, sentence: str, next_at: datetime | None) -> None:
        """Note why a notice was not handed over; next_at: None gives it up."""

    def inbox(self, actor: Actor, page: Page, *, unread: bool) -> tuple[tuple[tuple[Notice, bool], ...], int]:
        """Return one page of what somebody is told on pages, with whether it was read, and how many there are."""

    def read(self, actor: Actor, ids: Sequence[str], at: datetime) -> int:
        """Note that somebody has read notices of theirs; return how many were unread."""


@dataclass(frozen=True, slots=True)
class Address:
    """How one person is reached. phone, email: "" where nobody knows."""

    person: str
    phone: str
    email: str


class Directory(Protocol):
    """Who people are."""

    def of_role(self, role: str) -> tuple[Address, ...]:
        """Return everybody of a role."""

    def of_person(self, person: str) -> Address | None:
        """Return how a person is reached; None where nobody knows them."""


class Carrier(Protocol):
    """Something that carries messages."""

    def carry(self, key: str, to: str, notice: Notice) -> None:
        """Hand a message over; the same key again must not be delivered again.

        to: phone, e-mail address, or "" where the channel has one receiver. Raises CarrierFailed.
        """
