"""What may be done to a ticket where it stands, by whom, and what comes of it? The engine of all lifecycles.

Knows no process: states, steps, fields, conditions and effects come from the lifecycle. Pure: no store, no clock. The
same lifecycle, flow, facts and event give the same outcome. Source of the language: rules/lifecycles.py.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from rules.conditions import State
from rules.facts import FactValue
from rules.lifecycles import SYSTEM, Lifecycle, Transition
from rules.lifecycles import Action as Doing
from rules.ruleset import RuleSet
from triage.actors import SYSTEM as SYSTEM_ACTOR
from triage.actors import Actor
from triage.errors import Forbidden, NotNow, Refused
from triage.flow_fields import Filled, Given, defaults, fill, read_given, shown, state_of
from triage.records_flow import Flow, ToKind

Step = Transition | Doing
_OVERSEERS = frozenset({"administrator", "supervisor"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to do. given: what they filled in. attachments: kinds of evidence that the ticket has."""

    event: str
    actor: Actor
    at: datetime
    given: Given = field(default_factory=dict)
    attachments: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Moved:
    """What came of an event. before, after: where the ticket stood and stands. changed: fields that it changed."""

    before: Flow
    after: Flow
    step: Step
    changed: Mapping[str, str]

    @property
    def is_transition(self) -> bool:
        """Whether it was a step of the lifecycle; else something done to a ticket that stays where it is."""
        return isinstance(self.step, Transition)


@dataclass(frozen=True, slots=True)
class Offer:
    """An event that somebody may choose. requires: fields that must be filled in. ready: whether its condition holds.

    ready: None where it is not known yet. why_not: a sentence where it does not hold or is not known.
    """

    event: str
    label: str
    to: str | None
    requires: tuple[str, ...]
    attachments: tuple[str, ...]
    ready: bool | None
    why_not: str


def begin(
    life: Lifecycle,
    rules: RuleSet,
    ticket_id: str,
    *,
    actor: Actor,
    at: datetime,
    values: Mapping[str, str],
    parent: str | None = None,
) -> Flow:
    """Return where a ticket stands that begins a lifecycle.

    values: fields known from the beginning. parent: the ticket that it belongs to.
    """
    state = life.states[life.initial]
    flow = Flow(
        ticket_id, life.id, life.hash, rules.hash, state.id, state.role, 1, actor.id, "", "", {}, {}, at, actor.id, at,
        parent_id=parent,
    )  # fmt: skip
    return _with_values(life, flow, {**defaults(life), **values})


def offers(
    life: Lifecycle, rules: RuleSet, flow: Flow, actor: Actor, facts: Mapping[str, FactValue]
) -> tuple[Offer, ...]:
    """Return what an actor may do to a ticket where it stands, each event once, steps before actions."""
    found: dict[str, Offer] = {}
    if flow.ended_at is not None:
        return ()
    for step in _doings(life, flow.state):
        if _refusal(life, flow, step, actor) is not None:
            continue
        state = state_of(life, rules, facts, flow.values)
        truth = True if step.when is None else step.when.condition.truth(state)
        why = "" if truth else _why_not(life, rules, step, state, truth)
        to = step.to if isinstance(step, Transition) else None
        offer = Offer(step.event, step.label, to, step.requires, step.attachments, truth, why)
        before = found.get(step.event)
        if before is None or (before.ready is False and truth is not False):
            found[step.event] = offer
    return tuple(found.values())


def fire(life: Lifecycle, rules: RuleSet, flow: Flow, asked: Asked, facts: Mapping[str, FactValue]) -> Moved:
    """Return what an event makes of a ticket.

    facts: what is known of the ticket, without its fields. Raises NotNow where the event is not there or its
    condition does not hold, Forbidden where the actor may not, Refused where something is missing or wrong.
    """
    allowed = offers(life, rules, flow, asked.actor, facts)
    steps = [step for step in _doings(life, flow.state) if step.event == asked.event]
    if flow.ended_at is not None or not steps:
        raise _not_here(life, flow, asked.event, allowed)
    given = read_given(life, asked.given, rules.centres)
    values = {**_unlocked(life, rules, flow, facts, given), **given}
    filled = fill(life, rules, facts, values)
    _check_locked(life, filled, given)
    values |= filled.values
    step = _choose(life, rules, flow, steps, asked, state_of(life, rules, facts, values), allowed)
    _check_complete(life, step, values, asked.attachments)
    values |= dict(step.effects.set or {})
    names = {*values, *(name for name in flow.values if name in life.fields and not life.fields[name].each)}
    changed = {name: values.get(name, "") for name in names if values.get(name, "") != flow.values.get(name, "")}
    changed |= {name: value for name, value in given.items() if name in life.fields and life.fields[name].each}
    return Moved(flow, _after(life, flow, step, asked, values), step, changed)


def person_of(life: Lifecycle, flow: Flow, name: str) -> tuple[ToKind, str]:
    """Return kind (`role` or `person`) and id of whom a notice is for; an empty id where that is nobody.

    name: a role, a field, or a holder.
    """
    if name in ("holder", "actor"):
        holder = flow.holder if name == "holder" else flow.changed_by
        return ("person", holder) if holder else ("role", flow.role)
    if name in ("creator", "previous"):
        return "person", flow.creator if name == "creator" else flow.previous
    if name in life.fields:
        return "person", flow.values.get(name, "")
    return "role", name


def _doings(life: Lifecycle, state: str) -> tuple[Step, ...]:
    return (*life.steps(state), *life.actions_in(state))


def _refusal(life: Lifecycle, flow: Flow, step: Step, actor: Actor) -> str | None:
    """Return why an actor may not take a step; None where they may."""
    if actor.id == SYSTEM_ACTOR.id:
        return None if SYSTEM in step.roles else f"“{step.label}”由人操作"
    acting = actor.roles & set(step.roles)
    if not acting:
        return f"“{step.label}”需要的角色：{'、'.join(step.roles)}"
    peers_only = acting <= {life.states[flow.state].role}
    held = flow.holder and flow.holder != actor.id and not actor.roles & _OVERSEERS
    if isinstance(step, Transition) and held and peers_only:
        return f"这张工单由 {flow.holder} 处理，请他转交，或由主管改派"
    return None


def _not_here(life: Lifecycle, flow: Flow, event: str, allowed: Sequence[Offer]) -> NotNow:
    label = life.states[flow.state].label
    events = {offer.event: offer.label for offer in allowed}
    named = "、".join(f"{label}（{event}）" for event, label in events.items()) or "没有"
    if flow.merged_into is not None:
        return NotNow("这张工单已并入另一张工单，请在那一张上处理", events)
    known = {step.event: step.label for step in life.doings}
    what = f"“{known[event]}”" if event in known else f"{event[:40]} 这种操作"
    return NotNow(f"工单现在是“{label}”，不能做{what}；现在可以：{named}", events)


def _choose(
    life: Lifecycle,
    rules: RuleSet,
    flow: Flow,
    steps: Sequence[Step],
    asked: Asked,
    state: State,
    allowed: Sequence[Offer],
) -> Step:
    """Return the first step whose condition holds. One that is not known stands in the way of those after it."""
    mine = [step for step in steps if _refusal(life, flow, step, asked.actor) is None]
    if not mine:
        raise Forbidden(_refusal(life, flow, steps[0], asked.actor) or "您不能做这一步")
    why = ""
    for step in mine:
        truth = True if step.when is None else step.when.condition.truth(state)
        if truth:
            return step
        why = _why_not(life, rules, step, state, truth)
        if truth is None:
            raise Refused(why, _field_of(life, step, state))
    raise NotNow(why, {offer.event: offer.label for offer in allowed})


def _why_not(life: Lifecycle, rules: RuleSet, step: Step, state: State, truth: bool | None) -> str:
    assert step.when is not None
    if truth is None:
        missing = dict.fromkeys(step.when.condition.missing(state))
        return f"“{step.label}”还缺少：{'、'.join(_title(life, rules, name) for name in missing)}"
    if step.otherwise:
        return step.otherwise
    said = [
        f"{_title(life, rules, name)} {_said(life, rules, name, state)}" for name in sorted(step.when.condition.reads())
    ]
    return f"“{step.label}”的条件不满足：{'；'.join(said)}"


def _field_of(life: Lifecycle, step: Step, state: State) -> str:
    assert step.when is not None
    missing = next(iter(step.when.condition.missing(state)), "")
    return next((name for name, item in life.fields.items() if (item.fact or name) == missing), "")


def _title(life: Lifecycle, rules: RuleSet, fact: str) -> str:
    for name, item in life.fields.items():
        if (item.fact or name) == fact:
            return item.label
    return rules.facts[fact].title


def _said(life: Lifecycle, rules: RuleSet, fact: str, state: State) -> str:
    value = state.facts.get(fact)
    if value is None:
        return "未知"
    if fact in rules.facts:
        return f"是 {rules.facts[fact].shown(value)}"
    text = ("true" if value else "false") if isinstance(value, bool) else str(value)
    return f"是 {shown(life.fields[fact], text)}"


def _unlocked(
    life: Lifecycle, rules: RuleSet, flow: Flow, facts: Mapping[str, FactValue], given: Mapping[str, str]
) -> dict[str, str]:
    """Return the fields without those that are filled in anew.

    Those of each event, and those that the table had filled in and now leaves to the person.
    """
    before = fill(life, rules, facts, flow.values).locked
    now = fill(life, rules, facts, {**flow.values, **given}).locked
    anew = {name for name in flow.values if name in life.fields and life.fields[name].each}
    return {name: value for name, value in flow.values.items() if name not in (before - now) | anew}


def _check_locked(life: Lifecycle, filled: Filled, given: Mapping[str, str]) -> None:
    for name in filled.locked & given.keys():
        if given[name] != filled.values[name]:
            shown_value = filled.values[name] or "空"
            raise Refused(f"“{life.fields[name].label}”由工单参数配置表填写为 {shown_value}，不能修改", name)


def _check_complete(life: Lifecycle, step: Step, values: Mapping[str, str], attached: Collection[str]) -> None:
    empty = [name for name in step.requires if not values.get(name)]
    if empty:
        named = "、".join(life.fields[name].label for name in empty)
        raise Refused(f"“{step.label}”前请先填写：{named}", empty[0])
    lacking = [name for name in step.attachments if name not in attached]
    if lacking:
        raise Refused(f"“{step.label}”前请先附上：{'、'.join(lacking)}", "attachments")


def _after(life: Lifecycle, flow: Flow, step: Step, asked: Asked, values: Mapping[str, str]) -> Flow:
    state = life.states[step.to] if isinstance(step, Transition) else life.states[flow.state]
    counts = dict(flow.counts)
    if step.effects.counts:
        counts[step.effects.counts] = counts.get(step.effects.counts, 0) + 1
    holder = _holder(life, flow, step.effects.assign, asked.actor, values)
    after = replace(
        flow,
        state=state.id,
        role=state.role,
        version=flow.version + 1,
        holder=holder,
        previous=flow.holder if holder != flow.holder else flow.previous,
        counts=counts,
        changed_by=asked.actor.id,
        changed_at=asked.at,
        ended_at=asked.at if state.final else None,
    )
    return _with_values(life, after, values)


def _holder(life: Lifecycle, flow: Flow, assign: str, actor: Actor, values: Mapping[str, str]) -> str:
    if not assign:
        return flow.holder
    named = {"creator": flow.creator, "actor": actor.id, "holder": flow.holder, "previous": flow.previous, "nobody": ""}
    return values.get(assign, "") if assign in life.fields else named[assign]


def _with_values(life: Lifecycle, flow: Flow, values: Mapping[str, str]) -> Flow:
    kept = {name: value for name, value in values.items() if value}
    personal = {name for name in kept if name in life.fields and life.fields[name].personal}
    return replace(
        flow,
        fields={name: value for name, value in kept.items() if name not in personal},
        personal={name: kept[name] for name in personal},
    )
