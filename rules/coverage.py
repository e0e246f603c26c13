"""Which inputs does a decision table overlap on, leave out, or cover with rows that can never win?

Counted exactly over the classes of each column (columns.py); unknown is a value of every input. Numbers count by the
intervals that the cells cut them into.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, islice

from rules.columns import Class
from rules.tables import Table

SHOWN = 5  # examples of gaps; the count says how many more there are


@dataclass(frozen=True, slots=True)
class Gaps:
    """Combinations of inputs that no row accepts. total: all combinations. examples: the first few, in words."""

    count: int
    total: int
    examples: tuple[str, ...]


def find_overlaps(table: Table) -> Iterator[tuple[int, int]]:
    """Yield pairs of row numbers (from 1) that some input satisfies at once.

    For an input that is a list two different words overlap, because a list may hold both.
    """
    columns = [(column.fact.type == "list", column.classes()) for column in table.columns]
    for first, second in combinations(range(len(table.rows)), 2):
        both = (1 << first) | (1 << second)
        if all(_meet(classes, both, several) for several, classes in columns):
            yield first + 1, second + 1


def _meet(classes: list[Class], both: int, several: bool) -> bool:
    if any(item.rows & both == both for item in classes):
        return True
    known = 0
    for item in classes[:-1]:
        known |= item.rows
    return several and known & both == both


def find_gaps(table: Table) -> Gaps:
    """Return how many combinations of inputs no row accepts, and the first of them."""
    classes = [column.classes() for column in table.columns]
    everything = (1 << len(table.rows)) - 1
    return Gaps(_count(classes, everything), _total(classes, 0), tuple(islice(_uncovered(classes, everything), SHOWN)))


def find_masked(table: Table) -> Iterator[int]:
    """Yield numbers of rows (from 1) that can never decide, because a better row always holds as well.

    Only `first` and `priority` tables have them.
    """
    if table.hit not in ("first", "priority"):
        return
    classes = [column.classes() for column in table.columns]
    for row in range(len(table.rows)):
        better = sum(1 << other for other, rank in enumerate(table.ranks) if rank < table.ranks[row])
        if not _can_win(classes, 1 << row, better):
            yield row + 1


def _total(classes: list[list[Class]], at: int) -> int:
    total = 1
    for column in classes[at:]:
        total *= sum(item.size for item in column)
    return total


def _count(classes: list[list[Class]], everything: int) -> int:
    """Count combinations without a row: masks of rows still alive are few, so each column maps mask → count."""
    alive = {everything: 1}
    gaps = 0
    for at, column in enumerate(classes):
        following: dict[int, int] = {}
        for mask, count in alive.items():
            for item in column:
                rest = mask & item.rows
                if rest:
                    following[rest] = following.get(rest, 0) + count * item.size
                else:
                    gaps += count * item.size * _total(classes, at + 1)
        alive = following
    return gaps


def _uncovered(classes: list[list[Class]], mask: int, path: tuple[str, ...] = ()) -> Iterator[str]:
    if not mask:
        yield ", ".join(path) or "anything"
        return
    at = len(path)
    if at == len(classes):
        return
    for item in classes[at]:
        if _count(classes[at + 1 :], mask & item.rows) or not mask & item.rows:
            yield from _uncovered(classes, mask & item.rows, (*path, item.label))


def _can_win(classes: list[list[Class]], own: int, better: int) -> bool:
    """Return whether some input satisfies the row and none of the better ones."""
    alive = {better}
    for column in classes:
        masks = [item.rows for item in column if item.rows & own]
        alive = {rest & mask for rest in alive for mask in masks}
        if 0 in alive:
            alive = {0}
        if not alive:
            return False
    return 0 in alive
