"""Close a ticket: asks what the handbook asks, no more.

不上门 needs a speed test that was made, not one that passed. Closing while the test that counts is no pass needs a
person's confirmation, is kept as 不达标, and is never taken out of the rate. A ticket that no speed test is asked of
just closes. Source: 家宽投诉(报障)工单测速说明手册, parts 1 and 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from probes.speed_rule import Verdict
from rules.speed import SpeedReason, SpeedRules, SpeedVerdict
from triage.actors import Actor
from triage.errors import Conflict, Refused
from triage.ports import Store, Work
from triage.records import AuditEntry
from triage.records_speed import METHODS, Attempt, AttemptMethod, Closing
from triage.speed_subject import SpeedSubject, subject_of

_DOMAIN = "broadband"


@dataclass(frozen=True, slots=True)
class Counted:
    """Which attempt counts, and as what. attempt: None where none was made."""

    attempt: Attempt | None
    verdict: SpeedVerdict
    reason: SpeedReason
    hints: tuple[str, ...] = ()


def close(
    store: Store,
    rules: SpeedRules,
    ticket_id: str,
    *,
    confirm: bool,
    visit: bool | None,
    actor: Actor,
    at: datetime,
) -> Closing:
    """Close a ticket and return how it was closed.

    confirm: 仍要完结（计为不达标）. visit: 是否上门, where the ticket does not say it or it turned out otherwise.
    Raises UnknownTicket, Conflict where a test, a result or a confirmation is missing or the ticket is closed
    already, Refused where nothing says whether there was a visit.
    """
    with store.begin() as work:
        closing = check(work, rules, ticket_id, confirm=confirm, visit=visit, actor=actor, at=at)
        work.closings.add(closing)
        detail = f"{closing.verdict or '-'} {closing.reason or '-'}{' confirmed' if closing.confirmed else ''}"
        work.audit.add(AuditEntry(at, actor.id, "close", f"ticket/{ticket_id}", detail))
    return closing


def check(
    work: Work, rules: SpeedRules, ticket_id: str, *, confirm: bool, visit: bool | None, actor: Actor, at: datetime
) -> Closing:
    """Return how a ticket would be closed, in the caller's transaction. Raises as close() does."""
    work.speed_tests.hold(ticket_id)
    if work.closings.get(ticket_id) is not None:
        raise Conflict("工单已经完结")
    subject = subject_of(work.tickets.revisions(ticket_id))
    if not _is_tested(work, ticket_id, subject):
        return _untested(ticket_id, subject, actor.id, at)
    return _tested(work, rules, ticket_id, subject, confirm, visit, actor, at)


def closing_of(work: Work, ticket_id: str, by: str, at: datetime, *, visit: bool, confirmed: bool) -> Closing | None:
    """Return how a ticket is closed whose lifecycle has let it close; None where it is closed already."""
    work.speed_tests.hold(ticket_id)
    if work.closings.get(ticket_id) is not None:
        return None
    subject = subject_of(work.tickets.revisions(ticket_id))
    if not _is_tested(work, ticket_id, subject):
        return _untested(ticket_id, subject, by, at)
    attempts = work.speed_tests.of(ticket_id)
    return _closing(ticket_id, subject, attempts, counted(attempts, subject), visit, confirmed, by, at)


def counted(attempts: tuple[Attempt, ...], subject: SpeedSubject) -> Counted:
    """Return the attempt that counts: the last by request order that is not older than the repair.

    attempts: all of a ticket by seq. One that is still under way counts as having run out of time.
    """
    current = [attempt for attempt in attempts if _began(attempt) >= subject.not_before]
    if not current:
        if not attempts:
            return Counted(None, "none", "NONE_NOT_TESTED")
        return Counted(attempts[-1], "fail", "FAIL_STALE_RESULT")
    last = current[-1]
    if last.outcome is None:
        return Counted(last, "fail", "FAIL_PROBE_TIMEOUT")
    verdict: Verdict = last.outcome.verdict
    return Counted(last, verdict.verdict, verdict.reason, verdict.hints)


def _tested(
    work: Work,
    rules: SpeedRules,
    ticket_id: str,
    subject: SpeedSubject,
    confirm: bool,
    visit: bool | None,
    actor: Actor,
    at: datetime,
) -> Closing:
    attempts = work.speed_tests.of(ticket_id)
    visited = visit if visit is not None else subject.visit
    if visited is None and attempts:
        visited = attempts[-1].asked.method == "onsite"
    if visited is None:
        raise Refused("工单没有写明“是否上门”，请选择后再完结", "visit")
    if not attempts and not visited:
        raise Conflict("不上门的工单完结前必须点击“测速”，请先测速；测速不达标也可以完结")
    found = counted(attempts, subject)
    if found.verdict != "pass" and not confirm:
        raise Conflict(_ask_to_confirm(rules, found))
    return _closing(ticket_id, subject, attempts, found, visited, confirm, actor.id, at)


def _closing(
    ticket_id: str,
    subject: SpeedSubject,
    attempts: tuple[Attempt, ...],
    found: Counted,
    visited: bool,
    confirm: bool,
    by: str,
    at: datetime,
) -> Closing:
    return Closing(
        ticket_id, at, by, True,
        None if found.attempt is None else found.attempt.id,
        ("onsite" if visited else "remote") if found.attempt is None else found.attempt.asked.method,
        found.verdict, found.reason, confirm and found.verdict != "pass", subject.team, subject.contract_bps,
        found.hints, _warnings(attempts, visited),
    )  # fmt: skip


def _is_tested(work: Work, ticket_id: str, subject: SpeedSubject) -> bool:
    return work.tickets.get(ticket_id).domain == _DOMAIN or bool(subject.account)


def _untested(ticket_id: str, subject: SpeedSubject, by: str, at: datetime) -> Closing:
    return Closing(ticket_id, at, by, False, None, None, None, None, False, subject.team, subject.contract_bps)


def _ask_to_confirm(rules: SpeedRules, found: Counted) -> str:
    if found.attempt is not None and found.attempt.outcome is None:
        return "测速还没有结果，请稍后再完结；如仍要完结，请确认（计为不达标）"
    return f"{rules.reasons[found.reason]}如仍要完结，请确认（计为不达标）"


def _warnings(attempts: tuple[Attempt, ...], visited: bool) -> tuple[str, ...]:
    method: AttemptMethod = "onsite" if visited else "remote"
    if attempts and attempts[-1].asked.method != method:
        used = METHODS[attempts[-1].asked.method]
        return (f"工单为{METHODS[method]}测速，计入的最后一次测速是{used}",)
    return ()


def _began(attempt: Attempt) -> datetime:
    measured = attempt.outcome.measurement if attempt.outcome is not None else None
    return measured.started_at if measured is not None else attempt.asked.requested_at
