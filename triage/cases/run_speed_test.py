"""Test a line: one press, AAA first, then the probe or the installer, whole bits compared, every attempt kept.

An attempt is a row that says when it is looked at next; `advance` takes it one step on and is safe to repeat, so a
killed process loses nothing: what it had claimed is due again soon, the probe is asked with the attempt's own key, and
what nobody finishes expires. Source: 家宽投诉(报障)工单测速说明手册.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from probes.account import AccountCheck, AccountReading
from probes.speed.measurement import Done, Failed, Handle, Measurement, Reading, SpeedProbe, SpeedRequest
from probes.speed.schedule import next_wait_ms
from probes.speed_rule import Verdict, judge, judge_result
from rules.speed import SpeedRules
from triage.actors import Actor
from triage.errors import Conflict, Refused
from triage.ports import Store, Work
from triage.records import AuditEntry
from triage.records_speed import Attempt, AttemptMethod, NewAttempt, Outcome
from triage.speed_subject import SpeedSubject, subject_of
from triage.store.ids import new_id

EGRESS_WAIT = timedelta(seconds=5)  # until a test that finds the egress taken asks again
_EXPIRED = Failed("expired", "在规定时间内没有结果")


@dataclass(frozen=True, slots=True)
class SpeedMeans:
    """What testing needs.

    probe: of remote tests. egress_bps: contract rates that may be measured at the same time, added up; one test alone
    always may. rules_hash: of the set that rules belongs to. now: UTC.
    """

    store: Store
    check: AccountCheck
    probe: SpeedProbe
    rules: SpeedRules
    rules_hash: str
    egress_bps: int
    now: Callable[[], datetime]


def press(
    means: SpeedMeans, ticket_id: str, *, key: str, method: AttemptMethod | None, actor: Actor
) -> tuple[Attempt, bool]:
    """Ask for a speed test; return the attempt and whether it is new.

    key: one a press; the same again is the same attempt. method: None goes by the ticket's 是否上门.
    Raises UnknownTicket, Conflict where a test is under way or the ticket is closed, Refused where nothing says which
    method.
    """
    at = means.now()
    with means.store.begin() as work:
        work.speed_tests.hold(ticket_id)
        known = work.speed_tests.of_key(ticket_id, key)
        if known is not None:
            return known, False
        if work.closings.get(ticket_id) is not None:
            raise Conflict("工单已经完结，不能再测速")
        if any(attempt.outcome is None for attempt in work.speed_tests.of(ticket_id)):
            raise Conflict("这张工单正在测速，请等结果出来后再测")
        subject = subject_of(work.tickets.revisions(ticket_id))
        asked = _asked(means.rules, subject, ticket_id, key, method, actor, at)
        work.audit.add(AuditEntry(at, actor.id, "press_speed_test", f"ticket/{ticket_id}", asked.method))
        return work.speed_tests.add(asked), True


def advance(means: SpeedMeans, attempt: Attempt) -> None:
    """Take an attempt that was claimed one step on: ask AAA, start, ask the probe, or judge."""
    at = means.now()
    polling = attempt.handle is not None  # a probe that knows the test is asked once more, even when its time is up
    if attempt.outcome is not None:
        return
    if at >= attempt.asked.expires_at and not polling:
        settle(means, attempt, _EXPIRED)
    elif attempt.account_reading is None:
        _ask_account(means, attempt, at)
    elif attempt.started_at is None:
        _reserve(means, attempt, at)
    elif attempt.handle is not None:
        _heard(means, attempt, attempt.handle, means.probe.poll(attempt.handle, at), at)
    elif attempt.asked.method == "remote":
        _start(means, attempt, at)
    else:
        _again(means, attempt, attempt.asked.expires_at)


def give_up(means: SpeedMeans, attempt: Attempt) -> None:
    """End an attempt whose time is up and that could not be taken on, without asking any live system again."""
    lost = Failed("lost", "程序内部出错，测速没有做完，请重新测速")
    verdict = judge_result(
        means.rules, attempt.asked.contract_bps, attempt.asked.account, lost, at=means.now(), not_before=None
    )
    with means.store.begin() as work:
        _finish(work, attempt, Outcome(verdict, means.rules_hash, failure=lost), means.now())


def settle(
    means: SpeedMeans, attempt: Attempt, result: Measurement | Failed, also: tuple[Measurement, ...] = ()
) -> Attempt:
    """Judge what was measured, or why nothing was, and keep it; an attempt that has ended already stays as it is."""
    at = means.now()
    reading = attempt.account_reading
    if isinstance(result, Failed) and reading is not None:
        reading = means.check.check(attempt.asked.account, at)  # the session may have dropped meanwhile
    with means.store.begin() as work:
        subject = subject_of(work.tickets.revisions(attempt.asked.ticket_id))
        verdict = _verdict(means, attempt, reading, result, at, subject.not_before)
        measured = result if isinstance(result, Measurement) else None
        failure = result if isinstance(result, Failed) else None
        _finish(work, attempt, Outcome(verdict, means.rules_hash, measured, also, failure), at)
        return work.speed_tests.get(attempt.id)


def _asked(
    rules: SpeedRules,
    subject: SpeedSubject,
    ticket_id: str,
    key: str,
    method: AttemptMethod | None,
    actor: Actor,
    at: datetime,
) -> NewAttempt:
    if method is None:
        if subject.visit is None:
            raise Refused("工单没有写明“是否上门”，请选择远程或现场测速", "method")
        method = "onsite" if subject.visit else "remote"
    lasts = timedelta(seconds=rules.onsite_s if method == "onsite" else rules.deadline_s)
    return NewAttempt(
        new_id(), ticket_id, method, subject.account, subject.contract_bps, actor.id, key, at, at + lasts
    )  # fmt: skip


def _ask_account(means: SpeedMeans, attempt: Attempt, at: datetime) -> None:
    """Ask AAA; only an account that is online goes on, and the probe is not called for any other."""
    reading = means.check.check(attempt.asked.account, at)
    with means.store.begin() as work:
        work.speed_tests.account_read(attempt.id, reading, at)
        if reading.state != "online":
            verdict = judge(means.rules, attempt.asked.contract_bps, None, reading.state)
            _finish(work, attempt, Outcome(verdict, means.rules_hash), at)
            return
    advance(means, replace(attempt, account_reading=reading))


def _reserve(means: SpeedMeans, attempt: Attempt, at: datetime) -> None:
    """Note that measuring begins, where the egress allows it; else look again in a while."""
    asked = attempt.asked
    with means.store.begin() as work:
        taken = work.speed_tests.under_way_bps(at)
        if taken and taken + (asked.contract_bps or 0) > means.egress_bps:
            work.speed_tests.look_again(attempt.id, min(at + EGRESS_WAIT, asked.expires_at), 0)
            return
        work.speed_tests.started(attempt.id, None, at)
        if asked.method == "onsite":
            work.speed_tests.look_again(attempt.id, asked.expires_at, 0)
            return
    _start(means, attempt, at)


def _start(means: SpeedMeans, attempt: Attempt, at: datetime) -> None:
    """Hand the test to the probe, perhaps for a second time: the attempt's id is its key there."""
    handle = means.probe.start(_request(means.rules, attempt), attempt.id, at)
    if isinstance(handle, Failed):
        settle(means, attempt, handle)
        return
    with means.store.begin() as work:
        work.speed_tests.started(attempt.id, handle, at)
        work.speed_tests.look_again(attempt.id, _next_look(attempt, handle, 0, at), 0)


def _request(rules: SpeedRules, attempt: Attempt) -> SpeedRequest:
    asked, reading = attempt.asked, attempt.account_reading
    many = (asked.contract_bps or 0) >= rules.many_streams_bps
    streams = rules.many_streams if many else rules.streams
    framed_ip = reading.framed_ip if reading is not None else None
    return SpeedRequest(
        asked.account, "down", rules.duration_ms, streams, asked.expires_at, asked.contract_bps, framed_ip
    )


def _heard(means: SpeedMeans, attempt: Attempt, handle: Handle, heard: Reading, at: datetime) -> None:
    if isinstance(heard, Done):
        settle(means, attempt, heard.measurement, heard.also)
    elif isinstance(heard, Failed):
        settle(means, attempt, heard)
    elif at >= attempt.asked.expires_at:
        settle(means, attempt, _EXPIRED)
    else:
        polls = attempt.polls + 1
        _again(means, attempt, _next_look(attempt, handle, polls, at), polls)


def _next_look(attempt: Attempt, handle: Handle, polls: int, at: datetime) -> datetime:
    elapsed, lasts = at - handle.started_at, attempt.asked.expires_at - handle.started_at
    wait = next_wait_ms(polls, max(0, elapsed // timedelta(milliseconds=1)), lasts // timedelta(milliseconds=1))
    return at + timedelta(milliseconds=wait or 0)


def _again(means: SpeedMeans, attempt: Attempt, when: datetime, polls: int | None = None) -> None:
    with means.store.begin() as work:
        work.speed_tests.look_again(attempt.id, when, attempt.polls if polls is None else polls)


def _verdict(
    means: SpeedMeans,
    attempt: Attempt,
    reading: AccountReading | None,
    result: Measurement | Failed,
    at: datetime,
    not_before: datetime,
) -> Verdict:
    asked = attempt.asked
    if isinstance(result, Failed) and reading is not None and reading.state in ("offline", "stale"):
        return judge(means.rules, asked.contract_bps, None, reading.state)
    sessions = len(reading.sessions) if reading is not None else None
    return judge_result(
        means.rules, asked.contract_bps, asked.account, result, at=at, not_before=not_before, sessions=sessions
    )


def _finish(work: Work, attempt: Attempt, outcome: Outcome, at: datetime) -> None:
    work.speed_tests.hold(attempt.asked.ticket_id)  # or a closing at this moment would not be seen
    late = work.closings.get(attempt.asked.ticket_id) is not None
    if work.speed_tests.finish(attempt.id, replace(outcome, late=late), at):
        detail = f"{outcome.verdict.verdict} {outcome.verdict.reason}"
        work.audit.add(AuditEntry(at, "suyin", "end_speed_test", f"speedtest/{attempt.id}", detail))
