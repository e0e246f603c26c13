"""Into which classes do the cells of one table column part the values of its input?

All values of a class are accepted by the same rows, so a column is a few bit masks: deciding is one lookup per input,
and overlaps, gaps and masked rows can be counted exactly. Bit r of a mask stands for row r.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rules.cells import Cell
from rules.facts import Fact, FactValue


@dataclass(frozen=True, slots=True)
class Class:
    """Values that the same rows accept. label: for people. size: how many of the input's values it stands for.

    rows: mask of the rows that accept it. open_rows: mask of the rows that might, were the input known (only for
    the class of unknown).
    """

    label: str
    size: int
    rows: int
    open_rows: int = 0


@dataclass(frozen=True, slots=True)
class Column:
    """One input of a table with the cells of its rows."""

    fact: Fact
    cells: tuple[Cell, ...]
    bounds: tuple[float, ...]
    named: dict[FactValue, Class]
    spans: tuple[Class | None, ...]
    other: Class | None
    unknown: Class

    def rows(self, value: FactValue | None) -> tuple[int, int]:
        """Return the masks of rows that accept the value and that might were it known. None is unknown."""
        if value is None:
            return self.unknown.rows, self.unknown.open_rows
        if isinstance(value, tuple):
            return _mask(cell.accepts(value) for cell in self.cells), 0
        if self.fact.type == "number" and isinstance(value, int | float):
            return self._number_rows(value), 0
        known = self.named.get(value, self.other)
        return (known.rows if known is not None else _mask(cell.accepts(value) for cell in self.cells)), 0

    def _number_rows(self, value: float) -> int:
        at = bisect_left(self.bounds, value)
        exact = at < len(self.bounds) and self.bounds[at] == value
        known = self.spans[2 * at + exact]
        return known.rows if known is not None else _mask(cell.accepts(value) for cell in self.cells)

    def classes(self) -> list[Class]:
        """Return the classes that make up the input's domain, unknown included."""
        known = [item for item in self.spans if item is not None] if self.fact.type == "number" else []
        named = [] if self.fact.type == "number" else list(self.named.values())
        return [*known, *named, *([self.other] if self.other is not None else []), self.unknown]


def make_column(fact: Fact, cells: Sequence[Cell]) -> Column:
    """Return the column of an input. cells: one per row, in order."""
    unknown = Class(
        f"{fact.id}=?",
        1,
        _mask(cell.truth(None) is True for cell in cells),
        _mask(c.truth(None) is None for c in cells),
    )
    if fact.type == "number":
        bounds = sorted({b for c in cells for i in c.intervals for b in (i.least, i.most) if math.isfinite(b)})
        return Column(fact, tuple(cells), tuple(bounds), {}, tuple(_spans(fact, cells, bounds)), None, unknown)
    values: list[FactValue] = [False, True] if fact.type == "flag" else list(fact.values)
    if not values:
        values = sorted({value for cell in cells for value in cell.values}, key=str)
    named = {value: Class(f"{fact.id}={_label(value)}", 1, _mask(c.accepts(value) for c in cells)) for value in values}
    closed = fact.type == "flag" or bool(fact.values)
    others = Class(f"{fact.id}=其他", 1, _mask(cell.anything or (cell.negated and cell.names_value) for cell in cells))
    return Column(fact, tuple(cells), (), named, (), None if closed else others, unknown)


def _spans(fact: Fact, cells: Sequence[Cell], bounds: Sequence[float]) -> Iterator[Class | None]:
    """Yield the classes below, at and between the bounds; None where the fact has no number there."""
    edges = [-math.inf, *bounds, math.inf]
    for low, high in pairwise(edges):
        inside = _inside(fact, low, high)
        words = f"{fact.id}∈({_number(low)}..{_number(high)})"
        yield None if inside is None else Class(words, 1, _mask(cell.accepts(inside) for cell in cells))
        if high != math.inf:
            out = (fact.least is not None and high < fact.least) or (fact.most is not None and high > fact.most)
            yield None if out else Class(f"{fact.id}={_number(high)}", 1, _mask(c.accepts(high) for c in cells))


def _inside(fact: Fact, low: float, high: float) -> float | None:
    """Return a number of the fact strictly between two bounds; None where there is none."""
    least = max(low, fact.least if fact.least is not None else low)
    most = min(high, fact.most if fact.most is not None else high)
    middle = (least + most) / 2 if math.isfinite(least + most) else 0.0
    for number in (middle, least, most, least + 1, most - 1):
        if not math.isfinite(number):
            continue
        inside = math.floor(number) if fact.whole else number
        if low < inside < high and least <= inside <= most:
            return float(inside)
    return None


def _mask(accepted: Iterator[bool] | Sequence[bool]) -> int:
    return sum(1 << row for row, accepts in enumerate(accepted) if accepts)


def _label(value: FactValue) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _number(value: float) -> str:
    return "" if math.isinf(value) else f"{value:g}"
