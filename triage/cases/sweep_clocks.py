"""Let clocks act whose moment has come: warn, say that a deadline has passed, tell the next level, fire an event.

One sweep, called as often as one likes and by as many workers: each moment is claimed by a conditional update in the
transaction of its effect, so that it acts once, whatever process dies when. What cannot act now (somebody moves the
ticket) is left for the next sweep.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime

from rules.errors import RulesError
from rules.lifecycles import Clock, Notice
from triage import flow_clocks
from triage.actors import SYSTEM
from triage.cases.move import Event, Mover, move
from triage.errors import Conflict, Forbidden, NotNow, Refused, SuyinError
from triage.flow_facts import known_facts
from triage.flow_notices import Occasion, moment, notices
from triage.flow_shelf import Law
from triage.ports import Store, Work
from triage.records_flow import Entry, Flow, Timer

_STRETCH = 200
_log = logging.getLogger(__name__)


def sweep_clocks(store: Store, mover: Mover, now: datetime) -> int:
    """Let every clock act that is due; return how many did. now: UTC."""
    acted, tried = 0, set[tuple[str, str, str, int]]()
    while True:
        with store.read() as work:
            due = [t for t in work.flows.due(now, _STRETCH + len(tried)) if _key(t) not in tried]
        if not due:
            return acted
        for timer in due:
            tried.add(_key(timer))
            acted += _act(store, mover, timer, now)


def _act(store: Store, mover: Mover, timer: Timer, now: datetime) -> bool:
    """Let one clock act, whole or not at all; return whether it was this call that did."""
    try:
        with store.begin() as work:
            work.flows.hold(timer.ticket_id)
            if not work.flows.claim(timer, now):
                return False
            _ring(work, mover, timer, now)
    except Conflict as busy:
        _log.info("clock %s of ticket %s waits for the next sweep: %s", timer.clock, timer.ticket_id, busy)
        return False
    except (SuyinError, RulesError):
        _log.exception("clock %s of ticket %s cannot act; it is tried again", timer.clock, timer.ticket_id)
        return False
    return True


def _ring(work: Work, mover: Mover, timer: Timer, now: datetime) -> None:
    flow = work.flows.get(timer.ticket_id)
    law = mover.shelf.of(work, flow)
    clock = law.life.clocks[timer.clock]
    facts = known_facts(work, flow.ticket_id, law.life, law.rules.facts)
    following = flow_clocks.next_level(clock, law.rules, timer, facts)
    if following is not None:
        work.flows.put_timers([following])
    told = _tell(work, law, clock, timer, flow, now)
    content: dict[str, object] = {
        "event": timer.kind, "label": _label(clock, timer), "clock": timer.clock, "level": timer.level,
        "from": flow.state, "to": flow.state, "version": flow.version, "notices": told,
    }  # fmt: skip
    if timer.kind == "due" and clock.event:
        content |= _fire(work, mover, flow, clock, now)
    work.history.add(Entry(now, SYSTEM.id, "clock", flow.ticket_id, content))


def _fire(work: Work, mover: Mover, flow: Flow, clock: Clock, now: datetime) -> Mapping[str, object]:
    """Fire the event of a clock; where the lifecycle refuses it the history says why, and the ticket stays."""
    try:
        move(work, mover, flow.ticket_id, Event(clock.event), actor=SYSTEM, at=now)
    except (Refused, Forbidden, NotNow) as refusal:
        return {"fires": clock.event, "refused": str(refusal)}
    return {"fires": clock.event}


def _tell(work: Work, law: Law, clock: Clock, timer: Timer, flow: Flow, now: datetime) -> list[str]:
    by_kind: Mapping[str, tuple[Notice, ...]] = {"warn": clock.warned, "due": clock.notify}
    told = clock.levels[timer.level - 1] if timer.kind == "level" else by_kind[timer.kind]
    due = next((t.due_at for t in work.flows.timers(flow.ticket_id) if t.clock == clock.id and t.kind == "due"), None)
    more = {"clock": clock.label, "due": moment(due or now)}
    found = notices(told, Occasion(law, flow, work.tickets.get(flow.ticket_id), now, more), strict=False)
    for notice in found:
        work.outbox.add(notice)
    return [notice.id for notice in found]


def _label(clock: Clock, timer: Timer) -> str:
    if timer.kind == "level":
        return f"{clock.label}：第 {timer.level} 级"
    return f"{clock.label}{'即将到期' if timer.kind == 'warn' else '已到'}"


def _key(timer: Timer) -> tuple[str, str, str, int]:
    return timer.ticket_id, timer.clock, timer.kind, timer.level
