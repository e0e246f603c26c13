"""What is remembered of speed tests and of closing a ticket?

An attempt is what somebody asked for; its steps are what came of it, and are only ever added to. Times are UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from probes.account import AccountReading
from probes.speed.measurement import Failed, Handle, Measurement
from probes.speed_rule import Verdict
from rules.speed import SpeedReason, SpeedVerdict

AttemptMethod = Literal["remote", "onsite"]
AttemptState = Literal["waiting", "running", "done"]
StepKind = Literal["account", "started", "outcome"]
METHODS: dict[AttemptMethod, str] = {"remote": "远程", "onsite": "现场"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended.

    late: the ticket was closed by then, so this counts nowhere. also: what was measured besides, e.g. upload.
    failure: why there is no measurement. rules_hash: of the rules that judged.
    """

    verdict: Verdict
    rules_hash: str
    measurement: Measurement | None = None
    also: tuple[Measurement, ...] = ()
    failure: Failed | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class NewAttempt:
    """A speed test that somebody asks for. key: the same key again is the same attempt."""

    id: str
    ticket_id: str
    method: AttemptMethod
    account: str
    contract_bps: int | None
    requested_by: str
    key: str
    requested_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Attempt:
    """A speed test and what came of it so far.

    seq: 1 for the ticket's first; the last one by seq counts. due_at: when it is looked at next, None once it is done.
    polls: how often the probe was asked. account_reading, handle, outcome: None until known.
    """

    asked: NewAttempt
    seq: int
    due_at: datetime | None
    polls: int
    account_reading: AccountReading | None
    handle: Handle | None
    started_at: datetime | None
    outcome: Outcome | None
    finished_at: datetime | None

    @property
    def id(self) -> str:
        """Its id."""
        return self.asked.id

    @property
    def state(self) -> AttemptState:
        """waiting: nothing is being measured yet. running: a probe or the installer is at it. done: it is over."""
        if self.outcome is not None:
            return "done"
        return "running" if self.started_at is not None else "waiting"


@dataclass(frozen=True, slots=True)
class Closing:
    """How a ticket was closed; never changed.

    subject: whether speed tests are asked of this ticket; only such tickets are in the rate. verdict, reason: of the
    attempt that counted. confirmed: a person closed it although that was no pass. team, tier_bps: as the ticket said.
    """

    ticket_id: str
    at: datetime
    by: str
    subject: bool
    attempt_id: str | None
    method: AttemptMethod | None
    verdict: SpeedVerdict | None
    reason: SpeedReason | None
    confirmed: bool
    team: str
    tier_bps: int | None
    hints: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
