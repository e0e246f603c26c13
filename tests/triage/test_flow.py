"""Does the engine let through what each lifecycle says, and nothing else? Generated from the lifecycles' data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from rules.lifecycles import SYSTEM, Action, Lifecycle, Transition
from tests.triage.flow_fakes import LIVES, Step, handbook, life_of, person, satisfied
from tests.triage.makers import NOON
from triage import flow
from triage.actors import LOCAL_OPERATOR, ROLES, Actor
from triage.actors import SYSTEM as SYSTEM_ACTOR
from triage.errors import Forbidden, NotNow, Refused
from triage.flow import Asked, Moved
from triage.records_flow import Flow

RULES = handbook()


def standing(life: Lifecycle, state: str, values: dict[str, str]) -> Flow:
    """A ticket that stands in a state with some fields filled in, held by nobody."""
    begun = flow.begin(life, RULES, "t", actor=person("creator"), at=NOON, values=values)
    return replace(begun, state=state, role=life.states[state].role)


def places(step: Step, life: Lifecycle) -> tuple[str, ...]:
    if isinstance(step, Transition):
        return step.from_states
    return step.states or tuple(state.id for state in life.states.values() if not state.final)


def every_step() -> Iterator[tuple[str, str, int]]:
    for name in LIVES:
        life = life_of(name)
        for number, step in enumerate(life.doings):
            for state in places(step, life):
                yield name, state, number


def taker(step: Step) -> Actor:
    return SYSTEM_ACTOR if SYSTEM in step.roles else person("somebody", *step.roles)


def take(name: str, state: str, number: int, *, actor: Actor | None = None, without: str = "") -> tuple[Moved, Step]:
    life = life_of(name)
    step = life.doings[number]
    found = satisfied(life, RULES, step)
    assert found is not None, f"nothing satisfies {step.event} of {name}"
    facts, values = found
    values = {key: value for key, value in values.items() if key != without}
    stands = standing(life, state, {})
    if without:
        stands = replace(stands, fields={k: v for k, v in stands.fields.items() if k != without})
    asked = Asked(step.event, actor or taker(step), NOON, values, frozenset(step.attachments))
    return flow.fire(life, RULES, stands, asked, facts), step


IDS = [f"{name}-{state}-{life_of(name).doings[number].event}-{number}" for name, state, number in every_step()]


@pytest.mark.parametrize(("name", "state", "number"), list(every_step()), ids=IDS)
def test_every_step_of_the_handbooks_leads_where_they_say(name: str, state: str, number: int) -> None:
    moved, step = take(name, state, number)
    to = step.to if isinstance(step, Transition) else state
    assert (moved.after.state, moved.after.version) == (to, 2)
    assert (moved.after.ended_at is not None) is life_of(name).states[to].final


@pytest.mark.parametrize(("name", "state", "number"), list(every_step()), ids=IDS)
def test_no_step_is_taken_without_its_role(name: str, state: str, number: int) -> None:
    others = person("other", *(set(ROLES) - set(life_of(name).doings[number].roles)))
    event = life_of(name).doings[number].event
    same = [step for step in life_of(name).doings if step.event == event and state in places(step, life_of(name))]
    others = replace(others, roles=others.roles - {role for step in same for role in step.roles})
    with pytest.raises(Forbidden):
        take(name, state, number, actor=others)


def needed() -> Iterator[tuple[str, str, int, str]]:
    for name, state, number in every_step():
        form = life_of(name).form
        for field in life_of(name).doings[number].requires:
            if form is None or field not in form.fields:  # what a table may fill in has tests of its own
                yield name, state, number, field


@pytest.mark.parametrize(("name", "state", "number", "field"), list(needed()))
def test_no_step_is_taken_without_what_it_requires(name: str, state: str, number: int, field: str) -> None:
    with pytest.raises((Refused, NotNow)):
        take(name, state, number, without=field)


def forbidden() -> Iterator[tuple[str, str, str]]:
    for name in LIVES:
        life = life_of(name)
        events = {step.event for step in life.doings}
        for state in life.states:
            here = {step.event for step in life.doings if state in places(step, life)}
            yield from ((name, state, event) for event in sorted(events - here))


@pytest.mark.parametrize(("name", "state", "event"), list(forbidden()))
def test_every_other_event_is_refused_with_those_that_are_allowed(name: str, state: str, event: str) -> None:
    life = life_of(name)
    stands = standing(life, state, {})
    with pytest.raises(NotNow) as refusal:
        flow.fire(life, RULES, stands, Asked(event, LOCAL_OPERATOR, NOON), {})
    here = {step.event for step in life.doings if state in places(step, life) and set(step.roles) != {SYSTEM}}
    assert refusal.value.allowed.keys() <= here
    assert bool(refusal.value.allowed) is bool(here)


def test_an_unknown_fact_is_refused_and_named_never_taken_for_no() -> None:
    life = life_of("group_complaint")
    stands = standing(life, "archiving", {"caused_by_fault": "true"})
    with pytest.raises(Refused, match="客户") as refusal:
        flow.fire(life, RULES, stands, Asked("archive", LOCAL_OPERATOR, NOON), {})
    assert refusal.value.field == "customer_level"


def test_a_gold_customers_fault_needs_its_report_first() -> None:
    life = life_of("group_complaint")
    stands = standing(life, "archiving", {"caused_by_fault": "true", "customer_level": "gold"})
    archive = Asked("archive", LOCAL_OPERATOR, NOON)
    with pytest.raises(NotNow, match="故障报告"):
        flow.fire(life, RULES, stands, archive, {})
    report = Asked("make_fault_report", LOCAL_OPERATOR, NOON, {"fault_report": "F-1"})
    reported = flow.fire(life, RULES, stands, report, {}).after
    assert flow.fire(life, RULES, reported, archive, {}).after.state == "archived"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"nonsense": "1"}, "没有 nonsense 这一项"),
        ({"unit_price": "1"}, "由系统填写"),
        ({"quantity": "many"}, "数字"),
        ({"quantity": "-1"}, "数字"),
        ({"specialty_type": "海洋"}, "只能是"),
        ({"note": "长" * 4_001}, "超过"),
    ],
)
def test_a_field_that_cannot_be_so_is_named(given: dict[str, str], sentence: str) -> None:
    life = life_of("general_ticket")
    with pytest.raises(Refused, match=sentence) as refusal:
        flow.fire(life, RULES, standing(life, "draft", {}), Asked("message", LOCAL_OPERATOR, NOON, given), {})
    assert refusal.value.field == next(iter(given))


SEND = {"worker": "w", "reviewer": "r"}


@pytest.mark.parametrize(
    ("kind", "given", "outcome"),
    [
        (("无线", "室分", "投诉实测"), {}, {"quantity": "1", "unit_price": "300.00", "material": "0"}),
        (("无线", "基站", "故障处理"), {"material": "80"}, {"quantity": "1", "unit_price": "260.00", "material": "80"}),
        (("传输", "管线", "巡检"), {"quantity": "4", "material": "1"}, {"quantity": "4", "unit_price": "120.00"}),
        (("无线", "室分", "投诉实测"), {"quantity": "2"}, "计费数量"),
        (("无线", "室分", "投诉实测"), {"material": "5"}, "材料费"),
        (("集客", "专线", "故障处理"), {"material": "5"}, "计费数量"),
        (("无线", "基站", "故障处理"), {}, "材料费"),
    ],
)
def test_the_table_of_parameters_fills_and_locks_the_form(
    kind: tuple[str, str, str], given: dict[str, str], outcome: dict[str, str] | str
) -> None:
    life = life_of("general_ticket")
    chosen = dict(zip(("specialty_type", "task_scope", "task_type"), kind, strict=True))
    asked = Asked("send", LOCAL_OPERATOR, NOON, {**chosen, **SEND, **given})
    if isinstance(outcome, str):
        with pytest.raises(Refused, match=outcome):
            flow.fire(life, RULES, standing(life, "draft", {}), asked, {})
        return
    after = flow.fire(life, RULES, standing(life, "draft", {}), asked, {}).after
    assert {name: after.fields.get(name) for name in outcome} == outcome


def test_what_the_table_filled_in_falls_away_with_another_kind_of_task() -> None:
    life = life_of("general_ticket")
    first = {"specialty_type": "无线", "task_scope": "室分", "task_type": "投诉实测", "note": "x"}
    filled = flow.fire(
        life, RULES, standing(life, "draft", {}), Asked("message", LOCAL_OPERATOR, NOON, first), {}
    ).after
    assert filled.fields["material"] == "0"
    other = Asked("send", LOCAL_OPERATOR, NOON, {**SEND, "task_type": "故障处理"})
    with pytest.raises(Refused, match="材料费"):
        flow.fire(life, RULES, filled, other, {})


def test_a_note_is_written_anew_each_time() -> None:
    life = life_of("mobile_complaint")
    noted = flow.fire(
        life, RULES, standing(life, "locating", {}), Asked("progress", LOCAL_OPERATOR, NOON, {"note": "一"}), {}
    ).after
    with pytest.raises(Refused, match="说明"):
        flow.fire(life, RULES, noted, Asked("progress", LOCAL_OPERATOR, NOON), {})


def test_a_ticket_in_somebodys_hands_is_moved_by_them_or_an_overseer() -> None:
    life = life_of("group_complaint")
    held = replace(standing(life, "pending", {}), holder="wang")
    done = {"result": "好了"}
    with pytest.raises(Forbidden, match="wang"):
        flow.fire(life, RULES, held, Asked("complete", person("li", "ticket_receiver"), NOON, done), {})
    own = flow.fire(life, RULES, held, Asked("complete", person("wang", "ticket_receiver"), NOON, done), {})
    overseer = person("zhao", "ticket_receiver", "supervisor")
    assert flow.fire(life, RULES, held, Asked("complete", overseer, NOON, done), {}).after.state == own.after.state


def test_the_ticket_goes_back_to_whom_it_came_from() -> None:
    life = life_of("group_complaint")
    stands = replace(standing(life, "pending", {}), holder="wang", previous="creator")
    back = flow.fire(
        life, RULES, stands, Asked("reject", person("wang", "ticket_receiver"), NOON, {"reason": "错"}), {}
    )
    assert (back.after.holder, back.after.previous) == ("creator", "wang")


def test_the_local_operator_has_every_role_of_the_rules() -> None:
    assert LOCAL_OPERATOR.roles == {*RULES.roles, "administrator"}


def test_actions_keep_the_ticket_where_it_is_and_count() -> None:
    life = life_of("mobile_complaint")
    urge = Asked("urge", LOCAL_OPERATOR, NOON, {"note": "快"})
    once = flow.fire(life, RULES, standing(life, "with_centre", {}), urge, {}).after
    twice = flow.fire(life, RULES, once, urge, {})
    assert isinstance(twice.step, Action)
    assert (twice.after.state, twice.after.counts) == ("with_centre", {"urged": 2})
