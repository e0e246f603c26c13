"""Towers that are told apart by a letter or a bare number at the end of a name: 蜀都中心T2, 幸福家园3."""

from __future__ import annotations

import pytest

from geo.divisions import Divisions
from geo.index import PlaceIndex
from geo.place import Place, PlaceQuery

T2 = Place("blind_spot", "B1", "蜀都中心T2", "成都市锦江区红星路三段16号蜀都中心T2", "成都市", "锦江区")
THREE = Place("plan", "P1", "幸福家园3", "成都市锦江区幸福家园3", "成都市", "锦江区")


@pytest.fixture(scope="module")
def index(divisions: Divisions) -> PlaceIndex:
    return PlaceIndex.build([T2, THREE], divisions)


def outcome(index: PlaceIndex, text: str) -> str:
    return index.match([PlaceQuery(text)])[0].outcome


@pytest.mark.parametrize(
    "text", ["锦江区红星路三段16号蜀都中心T2", "红星路三段16号蜀都中心T2栋", "锦江区蜀都中心T2地库", "锦江区幸福家园3"]
)
def test_the_same_tower_is_a_match(index: PlaceIndex, text: str) -> None:
    assert outcome(index, text) == "match"


@pytest.mark.parametrize(
    "text",
    [
        "锦江区红星路三段16号蜀都中心T1",
        "锦江区红星路三段16号蜀都中心T1地库",
        "锦江区红星路三段16号蜀都中心B座地下车库",
        "锦江区红星路三段16号蜀都中心2号楼",
        "锦江区幸福家园5",
        "锦江区幸福家园5栋",
    ],
)
def test_another_tower_is_no_match(index: PlaceIndex, text: str) -> None:
    assert outcome(index, text) != "match"


@pytest.mark.parametrize("text", ["锦江区红星路三段16号蜀都中心", "锦江区红星路三段16号蜀都中心地库", "锦江区幸福家园"])
def test_a_compound_without_its_tower_goes_to_a_person(index: PlaceIndex, text: str) -> None:
    assert outcome(index, text) == "review"
