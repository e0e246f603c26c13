"""Can every ticket leave every state and reach its end?"""

from __future__ import annotations

import pytest

from rules.loader import load_rules
from tests.rules.sets import SMALL, SOURCE, build, problems_of

HEAD = f"id: life\ntitle: 工单\nstatus: active\n{SOURCE}\n"
STATES = "states:\n  open: {label: 待处理, initial: true}\n  done: {label: 已归档, final: true}\n"
ENDS = "1: life needs exactly one initial state and at least one final one"
CLOSE = "{event: close, label: 归档, from: open, to: done, roles: [analyst]}"


def lifecycle(*steps: str, states: str = STATES) -> str:
    return f"{HEAD}{states}transitions:\n" + "".join(f"  - {step}\n" for step in steps)


def test_a_lifecycle_knows_where_it_begins_and_what_leads_out() -> None:
    found = load_rules(SMALL).lifecycles["lifecycle.ticket"]
    step = found.steps("open")[0]
    assert (found.initial, step.event, step.to, step.requires) == ("open", "close", "done", ("cause",))
    assert found.steps("done") == ()


def test_a_step_may_leave_several_states() -> None:
    states = STATES + "  held: {label: 挂起}\n"
    steps = (
        CLOSE.replace("from: open", "from: [open, held]"),
        "{event: hold, label: 挂起, from: open, to: held, roles: [a]}",
    )
    found = build({"workflows/t.yaml": lifecycle(*steps, states=states)}).lifecycles["life"]
    assert [step.event for step in found.steps("held")] == ["close"]


def test_two_steps_of_one_event_need_different_guards() -> None:
    guarded = [CLOSE.replace("}", f", guard: {name}}}") for name in ("small", "large")]
    found = build({"workflows/t.yaml": lifecycle(*guarded)}).lifecycles["life"]
    assert [step.guard for step in found.transitions] == ["small", "large"]


@pytest.mark.parametrize(
    ("steps", "states", "problem"),
    [
        ([CLOSE, CLOSE], STATES, "10: two transitions close leave open; give them different guards"),
        ([CLOSE.replace("done", "gone")], STATES, "9: transition close names state gone, which life lacks"),
        ([CLOSE], STATES + "  held: {label: 挂起}\n", "8: state held of life can never be reached"),
        ([CLOSE, "{event: hold, label: 挂起, from: open, to: held, roles: [a]}"], STATES + "  held: {label: 挂起}\n",
         "8: no way leads from state held of life to a final one"),
        ([CLOSE], STATES.replace("initial", "final"), ENDS),
        ([CLOSE], STATES.replace(", final: true", ""), ENDS),
        ([CLOSE.replace(", roles: [analyst]", "")], STATES, "9: transition lacks roles"),
        ([CLOSE.replace("event", "evnt")], STATES, "9: transition has no field evnt; did you mean event?"),
        ([CLOSE], STATES.replace("label: 待处理, ", ""), "6: state open lacks label"),
    ],
)  # fmt: skip
def test_a_lifecycle_that_gets_stuck_is_named_with_its_line(steps: list[str], states: str, problem: str) -> None:
    assert f"workflows/t.yaml:{problem}" in problems_of({"workflows/t.yaml": lifecycle(*steps, states=states)})


def test_the_hash_of_a_lifecycle_follows_its_content() -> None:
    first = build({"workflows/t.yaml": lifecycle(CLOSE)}).lifecycles["life"]
    second = build({"workflows/t.yaml": lifecycle(CLOSE.replace("归档", "关闭"))}).lifecycles["life"]
    assert first.hash != second.hash
