"""A matcher that learns from people is held against the one in force."""

from __future__ import annotations

import pytest

from geo.divisions import Divisions
from geo.errors import FitImpossible
from geo.fit import Correction
from geo.invent import invent, listed
from geo.model import read, shipped
from geo.place import PlaceQuery
from geo.refit import Compared, refit


@pytest.mark.parametrize(
    ("figure", "candidate", "worse"),
    [
        ("right_first", 0.89, True),
        ("right_first", 0.9, False),
        ("false_accepts_at_threshold", 0.91, True),
        ("false_accepts_at_threshold", 0.9, False),
    ],
)
def test_worse_depends_on_the_figure(figure: str, candidate: float, worse: bool) -> None:
    assert Compared("x", figure, 0.9, candidate).worse is worse


def test_corrections_without_their_list_are_refused(divisions: Divisions) -> None:
    with pytest.raises(FitImpossible, match="--places"):
        refit(divisions, [Correction(PlaceQuery("和平花园"), "GH1")], [], shipped(), seed=1, places=500, count=500)


@pytest.mark.slow
def test_a_third_of_the_corrections_is_kept_out_and_measured(divisions: Divisions) -> None:
    places = listed(invent(divisions, 500, 7), divisions, 8)
    said = [Correction(PlaceQuery(place.address or place.name), place.id) for place in places[:120]]
    found = refit(divisions, said, places, shipped(), seed=1, places=600, count=500)
    assert found.learnt + found.kept_out == 120
    assert 20 <= found.kept_out <= 60
    assert {row.what for row in found.compared} == {"unseen places", "corrections kept out"}
    assert read(found.document).digest == found.document["hash"]
