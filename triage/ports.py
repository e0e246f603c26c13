"""What do the use cases ask of the store, and what do the ways in ask of the use cases?

Protocols only. `Store` gives units of work over repositories and is implemented in triage/store; `Desk` is the
product as the API sees it and is implemented in triage/cases. Errors are those of triage/store/errors.py and
triage/errors.py.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from geo.place import Place, PlaceKind
from triage.actors import Actor
from triage.decisions import Decision
from triage.ports_captures import Captures
from triage.ports_flow import Flows, History, Outbox
from triage.ports_people import ApiTokens, LoginAttempts, People, Sessions
from triage.ports_speed import Closings, SpeedTests
from triage.ports_walks import Walks
from triage.records import (
    AuditEntry,
    CorrectedField,
    Correction,
    Counts,
    DecisionRecord,
    Import,
    ImportKind,
    Installation,
    Job,
    JobState,
    Page,
    PlaceChanges,
    Revision,
    Saved,
    Sort,
    TicketFilter,
    TicketList,
    TicketSummary,
    TicketTaken,
    Triaged,
)
from triage.records_places import NearTickets, Vicinity
from triage.tickets import Reject


class Tickets(Protocol):
    """Tickets and their revisions."""

    def id_of(self, source: str, number: str) -> str:
        """Return the id that the ticket has or will have."""

    def save_many(self, entries: Sequence[Triaged], at: datetime) -> Saved:
        """Keep entries in order; known content changes nothing, other content of a known ticket is a revision."""

    def find_many(self, keys: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], frozenset[str]]:
        """Return the content hashes of all revisions of each known ticket, by (source, number)."""

    def get(self, id_: str) -> TicketSummary:
        """Return what holds now of a ticket. Raises UnknownTicket."""

    def revisions(self, id_: str) -> tuple[Revision, ...]:
        """Return all revisions, the first one first. Raises UnknownTicket."""

    def list(self, filter_: TicketFilter, sort: Sort, page: Page) -> TicketList:
        """Return one page of the tickets that fit, and how many fit."""

    def near(self, where: Vicinity, page: Page) -> NearTickets:
        """Return one page of the tickets in a vicinity, the nearest kind first, and how many there are."""

    def counts(self, filter_: TicketFilter, by: Sequence[str]) -> Counts:
        """Return how many tickets fit, by each value of the named columns."""


class Decisions(Protocol):
    """Decisions; only ever added to."""

    def add(self, decision: Decision, facts_json: str, model_hash: str | None, at: datetime) -> DecisionRecord:
        """Keep a new decision about the current revision. Raises UnknownTicket."""

    def latest(self, ticket_id: str) -> DecisionRecord:
        """Return the newest decision. Raises UnknownTicket."""

    def of(self, ticket_id: str) -> tuple[DecisionRecord, ...]:
        """Return all decisions about a ticket, the first one first."""


class Corrections(Protocol):
    """What people put right; only ever added to."""

    def add(self, correction: Correction) -> None:
        """Keep a correction; lists show its value from now on. Raises UnknownTicket."""

    def of(self, ticket_id: str) -> tuple[Correction, ...]:
        """Return all corrections of a ticket, the oldest first."""

    def by_field(self, field: CorrectedField) -> tuple[Correction, ...]:
        """Return all corrections of a field, the oldest first."""


class Places(Protocol):
    """Blind spots and plans."""

    def upsert_many(self, found: Sequence[Place], *, batch: str, at: datetime) -> PlaceChanges:
        """Keep a chunk of places of an import."""

    def retire_missing(self, kind: str, *, batch: str, at: datetime) -> int:
        """Mark the places of a kind that the complete list of batch does not name as gone; return how many."""

    def get(self, kind: str, number: str) -> Place | None:
        """Return one place that is not gone."""

    def walk(self) -> Iterator[Place]:
        """Give all places that are not gone, by kind and number."""

    def contents(self) -> dict[tuple[PlaceKind, str], str]:
        """Return kind and number of all places that are not gone, with the hash of what is kept of each."""

    def fingerprint(self) -> str:
        """Return a hash of all places that are not gone: equal where an index of them is still good."""

    def find(
        self,
        words: str,
        skip: int,
        take: int,
        *,
        city: str = "",
        district: str = "",
        without: Collection[tuple[str, str]] = (),
    ) -> tuple[tuple[Place, ...], Mapping[str, int]]:
        """Return a stretch of the places whose number, name or address holds words, and how many there are by kind.

        city, district: where they must lie, empty for anywhere. without: kind and number of places to leave out.
        """


class Imports(Protocol):
    """Files that were handed in."""

    def add(self, import_: Import) -> None:
        """Keep a new import."""

    def get(self, id_: str) -> Import:
        """Return an import. Raises UnknownRecord."""

    def of_content(self, kind: ImportKind, content_hash: str) -> Import | None:
        """Return the newest import of a file with this content."""

    def progress(self, id_: str, rows: int, counts: Mapping[str, int], finished_at: datetime | None = None) -> None:
        """Note that the first rows of the file are done. Raises UnknownRecord."""


class Rejects(Protocol):
    """Rows that could not be read."""

    def add_many(self, import_id: str, found: Sequence[Reject]) -> None:
        """Keep rejects; the same row and field again is no change."""

    def of(self, import_id: str, page: Page) -> tuple[tuple[Reject, ...], int]:
        """Return one page of an import's rejects, and how many there are."""


class Jobs(Protocol):
    """Work that takes longer than a page."""

    def add(self, kind: str, args: Mapping[str, str | int | bool | None], *, key: str, at: datetime) -> Job:
        """Ask for a job; the same key again gives the same job."""

    def get(self, id_: str) -> Job:
        """Return a job. Raises UnknownRecord."""

    def find(self, key: str) -> Job | None:
        """Return the job that was asked for with key."""

    def in_state(self, state: JobState, *, before: datetime | None = None) -> tuple[Job, ...]:
        """Return the jobs in a state, the oldest first. before: only those untouched since then."""

    def begin(self, id_: str, at: datetime) -> Job:
        """Note that a worker begins the job. Raises UnknownRecord."""

    def progress(self, id_: str, done: int, total: int | None, at: datetime) -> None:
        """Note how far the job is. Raises UnknownRecord."""

    def touch(self, id_: str, at: datetime) -> None:
        """Note that the job is still being worked on. Raises UnknownRecord."""

    def finish(self, id_: str, result: Mapping[str, int | str], at: datetime) -> None:
        """Note that the job is done. Raises UnknownRecord."""

    def fail(self, id_: str, sentence: str, at: datetime) -> None:
        """Note that the job cannot be done and why. Raises UnknownRecord."""

    def requeue(self, id_: str, at: datetime) -> None:
        """Ask for the job once more. Raises UnknownRecord."""


class RuleSets(Protocol):
    """Sets of rules that decided something, whole."""

    def remember(self, hash_: str, archive: bytes, at: datetime) -> None:
        """Keep a whole set under its hash; a known hash changes nothing."""

    def archive(self, hash_: str) -> bytes:
        """Return the whole set of that hash. Raises UnknownRecord."""

    def hashes(self) -> tuple[str, ...]:
        """Return the hashes of all sets, the first used first."""


class Audit(Protocol):
    """Who did what; only ever added to."""

    def add(self, entry: AuditEntry) -> None:
        """Note who did what."""

    def list(self, page: Page, *, object_: str | None = None) -> tuple[AuditEntry, ...]:
        """Return one page of the trail, the newest entry first. object_: only what was done to it."""


class Work(Protocol):
    """The repositories of one transaction."""

    @property
    def tickets(self) -> Tickets:
        """Tickets and their revisions."""

    @property
    def decisions(self) -> Decisions:
        """Decisions."""

    @property
    def corrections(self) -> Corrections:
        """Corrections."""

    @property
    def places(self) -> Places:
        """Blind spots and plans."""

    @property
    def imports(self) -> Imports:
        """Files that were handed in."""

    @property
    def rejects(self) -> Rejects:
        """Rows that could not be read."""

    @property
    def jobs(self) -> Jobs:
        """Jobs."""

    @property
    def rule_sets(self) -> RuleSets:
        """Sets of rules that decided something."""

    @property
    def speed_tests(self) -> SpeedTests:
        """Speed tests."""

    @property
    def closings(self) -> Closings:
        """Closed tickets."""

    @property
    def audit(self) -> Audit:
        """The audit trail."""

    @property
    def captures(self) -> Captures:
        """Captures."""

    @property
    def walks(self) -> Walks:
        """Walks over fault trees."""

    @property
    def flows(self) -> Flows:
        """Where tickets stand, and their clocks."""

    @property
    def history(self) -> History:
        """Everything that happened, chained."""

    @property
    def outbox(self) -> Outbox:
        """What is told to people and systems."""

    @property
    def people(self) -> People:
        """Accounts with their roles and groups."""

    @property
    def api_tokens(self) -> ApiTokens:
        """Tokens of programs."""

    @property
    def sessions(self) -> Sessions:
        """Sign-ins on devices."""

    @property
    def login_attempts(self) -> LoginAttempts:
        """Failed sign-ins."""


class Store(Protocol):
    """Where everything is kept; may be shared between threads."""

    def begin(self) -> AbstractContextManager[Work]:
        """Give a unit of work that may write; it commits where the block ends well, else nothing happened."""

    def read(self) -> AbstractContextManager[Work]:
        """Give a unit of work that only reads."""

    def id_of(self, source: str, number: str) -> str:
        """Return the opaque id that the ticket has or will have."""

    def tidy(self) -> None:
        """Do the upkeep that would make a request wait; called every second or so while serving."""

    @property
    def installation(self) -> Installation:
        """This installation."""


class FrontDesk(Protocol):
    """What people and systems ask of the product through the API and the pages; reading goes to the store."""

    def take_in(
        self, fields: Mapping[str, str | int | float | bool | None], *, source: str, actor: Actor
    ) -> TicketTaken:
        """Take in one ticket, decide it and keep it.

        fields: Chinese or English field names of the upstream system → value. Raises Refused.
        """

    def correct(
        self, ticket_id: str, field: CorrectedField, after: str | None, why: str, *, actor: Actor
    ) -> Correction:
        """Keep a person's word against the decision. Raises UnknownTicket, Refused."""

    def decide_again(self, ticket_id: str, *, actor: Actor) -> DecisionRecord:
        """Decide the current revision with the rules and places of now. Raises UnknownTicket."""

    def rules_hash(self) -> str:
        """Return the hash of the rules in force."""

    def choices(self, field: CorrectedField) -> Mapping[str, str]:
        """Return the values that a correction of field may have, with their names; empty where any text may be."""
