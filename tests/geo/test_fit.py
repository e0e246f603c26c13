"""The fitted model and the material it learns on."""

from __future__ import annotations

import json

import pytest

from geo import content
from geo.disturb import queries
from geo.divisions import Divisions
from geo.errors import ContentUnreadable, FitImpossible
from geo.fit import Correction, fit, invented, measure
from geo.invent import invent, listed
from geo.model import read, shipped
from geo.place import PlaceQuery


def test_the_shipped_model_is_the_one_its_hash_names() -> None:
    assert shipped().digest == content.document("model.json")["hash"]


def test_a_model_with_a_changed_coefficient_is_refused() -> None:
    document = content.document("model.json")
    document["deciding"]["coefficients"]["turned"] = 5.0
    with pytest.raises(ContentUnreadable, match="hash"):
        read(document)


def test_a_model_with_other_figures_is_refused() -> None:
    document = json.loads(json.dumps(content.document("model.json")))
    del document["deciding"]["coefficients"]["turned"]
    with pytest.raises(ContentUnreadable, match="turned"):
        read(document)


def test_the_same_seed_invents_the_same(divisions: Divisions) -> None:
    first, again = invent(divisions, 300, 4), invent(divisions, 300, 4)
    assert listed(first, divisions, 5) == listed(again, divisions, 5)
    assert queries(first, divisions, 100, 6) == queries(again, divisions, 100, 6)


def test_too_little_material_is_refused(divisions: Divisions) -> None:
    with pytest.raises(FitImpossible, match="500"):
        fit(divisions, places=499, count=500)


@pytest.mark.slow
def test_on_unseen_places_the_shipped_model_keeps_its_promises(divisions: Divisions) -> None:
    found = measure(invented(divisions, 31_337, 10_000, 4_000), shipped())
    assert found["right_first"] >= 0.985
    assert found["accepted_right_at_1_percent"] >= 0.88
    assert found["false_accepts_at_threshold"] <= 0.01


@pytest.mark.slow
def test_corrections_of_people_change_the_model(divisions: Divisions) -> None:
    places = listed(invent(divisions, 500, 7), divisions, 8)
    corrections = [Correction(PlaceQuery(place.address or place.name), None) for place in places[:200]]
    plain = fit(divisions, places=800, count=600, card=False)
    corrected = fit(divisions, places=800, count=600, corrections=corrections, corrected=places, card=False)
    assert corrected["deciding"]["intercept"] != plain["deciding"]["intercept"]
    assert read(corrected).digest == corrected["hash"]
