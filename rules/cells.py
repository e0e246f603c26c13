"""What does one cell of a decision table accept?

    -            anything, also unknown          A|B    one of them            >=3  <5    a number
    ?            only unknown                    !A     known and not A        [2..5)     a range of numbers
    true, false  a flag                          !A|B   known and neither

`?` may stand beside values (`A|?`). Three-valued: a cell that names a value is unknown where the input is unknown.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from rules.facts import Fact, FactValue
from rules.form import suggest

Truth = bool | None

_COMPARISON = re.compile(r"(>=|<=|>|<)\s*([-+]?\d+(?:\.\d+)?)")
_RANGE = re.compile(r"([\[(])\s*([-+]?\d+(?:\.\d+)?)?\s*\.\.\s*([-+]?\d+(?:\.\d+)?)?\s*([\])])")
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")


class CellWrong(ValueError):
    """A cell cannot be read; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Numbers from least to most, each bound included or not."""

    least: float = -math.inf
    most: float = math.inf
    with_least: bool = True
    with_most: bool = True

    def holds(self, number: float) -> bool:
        """Return whether the number lies in it."""
        above = number >= self.least if self.with_least else number > self.least
        return above and (number <= self.most if self.with_most else number < self.most)


@dataclass(frozen=True, slots=True)
class Cell:
    """What is accepted. written: as in the file.

    anything: everything, also unknown. unknown: whether unknown is accepted (where not anything). values, intervals:
    what is accepted of known inputs; negated turns them round.
    """

    written: str
    anything: bool = False
    unknown: bool = False
    values: frozenset[FactValue] = frozenset()
    intervals: tuple[Interval, ...] = ()
    negated: bool = False

    @property
    def names_value(self) -> bool:
        """Return whether any known input could be accepted through a named value."""
        return bool(self.values or self.intervals)

    def truth(self, value: FactValue | None) -> Truth:
        """Return whether the cell accepts the value; None stands for unknown on both sides."""
        if self.anything:
            return True
        if value is None:
            return True if self.unknown else None if self.names_value else False
        return self.accepts(value)

    def accepts(self, value: FactValue) -> bool:
        """Return whether the cell accepts a known value."""
        if self.anything:
            return True
        if not self.names_value:
            return False
        if isinstance(value, tuple):
            return self.values.isdisjoint(value) is self.negated
        inside = value in self.values or (
            isinstance(value, int | float) and any(interval.holds(value) for interval in self.intervals)
        )
        return inside is not self.negated


def read_cell(written: str, fact: Fact) -> Cell:
    """Return the cell that the text of a cell describes for an input.

    Raises CellWrong where it cannot be read or names a value that the fact does not have.
    """
    text = written.strip()
    if text == "-":
        return Cell(text, anything=True)
    negated = text.startswith("!")
    parts = [part.strip() for part in text.removeprefix("!").split("|")]
    unknown = "?" in parts
    named = [part for part in parts if part != "?"]
    if negated and (unknown or not named):
        raise CellWrong(f"cell {text!r}: ! goes with values; it never accepts unknown anyway")
    if fact.type == "number":
        return Cell(text, False, unknown, frozenset(), tuple(_interval(part) for part in named), negated)
    return Cell(text, False, unknown, frozenset(_value(part, fact) for part in named), (), negated)


def _value(part: str, fact: Fact) -> FactValue:
    if not part:
        raise CellWrong("an empty cell; write - for anything or ? for unknown")
    if fact.type == "flag":
        if part not in ("true", "false"):
            raise CellWrong(f"cell {part!r}: {fact.id} is a flag; write true, false, - or ?")
        return part == "true"
    if fact.type == "text":
        raise CellWrong(f"{fact.id} is a text; a table cannot look into it, let a rule set a fact from it")
    if fact.values and part not in fact.values:
        raise CellWrong(f"cell {part!r} is not a value of {fact.id}{suggest(part, fact.values)}")
    if not fact.values and (_COMPARISON.fullmatch(part) or _RANGE.fullmatch(part)):
        raise CellWrong(f"cell {part!r} compares numbers, but {fact.id} is a {fact.type}")
    return part


def _interval(part: str) -> Interval:
    if _NUMBER.fullmatch(part):
        return Interval(float(part), float(part))
    compared = _COMPARISON.fullmatch(part)
    if compared:
        sign, number = compared.group(1), float(compared.group(2))
        if sign.startswith(">"):
            return Interval(least=number, with_least=sign == ">=")
        return Interval(most=number, with_most=sign == "<=")
    ranged = _RANGE.fullmatch(part)
    if ranged is None:
        raise CellWrong(f"cell {part!r} is no number, comparison (>=3) or range ([2..5))")
    left, least, most, right = ranged.groups()
    interval = Interval(
        float(least) if least else -math.inf, float(most) if most else math.inf, left == "[", right == "]"
    )
    if interval.least > interval.most or (interval.least == interval.most and (left, right) != ("[", "]")):
        raise CellWrong(f"cell {part!r} is an empty range")
    return interval
