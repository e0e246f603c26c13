"""Which JSON comes in and goes out about speed tests, closing and the rate? All rates are whole bit/s."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from api.schemas import IsoTime
from probes.account import AccountReading, AccountState
from probes.speed.measurement import Link, Measurement, Method
from probes.speed_rule import needed_bps, shown_percent
from rules.speed import SpeedReason, SpeedVerdict
from rules.speed_rate import show_rate
from triage.cases.speed_kpi import SpeedReport
from triage.line_tally import LEAST_MS, MOST_MS
from triage.records_speed import Attempt, AttemptMethod, AttemptState, Closing
from triage.speed_desk import SpeedDesk
from triage.speed_kpi import COLOURS, Rate

Whole = Annotated[int, Field(strict=True, ge=0, le=10**15)]


class SpeedTestIn(BaseModel):
    """A press of 测速. method: where it is not given, the ticket's 是否上门 decides."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{}, {"method": "onsite"}]})
    method: AttemptMethod | None = None


class CloseIn(BaseModel):
    """Closing. confirm: 仍要完结（计为不达标）. visit: 是否上门, where the ticket does not say or it was otherwise."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"confirm": True}]})
    confirm: Annotated[bool, Field(strict=True)] = False
    visit: Annotated[bool | None, Field(strict=True)] = None


class LineResultIn(BaseModel):
    """What a client received over one download; the rate is computed here, a rate is never taken."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [
        {"tool": "ndt7", "down_bytes": 119500000, "duration_ms": 10000, "link": "wired"}]})  # fmt: skip
    tool: Literal["librespeed", "ndt7"]
    down_bytes: Whole
    duration_ms: Annotated[int, Field(strict=True, ge=LEAST_MS, le=MOST_MS)]
    link: Link = "unknown"
    first_second_bytes: Whole | None = None


class AccountOut(BaseModel):
    """What AAA said. reason: a sentence. updated_at, nas, framed_ip: of the freshest session."""

    account: str
    state: AccountState
    reason: str
    checked_at: datetime
    updated_at: datetime | None
    nas: str | None
    framed_ip: str | None
    sessions: int
    warnings: list[str]

    @classmethod
    def of(cls, reading: AccountReading) -> Self:
        """Return the outer form of a reading."""
        return cls(
            account=reading.account, state=reading.state, reason=reading.reason, checked_at=reading.checked_at,
            updated_at=reading.updated_at, nas=reading.nas, framed_ip=reading.framed_ip,
            sessions=len(reading.sessions), warnings=list(reading.warnings),
        )  # fmt: skip


class MeasurementOut(BaseModel):
    """One measured direction. shown: Mbit/s as people read it, cut and never rounded up."""

    tool: Method
    direction: Literal["down", "up"]
    bits_per_second: int | None
    shown: str | None
    streams: int
    duration_ms: int
    link: Link
    tested_account: str | None
    started_at: datetime
    ended_at: datetime
    server_load_percent: int | None

    @classmethod
    def of(cls, found: Measurement) -> Self:
        """Return the outer form of a measurement."""
        bps = found.bits_per_second
        return cls(
            tool=found.method, direction=found.direction, bits_per_second=bps,
            shown=None if bps is None or bps < 0 else show_rate(bps), streams=found.streams,
            duration_ms=found.duration_ms, link=found.link, tested_account=found.tested_account,
            started_at=found.started_at, ended_at=found.ended_at, server_load_percent=found.server_load_percent,
        )  # fmt: skip


class VerdictOut(BaseModel):
    """How a test ended. percent: exact; shown_percent: cut to one decimal. late: after closing, counts nowhere."""

    verdict: SpeedVerdict
    reason: SpeedReason
    sentence: str
    percent: str | None
    shown_percent: str | None
    hints: list[str]
    failure: str | None
    late: bool
    rules_hash: str


class AttemptOut(BaseModel):
    """One speed test. needed_bps: the smallest rate that passes. prompt: what to show while a remote test runs."""

    id: str
    ticket_id: str
    seq: int
    method: AttemptMethod
    state: AttemptState
    account: str
    contract_bps: int | None
    needed_bps: int | None
    requested_by: str
    requested_at: datetime
    expires_at: datetime
    prompt: str
    account_check: AccountOut | None
    download: MeasurementOut | None
    upload: MeasurementOut | None
    outcome: VerdictOut | None
    finished_at: datetime | None
    counts: bool = Field(default=False, description="the last one asked for; only in the list of a ticket")
    line: str | None = Field(default=None, description="onsite: where the device measures, below this server's address")

    @classmethod
    def of(cls, attempt: Attempt, desk: SpeedDesk, *, counts: bool = False) -> Self:
        """Return the outer form of an attempt."""
        asked, contract = attempt.asked, attempt.asked.contract_bps
        outcome, reading = attempt.outcome, attempt.account_reading
        remote = asked.method == "remote"
        found = () if outcome is None else tuple(m for m in (outcome.measurement, *outcome.also) if m is not None)
        by_direction = {m.direction: MeasurementOut.of(m) for m in reversed(found)}
        return cls(
            id=attempt.id, ticket_id=asked.ticket_id, seq=attempt.seq, method=asked.method, state=attempt.state,
            account=asked.account, contract_bps=contract,
            needed_bps=needed_bps(desk.rules, contract) if contract else None,
            requested_by=asked.requested_by, requested_at=asked.requested_at, expires_at=asked.expires_at,
            prompt=desk.rules.prompt if remote and outcome is None else "",
            account_check=None if reading is None else AccountOut.of(reading),
            download=by_direction.get("down"), upload=by_direction.get("up"), outcome=_verdict(attempt, desk),
            finished_at=attempt.finished_at, counts=counts,
            line=None if remote or outcome is not None else f"/st/{desk.token(attempt)}",
        )  # fmt: skip


class AttemptsOut(BaseModel):
    """The speed tests of a ticket, the first one first."""

    items: list[AttemptOut]

    @classmethod
    def of(cls, attempts: tuple[Attempt, ...], desk: SpeedDesk) -> Self:
        """Return the outer form of attempts; the last one asked for counts."""
        return cls(items=[AttemptOut.of(one, desk, counts=one is attempts[-1]) for one in attempts])


class ClosingOut(BaseModel):
    """How a ticket was closed. verdict: of the test that counted; null where none is asked of such a ticket."""

    model_config = ConfigDict(from_attributes=True)
    ticket_id: str
    at: datetime
    by: str
    subject: bool
    attempt_id: str | None
    method: AttemptMethod | None
    verdict: SpeedVerdict | None
    reason: SpeedReason | None
    confirmed: bool
    hints: list[str]
    warnings: list[str]

    @classmethod
    def of(cls, closing: Closing) -> Self:
        """Return the outer form of a closing."""
        return cls.model_validate(closing)


class RateOut(BaseModel):
    """A share of tickets. lower, upper: Wilson 95 %, 0 to 1. colour: what the interval proves about the target."""

    passed: int
    count: int
    share: float | None
    lower: float | None
    upper: float | None
    colour: Literal["达标", "未达标", "样本不足"]

    @classmethod
    def of(cls, rate: Rate) -> Self:
        """Return the outer form of a rate."""
        return cls.model_validate(
            {name: getattr(rate, name) for name in ("passed", "count", "share", "lower", "upper")}
            | {"colour": COLOURS[rate.colour]}
        )


class SpeedKpiQuery(BaseModel):
    """Which tickets: closed in this period."""

    model_config = ConfigDict(extra="forbid")
    closed_from: IsoTime | None = Field(default=None, description="included; with time zone")
    closed_to: IsoTime | None = Field(default=None, description="excluded; with time zone")


class SpeedKpiOut(BaseModel):
    """达标率. Misses are never subtracted; those offline or of another account are counted for information."""

    target_percent: int
    whole: RateOut
    groups: dict[Literal["team", "tier", "method", "reason", "hint"], dict[str, RateOut]]
    misses: int
    misses_offline: int
    misses_other_account: int
    without_verdict: int

    @classmethod
    def of(cls, report: SpeedReport) -> Self:
        """Return the outer form of a report."""
        return cls(
            target_percent=report.target_percent, whole=RateOut.of(report.whole),
            groups={g: {v: RateOut.of(rate) for v, rate in parts.items()} for g, parts in report.groups.items()},
            misses=report.misses, misses_offline=report.misses_offline,
            misses_other_account=report.misses_other_account, without_verdict=report.without_verdict,
        )  # fmt: skip


def _verdict(attempt: Attempt, desk: SpeedDesk) -> VerdictOut | None:
    outcome = attempt.outcome
    if outcome is None:
        return None
    found = outcome.verdict
    return VerdictOut(
        verdict=found.verdict, reason=found.reason, sentence=found.sentence, percent=found.percent,
        shown_percent=None if found.percent is None else shown_percent(found.percent), hints=list(desk.hints(found)),
        failure=None if outcome.failure is None else outcome.failure.reason, late=outcome.late,
        rules_hash=outcome.rules_hash,
    )  # fmt: skip
