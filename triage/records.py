"""What does the store remember, and how is it asked?

The values that repositories take and give, all frozen. Times are UTC and aware. Never touches a database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from triage.decisions import Decision
from triage.tickets import Ticket

CorrectedField = Literal["specialty", "phenomenon", "address", "place", "action", "centre"]
JobState = Literal["queued", "running", "done", "failed"]
ImportKind = Literal["tickets", "places"]
ABSENT = "-"  # in a filter: the column is empty


@dataclass(frozen=True, slots=True)
class Installation:
    """This installation. secret: 32 bytes that key the opaque ids; it never leaves the store and its backups."""

    id: str
    secret: bytes
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Triaged:
    """One revision with what was decided about it.

    facts_json: the facts the rules saw, as a JSON object. lifecycle: id and hash of the one a new ticket begins.
    """

    ticket: Ticket
    decision: Decision
    facts_json: str
    model_hash: str | None = None
    lifecycle: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """What one save changed: tickets seen first, new revisions of known tickets, and content known already."""

    new: int
    revised: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class TicketTaken:
    """What became of one ticket that was handed in; id is its opaque id, decision the newest one."""

    id: str
    outcome: Literal["new", "revised", "unchanged"]
    decision: DecisionRecord


@dataclass(frozen=True, slots=True)
class TicketSummary:
    """One line of the list: what holds now, corrections included."""

    id: str
    source: str
    number: str
    title: str
    revision: int
    domain: str
    phenomenon: str | None
    specialty: str | None
    action: str
    centre: str | None
    centre_name: str | None
    priority: str
    escalation: str
    place_outcome: str
    confidence: float
    city: str
    district: str
    taken_at: datetime
    updated_at: datetime
    corrected: bool
    lifecycle: str | None
    lifecycle_hash: str | None


@dataclass(frozen=True, slots=True)
class Revision:
    """One content of a ticket. n: 1 for the first."""

    n: int
    ticket: Ticket
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """One decision as it was made. n: 1 for the ticket's first; revision: the n of the revision it judged."""

    n: int
    revision: int
    made_at: datetime
    model_hash: str | None
    facts_json: str
    decision: Decision


@dataclass(frozen=True, slots=True)
class Correction:
    """A person's word against a decision. before and after: the value in the decision's terms, None for none."""

    ticket_id: str
    revision: int
    at: datetime
    actor: str
    field: CorrectedField
    before: str | None
    after: str | None
    why: str


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """Which tickets? Every given condition must hold; within one, any of the values; ABSENT asks for empty ones.

    confidence_from, confidence_to: 0 to 1, both ends included. taken_from: included; taken_to: excluded.
    words: free text; every word of it must occur.
    """

    domain: tuple[str, ...] = ()
    phenomenon: tuple[str, ...] = ()
    specialty: tuple[str, ...] = ()
    action: tuple[str, ...] = ()
    centre: tuple[str, ...] = ()
    priority: tuple[str, ...] = ()
    escalation: tuple[str, ...] = ()
    place_outcome: tuple[str, ...] = ()
    city: tuple[str, ...] = ()
    district: tuple[str, ...] = ()
    confidence_from: float | None = None
    confidence_to: float | None = None
    taken_from: datetime | None = None
    taken_to: datetime | None = None
    corrected: bool | None = None
    words: str = ""


SortField = Literal["taken_at", "updated_at", "number", "priority", "confidence", "city"]


@dataclass(frozen=True, slots=True)
class Sort:
    """Order of a list; equal rows are ordered by id, so that pages never overlap."""

    by: SortField = "taken_at"
    descending: bool = True


@dataclass(frozen=True, slots=True)
class Page:
    """Which stretch of a list. number: 1 for the first; size: 1 to 200."""

    number: int = 1
    size: int = 50


@dataclass(frozen=True, slots=True)
class TicketList:
    """One page of tickets. total: tickets that fit the filter."""

    items: tuple[TicketSummary, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How many tickets fit a filter, by column and value; None counts the tickets without a value."""

    by: Mapping[str, Mapping[str | None, int]]


@dataclass(frozen=True, slots=True)
class PlaceChanges:
    """What an import of places changed."""

    added: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work that takes longer than a page.

    args: JSON values only, never a secret. done, total: units of progress, total None until known.
    key: the same key again gives the same job. result: JSON object text, None until done.
    message: a sentence for people, e.g. why it failed. attempts: how often a worker began it.
    """

    id: str
    kind: str
    args: Mapping[str, str | int | bool | None]
    key: str
    state: JobState
    done: int
    total: int | None
    message: str
    created_at: datetime
    updated_at: datetime
    attempts: int = 0
    result: Mapping[str, int | str] | None = None


@dataclass(frozen=True, slots=True)
class Import:
    """One file that was handed in. content_hash: sha256 hex of its bytes, under which the upload is kept."""

    id: str
    kind: ImportKind
    file: str
    content_hash: str
    source: str
    created_at: datetime
    finished_at: datetime | None = None
    rows: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what to what, and when. what: a verb; object: kind and id, e.g. `ticket/ab12`."""

    at: datetime
    actor: str
    what: str
    object: str
    detail: str = ""
