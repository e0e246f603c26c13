"""Can every ticket leave every state and reach its end, and is every name in a lifecycle known?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from rules.conditions import State
from rules.facts import FactValue
from rules.loader import load_rules
from tests.rules.sets import SMALL, SOURCE, build, problems_of

HEAD = f"id: life\ntitle: 工单\nstatus: active\n{SOURCE}\n"
FIELDS = "fields:\n  note: {label: 说明, type: text}\n  gold: {label: 金牌, type: flag}\n"
STATES = "states:\n  open: {label: 待处理, initial: true}\n  done: {label: 已归档, final: true}\n"
HELD = "  held: {label: 挂起}\n"
CLOSE = "{event: close, label: 归档, from: open, to: done, roles: [analyst]}"
HOLD = "{event: hold, label: 挂起, from: open, to: held, roles: [a]}"
EXPIRE = "{event: expire, label: 到期, from: open, to: done, roles: [system]}"
CLOCK = "clocks:\n  c: {label: 时限, kind: resolution, states: [open], within: 2h, event: expire, " + SOURCE + "}\n"


def lifecycle(*steps: str, states: str = STATES, more: str = "") -> str:
    return f"{HEAD}{FIELDS}{states}transitions:\n" + "".join(f"  - {step}\n" for step in steps) + more


def test_a_lifecycle_knows_where_it_begins_and_what_leads_out() -> None:
    found = load_rules(SMALL).lifecycles["lifecycle.ticket"]
    step = found.steps("open")[0]
    assert (found.initial, step.event, step.to, step.requires) == ("open", "close", "done", ("cause",))
    assert found.steps("done") == ()


def test_a_step_may_leave_several_states() -> None:
    close = CLOSE.replace("from: open", "from: [open, held]")
    found = build({"workflows/t.yaml": lifecycle(close, HOLD, states=STATES + HELD)}).lifecycles["life"]
    assert [step.event for step in found.steps("held")] == ["close"]


def test_a_condition_looks_at_fields_and_at_facts() -> None:
    when = ", when: {all: [{fact: gold, equals: true}, {fact: wide, equals: false}]}}"
    found = build({"workflows/t.yaml": lifecycle(CLOSE.replace("}", when), CLOSE)}).lifecycles["life"]
    first, second = found.steps("open")
    assert first.when is not None
    assert second.when is None
    known: tuple[dict[str, FactValue], ...] = ({"gold": True, "wide": False}, {"gold": True})
    truths = [first.when.condition.truth(State(facts, {})) for facts in known]
    assert truths == [True, None]


def test_actions_without_states_are_there_until_the_end() -> None:
    more = "actions:\n  - {event: urge, label: 催单, roles: [analyst], counts: urged}\n"
    found = build({"workflows/t.yaml": lifecycle(CLOSE, more=more)}).lifecycles["life"]
    assert [[action.event for action in found.actions_in(state)] for state in ("open", "done")] == [["urge"], []]


def test_a_clock_says_when_it_runs_and_what_it_does() -> None:
    found = build({"workflows/t.yaml": lifecycle(CLOSE, EXPIRE, more=CLOCK)}).lifecycles["life"]
    (clock,) = found.clocks_in("open")
    assert (clock.within, clock.event, clock.calendar) == (timedelta(hours=2), "expire", "always")
    assert found.clocks_in("done") == ()


@pytest.mark.parametrize(
    ("steps", "states", "problem"),
    [
        ([CLOSE, CLOSE], STATES, "13: transition close leaves open already, and always holds"),
        ([CLOSE.replace("done", "gone")], STATES, "12: transition close names state gone, which life lacks"),
        ([CLOSE], STATES + HELD, "11: state held of life can never be reached"),
        ([CLOSE, HOLD], STATES + HELD, "11: no way leads from state held of life to a final one"),
        ([CLOSE, CLOSE.replace("from: open", "from: done")], STATES, "close leaves done, which is final"),
        ([CLOSE], STATES.replace("initial", "final"), "1: life needs exactly one initial state"),
        ([CLOSE], STATES.replace(", final: true", ""), "1: life needs exactly one initial state"),
        ([CLOSE.replace(", roles: [analyst]", "")], STATES, "12: transition lacks roles"),
        ([CLOSE.replace("event", "evnt")], STATES, "12: transition has no field evnt; did you mean event?"),
        ([CLOSE], STATES.replace("label: 待处理, ", ""), "9: state open lacks label"),
        ([CLOSE.replace("}", ", requires: [notes]}")], STATES, "requires notes, which is no field; did you mean note?"),
        ([CLOSE.replace("}", ", assign: somebody}")], STATES, "assigns to somebody"),
        ([CLOSE.replace("}", ", reply: words}")], STATES, "uses words, which is no field"),
        ([CLOSE.replace("[analyst]", "[analist]")], STATES, "there is no role analist; did you mean analyst?"),
        ([CLOSE.replace("}", ", child: life2}")], STATES, "there is no lifecycle life2; did you mean life?"),
        ([CLOSE.replace("}", ", notify: [{message: m, to: analyst, channel: sms}]}")], STATES, "there is no reply m"),
        ([CLOSE.replace("}", ", notify: [{message: m, to: nobdy, channel: sms}]}")], STATES, "nobody is called nobdy"),
    ],
)  # fmt: skip
def test_a_lifecycle_that_gets_stuck_is_named_with_its_line(steps: list[str], states: str, problem: str) -> None:
    found = problems_of({"workflows/t.yaml": lifecycle(*steps, states=states)})
    assert any(problem in line and line.startswith("workflows/t.yaml:") for line in found), found


@pytest.mark.parametrize(
    ("right", "wrong", "problem"),
    [
        ("states: [open]", "states: [done]", "clock c runs in a final state of life"),
        ("within: 2h", "within: 2 hours", "within of clock c must be like 30m, 12h or 3d"),
        ("event: expire", "event: close", "clock c fires close, which the system cannot do in open"),
        ("event: expire", "stop: [closed]", "clock c ends with closed, which is no event; did you mean close?"),
        ("event: expire", "calendar: office", "there is no calendar office"),
        ("event: expire", "warn: 30m", "clock c warns: it needs somebody in warned"),
        ("event: expire", "within_hours: kind", "must be a number fact, kind is a choice"),
    ],
)
def test_a_clock_that_cannot_work_is_named(right: str, wrong: str, problem: str) -> None:
    found = problems_of({"workflows/t.yaml": lifecycle(CLOSE, EXPIRE, more=CLOCK.replace(right, wrong))})
    assert any(problem in line for line in found), found


def test_an_event_is_a_transition_or_an_action_not_both() -> None:
    more = "actions:\n  - {event: close, label: 归档, roles: [analyst]}\n"
    found = problems_of({"workflows/t.yaml": lifecycle(CLOSE, more=more)})
    assert any("close is a transition of life and an action too" in line for line in found)


def test_the_hash_of_a_lifecycle_follows_its_content() -> None:
    first = build({"workflows/t.yaml": lifecycle(CLOSE)}).lifecycles["life"]
    second = build({"workflows/t.yaml": lifecycle(CLOSE.replace("归档", "关闭"))}).lifecycles["life"]
    assert first.hash != second.hash
