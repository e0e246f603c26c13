"""Which JSON comes in and goes out? The outermost forms, turned into and made from the domain's values at once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from triage.decisions import Action, Domain, Escalation, Outcome, Priority
from triage.documents import decision_document
from triage.records import (
    Correction,
    DecisionRecord,
    Job,
    Page,
    Revision,
    Sort,
    TicketFilter,
    TicketSummary,
    TicketTaken,
)
from triage.tickets import Reject


def _iso_time(value: object) -> object:
    """Take ISO 8601 with a zone only; pydantic would read a bare number as seconds since 1970."""
    if not isinstance(value, str):
        return value
    try:
        time = datetime.fromisoformat(value)
        return time.astimezone(UTC) if time.tzinfo is not None else ""
    except (ValueError, OverflowError):
        return ""


IsoTime = Annotated[AwareDatetime, BeforeValidator(_iso_time)]
Choice = Annotated[str, StringConstraints(max_length=200)]
Choices = Annotated[list[Choice], Field(max_length=50)]
Text = Annotated[str, StringConstraints(max_length=500)]
No = Literal["-"]  # in a filter: the column is empty
TicketFields = Annotated[
    dict[Annotated[str, StringConstraints(min_length=1, max_length=64)], str | int | float | bool | None],
    Field(min_length=1, max_length=200),
]
SORTS = Literal[
    "-taken_at", "taken_at", "-updated_at", "updated_at", "-number", "number", "-priority", "priority",
    "-confidence", "confidence", "-city", "city",
]  # fmt: skip

TICKET_EXAMPLE = {
    "工单流水号": "SC-028-260301-00017",
    "工单主题": "四星级客户投诉1次下派,处理时限:12.00小时",
    "投诉内容": "客户来电反映，家住成都市武侯区天府三街199号3栋，屋里完全没有信号，周围邻居也一样，请尽快处理",
    "投诉分类一级": "移动业务",
    "投诉分类二级": "网络质量",
    "客户级别": "四星级",
}


class Problem(BaseModel):
    """RFC 9457 problem document."""

    model_config = ConfigDict(extra="allow")
    type: str = Field(examples=["urn:suyin:problem:not-found"])
    title: str
    status: int
    detail: str = Field(description="a sentence that says what to do")
    instance: str
    errors: list[dict[str, str]] = Field(default=[], description="one entry for each wrong field")


class Paging(BaseModel):
    """Which stretch of a list."""

    model_config = ConfigDict(extra="forbid")
    page: int = Field(default=1, ge=1, le=1_000_000)
    size: int = Field(default=50, ge=1, le=200)

    def stretch(self) -> Page:
        """Return the page asked for."""
        return Page(self.page, self.size)


class TicketQuery(Paging):
    """Which tickets: all given conditions must hold; one given twice holds for either value; `-` means none."""

    domain: list[Domain | No] = []
    phenomenon: Choices = []
    specialty: Choices = []
    action: list[Action | No] = []
    centre: Choices = []
    priority: list[Priority | No] = []
    escalation: list[Escalation | No] = []
    place_outcome: list[Outcome | No] = []
    city: Choices = []
    district: Choices = []
    confidence_from: float | None = Field(default=None, ge=0, le=1)
    confidence_to: float | None = Field(default=None, ge=0, le=1)
    taken_from: IsoTime | None = Field(default=None, description="included; with time zone")
    taken_to: IsoTime | None = Field(default=None, description="excluded; with time zone")
    corrected: bool | None = None
    q: Text = Field(default="", description="words that must all occur")
    sort: SORTS = "-taken_at"

    def filter(self) -> TicketFilter:
        """Return the filter asked for."""
        names = ("domain", "phenomenon", "specialty", "action", "centre", "priority", "escalation", "place_outcome")
        chosen = {name: tuple(getattr(self, name)) for name in (*names, "city", "district")}
        return TicketFilter(
            **chosen,
            confidence_from=self.confidence_from,
            confidence_to=self.confidence_to,
            taken_from=self.taken_from,
            taken_to=self.taken_to,
            corrected=self.corrected,
            words=self.q,
        )

    def order(self) -> Sort:
        """Return the order asked for."""
        return Sort(self.sort.removeprefix("-"), descending=self.sort.startswith("-"))  # type: ignore[arg-type]


class CorrectionIn(BaseModel):
    """A person's word against the decision."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [
        {"field": "specialty", "after": "交换", "why": "客户说的是拨打某个号码听到别人的声音"}]})  # fmt: skip
    field: Literal["specialty", "phenomenon", "address", "place", "action", "centre"]
    after: Text | None = Field(description="what is right; null where there is none")
    why: Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]

    @model_validator(mode="after")
    def _an_empty_value_is_none(self) -> Self:
        self.after = (self.after or "").strip() or None
        if self.field == "action" and self.after is None:
            raise ValueError("每张工单都有一种处理方式，请写明正确的一种")
        return self


class SummaryOut(BaseModel):
    """One line of the list: what holds now, corrections included."""

    model_config = ConfigDict(from_attributes=True)
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


class TicketsOut(BaseModel):
    """One page of tickets. total: tickets that fit."""

    total: int
    page: int
    size: int
    items: list[SummaryOut]


class DecisionOut(BaseModel):
    """One decision with its trace. decision: the document of `./suyin triage --json`."""

    n: int
    revision: int
    made_at: datetime
    model_hash: str | None
    decision: dict[str, Any]

    @classmethod
    def of(cls, record: DecisionRecord) -> Self:
        """Return the outer form of a decision."""
        return cls(
            n=record.n,
            revision=record.revision,
            made_at=record.made_at,
            model_hash=record.model_hash,
            decision=decision_document(record.decision),
        )


class TakenOut(BaseModel):
    """What became of a ticket that was handed in."""

    id: str
    outcome: Literal["new", "revised", "unchanged"]
    decision: DecisionOut

    @classmethod
    def of(cls, taken: TicketTaken) -> Self:
        """Return the outer form of a ticket taken in."""
        return cls(id=taken.id, outcome=taken.outcome, decision=DecisionOut.of(taken.decision))


class RevisionOut(BaseModel):
    """One content of a ticket, as it arrived."""

    n: int
    taken_at: datetime
    fields: dict[str, str]
    extra: dict[str, str]
    notes: list[str]
    file: str
    row: int

    @classmethod
    def of(cls, revision: Revision) -> Self:
        """Return the outer form of a revision."""
        ticket = revision.ticket
        return cls(
            n=revision.n, taken_at=revision.taken_at, fields=dict(ticket.fields), extra=dict(ticket.extra),
            notes=list(ticket.notes), file=ticket.origin.file, row=ticket.origin.row,
        )  # fmt: skip


class CorrectionOut(BaseModel):
    """A correction as it was kept."""

    model_config = ConfigDict(from_attributes=True)
    revision: int
    at: datetime
    actor: str
    field: str
    before: str | None
    after: str | None
    why: str


class TicketOut(BaseModel):
    """A ticket with everything known about it; revisions and decisions the first one first."""

    ticket: SummaryOut
    revisions: list[RevisionOut]
    decisions: list[DecisionOut]
    corrections: list[CorrectionOut]

    @classmethod
    def of(
        cls,
        summary: TicketSummary,
        revisions: tuple[Revision, ...],
        decisions: tuple[DecisionRecord, ...],
        corrections: tuple[Correction, ...],
    ) -> Self:
        """Return the outer form of a ticket."""
        return cls(
            ticket=SummaryOut.model_validate(summary),
            revisions=[RevisionOut.of(revision) for revision in revisions],
            decisions=[DecisionOut.of(decision) for decision in decisions],
            corrections=[CorrectionOut.model_validate(correction) for correction in corrections],
        )


class JobOut(BaseModel):
    """How far a job is. message: why it failed, in a sentence."""

    id: str
    kind: str
    state: Literal["queued", "running", "done", "failed"]
    done: int
    total: int | None
    message: str
    result: dict[str, int | str] | None
    import_id: str | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, job: Job) -> Self:
        """Return the outer form of a job."""
        import_id = job.args.get("import_id")
        return cls(
            id=job.id, kind=job.kind, state=job.state, done=job.done, total=job.total, message=job.message,
            result=None if job.result is None else dict(job.result),
            import_id=None if import_id is None else str(import_id),
            created_at=job.created_at, updated_at=job.updated_at,
        )  # fmt: skip


class RejectOut(BaseModel):
    """A row that could not be read."""

    model_config = ConfigDict(from_attributes=True)
    file: str
    row: int
    field: str
    sentence: str


class RejectsOut(BaseModel):
    """One page of an import's rejects."""

    total: int
    page: int
    size: int
    items: list[RejectOut]

    @classmethod
    def of(cls, rejects: tuple[Reject, ...], total: int, page: Page) -> Self:
        """Return the outer form of rejects."""
        items = [RejectOut.model_validate(reject) for reject in rejects]
        return cls(total=total, page=page.number, size=page.size, items=items)


class PlaceOut(BaseModel):
    """A blind spot or a plan."""

    model_config = ConfigDict(from_attributes=True)
    kind: Literal["blind_spot", "plan"]
    id: str
    name: str
    address: str
    city: str
    district: str
    lon: float | None
    lat: float | None
    datum: str | None
    extra: dict[str, str]


class RulesOut(BaseModel):
    """hash: of the rules in force; used: hashes of all sets that ever decided something here, the first one first."""

    hash: str
    used: list[str]


class HealthOut(BaseModel):
    """Whether the process can answer, and how many jobs wait."""

    status: Literal["ok"]
    jobs_queued: int
    jobs_running: int
