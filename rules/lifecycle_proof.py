"""Can every ticket leave every state, reach its end, and be moved by every clock that runs? Found when rules load."""

from __future__ import annotations

from collections.abc import Iterable

from rules.form import suggest
from rules.lifecycles import HOLDERS, SYSTEM, Action, Clock, Effects, Lifecycle, Transition
from rules.problems import Place, Problems


def prove(lifecycle: Lifecycle, problems: Problems) -> None:
    """Record states that are never reached or never left, and names that the lifecycle does not know."""
    states = lifecycle.states
    initial = [state.id for state in states.values() if state.initial]
    final = [state.id for state in states.values() if state.final]
    if len(initial) != 1 or not final:
        problems.error(lifecycle.place, f"{lifecycle.id} needs exactly one initial state and at least one final one")
        return
    edges = _edges(lifecycle, problems)
    for name in states.keys() - _closure(initial, edges):
        problems.error(states[name].place, f"state {name} of {lifecycle.id} can never be reached")
    back = {(to, start) for start, to in edges}
    for name in states.keys() - _closure(final, back):
        problems.error(states[name].place, f"no way leads from state {name} of {lifecycle.id} to a final one")
    for step in lifecycle.doings:
        _prove_step(step, lifecycle, problems)
    for clock in lifecycle.clocks.values():
        _prove_clock(clock, lifecycle, problems)


def _edges(lifecycle: Lifecycle, problems: Problems) -> set[tuple[str, str]]:
    edges: set[tuple[str, str]] = set()
    taken: set[tuple[str, str]] = set()  # state and event that always hold
    for step in lifecycle.transitions:
        for start in step.from_states:
            _known((start, step.to), lifecycle, step.place, f"transition {step.event}", problems)
            if (start, step.event) in taken:
                problems.error(step.place, f"transition {step.event} leaves {start} already, and always holds")
            if step.when is None:
                taken.add((start, step.event))
            if start in lifecycle.states and lifecycle.states[start].final:
                problems.error(step.place, f"transition {step.event} leaves {start}, which is final")
            edges.add((start, step.to))
    return edges


def _closure(starts: list[str], edges: set[tuple[str, str]]) -> set[str]:
    reached, waiting = set(starts), list(starts)
    while waiting:
        here = waiting.pop()
        for start, to in edges:
            if start == here and to not in reached:
                reached.add(to)
                waiting.append(to)
    return reached


def _known(names: Iterable[str], lifecycle: Lifecycle, place: Place, what: str, problems: Problems) -> None:
    for name in names:
        if name not in lifecycle.states:
            problems.error(place, f"{what} names state {name}, which {lifecycle.id} lacks")


def _prove_step(step: Transition | Action, lifecycle: Lifecycle, problems: Problems) -> None:
    what = f"{step.event} of {lifecycle.id}"
    for name in step.requires:
        if name not in lifecycle.fields:
            problems.error(step.place, f"{what} requires {name}, which is no field{suggest(name, lifecycle.fields)}")
        elif lifecycle.fields[name].readonly:
            problems.error(step.place, f"{what} requires {name}, which nobody can fill in")
    if isinstance(step, Action):
        _known(step.states, lifecycle, step.place, f"action {step.event}", problems)
        if any(step.event == other.event for other in lifecycle.transitions):
            problems.error(step.place, f"{step.event} is a transition of {lifecycle.id} and an action too")
    _prove_effects(step.effects, what, lifecycle, step.place, problems)


def _prove_effects(effects: Effects, what: str, lifecycle: Lifecycle, place: Place, problems: Problems) -> None:
    named = {effects.reply or "", *(effects.set or {})} - {""}
    for name in sorted(named - lifecycle.fields.keys()):
        problems.error(place, f"{what} uses {name}, which is no field{suggest(name, lifecycle.fields)}")
    for name, value in (effects.set or {}).items():
        field = lifecycle.fields.get(name)
        if field is not None and field.type == "choice" and value not in field.values:
            problems.error(place, f"{value} is no value of {name}{suggest(value, field.values)}")
    if effects.assign and effects.assign not in (*HOLDERS, *lifecycle.fields):
        problems.error(place, f"{what} assigns to {effects.assign}; write a field, or {', '.join(HOLDERS)}")


def _prove_clock(clock: Clock, lifecycle: Lifecycle, problems: Problems) -> None:
    what = f"clock {clock.id}"
    _known((*clock.states, *clock.pause), lifecycle, clock.place, what, problems)
    running = [name for name in clock.states if name in lifecycle.states]
    if any(lifecycle.states[name].final for name in running):
        problems.error(clock.place, f"{what} runs in a final state of {lifecycle.id}")
    events = {step.event for step in lifecycle.doings}
    for name in clock.stop:
        if name not in events:
            problems.error(clock.place, f"{what} ends with {name}, which is no event{suggest(name, events)}")
    if clock.event:
        for state in running:
            steps = [step for step in lifecycle.steps(state) if step.event == clock.event]
            if not any(SYSTEM in step.roles for step in steps):
                problems.error(clock.place, f"{what} fires {clock.event}, which the system cannot do in {state}")
    if clock.warn is not None and (clock.warn >= clock.within or not clock.warned):
        problems.error(clock.place, f"{what} warns: it needs somebody in warned, and warn shorter than within")
