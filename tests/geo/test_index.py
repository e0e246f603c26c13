"""When a place is sure, when a person must choose, and when there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.divisions import Divisions
from geo.index import PlaceIndex
from geo.place import Place, PlaceQuery

PLACES = (
    Place("blind_spot", "MD1", "红山家园", "成都市武侯区桂溪街道天府三街199号", "成都市", "武侯区"),
    Place("blind_spot", "MD2", "红山家园二期", "成都市武侯区桂溪街道天府三街203号", "成都市", "武侯区"),
    Place("plan", "GH3", "青岗垭村4组", "仪陇县立山镇青岗垭村4组", "南充市", "仪陇县"),
    Place("plan", "GH4", "翠云雅居6栋", "双流区东升街道棠湖西路翠云雅居6栋", "成都市", "双流区"),
)


@pytest.fixture(scope="module")
def index(divisions: Divisions) -> PlaceIndex:
    """Return an index of PLACES."""
    return PlaceIndex.build(PLACES, divisions)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("客户在成都市武侯区桂溪街道天府三街199号附近信号差", "MD1"),
        ("仪陇县立山镇青岗垭村四组", "GH3"),
        ("双流区棠湖西路翠云雅居6号楼2单元", "GH4"),  # the list ends at the building, the query goes on
    ],
)
def test_one_sure_place_is_a_match(index: PlaceIndex, text: str, number: str) -> None:
    found = index.match([PlaceQuery(text)])[0]
    assert (found.outcome, found.best and found.best.id) == ("match", number)


@pytest.mark.parametrize(
    "text",
    [
        "仪陇县立山镇青岗垭村五组",  # another group
        "双流区棠湖西路翠云雅居7栋",  # another building
        "成都市武侯区天府三街201号",  # another house
        "合肥市庐阳区红山家园",  # another city
        "双流区棠湖西路翠云雅居",  # the query names the compound, the list one building of it
        "红山家园",  # two phases are listed
        "立山镇",
        "天府三街",
        "",
    ],
)
def test_what_is_not_sure_is_no_match(index: PlaceIndex, text: str) -> None:
    assert index.match([PlaceQuery(text)])[0].outcome != "match"


def test_a_saved_index_answers_the_same(index: PlaceIndex, divisions: Divisions, tmp_path: Path) -> None:
    index.save(tmp_path)
    query = [PlaceQuery("天府三街199号", city="成都市")]
    assert PlaceIndex.open(tmp_path, divisions).match(query) == index.match(query)
