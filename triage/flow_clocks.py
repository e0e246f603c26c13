"""What becomes of a ticket's clocks when it moves, and when does each act? Pure: the time is an argument.

A clock runs in its states, stands still in those where it pauses, ends for good with its events, and begins anew where
its states are entered again after they were left. Each moment of it is a `Timer`: the warning, the end, and of a chain
the level that comes next. Working time is counted by the calendar of the clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from rules.calendars import ALWAYS
from rules.facts import FactValue
from rules.lifecycles import Clock, Lifecycle
from rules.ruleset import RuleSet
from triage.records_flow import Timer, TimerKind

_LONGEST = timedelta(days=366)


def begin(
    life: Lifecycle, rules: RuleSet, ticket_id: str, state: str, facts: Mapping[str, FactValue], at: datetime
) -> tuple[Timer, ...]:
    """Return the clocks that run where a ticket enters a state without having been in any."""
    started = [_start(clock, rules, ticket_id, facts, at) for clock in life.clocks.values() if state in clock.states]
    return tuple(timer for timers in started for timer in timers)


def moved(
    life: Lifecycle,
    rules: RuleSet,
    timers: Sequence[Timer],
    *,
    ticket_id: str,
    state: str,
    event: str,
    facts: Mapping[str, FactValue],
    at: datetime,
) -> tuple[Timer, ...]:
    """Return the clocks that change where an event brings a ticket into a state, or leaves it there."""
    changed: list[Timer] = []
    for clock in life.clocks.values():
        mine = [timer for timer in timers if timer.clock == clock.id]
        running = [timer for timer in mine if timer.state in ("running", "paused")]
        if event in clock.stop:
            changed += _ended(mine, at, for_good=True)
        elif any(timer.state in ("met", "late") for timer in mine):
            continue
        elif state in clock.states:
            changed += [_resumed(clock, rules, timer, at) for timer in running if timer.state == "paused"]
            if not running and not any(timer.state == "fired" for timer in mine):
                changed += _start(clock, rules, ticket_id, facts, at)
        elif state in clock.pause:
            changed += [_paused(clock, rules, timer, at) for timer in running if timer.state == "running"]
        else:
            changed += _ended(mine, at, for_good=life.states[state].final)
    return tuple(changed)


def next_level(clock: Clock, rules: RuleSet, fired: Timer, facts: Mapping[str, FactValue]) -> Timer | None:
    """Return the level that follows one that was told; None after the last one."""
    if fired.kind != "level" or fired.level >= len(clock.levels) or fired.due_at is None:
        return None
    due = _due(clock, rules, fired.due_at, _length(clock, facts))
    return replace(fired, level=fired.level + 1, state="running", due_at=due, ended_at=None)


def left(timer: Timer, now: datetime) -> float | None:
    """Return how many seconds a deadline leaves; below 0 it has passed. Of a paused one, working time."""
    if timer.state == "paused":
        return timer.left_s
    return (timer.due_at - now).total_seconds() if timer.due_at is not None else None


def stop_all(timers: Iterable[Timer], at: datetime) -> tuple[Timer, ...]:
    """Return the clocks that end where a ticket ends otherwise than by a step, e.g. merged into another."""
    return tuple(_ended(list(timers), at, for_good=True))


def _start(clock: Clock, rules: RuleSet, ticket_id: str, facts: Mapping[str, FactValue], at: datetime) -> list[Timer]:
    length = _length(clock, facts)

    def timer(kind: TimerKind, level: int, after: timedelta) -> Timer:
        return Timer(ticket_id, clock.id, kind, level, "running", _due(clock, rules, at, after), None, at)

    found = [timer("due", 0, length)]
    if clock.warn is not None and clock.warn < length:
        found.append(timer("warn", 0, length - clock.warn))
    if clock.levels:
        found.append(timer("level", 1, length))
    return found


def _ended(timers: Sequence[Timer], at: datetime, *, for_good: bool) -> list[Timer]:
    """Return the clocks as they end. for_good: they do not begin anew; what had rung was late then."""
    ended: list[Timer] = []
    for timer in timers:
        if timer.state in ("running", "paused"):
            ended.append(replace(timer, state="met" if for_good else "stopped", left_s=None, ended_at=at))
        elif timer.state == "fired":
            ended.append(replace(timer, state="late" if for_good else "stopped", ended_at=at))
    return ended


def _paused(clock: Clock, rules: RuleSet, timer: Timer, at: datetime) -> Timer:
    assert timer.due_at is not None
    calendar = rules.calendars.get(clock.calendar)
    rest = timer.due_at - at if calendar is None else calendar.elapsed(at, timer.due_at)
    return replace(timer, state="paused", due_at=None, left_s=max(rest.total_seconds(), 0.0))


def _resumed(clock: Clock, rules: RuleSet, timer: Timer, at: datetime) -> Timer:
    due = _due(clock, rules, at, timedelta(seconds=timer.left_s or 0.0))
    return replace(timer, state="running", due_at=due, left_s=None)


def _length(clock: Clock, facts: Mapping[str, FactValue]) -> timedelta:
    hours = facts.get(clock.within_hours) if clock.within_hours else None
    if isinstance(hours, int | float) and not isinstance(hours, bool) and 0 < hours <= _LONGEST.days * 24:
        return timedelta(hours=float(hours))
    return clock.within


def _due(clock: Clock, rules: RuleSet, start: datetime, length: timedelta) -> datetime:
    if clock.calendar == ALWAYS:
        return start + length
    return rules.calendars[clock.calendar].due(start, length)
