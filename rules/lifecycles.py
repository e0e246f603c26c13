"""Which states does a ticket go through, who may move it, and when? Lifecycles of workflows/*.yaml.

Every state can be reached from the initial one, and from every state a final one can be reached. A ticket keeps the
hash of the lifecycle it began with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rules.canonical import digest
from rules.form import Form
from rules.problems import Place, Problems
from rules.source import STATUSES, Source, Status, read_source
from rules.yaml_nodes import Node

FIELDS = ("id", "title", "status", "source", "states", "transitions")


@dataclass(frozen=True, slots=True)
class LifecycleState:
    """One state. label: Chinese."""

    id: str
    label: str
    initial: bool
    final: bool
    place: Place


@dataclass(frozen=True, slots=True)
class Transition:
    """One step. event: its name in code; label: Chinese. from_states: any of them. requires: fields that must be given.

    guard: name of a further test that the caller knows; None for none.
    """

    event: str
    label: str
    from_states: tuple[str, ...]
    to: str
    roles: tuple[str, ...]
    requires: tuple[str, ...]
    guard: str | None
    place: Place


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """One lifecycle. hash: sha256 hex of its content."""

    id: str
    title: str
    status: Status
    source: Source
    states: Mapping[str, LifecycleState]
    transitions: tuple[Transition, ...]
    hash: str
    place: Place
    node: Node

    @property
    def initial(self) -> str:
        """Id of the state a ticket begins in."""
        return next(state.id for state in self.states.values() if state.initial)

    def steps(self, state: str) -> tuple[Transition, ...]:
        """Return the steps that lead out of a state."""
        return tuple(step for step in self.transitions if state in step.from_states)


def read_lifecycle(node: Node, problems: Problems) -> Lifecycle:
    """Return the lifecycle of one document; problems, also of its shape, are recorded, never raised."""
    form = Form(node, problems, "lifecycle", FIELDS)
    states = {name: _read_state(name, item, problems) for name, item in form.mapping("states", required=True).items()}
    steps = tuple(_read_transition(item, problems) for item in form.items("transitions", required=True))
    lifecycle = Lifecycle(
        form.text("id"), form.text("title"), form.choice("status", STATUSES), read_source(form), states, steps,
        digest(node.data()), node.place, node,
    )  # fmt: skip
    if form.readable and states:
        _prove(lifecycle, problems)
    return lifecycle


def _read_state(name: str, node: Node, problems: Problems) -> LifecycleState:
    form = Form(node, problems, f"state {name}", ("label", "initial", "final"))
    return LifecycleState(name, form.text("label"), form.flag("initial"), form.flag("final"), node.place)


def _read_transition(node: Node, problems: Problems) -> Transition:
    form = Form(node, problems, "transition", ("event", "label", "from", "to", "roles", "requires", "guard"))
    start = form.get("from")
    many = start is not None and isinstance(start.value, tuple)
    return Transition(
        form.text("event"), form.text("label"), form.texts("from") if many else (form.text("from"),), form.text("to"),
        form.texts("roles", required=True), form.texts("requires"), form.maybe_text("guard"), node.place,
    )  # fmt: skip


def _prove(lifecycle: Lifecycle, problems: Problems) -> None:
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


def _edges(lifecycle: Lifecycle, problems: Problems) -> set[tuple[str, str]]:
    edges: set[tuple[str, str]] = set()
    seen: set[tuple[str, str, str | None]] = set()
    for step in lifecycle.transitions:
        for start in step.from_states:
            for name in (start, step.to):
                if name not in lifecycle.states:
                    problems.error(
                        step.place, f"transition {step.event} names state {name}, which {lifecycle.id} lacks"
                    )
            if (start, step.event, step.guard) in seen:
                problems.error(step.place, f"two transitions {step.event} leave {start}; give them different guards")
            seen.add((start, step.event, step.guard))
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
