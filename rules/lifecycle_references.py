"""Does every lifecycle name only messages, calendars, roles, child lifecycles and instructions that there are?"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from rules.calendars import ALWAYS
from rules.content import Content
from rules.form import suggest
from rules.lifecycles import HOLDERS, SYSTEM, Lifecycle, Notice
from rules.problems import Place, Problems


def check_lifecycles(content: Content, problems: Problems) -> None:
    """Record every name in a lifecycle that nothing answers to."""
    known: dict[str, Collection[str]] = {
        "reply": content.replies,
        "lifecycle": content.lifecycles,
        "calendar": {*content.calendars, ALWAYS},
        "role": {*content.roles, SYSTEM},
        "instruction": content.handbook,
        "table": content.tables,
    }
    for lifecycle in content.lifecycles.values():
        for kind, name, place in _named(lifecycle):
            if name not in known[kind]:
                problems.error(place, f"there is no {kind} {name}{suggest(name, known[kind])}")
        _check_form(lifecycle, content, problems)
        people = {*content.roles, *HOLDERS, *lifecycle.fields}
        for notice in notices(lifecycle):
            if notice.to not in people:
                problems.error(notice.place, f"nobody is called {notice.to}{suggest(notice.to, people)}")


def _check_form(lifecycle: Lifecycle, content: Content, problems: Problems) -> None:
    if lifecycle.form is None:
        return
    table = content.tables.get(lifecycle.form.table)
    outputs = {output.name for output in table.outputs} if table else set(lifecycle.form.fields)
    for name in lifecycle.form.fields:
        if name not in outputs:
            problems.error(lifecycle.form.place, f"{lifecycle.form.table} has no output {name}{suggest(name, outputs)}")
    for name in (*lifecycle.form.fields, *lifecycle.form.needs):
        if name not in lifecycle.fields:
            problems.error(
                lifecycle.form.place, f"form names {name}, which is no field{suggest(name, lifecycle.fields)}"
            )


def _named(lifecycle: Lifecycle) -> Iterator[tuple[str, str, Place]]:
    yield from (("instruction", name, lifecycle.place) for name in lifecycle.covered)
    for state in lifecycle.states.values():
        if state.role:
            yield "role", state.role, state.place
    for step in lifecycle.doings:
        yield from (("role", role, step.place) for role in step.roles)
        if step.effects.child is not None:
            yield "lifecycle", step.effects.child, step.place
    if lifecycle.form is not None:
        yield "table", lifecycle.form.table, lifecycle.form.place
    for clock in lifecycle.clocks.values():
        yield "calendar", clock.calendar, clock.place
    yield from (("reply", notice.message, notice.place) for notice in notices(lifecycle))


def notices(lifecycle: Lifecycle) -> Iterator[Notice]:
    """Give everything that a lifecycle tells anybody."""
    for step in lifecycle.doings:
        yield from step.effects.notify
    for clock in lifecycle.clocks.values():
        yield from (*clock.warned, *clock.notify)
        for level in clock.levels:
            yield from level
