"""Begin lifecycles: of tickets that are taken in, and of tickets that somebody makes by hand.

A ticket that is made by hand (general, group, escalation, or a child of another one) is decided like any other and
then begins the lifecycle that was asked for. Everything is in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rules.facts import FactValue
from rules.lifecycles import SYSTEM, Lifecycle
from rules.ruleset import RuleSet
from triage import flow, flow_clocks
from triage.actors import Actor
from triage.decide import Decided
from triage.errors import Forbidden, Refused
from triage.flow_facts import plain_facts
from triage.flow_fields import Given, fill, read_given
from triage.flow_shelf import Law
from triage.intake import ticket_from_mapping
from triage.ports import Store, Work
from triage.records import Triaged
from triage.records_flow import Entry, Flow, Personal, Timer
from triage.store.ids import new_id
from triage.tickets import CONTENT, NUMBER, TITLE, Reject, Ticket

OWN_SOURCE = "suyin"
_STRETCH = 500
_LONGEST_TITLE = 500
_LONGEST_CONTENT = 20_000

Decide = Callable[[Ticket], Decided]


@dataclass(frozen=True, slots=True)
class NewTicket:
    """A ticket that somebody makes by hand. title, content: in their words. given: fields of its lifecycle."""

    title: str
    content: str
    given: Given
    parent_id: str | None = None
    number: str = ""


def begin_many(work: Work, decided: Sequence[Decided], rules: RuleSet, *, actor: Actor, at: datetime) -> None:
    """Begin the lifecycles of tickets that have just been kept; one that has begun already goes on as it is.

    decided: those of one chunk. rules: that decided them. Raises nothing of its own.
    """
    flows: list[Flow] = []
    timers: list[Timer] = []
    known = set(work.flows.begun([one.decision.id for one in decided if one.lifecycle is not None]))
    for one in decided:
        if one.lifecycle is None or one.decision.id in known:
            continue
        known.add(one.decision.id)
        life = rules.lifecycles[one.lifecycle[0]]
        facts = _facts(one, rules)
        values = _known(life, facts, one)
        begun = flow.begin(life, rules, one.decision.id, actor=actor, at=at, values=values)
        flows.append(begun)
        timers += flow_clocks.begin(life, rules, begun.ticket_id, begun.state, facts, at)
    personal = [one for begun in flows for one in _note(work, rules.lifecycles[begun.lifecycle], begun, {})]
    work.flows.add_many(flows, timers, personal)


def make_ticket(
    work: Work, law: Law, new: NewTicket, decide: Decide, *, actor: Actor, at: datetime, model_hash: str | None
) -> str:
    """Make a ticket by hand and begin its lifecycle; return its id.

    Raises Forbidden where the actor has no role that begins it, Refused where something is missing or wrong.
    """
    _check_role(law.life, actor)
    ticket = _ticket(new, at)
    one = decide(ticket)
    facts = _facts(one, law.rules)
    given = read_given(law.life, new.given, law.rules.centres)
    values = {**_known(law.life, facts, one), **given}
    filled = fill(law.life, law.rules, facts, values)
    for name in sorted(filled.locked & given.keys()):
        if given[name] != filled.values[name]:
            raise Refused(f"“{law.life.fields[name].label}”由工单参数配置表填写，不能修改", name)
    values |= filled.values
    entry = Triaged(ticket, one.decision, one.facts_json, model_hash, (law.life.id, law.life.hash))
    work.tickets.save_many([entry], at)
    begun = flow.begin(law.life, law.rules, one.decision.id, actor=actor, at=at, values=values, parent=new.parent_id)
    work.rule_sets.remember(law.rules.hash, law.rules.archive(), at)
    timers = flow_clocks.begin(law.life, law.rules, begun.ticket_id, begun.state, facts, at)
    work.flows.add_many([begun], timers, _note(work, law.life, begun, given))
    return begun.ticket_id


def may_begin(life: Lifecycle, actor: Actor) -> bool:
    """Whether an actor may make tickets of a lifecycle: has a role of a step out of its first state."""
    return not actor.roles.isdisjoint({role for step in life.steps(life.initial) for role in step.roles} - {SYSTEM})


def personal_ids(work: Work, begun: Flow, values: Mapping[str, str]) -> dict[str, object]:
    """Keep personal values; return what the history says of all values: themselves, or the ids of personal ones."""
    said: dict[str, object] = {}
    for name, value in sorted(values.items()):
        personal = name in begun.personal and begun.personal[name] == value
        said[name] = {"personal": work.flows.add_personal(begun.ticket_id, name, value)} if personal else value
    return said


def _note(work: Work, life: Lifecycle, begun: Flow, given: Mapping[str, str]) -> list[Personal]:
    """Write the beginning into the history; return the personal values, which are kept apart from it."""
    personal = [Personal(new_id(), begun.ticket_id, name, 1, value) for name, value in begun.personal.items()]
    values: dict[str, object] = {**begun.fields, **{one.field: {"personal": one.id} for one in personal}}
    content: dict[str, object] = {
        "event": "begin", "label": life.title, "to": begun.state, "version": begun.version, "fields": values,
        "lifecycle": [begun.lifecycle, begun.lifecycle_hash],
    }  # fmt: skip
    if given:
        content["given"] = sorted(given)
    if begun.parent_id is not None:
        content["parent"] = begun.parent_id
    work.history.add(Entry(begun.begun_at, begun.creator, "begin", begun.ticket_id, content))
    return personal


def _facts(one: Decided, rules: RuleSet) -> dict[str, FactValue]:
    facts = plain_facts(one.facts_json, rules.facts)
    concluded = {
        "domain": one.decision.domain, "phenomenon": one.decision.phenomenon, "specialty": one.decision.specialty,
    }  # fmt: skip
    return facts | {name: value for name, value in concluded.items() if value and name in rules.facts}


def _known(life: Lifecycle, facts: Mapping[str, FactValue], one: Decided) -> dict[str, str]:
    """Return what the fields hold from the beginning: facts that they are, and what the ticket says of itself."""
    said = {"address": one.decision.address.text, "subject": one.ticket.fields.get(TITLE, "")}
    values = {name: text for name, text in said.items() if name in life.fields and text}
    for name, field in life.fields.items():
        value = facts.get(field.fact) if field.fact else None
        if isinstance(value, bool):
            values[name] = "true" if value else "false"
        elif isinstance(value, str | int | float):
            values[name] = str(value)
    return values


def _check_role(life: Lifecycle, actor: Actor) -> None:
    if not may_begin(life, actor):
        roles = {role for step in life.steps(life.initial) for role in step.roles} - {SYSTEM}
        raise Forbidden(f"新建“{life.title}”需要的角色：{'、'.join(sorted(roles))}")


def _ticket(new: NewTicket, at: datetime) -> Ticket:
    title, content = new.title.strip(), new.content.strip()
    if not title:
        raise Refused("请填写工单主题", "title")
    if len(title) > _LONGEST_TITLE or len(content) > _LONGEST_CONTENT:
        raise Refused(f"主题最多 {_LONGEST_TITLE} 字，内容最多 {_LONGEST_CONTENT} 字，请写得简短些", "content")
    number = new.number or f"SY-{at:%y%m%d}-{new_id()[:8].upper()}"
    fields = {NUMBER: number, TITLE: title, **({CONTENT: content} if content else {})}
    ticket = ticket_from_mapping(fields, source=OWN_SOURCE, file="new")
    if isinstance(ticket, Reject):
        raise Refused(f"{ticket.field}：{ticket.sentence}", ticket.field)
    return ticket


def begin_late(store: Store, rules: RuleSet, *, actor: Actor, at: datetime) -> int:
    """Begin the lifecycles of tickets that were kept before there were any; return how many.

    A ticket whose lifecycle has changed since, or is gone, begins the one of now.
    """
    done = 0
    while True:
        with store.begin() as work:
            found = [one for one in work.flows.unbegun(_STRETCH) if one[1] in rules.lifecycles]
            for ticket_id, name, _ in found:
                _begin_stored(work, rules, rules.lifecycles[name], ticket_id, actor, at)
        done += len(found)
        if len(found) < _STRETCH:
            return done


def _begin_stored(work: Work, rules: RuleSet, life: Lifecycle, ticket_id: str, actor: Actor, at: datetime) -> None:
    record = work.decisions.latest(ticket_id)
    ticket = work.tickets.revisions(ticket_id)[-1].ticket
    one = Decided(ticket, record.decision, record.facts_json, (life.id, life.hash))
    begin_many(work, [one], rules, actor=actor, at=at)
    work.rule_sets.remember(rules.hash, rules.archive(), at)
