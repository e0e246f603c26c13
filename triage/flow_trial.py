"""What would become of a ticket if these events happened one after another? A trial without a store.

Everybody's role is assumed, required fields are filled with examples, and a condition that the facts leave open is
reported, not guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rules.facts import FactValue
from rules.lifecycles import SYSTEM, FormField, Lifecycle
from rules.ruleset import RuleSet
from triage import flow, flow_clocks
from triage.actors import SYSTEM as SYSTEM_ACTOR
from triage.actors import Actor
from triage.errors import SuyinError
from triage.flow import Asked
from triage.flow_fields import fill, read_given
from triage.records_flow import Flow, Timer

_EXAMPLES: Mapping[str, str] = {
    "text": "示例", "number": "1", "flag": "true", "date": "2026-03-02", "time": "2026-03-02T09:00:00+08:00",
    "person": "someone", "group": "somegroup",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tried:
    """One event of a trial. sentence: why it was refused, "" where it was not. running: clocks that run after it."""

    event: str
    before: str
    after: str
    sentence: str
    running: tuple[str, ...]
    allowed: tuple[str, ...]


def simulate(
    life: Lifecycle,
    rules: RuleSet,
    events: Sequence[str],
    *,
    at: datetime,
    facts: Mapping[str, FactValue],
    given: Mapping[str, str],
) -> tuple[Tried, ...]:
    """Return what each event makes of a new ticket; stops after the first that is refused.

    facts: known of the ticket. given: fields filled in instead of examples. Raises Refused for a wrong field.
    """
    everybody = Actor("trial", frozenset({"administrator", *_roles(life)}), frozenset())
    values = read_given(life, given, rules.centres)
    now = flow.begin(life, rules, "trial", actor=everybody, at=at, values={})
    timers = _kept((), flow_clocks.begin(life, rules, "trial", now.state, facts, at))
    tried = [_tried("", "", now, "", timers, _allowed(life, rules, now, everybody, facts))]
    for event in events:
        actor = SYSTEM_ACTOR if _only_system(life, now.state, event) else everybody
        asked = Asked(event, actor, at, _filled_in(life, rules, now, event, values, facts), _evidence(life))
        before = now.state
        try:
            now = flow.fire(life, rules, now, asked, facts).after
        except SuyinError as error:
            tried.append(_tried(event, before, now, str(error), timers, _allowed(life, rules, now, everybody, facts)))
            break
        changed = flow_clocks.moved(
            life, rules, timers, ticket_id="trial", state=now.state, event=event, facts=facts, at=at
        )
        timers = _kept(timers, changed)
        tried.append(_tried(event, before, now, "", timers, _allowed(life, rules, now, everybody, facts)))
    return tuple(tried)


def example(field: FormField, rules: RuleSet) -> str:
    """Return a value that a field may hold."""
    if field.type == "choice":
        return next(iter(field.values))
    return next(iter(rules.centres), "") if field.type == "centre" else _EXAMPLES[field.type]


def _filled_in(
    life: Lifecycle,
    rules: RuleSet,
    now: Flow,
    event: str,
    values: Mapping[str, str],
    facts: Mapping[str, FactValue],
) -> dict[str, str]:
    """Return the given values, and examples for what the event requires and nobody gave."""
    needed = [name for step in life.doings if step.event == event for name in step.requires]
    found = {name: value for name, value in values.items() if value}
    for name in needed:
        if not now.values.get(name) and name not in found:
            found[name] = example(life.fields[name], rules)
    locked = fill(life, rules, facts, {**now.values, **found}).locked
    return {name: value for name, value in found.items() if name not in locked or name in values}


def _tried(
    event: str, before: str, now: Flow, sentence: str, timers: Sequence[Timer], allowed: tuple[str, ...]
) -> Tried:
    running = dict.fromkeys(timer.clock for timer in timers if timer.state == "running")
    return Tried(event, before, now.state, sentence, tuple(running), allowed)


def _allowed(
    life: Lifecycle, rules: RuleSet, now: Flow, actor: Actor, facts: Mapping[str, FactValue]
) -> tuple[str, ...]:
    return tuple(offer.event for offer in flow.offers(life, rules, now, actor, facts))


def _kept(before: Sequence[Timer], changed: Sequence[Timer]) -> tuple[Timer, ...]:
    by_key = {(timer.clock, timer.kind, timer.level): timer for timer in (*before, *changed)}
    return tuple(by_key.values())


def _roles(life: Lifecycle) -> frozenset[str]:
    return frozenset(role for step in life.doings for role in step.roles) - {SYSTEM}


def _only_system(life: Lifecycle, state: str, event: str) -> bool:
    steps = [step for step in life.steps(state) if step.event == event]
    return bool(steps) and all(set(step.roles) == {SYSTEM} for step in steps)


def _evidence(life: Lifecycle) -> frozenset[str]:
    return frozenset(kind for step in life.doings for kind in step.attachments)
