"""When do several conditions hold together? `all`, `any` and `none`, three-valued after Kleene.

One false member settles `all`, one true member settles `any` and `none`, whatever is unknown beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rules.conditions import Condition, Seen, Sign, State, Truth


class _Group:
    """A condition made of others."""

    __slots__ = ()
    members: tuple[Condition, ...]

    def missing(self, state: State) -> Iterator[str]:
        for member in self.members:
            if member.truth(state) is None:
                yield from member.missing(state)

    def reads(self) -> frozenset[str]:
        return frozenset().union(*(member.reads() for member in self.members))

    def terms(self) -> Iterator[str]:
        for member in self.members:
            yield from member.terms()


@dataclass(frozen=True, slots=True)
class All(_Group):
    """Every member holds."""

    members: tuple[Condition, ...]

    def truth(self, state: State) -> Truth:
        result: Truth = True
        for member in self.members:
            truth = member.truth(state)
            if truth is False:
                return False
            if truth is None:
                result = None
        return result

    def evidence(self, state: State) -> Iterator[Seen]:
        for member in self.members:
            yield from member.evidence(state)

    def trigger(self) -> frozenset[Sign] | None:
        triggers = [trigger for trigger in (member.trigger() for member in self.members) if trigger is not None]
        # Terms are rarer than values of facts, and few are rarer than many.
        return min(triggers, key=lambda signs: (not all(s.is_term for s in signs), len(signs)), default=None)

    def bonus(self, state: State) -> float:
        return sum(member.bonus(state) for member in self.members)


@dataclass(frozen=True, slots=True)
class Some(_Group):
    """At least one member holds (`any`). weights: what each member adds where it holds."""

    members: tuple[Condition, ...]
    weights: tuple[float, ...]

    def truth(self, state: State) -> Truth:
        result: Truth = False
        for member in self.members:
            truth = member.truth(state)
            if truth is True:
                return True
            if truth is None:
                result = None
        return result

    def evidence(self, state: State) -> Iterator[Seen]:
        for member in self.members:
            if member.truth(state):
                yield from member.evidence(state)

    def trigger(self) -> frozenset[Sign] | None:
        signs: frozenset[Sign] = frozenset()
        for member in self.members:
            trigger = member.trigger()
            if trigger is None:
                return None
            signs |= trigger
        return signs

    def bonus(self, state: State) -> float:
        total = 0.0
        for member, weight in zip(self.members, self.weights, strict=True):
            if (weight or isinstance(member, _Group)) and member.truth(state):
                total += weight + member.bonus(state)
        return total


@dataclass(frozen=True, slots=True)
class Neither(_Group):
    """No member holds (`none`)."""

    members: tuple[Condition, ...]

    def truth(self, state: State) -> Truth:
        result: Truth = True
        for member in self.members:
            truth = member.truth(state)
            if truth is True:
                return False
            if truth is None:
                result = None
        return result

    def evidence(self, state: State) -> Iterator[Seen]:
        del state
        return iter(())

    def trigger(self) -> frozenset[Sign] | None:
        return None

    def bonus(self, state: State) -> float:
        del state
        return 0.0
