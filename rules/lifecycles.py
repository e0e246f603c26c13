"""Which states does a ticket go through, who may move it, and what happens beside it? Lifecycles of workflows/*.yaml.

A transition moves a ticket, an action does something to it where it stands, a clock watches it. What a person fills in
are fields; conditions may look at them and at the facts of the ticket. A ticket keeps the hash of the lifecycle it
began with, so that it ends under the rules it began under. `covers` of a part names the handbook's instructions that
the part carries out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, get_args

from rules.condition_reading import When
from rules.problems import Place
from rules.source import Source, Status
from rules.yaml_nodes import Node

FieldType = Literal["text", "choice", "number", "flag", "date", "time", "person", "group", "centre"]
Channel = Literal["sms", "express", "email", "page"]
ClockKind = Literal["response", "resolution", "step", "report"]
Holder = Literal["creator", "actor", "holder", "previous", "nobody"]

FIELD_TYPES: tuple[FieldType, ...] = get_args(FieldType)
CHANNELS: tuple[Channel, ...] = get_args(Channel)
CLOCK_KINDS: tuple[ClockKind, ...] = get_args(ClockKind)
HOLDERS: tuple[Holder, ...] = get_args(Holder)
SYSTEM = "system"
"""The role of steps that no person takes: clocks and other processes fire them."""


@dataclass(frozen=True, slots=True)
class FormField:
    """Something that is filled in. label: Chinese. values: value → what people see; empty where any value may be.

    default: what it holds at first, "" for nothing. readonly: people see it and cannot change it. hint: beside it.
    fact: the fact of the vocabulary that it is; None where it is only this lifecycle's. personal: masked by default,
    and kept apart from the history, so that it can be erased. each: filled in anew at each event, e.g. a note.
    """

    id: str
    label: str
    type: FieldType
    values: Mapping[str, str]
    default: str
    readonly: bool
    hint: str
    fact: str | None
    personal: bool
    covers: tuple[str, ...]
    place: Place
    each: bool = False


@dataclass(frozen=True, slots=True)
class FilledField:
    """A field that a table fills and locks. leaves: answers of the table that leave it to the person.

    values: answer → what the field then holds, where that is not the answer itself.
    """

    leaves: tuple[str, ...]
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FilledForm:
    """A table that fills in fields (工单参数配置表). fields: those of the outputs' names. needs: filled in before."""

    table: str
    needs: tuple[str, ...]
    fields: Mapping[str, FilledField]
    place: Place


@dataclass(frozen=True, slots=True)
class LifecycleState:
    """One state. label: Chinese. role: whose work it is while it lasts, "" for nobody's.

    unclaimed: it waits for somebody of the role to take it (待接单). tmf: the status of TMF621 that it shows outside.
    """

    id: str
    label: str
    initial: bool
    final: bool
    role: str
    unclaimed: bool
    tmf: str
    covers: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Notice:
    """Somebody is told something. message: id of a reply text. to: a role, a field that names a person, or a holder."""

    message: str
    to: str
    channel: Channel
    place: Place


@dataclass(frozen=True, slots=True)
class Effects:
    """What a step does beside moving the ticket.

    notify: who is told. reply: the field whose text goes back to the upstream system. child: the lifecycle of a new
    ticket that belongs to this one. set: field → value. counts: a counter that goes up by one. assign: a field that
    names who holds the ticket now, or a holder; "" leaves it with whom it is.
    """

    notify: tuple[Notice, ...] = ()
    reply: str | None = None
    child: str | None = None
    set: Mapping[str, str] | None = None
    counts: str | None = None
    assign: str = ""


@dataclass(frozen=True, slots=True)
class Transition:
    """One step. event: its name in code; label: Chinese. from_states: any of them.

    requires: fields that must be filled in; attachments: kinds of evidence that must be attached. when: what must hold
    besides; of several steps of one event out of one state, the first that holds is taken. otherwise: the sentence
    for people where it does not hold, "" for one that names the facts.
    """

    event: str
    label: str
    from_states: tuple[str, ...]
    to: str
    roles: tuple[str, ...]
    requires: tuple[str, ...]
    attachments: tuple[str, ...]
    when: When | None
    effects: Effects
    covers: tuple[str, ...]
    place: Place
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """Something done to a ticket that stays where it is: 阶段回复, 催单. states: empty means all but final."""

    event: str
    label: str
    states: tuple[str, ...]
    roles: tuple[str, ...]
    requires: tuple[str, ...]
    attachments: tuple[str, ...]
    when: When | None
    effects: Effects
    covers: tuple[str, ...]
    place: Place
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """A deadline. It runs in the states of `states`, stands still in those of `pause`, and ends with the events `stop`.

    within: how long; within_hours: the number fact that says how long instead, `within` where it is unknown.
    calendar: id of a calendar, or `always`. warn: how long before the end people are warned, None for never.
    event: what happens to the ticket at the end, "" for nothing. notify: who is told at the end. levels: for a chain of
    escalation, who is told at the first end, at the second (after as long again) and so on.
    """

    id: str
    label: str
    kind: ClockKind
    states: tuple[str, ...]
    pause: tuple[str, ...]
    stop: tuple[str, ...]
    within: timedelta
    within_hours: str | None
    calendar: str
    warn: timedelta | None
    warned: tuple[Notice, ...]
    event: str
    notify: tuple[Notice, ...]
    levels: tuple[tuple[Notice, ...], ...]
    source: Source
    covers: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """One lifecycle. fields, states, clocks: in the file's order. hash: sha256 hex of its content."""

    id: str
    title: str
    status: Status
    source: Source
    fields: Mapping[str, FormField]
    states: Mapping[str, LifecycleState]
    transitions: tuple[Transition, ...]
    actions: tuple[Action, ...]
    clocks: Mapping[str, Clock]
    covers: tuple[str, ...]
    hash: str
    place: Place
    node: Node
    form: FilledForm | None = None

    @property
    def initial(self) -> str:
        """Id of the state a ticket begins in."""
        return next(state.id for state in self.states.values() if state.initial)

    @property
    def doings(self) -> tuple[Transition | Action, ...]:
        """Everything that can be done to a ticket."""
        return (*self.transitions, *self.actions)

    @property
    def covered(self) -> Mapping[str, tuple[str, ...]]:
        """Where each covered instruction is carried out: instruction → `event close`, `field note` and so on."""
        parts: list[tuple[str, tuple[str, ...]]] = [(f"lifecycle {self.id}", self.covers)]
        parts += [(f"field {field.id}", field.covers) for field in self.fields.values()]
        parts += [(f"state {state.id}", state.covers) for state in self.states.values()]
        parts += [(f"event {step.event}", step.covers) for step in self.doings]
        parts += [(f"clock {clock.id}", clock.covers) for clock in self.clocks.values()]
        where: dict[str, tuple[str, ...]] = {}
        for part, covers in parts:
            for instruction in covers:
                where[instruction] = (*where.get(instruction, ()), part)
        return where

    def steps(self, state: str) -> tuple[Transition, ...]:
        """Return the steps that lead out of a state."""
        return tuple(step for step in self.transitions if state in step.from_states)

    def actions_in(self, state: str) -> tuple[Action, ...]:
        """Return what can be done to a ticket that stays in a state."""
        here = self.states[state]
        return tuple(a for a in self.actions if state in a.states or (not a.states and not here.final))

    def clocks_in(self, state: str) -> tuple[Clock, ...]:
        """Return the clocks that a ticket in a state has, running or standing still."""
        return tuple(clock for clock in self.clocks.values() if state in clock.states or state in clock.pause)
