"""What does a decision table say about some facts, by which row, and what else would it need to know?

Hit policies: `unique` (no two rows ever hold, proved at load), `first` (order decides), `priority` (the row whose first
output stands earliest in that output's declared values), `collect` (all rows that hold).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Literal, get_args

from rules.cells import Cell
from rules.columns import Column
from rules.errors import FactNeeded
from rules.facts import Fact, FactValue, Refers
from rules.problems import Place
from rules.source import Example, Source, Status
from rules.yaml_nodes import Node

Hit = Literal["unique", "first", "collect", "priority"]
HITS: tuple[Hit, ...] = get_args(Hit)
OutputValue = FactValue | None

REMEMBERED = 1024  # answers a table keeps: most inputs are choices of few values, so the same ones come again


@dataclass(frozen=True, slots=True)
class Input:
    """One input. unknown: `skip` leaves rows that name a value open, `error` refuses to decide."""

    fact: Fact
    unknown: Literal["skip", "error"]


@dataclass(frozen=True, slots=True)
class Output:
    """One output. name: the fact's id where it is a fact. values: allowed ones in order of priority, empty for any."""

    name: str
    fact: Fact | None
    values: tuple[str, ...]
    refers: Refers | None


@dataclass(frozen=True, slots=True)
class Row:
    """One row. number: from 1. source: the table's where the row names none."""

    number: int
    cells: tuple[Cell, ...]
    outputs: Mapping[str, OutputValue]
    because: str
    source: Source
    place: Place


@dataclass(frozen=True, slots=True)
class RowHit:
    """One row that holds. id: `table#row`."""

    id: str
    number: int
    outputs: Mapping[str, OutputValue]
    because: str
    source: Source


@dataclass(frozen=True, slots=True)
class TableResult:
    """What a table decided.

    hits: the deciding row, all of them for `collect`, none where no row holds. find_missing: see missing.
    """

    table: str
    hits: tuple[RowHit, ...]
    find_missing: Callable[[], tuple[str, ...]]

    @property
    def missing(self) -> tuple[str, ...]:
        """Unknown facts that could have changed the outputs, in the order of the inputs; found when asked for."""
        return self.find_missing()

    @property
    def outputs(self) -> Mapping[str, OutputValue] | None:
        """Outputs of the first hit; None where no row holds."""
        return self.hits[0].outputs if self.hits else None

    @property
    def row(self) -> str | None:
        """Id of the first hit's row, `table#row`; None where no row holds."""
        return self.hits[0].id if self.hits else None

    @property
    def because(self) -> str:
        """The first hit's reason; empty where no row holds."""
        return self.hits[0].because if self.hits else ""

    @property
    def source(self) -> Source | None:
        """The first hit's source; None where no row holds."""
        return self.hits[0].source if self.hits else None


@dataclass(frozen=True, slots=True)
class Table:
    """One decision table. complete: gaps are errors. ranks: per row its place among the hits, lower first.

    Its answers depend on nothing but its inputs, so it remembers those given last.
    """

    id: str
    title: str
    status: Status
    source: Source
    hit: Hit
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rows: tuple[Row, ...]
    columns: tuple[Column, ...]
    ranks: tuple[int, ...]
    examples: tuple[Example, ...]
    complete: bool
    place: Place
    node: Node
    _names: tuple[str, ...] = field(init=False, repr=False, compare=False)
    _answer: Callable[..., TableResult] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_names", tuple(input_.fact.id for input_ in self.inputs))
        object.__setattr__(self, "_answer", lru_cache(maxsize=REMEMBERED)(self._find))

    def decide(self, facts: Mapping[str, FactValue | None]) -> TableResult:
        """Return what the table says; facts that are absent or None are unknown, those it does not use are ignored.

        Raises FactNeeded where an input marked `unknown: error` is absent.
        """
        return self._answer(*map(facts.get, self._names))

    def _find(self, *values: FactValue | None) -> TableResult:
        hitting = possible = (1 << len(self.rows)) - 1
        for input_, column, value in zip(self.inputs, self.columns, values, strict=True):
            if value is None and input_.unknown == "error":
                raise FactNeeded(self.id, input_.fact.id)
            rows, open_rows = column.rows(value)
            possible &= rows | open_rows
            hitting &= rows
        hits = sorted(_bits(hitting), key=self.ranks.__getitem__)
        kept = hits if self.hit == "collect" else hits[:1]
        undecided = possible & ~hitting
        given = dict(zip(self._names, values, strict=True)) if undecided else {}
        return TableResult(
            self.id, tuple(self._row_hit(row) for row in kept), partial(self._missing, undecided, kept, given)
        )

    def _missing(self, undecided: int, kept: list[int], facts: Mapping[str, FactValue | None]) -> tuple[str, ...]:
        """Return the unknown inputs of rows that might hold, would win, and would say something else."""
        missing: set[str] = set()
        for row in _bits(undecided):
            if kept and self.hit != "collect":
                loses = self.hit != "unique" and self.ranks[row] > self.ranks[kept[0]]
                if loses or self.rows[row].outputs == self.rows[kept[0]].outputs:
                    continue
            missing.update(
                input_.fact.id
                for input_, cell in zip(self.inputs, self.rows[row].cells, strict=True)
                if cell.truth(facts.get(input_.fact.id)) is None
            )
        return tuple(input_.fact.id for input_ in self.inputs if input_.fact.id in missing)

    def _row_hit(self, row: int) -> RowHit:
        found = self.rows[row]
        return RowHit(f"{self.id}#{found.number}", found.number, found.outputs, found.because, found.source)


def _bits(mask: int) -> Iterator[int]:
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
