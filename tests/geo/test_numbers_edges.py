"""Numbers that are no part of an address."""

from __future__ import annotations

from geo.divisions import Divisions
from geo.index import PlaceIndex
from geo.numbers import scan
from geo.place import Place, PlaceQuery


def test_a_telephone_number_is_no_house_number() -> None:
    assert scan("天府三街213990000003号") == []


def test_an_address_with_a_telephone_number_in_it_is_searched_all_the_same(divisions: Divisions) -> None:
    index = PlaceIndex.build([Place("plan", "P1", "天府三街199号", "成都市武侯区天府三街199号")], divisions)
    found = index.match([PlaceQuery("成都市武侯区天府三街199号13990000003213990000003号")])
    assert len(found) == 1
