"""AAA, a probe and a clock for tests of speed tests: each says what the test tells it to say."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from probes.account import AccountCause, AccountReading, Session
from probes.speed.measurement import Done, Failed, Handle, Measurement, Method, Reading, SpeedRequest
from tests.rules.sets import home_speed
from tests.triage.makers import NOON, make_ticket, make_triaged
from triage.actors import LOCAL_OPERATOR
from triage.cases.run_speed_test import SpeedMeans, advance, press
from triage.records_speed import Attempt, AttemptMethod
from triage.store.database import SqlStore

RULES = home_speed()
SPEED = RULES.speed["speed.home-broadband"]
ACCOUNT = "13800000000"


class Clock:
    """The time, which only the test moves."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at

    def later(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class FakeAaa:
    """Gives the causes it was told, the last one for ever."""

    def __init__(self, *causes: AccountCause) -> None:
        self.causes = list(causes) or ["fresh"]
        self.asked: list[str] = []

    def check(self, account: str, at: datetime) -> AccountReading:
        self.asked.append(account)
        cause = self.causes.pop(0) if len(self.causes) > 1 else self.causes[0]
        session = Session(account, at, at, "10.0.0.1", "100.64.0.7", True)
        return AccountReading(account, at, cause, "样例", (session,) if cause == "fresh" else ())


class FakeProbe:
    """Gives the readings it was told, the last one for ever; remembers what it was asked."""

    method: Method = "softprobe"

    def __init__(self, *readings: Reading | int, refuses: Failed | None = None) -> None:
        self.readings = list(readings) or [95_600_000]
        self.refuses = refuses
        self.started: list[tuple[SpeedRequest, str]] = []
        self.polled = 0

    def start(self, request: SpeedRequest, key: str, at: datetime) -> Handle | Failed:
        self.started.append((request, key))
        return self.refuses or Handle(f"t-{key}", at, request)

    def poll(self, handle: Handle, at: datetime) -> Reading:
        self.polled += 1
        said = self.readings.pop(0) if len(self.readings) > 1 else self.readings[0]
        return Done(measured(said, handle.started_at)) if isinstance(said, int) else said


def measured(bps: int | None, started_at: datetime = NOON, **changes: object) -> Measurement:
    """Return a wired download of ten seconds over four streams; changes replace its parts."""
    ended_at = started_at + timedelta(seconds=10)
    found = Measurement("softprobe", "down", bps, None, 10_000, 4, "wired", ACCOUNT, started_at, ended_at, "t", "{}")
    return replace(found, **changes)  # type: ignore[arg-type]


def make_means(
    store: SqlStore,
    clock: Clock,
    *,
    aaa: FakeAaa | None = None,
    probe: FakeProbe | None = None,
    egress_bps: int = 10**9,
) -> SpeedMeans:
    """Return what testing needs, with an account that is online and a probe that measures 95.6 Mbit/s."""
    return SpeedMeans(store, aaa or FakeAaa(), probe or FakeProbe(), SPEED, RULES.hash, egress_bps, clock)


def keep_ticket(store: SqlStore, number: str = "YN-001", *, domain: str = "broadband", **fields: str) -> str:
    """Keep a ticket about a 100 M line of the 一组, 不上门 unless told otherwise; return its id."""
    said = {"宽带账号": ACCOUNT, "签约带宽": "100M", "是否上门": "否", **fields}
    ticket = make_ticket(number, "宽带网速慢", **{name: value for name, value in said.items() if value})
    with store.begin() as work:
        work.tickets.save_many([make_triaged(store, ticket, domain=domain)], NOON)
    return store.id_of(ticket.source, number)


def pressed(means: SpeedMeans, ticket_id: str, key: str = "k1", method: AttemptMethod | None = None) -> Attempt:
    """Press 测速 and take the attempt on until it rests: it is done, or waits for the time or the installer."""
    attempt, _ = press(means, ticket_id, key=key, method=method, actor=LOCAL_OPERATOR)
    return take_on(means, attempt.id)


def take_on(means: SpeedMeans, attempt_id: str) -> Attempt:
    """Do what a sweep would do now."""
    at = means.now()
    with means.store.begin() as work:
        claimed = [a for a in work.speed_tests.claim(at, at + timedelta(seconds=30), 8) if a.id == attempt_id]
    for attempt in claimed:
        advance(means, attempt)
    with means.store.read() as work:
        return work.speed_tests.get(attempt_id)


def to_the_end(means: SpeedMeans, clock: Clock, attempt: Attempt) -> Attempt:
    """Let the time go on from look to look until the attempt is done."""
    while attempt.due_at is not None:
        clock.at = max(clock.at, attempt.due_at)
        attempt = take_on(means, attempt.id)
    return attempt
