"""Two texts, and how near they are."""

from __future__ import annotations

import pytest

from geo.compare import compare, compare_many
from geo.divisions import Divisions


@pytest.mark.parametrize(
    ("first", "second", "level"),
    [
        ("成都市武侯区天府三街199号", "四川成都武侯区天府3街199号", "same_place"),
        ("红山家园3栋", "红山家园三号楼", "same_place"),
        ("红山家园3栋", "红山家园4栋", "same_compound"),
        ("红山家园", "红山家园4栋", "same_compound"),
        ("武侯区天府三街199号", "武侯区天府三街201号", "same_road"),
        ("成都市武侯区天府三街", "成都市武侯区桐梓林北路", "same_area"),
        ("成都市天府三街199号", "合肥市天府三街199号", "different"),
    ],
)
def test_the_level_says_how_near_two_texts_are(divisions: Divisions, first: str, second: str, level: str) -> None:
    assert compare(first, second, divisions)[1] == level


def test_only_the_same_place_is_probable(divisions: Divisions) -> None:
    same, other = compare_many(
        [("红山家园3栋2单元", "红山家园三号楼2单元"), ("红山家园3栋2单元", "红山家园三号楼1单元")], divisions
    )
    assert same[0] > 0.8
    assert other[0] < 0.1


def test_the_order_of_two_texts_does_not_matter(divisions: Divisions) -> None:
    assert compare("红山家园", "红山家园4栋", divisions) == compare("红山家园4栋", "红山家园", divisions)


def test_nothing_to_compare_gives_nothing(divisions: Divisions) -> None:
    assert compare_many([], divisions) == []
