"""Move a ticket: fire an event of its lifecycle, with everything that follows from it, in one transaction.

The step itself is decided by triage/flow.py. Here it is kept: the flow by compare-and-set on its version (of two
people who press at once the second is told who was faster), its clocks, its history, what people are told, children,
and how a ticket with a speed test was closed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from rules.facts import FactValue
from rules.lifecycles import Transition
from triage import flow, flow_clocks
from triage.actors import Actor
from triage.cases.begin import Decide, NewTicket, make_ticket, personal_ids
from triage.cases.close import closing_of
from triage.errors import Conflict
from triage.flow import Asked, Moved, Offer
from triage.flow_facts import asks_for_speed, attached, known_facts
from triage.flow_fields import Given
from triage.flow_notices import Occasion, notices, reply_upstream
from triage.flow_shelf import Law, Shelf
from triage.flow_sight import seen
from triage.ports import Work
from triage.records_flow import Entry, Flow, StepKind, Timer


@dataclass(frozen=True, slots=True)
class Mover:
    """What moving needs beside the store. decide: for children that a step makes; model_hash: of its decisions."""

    shelf: Shelf
    decide: Decide | None = None
    model_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """What somebody does. version: of the flow that they saw, None where they do not say."""

    name: str
    given: Given = field(default_factory=dict)
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a ticket stands, for whoever looks. offers: what they may do. timers: all its clocks."""

    law: Law
    flow: Flow
    offers: tuple[Offer, ...]
    timers: tuple[Timer, ...]


def look(work: Work, mover: Mover, ticket_id: str, actor: Actor) -> Standing:
    """Return where a ticket stands and what an actor may do. Raises UnknownTicket, UnknownRecord."""
    seen(work, ticket_id, actor)
    now = work.flows.get(ticket_id)
    law = mover.shelf.of(work, now)
    facts = known_facts(work, ticket_id, law.life, law.rules.facts)
    offered = flow.offers(law.life, law.rules, now, actor, facts)
    return Standing(law, now, offered, work.flows.timers(ticket_id))


def move(
    work: Work, mover: Mover, ticket_id: str, event: Event, *, actor: Actor, at: datetime, kind: StepKind | None = None
) -> Moved:
    """Fire an event of a ticket's lifecycle and keep what comes of it.

    kind: how the history calls it; None goes by what it is. Raises what flow.fire() raises, Conflict where somebody
    else moved the ticket meanwhile, UnknownTicket, UnknownRecord.
    """
    seen(work, ticket_id, actor)
    work.flows.hold(ticket_id)
    now = work.flows.get(ticket_id)
    if event.version is not None and event.version != now.version:
        raise Conflict(f"{now.changed_by} 刚刚处理过这张工单（现在是第 {now.version} 版），请刷新后再操作")
    law = mover.shelf.of(work, now)
    facts = known_facts(work, ticket_id, law.life, law.rules.facts)
    asked = Asked(event.name, actor, at, event.given, attached(work, ticket_id, actor))
    moved = flow.fire(law.life, law.rules, now, asked, facts)
    _keep(work, mover, law, moved, facts, kind)
    return moved


def keep_clocks(work: Work, law: Law, moved: Flow, event: str, facts: Mapping[str, FactValue], at: datetime) -> None:
    """Let the clocks of a ticket follow an event."""
    changed = flow_clocks.moved(
        law.life,
        law.rules,
        work.flows.timers(moved.ticket_id),
        ticket_id=moved.ticket_id,
        state=moved.state,
        event=event,
        facts=facts,
        at=at,
    )
    work.flows.put_timers(changed)


def _keep(
    work: Work, mover: Mover, law: Law, moved: Moved, facts: Mapping[str, FactValue], kind: StepKind | None
) -> None:
    after, step, at = moved.after, moved.step, moved.after.changed_at
    occasion = Occasion(law, after, work.tickets.get(after.ticket_id), at, {})
    told = [*notices(step.effects.notify, occasion, strict=True)]
    reply = after.values.get(step.effects.reply, "") if step.effects.reply else ""
    if reply:
        told.append(reply_upstream(reply, occasion))
    work.flows.change(moved.before, after)
    keep_clocks(work, law, after, step.event, facts, at)
    for notice in told:
        work.outbox.add(notice)
    child = _child(work, mover, moved) if step.effects.child else None
    content = _content(work, moved, [notice.id for notice in told], child)
    name = kind or ("step" if isinstance(step, Transition) else "action")
    work.history.add(Entry(at, after.changed_by, name, after.ticket_id, content))
    if after.ended_at is not None and asks_for_speed(law.life) and law.life.states[after.state].tmf == "closed":
        closing = closing_of(
            work, after.ticket_id, after.changed_by, at,
            visit=after.values.get("onsite") == "true", confirmed=after.values.get("confirmed") == "true",
        )  # fmt: skip
        if closing is not None:
            work.closings.add(closing)


def _content(work: Work, moved: Moved, told: list[str], child: str | None) -> dict[str, object]:
    content: dict[str, object] = {
        "event": moved.step.event,
        "label": moved.step.label,
        "from": moved.before.state,
        "to": moved.after.state,
        "version": moved.after.version,
        "fields": personal_ids(work, moved.after, moved.changed),
    }
    if moved.after.holder != moved.before.holder:
        content["holder"] = [moved.before.holder, moved.after.holder]
    if told:
        content["notices"] = told
    if child is not None:
        content["child"] = child
    return content


def _child(work: Work, mover: Mover, moved: Moved) -> str:
    """Make the ticket that a step begins beside the one it moves; whoever took the step may make it."""
    assert moved.step.effects.child is not None
    if mover.decide is None:
        raise Conflict("这个服务不能新建子工单，请用 ./suyin serve 启动完整的服务")
    law = mover.shelf.current(moved.step.effects.child)
    ticket = work.tickets.get(moved.after.ticket_id)
    new = NewTicket(f"{moved.step.label}：{ticket.title}"[:500], "", {}, moved.after.ticket_id)
    entitled = Actor(moved.after.changed_by, frozenset(r for s in law.life.doings for r in s.roles), frozenset())
    return make_ticket(
        work, law, new, mover.decide, actor=entitled, at=moved.after.changed_at, model_hash=mover.model_hash
    )
