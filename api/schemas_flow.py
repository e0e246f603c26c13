"""Which JSON tells of lives of tickets, work lists and notices? Personal values go out masked."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.schemas import Choice, IsoTime, SummaryOut, Text
from rules.lifecycles import FormField, Lifecycle
from triage.cases.relate import ChildDone, SameNumber
from triage.flow_clocks import left
from triage.flow_desk import LISTS, Life
from triage.masking import mask_text
from triage.records import Page
from triage.records_flow import FlowLine, FlowQuery, Kept, ListName, Notice, Timer

FieldValues = Annotated[
    dict[Annotated[str, StringConstraints(min_length=1, max_length=64)], str | int | float | bool | None],
    Field(max_length=100),
]
Id = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[a-z0-9_.-]+$")]
Person = Annotated[str, StringConstraints(max_length=100)]
Names = Literal["waiting", "group", "mine", "done", "followed", "local", "history", "warned", "overdue", "all"]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewTicketIn(_In):
    """A ticket made by hand. fields: of its lifecycle. parent: id of the ticket that it belongs to."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    content: Annotated[str, StringConstraints(max_length=20_000)] = ""
    fields: FieldValues = {}
    parent: Id | None = None


class EventIn(_In):
    """What is filled in with an event. version: of the flow that the person saw; another one is 409."""

    fields: FieldValues = {}
    version: Annotated[int, Field(ge=1)] | None = None


class HandOverIn(_In):
    """Who gets the ticket; empty puts it back among the waiting ones."""

    to: Person = ""


class MergeIn(_In):
    """The ticket that goes on."""

    into: Id


class EraseIn(_In):
    """Why personal values are erased."""

    why: Annotated[str, StringConstraints(min_length=1, max_length=500)]


class ReadIn(_In):
    """Ids of notices that were read."""

    ids: Annotated[list[Id], Field(min_length=1, max_length=200)]


class FieldOut(BaseModel):
    """One field of the form. value: as it is kept, personal ones masked. values: value → label of a choice."""

    id: str
    label: str
    type: str
    value: str
    values: dict[str, str]
    readonly: bool
    personal: bool
    hint: str

    @classmethod
    def of(cls, field: FormField, value: str, locked: bool) -> Self:
        """Return the field with its value."""
        shown = masked(value) if field.personal else value
        return cls(
            id=field.id, label=field.label, type=field.type, value=shown, values=dict(field.values),
            readonly=field.readonly or locked, personal=field.personal, hint=field.hint,
        )  # fmt: skip


class OfferOut(BaseModel):
    """An event that may be chosen. to: state it leads to; None for an action. ready: None where it is not known yet."""

    event: str
    label: str
    to: str | None
    requires: list[str]
    attachments: list[str]
    ready: bool | None
    why_not: str


class ClockOut(BaseModel):
    """One moment of a deadline. left_s: seconds that are left, below 0 where it has passed; None where it ended."""

    clock: str
    label: str
    kind: str
    level: int
    state: str
    due_at: datetime | None
    left_s: float | None

    @classmethod
    def of(cls, timer: Timer, life: Lifecycle, now: datetime) -> Self:
        """Return the moment as it stands now."""
        goes_on = timer.state in ("running", "paused", "fired")
        return cls(
            clock=timer.clock, label=life.clocks[timer.clock].label, kind=timer.kind, level=timer.level,
            state=timer.state, due_at=timer.due_at, left_s=left(timer, now) if goes_on else None,
        )  # fmt: skip


class HistoryOut(BaseModel):
    """One thing that happened. fields: what it changed; a personal value is only named. hash: its link of the chain."""

    seq: int
    at: datetime
    actor: str
    kind: str
    event: str
    label: str
    from_state: str | None
    to_state: str | None
    fields: dict[str, Any]
    holder: str | None
    refused: str | None
    hash: str

    @classmethod
    def of(cls, kept: Kept) -> Self:
        """Return the entry with its content taken apart."""
        content = json.loads(kept.content)
        holder = content.get("holder")
        return cls(
            seq=kept.seq, at=kept.at, actor=kept.actor, kind=kept.kind, event=content.get("event", ""),
            label=content.get("label", ""), from_state=content.get("from"), to_state=content.get("to"),
            fields=content.get("fields", {}), holder=holder[1] if holder else None, refused=content.get("refused"),
            hash=kept.hash,
        )  # fmt: skip


class FlowOut(BaseModel):
    """Where a ticket stands, what may be done, its clocks and its history."""

    ticket_id: str
    lifecycle: str
    lifecycle_title: str
    lifecycle_hash: str
    state: str
    state_label: str
    tmf_status: str
    final: bool
    version: int
    role: str
    holder: str
    creator: str
    parent: str | None
    merged_into: str | None
    children: list[str]
    counts: dict[str, int]
    fields: list[FieldOut]
    events: list[OfferOut]
    clocks: list[ClockOut]
    history: list[HistoryOut]

    @classmethod
    def of(cls, life: Life, locked: frozenset[str], now: datetime) -> Self:
        """Return a ticket's life as it stands. locked: fields that a table fills in."""
        flow, law = life.standing.flow, life.standing.law
        state = law.life.states[flow.state]
        return cls(
            ticket_id=flow.ticket_id, lifecycle=flow.lifecycle, lifecycle_title=law.life.title,
            lifecycle_hash=flow.lifecycle_hash, state=flow.state, state_label=state.label, tmf_status=state.tmf,
            final=flow.ended_at is not None, version=flow.version, role=flow.role, holder=flow.holder,
            creator=flow.creator, parent=flow.parent_id, merged_into=flow.merged_into,
            children=[child.ticket_id for child in life.children], counts=dict(flow.counts),
            fields=[
                FieldOut.of(field, flow.values.get(name, ""), name in locked) for name, field in law.life.fields.items()
            ],
            events=[
                OfferOut(
                    event=offer.event, label=offer.label, to=offer.to, requires=list(offer.requires),
                    attachments=list(offer.attachments), ready=offer.ready, why_not=offer.why_not,
                )
                for offer in life.standing.offers
            ],
            clocks=[ClockOut.of(timer, law.life, now) for timer in life.standing.timers],
            history=[HistoryOut.of(kept) for kept in life.history],
        )  # fmt: skip


class ChildOut(BaseModel):
    """What became of one child. sentence: why it was not moved, empty where it was."""

    model_config = ConfigDict(from_attributes=True)
    ticket_id: str
    number: str
    sentence: str

    @classmethod
    def of(cls, child: ChildDone) -> Self:
        """Return the outcome."""
        return cls.model_validate(child)


class LineOut(BaseModel):
    """One line of a work list."""

    ticket: SummaryOut
    state: str
    state_label: str
    role: str
    holder: str
    creator: str
    begun_at: datetime
    changed_at: datetime
    ended_at: datetime | None
    due_at: datetime | None
    overdue: bool

    @classmethod
    def of(cls, line: FlowLine, state_label: str) -> Self:
        """Return the line."""
        return cls(
            ticket=SummaryOut.model_validate(line.ticket), state=line.state, state_label=state_label, role=line.role,
            holder=line.holder, creator=line.creator, begun_at=line.begun_at, changed_at=line.changed_at,
            ended_at=line.ended_at, due_at=line.due_at, overdue=line.overdue,
        )  # fmt: skip


class LinesOut(BaseModel):
    """One page of a work list. total: lines that fit."""

    name: str
    title: str
    total: int
    page: int
    size: int
    items: list[LineOut]


class ListOut(BaseModel):
    """One work list and how many tickets it has."""

    name: str
    title: str
    count: int

    @classmethod
    def of(cls, name: ListName, count: int) -> Self:
        """Return the list with its count."""
        return cls(name=name, title=LISTS[name], count=count)


class LinesQuery(_In):
    """Which lines, in which order, which page."""

    words: Text = ""
    lifecycle: Choice = ""
    state: Choice = ""
    holder: Choice = ""
    begun_from: IsoTime | None = None
    begun_to: IsoTime | None = None
    sort: Literal[
        "-changed_at", "changed_at", "-begun_at", "begun_at", "-due_at", "due_at", "-number", "number"
    ] = "-changed_at"  # fmt: skip
    page: Annotated[int, Field(ge=1, le=100_000)] = 1
    size: Annotated[int, Field(ge=1, le=200)] = 50

    def query(self) -> FlowQuery:
        """Return what is asked for."""
        return FlowQuery(
            self.words, self.lifecycle, self.state, self.holder, self.begun_from, self.begun_to,
            self.sort.removeprefix("-"), self.sort.startswith("-"),  # type: ignore[arg-type]
        )  # fmt: skip

    def stretch(self) -> Page:
        """Return which page."""
        return Page(self.page, self.size)


class SameOut(BaseModel):
    """A ticket about the same number. open: 在途单; else 历史单."""

    open: bool
    ticket: SummaryOut

    @classmethod
    def of(cls, same: SameNumber) -> Self:
        """Return the ticket."""
        return cls(open=same.open, ticket=SummaryOut.model_validate(same.ticket))


class NoticeOut(BaseModel):
    """Something that the person is told."""

    id: str
    ticket_id: str | None
    at: datetime
    text: str
    read: bool

    @classmethod
    def of(cls, notice: Notice, read: bool) -> Self:
        """Return the notice, with numbers masked."""
        return cls(id=notice.id, ticket_id=notice.ticket_id, at=notice.at, text=mask_text(notice.text), read=read)


class NoticesOut(BaseModel):
    """One page of notices. total: notices that fit."""

    total: int
    items: list[NoticeOut]


class ReadOut(BaseModel):
    """How many of the notices had been unread."""

    read: int


class ErasedOut(BaseModel):
    """How many personal values were erased."""

    erased: int


class LifecycleOut(BaseModel):
    """A lifecycle of now. may_begin: whether the person may make tickets of it."""

    id: str
    title: str
    source: str
    states: dict[str, str]
    may_begin: bool

    @classmethod
    def of(cls, life: Lifecycle, may: bool) -> Self:
        """Return the lifecycle."""
        states = {state.id: state.label for state in life.states.values()}
        return cls(id=life.id, title=life.title, source=str(life.source), states=states, may_begin=may)


def masked(value: str) -> str:
    """Return a personal value as everybody may see it: its first character, or a number with its middle hidden."""
    shown = mask_text(value)
    return shown if shown != value or not value else value[0] + "*" * min(len(value) - 1, 6)
