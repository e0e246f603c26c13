"""Addresses written by hand as complaints write them, over places of several provinces.

tests/data/places/kept-apart.tsv: fictitious, written before the rules they test. Half a was looked at while rules were
written, half b was not. want: match (id is meant), review (a person must choose), none (nearly a listed place).
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from geo.answer import PlaceMatch
from geo.divisions import Divisions
from geo.index import PlaceIndex
from geo.place import PlaceQuery
from geo.places import read_places

_DATA = Path(__file__).resolve().parents[1] / "data" / "places"
Answered = list[tuple[dict[str, str], PlaceMatch]]


@pytest.fixture(scope="module")
def answered(divisions: Divisions) -> Answered:
    """Return every row with the answer to its query."""
    places, rejects = read_places(_DATA / "kept-apart-places.csv")
    assert rejects == []
    with (_DATA / "kept-apart.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    found = PlaceIndex.build(places, divisions).match([PlaceQuery(row["query"]) for row in rows], reasons=False)
    return list(zip(rows, found, strict=True))


def _accepted(answer: PlaceMatch) -> str:
    return answer.best.id if answer.outcome == "match" and answer.best else ""


@pytest.mark.parametrize(("half", "least"), [("a", 0.85), ("b", 0.77)])
def test_most_addresses_are_accepted_and_right(answered: Answered, half: str, least: float) -> None:
    meant = [(row["id"], _accepted(a)) for row, a in answered if row["half"] == half and row["want"] == "match"]
    assert sum(number == accepted for number, accepted in meant) / len(meant) >= least


def test_the_right_place_comes_first(answered: Answered) -> None:
    meant = [(row["id"], a.candidates[0].id) for row, a in answered if row["want"] == "match" and a.candidates]
    assert sum(number == first for number, first in meant) / len(meant) >= 0.985


def test_another_place_is_never_accepted(answered: Answered) -> None:
    wrong = [row["query"] for row, a in answered if row["want"] == "match" and _accepted(a) not in ("", row["id"])]
    assert wrong == []


def test_what_is_nearly_a_place_or_means_several_is_hardly_ever_accepted(answered: Answered) -> None:
    assert sum(bool(_accepted(a)) for row, a in answered if row["want"] != "match") <= 1
