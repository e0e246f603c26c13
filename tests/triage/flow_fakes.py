"""Tickets on lifecycles for tests: the handbooks' rules, a desk over a store, a clock that is set by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from itertools import product

from rules.facts import FactValue
from rules.lifecycles import Action, Lifecycle, Transition
from rules.loader import load_rules
from rules.ruleset import RuleSet
from tests.triage.makers import NOON, make_decision, make_ticket
from triage.actors import LOCAL_OPERATOR, Actor
from triage.cases.begin import begin_many
from triage.cases.send_notices import Post
from triage.decide import Decided
from triage.flow_desk import FlowDesk
from triage.flow_fields import state_of
from triage.flow_shelf import Shelf
from triage.flow_trial import example
from triage.records import Triaged
from triage.store.database import SqlStore
from triage.tickets import Ticket

LIVES = ("mobile_complaint", "broadband_fault", "group_complaint", "general_ticket", "escalation")
Step = Transition | Action


@cache
def handbook() -> RuleSet:
    """The rules of the handbooks, loaded once."""
    return load_rules()


class SetClock:
    """A clock that stands where it is put."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def pass_by(self, **length: float) -> None:
        self.at += timedelta(**length)


def person(name: str, *roles: str) -> Actor:
    return Actor(name, frozenset(roles), frozenset())


def life_of(name: str, rules: RuleSet | None = None) -> Lifecycle:
    return (rules or handbook()).lifecycles[f"workflow.{name}"]


def decided(store: SqlStore, ticket: Ticket, life: Lifecycle | None, facts: Mapping[str, object]) -> Decided:
    """A decision about a ticket that begins a lifecycle."""
    id_ = store.id_of(ticket.source, ticket.number)
    domain = "broadband" if life is not None and life.id == "workflow.broadband_fault" else "mobile"
    decision = make_decision(id_, ticket.number, domain=domain)
    return Decided(ticket, decision, json.dumps(facts), None if life is None else (life.id, life.hash))


def keep_flow(
    store: SqlStore,
    name: str,
    number: str = "YN-001",
    *,
    rules: RuleSet | None = None,
    facts: Mapping[str, object] | None = None,
    at: datetime = NOON,
    actor: Actor = LOCAL_OPERATOR,
    **fields: str,
) -> str:
    """Keep a ticket that has begun a lifecycle; return its id. fields: of the upstream system."""
    rules = rules or handbook()
    one = decided(store, make_ticket(number, **fields), life_of(name, rules), facts or {})
    with store.begin() as work:
        entry = Triaged(one.ticket, one.decision, one.facts_json, "m" * 64, one.lifecycle)
        work.tickets.save_many([entry], at)
        work.rule_sets.remember(rules.hash, rules.archive(), at)
        begin_many(work, [one], rules, actor=actor, at=at)
    return one.decision.id


def make_desk(
    store: SqlStore, clock: SetClock | None = None, *, rules: RuleSet | None = None, post: Post | None = None
) -> FlowDesk:
    """A desk over a store, by the rules of the handbooks unless others are given."""
    chosen = rules or handbook()
    speed = handbook().speed["speed.home-broadband"]
    return FlowDesk(
        store,
        Shelf(lambda: chosen),
        clock or SetClock(),
        decide=lambda ticket: decided(store, ticket, None, {}),
        speed=speed,
        post=post,
    )


def satisfied(life: Lifecycle, rules: RuleSet, step: Step) -> tuple[dict[str, FactValue], dict[str, str]] | None:
    """Facts and fields under which a step is taken: examples of what it requires, and what its condition asks.

    Steps of the same event that come before it must not hold. None where nothing was found.
    """
    fields = {name: example(life.fields[name], rules) for name in step.requires}
    before = [other for other in life.doings[: life.doings.index(step)] if _rivals(other, step)]
    reads = sorted({name for one in (*before, step) if one.when for name in one.when.condition.reads()})
    for choice in product(*(_values(life, rules, name) for name in reads)):
        chosen = dict(zip(reads, choice, strict=True))
        own = {name for name, field in life.fields.items() if (field.fact or name) in chosen}
        by_field = {name: _text(chosen[life.fields[name].fact or name]) for name in own}
        facts = {name: value for name, value in chosen.items() if name in rules.facts and value is not None}
        values = {**fields, **{name: text for name, text in by_field.items() if text}}
        state = state_of(life, rules, facts, values)
        holds = step.when is None or step.when.condition.truth(state) is True
        rivalled = any(other.when is None or other.when.condition.truth(state) is not False for other in before)
        if holds and not rivalled and all(values.get(name) for name in step.requires):
            return facts, values
    return None


def _rivals(one: Step, other: Step) -> bool:
    if not isinstance(one, Transition) or not isinstance(other, Transition):
        return False
    return one.event == other.event and not set(one.from_states).isdisjoint(other.from_states)


def _values(life: Lifecycle, rules: RuleSet, name: str) -> list[FactValue | None]:
    field = next((field for field in life.fields.values() if (field.fact or field.id) == name), None)
    kind = field.type if field is not None else rules.facts[name].type
    values = field.values if field is not None else rules.facts[name].values
    if kind == "flag":
        return [True, False]
    return [*values, None] if values else ["示例", None]


def _text(value: FactValue | None) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
