"""When does a condition hold?

Conditions are three-valued: True, False, or None where a fact it needs is unknown. Each condition
also says what it saw (`evidence`), which facts it lacks (`missing`), and what must be there for it to hold at all
(`trigger`), so that a ticket only meets the rules it could satisfy.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Literal, NamedTuple, Protocol

from rules.facts import FactValue
from rules.matching import Occurrences, Reading, Stretch

Truth = bool | None
Negated = Literal["skip", "only", "any"]


class Seen(NamedTuple):
    """A stretch of a text fact that a condition rests on, in characters of its normal form."""

    fact: str
    start: int
    end: int


class Sign(NamedTuple):
    """Something without which a condition cannot hold: a term in a text fact, or a value of another fact."""

    fact: str
    value: FactValue
    is_term: bool


class State:
    """What is known of one ticket. facts: everything but texts as well as texts; readings: of the text facts."""

    __slots__ = ("facts", "readings")

    def __init__(self, facts: dict[str, FactValue], readings: dict[str, Reading]) -> None:
        self.facts = facts
        self.readings = readings


class Condition(Protocol):
    """What every condition can say."""

    def truth(self, state: State) -> Truth:
        """Return whether it holds."""

    def evidence(self, state: State) -> Iterator[Seen]:
        """Yield what it rests on; only asked where it holds."""

    def missing(self, state: State) -> Iterator[str]:
        """Yield the facts it needs and lacks; only asked where its truth is None."""

    def reads(self) -> frozenset[str]:
        """Return the facts it looks at."""

    def terms(self) -> Iterator[str]:
        """Yield the terms it looks for, in normal form."""

    def trigger(self) -> frozenset[Sign] | None:
        """Return signs of which at least one must be there for it to hold; None where nothing can be said."""

    def bonus(self, state: State) -> float:
        """Return the weight its satisfied parts add."""


class _Leaf:
    """A condition on one fact."""

    __slots__ = ()
    fact: str

    def evidence(self, state: State) -> Iterator[Seen]:
        del state
        return iter(())

    def missing(self, state: State) -> Iterator[str]:
        del state
        yield self.fact

    def reads(self) -> frozenset[str]:
        return frozenset((self.fact,))

    def terms(self) -> Iterator[str]:
        return iter(())

    def trigger(self) -> frozenset[Sign] | None:
        return None

    def bonus(self, state: State) -> float:
        del state
        return 0.0


def _side(reading: Reading, negated: Negated) -> Occurrences:
    if negated == "skip":
        return reading.affirmed
    return reading.denied if negated == "only" else reading.found


@dataclass(frozen=True, slots=True)
class Contains(_Leaf):
    """A text contains one of the terms, or each of them. negated: which occurrences count (see matching.py)."""

    fact: str
    wanted: frozenset[str]
    every: bool
    negated: Negated

    def truth(self, state: State) -> Truth:
        reading = state.readings.get(self.fact)
        if reading is None:
            return None
        side = _side(reading, self.negated)
        return all(term in side for term in self.wanted) if self.every else not self.wanted.isdisjoint(side)

    def evidence(self, state: State) -> Iterator[Seen]:
        side = _side(state.readings[self.fact], self.negated)
        for term in self.wanted.intersection(side):
            for start, end in side[term]:
                yield Seen(self.fact, start, end)

    def terms(self) -> Iterator[str]:
        return iter(self.wanted)

    def trigger(self) -> frozenset[Sign] | None:
        # The longest of the terms that must all be there is the rarest.
        needed = sorted(self.wanted, key=lambda term: (-len(term), term))[:1] if self.every else self.wanted
        return frozenset(Sign(self.fact, term, True) for term in needed)


@dataclass(frozen=True, slots=True)
class Near(_Leaf):
    """A term of a and a term of b stand within so many characters, either order, in one sentence.

    negated: which occurrences count, of both.
    """

    fact: str
    a: frozenset[str]
    b: frozenset[str]
    within: int
    negated: Negated

    def truth(self, state: State) -> Truth:
        reading = state.readings.get(self.fact)
        if reading is None:
            return None
        return next(self._pairs(reading), None) is not None

    def evidence(self, state: State) -> Iterator[Seen]:
        for first, second in self._pairs(state.readings[self.fact]):
            yield Seen(self.fact, *first)
            yield Seen(self.fact, *second)

    def terms(self) -> Iterator[str]:
        yield from self.a
        yield from self.b

    def trigger(self) -> frozenset[Sign] | None:
        fewer = min(self.a, self.b, key=len)
        return frozenset(Sign(self.fact, term, True) for term in fewer)

    def _pairs(self, reading: Reading) -> Iterator[tuple[Stretch, Stretch]]:
        side, normal = _side(reading, self.negated), reading.text.normal
        if self.a.isdisjoint(side) or self.b.isdisjoint(side):
            return
        seconds = [stretch for term, stretches in side.items() if term in self.b for stretch in stretches]
        for term, stretches in side.items():
            if term not in self.a:
                continue
            for first, second in product(stretches, seconds):
                left, right = (first, second) if first <= second else (second, first)
                gap = right[0] - left[1]
                if 0 <= gap <= self.within and reading.sentence_ends.isdisjoint(normal[left[1] : right[0]]):
                    yield first, second


@dataclass(frozen=True, slots=True)
class OneOf(_Leaf):
    """A fact has one of the values, or (negated) none of them; a list fact: one of its words is among them."""

    fact: str
    values: frozenset[FactValue]
    negated: bool

    def truth(self, state: State) -> Truth:
        value = state.facts.get(self.fact)
        if value is None:
            return None
        if isinstance(value, tuple):
            return self.values.isdisjoint(value) is self.negated
        return (value in self.values) is not self.negated

    def trigger(self) -> frozenset[Sign] | None:
        return None if self.negated else frozenset(Sign(self.fact, value, False) for value in self.values)


@dataclass(frozen=True, slots=True)
class Between(_Leaf):
    """A number lies between two bounds, both included; None leaves a side open."""

    fact: str
    least: float | None
    most: float | None

    def truth(self, state: State) -> Truth:
        value = state.facts.get(self.fact)
        if not isinstance(value, int | float):
            return None
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)


@dataclass(frozen=True, slots=True)
class Known(_Leaf):
    """A fact is known, or (known false) is not; the one condition that is never unknown."""

    fact: str
    known: bool

    def truth(self, state: State) -> Truth:
        return (self.fact in state.facts) is self.known
