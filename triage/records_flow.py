"""What does the store remember of a ticket's life: where it stands, its clocks, its history, who was told what?

All frozen. Times are UTC and aware. Values of fields are texts: `true` and `false`, `3`, `2026-03-01`, ids of people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from triage.records import TicketSummary

ClockState = Literal["running", "paused", "fired", "stopped", "met", "late"]
TimerKind = Literal["warn", "due", "level"]
NoticeState = Literal["queued", "sent", "failed", "page"]
ToKind = Literal["role", "person", "upstream"]
StepKind = Literal["begin", "step", "action", "clock", "hold", "merge", "erase", "audit"]
ListName = Literal["waiting", "group", "mine", "done", "followed", "local", "history", "warned", "overdue", "all"]


@dataclass(frozen=True, slots=True)
class Flow:
    """Where a ticket stands on its lifecycle.

    lifecycle_hash: the version it began with; rules_hash: the set of rules that holds that version. role: whose work
    it is now, "" for nobody's. version: goes up with every change. holder: person, group or centre, "" for nobody.
    previous: who held it before. fields, personal: field → value; personal ones can be erased. counts: by counter.
    """

    ticket_id: str
    lifecycle: str
    lifecycle_hash: str
    rules_hash: str
    state: str
    role: str
    version: int
    creator: str
    holder: str
    previous: str
    fields: Mapping[str, str]
    counts: Mapping[str, int]
    begun_at: datetime
    changed_by: str
    changed_at: datetime
    ended_at: datetime | None = None
    parent_id: str | None = None
    merged_into: str | None = None
    personal: Mapping[str, str] = field(default_factory=dict)

    @property
    def values(self) -> Mapping[str, str]:
        """All fields, personal ones included."""
        return {**self.fields, **self.personal}


@dataclass(frozen=True, slots=True)
class Personal:
    """A personal value of a field; id: under which the history names it. n: 1 for the field's first."""

    id: str
    ticket_id: str
    field: str
    n: int
    value: str


@dataclass(frozen=True, slots=True)
class Timer:
    """One thing that a clock does at one moment: it warns, it is over, or a level is told.

    level: 1 for the first level, else 0. state: `fired` has rung and goes on being over; `met` ended in time and
    `late` after it rang, both for good; `stopped` ended by leaving its states and begins anew with them.
    due_at: None while paused. left_s: working time that is left, seconds, while paused.
    """

    ticket_id: str
    clock: str
    kind: TimerKind
    level: int
    state: ClockState
    due_at: datetime | None
    left_s: float | None
    started_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened, as it enters the history. content: JSON values without personal ones."""

    at: datetime
    actor: str
    kind: StepKind
    ticket_id: str | None
    content: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry of the history with its place in the chain. hash: sha256 hex of the one before and of this one."""

    seq: int
    at: datetime
    actor: str
    kind: StepKind
    ticket_id: str | None
    content: str
    hash: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that somebody is told. id: also the idempotency key of its sending. message: id of the reply text.

    recipient: a role, a person, or the upstream system's name. next_at: when it is tried next, None once that is over.
    """

    id: str
    ticket_id: str | None
    at: datetime
    channel: str
    to_kind: ToKind
    recipient: str
    message: str
    text: str
    state: NoticeState
    attempts: int = 0
    next_at: datetime | None = None
    sent_at: datetime | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class FlowLine:
    """One line of a work list. due_at: the next deadline that runs; overdue: whether one has passed."""

    ticket: TicketSummary
    state: str
    role: str
    holder: str
    creator: str
    begun_at: datetime
    changed_at: datetime
    ended_at: datetime | None
    due_at: datetime | None
    overdue: bool


@dataclass(frozen=True, slots=True)
class FlowQuery:
    """Which lines of a list? words: free text; every word must occur. lifecycle, state, holder: "" for any."""

    words: str = ""
    lifecycle: str = ""
    state: str = ""
    holder: str = ""
    begun_from: datetime | None = None
    begun_to: datetime | None = None
    sort: Literal["due_at", "begun_at", "changed_at", "number"] = "changed_at"
    descending: bool = True


@dataclass(frozen=True, slots=True)
class FlowLines:
    """One page of a work list. total: lines that fit."""

    items: tuple[FlowLine, ...]
    total: int
