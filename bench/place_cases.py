"""Which places and queries does the benchmark use, and what is right?

Either invented ones (another seed than the model was fitted with) or files of one's own: a list of places and a table
of queries with the columns query and id (empty: no place of the list is meant).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from geo.disturb import queries
from geo.divisions import Divisions
from geo.invent import invent, listed
from geo.place import Place
from geo.places import read_places


@dataclass(frozen=True, slots=True)
class Cases:
    """places: the list. texts: the queries. truth: row of the right place in places, -1 where none is."""

    places: list[Place]
    texts: list[str]
    truth: list[int]


def invented(divisions: Divisions, places: int, count: int, seed: int, districts: int) -> Cases:
    """Invent a list and queries."""
    made = invent(divisions, places, seed, districts=districts)
    asked = queries(made, divisions, count, seed + 2)
    rows = listed(made, divisions, seed + 1)
    return Cases(rows, [query.text for query in asked], [-1 if q.place is None else q.place for q in asked])


def from_files(places: Path, cases: Path) -> Cases:
    """Read a list and its queries. Raises PlacesUnreadable."""
    rows, _ = read_places(places)
    row_of = {place.id: row for row, place in enumerate(rows)}
    with cases.open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    return Cases(rows, [row["query"] for row in table], [row_of.get(row["id"], -1) for row in table])
