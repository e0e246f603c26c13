"""Names that differ in one direction, or in one end of a stretch, are other places."""

from __future__ import annotations

import pytest

from geo.divisions import Divisions
from geo.index import PlaceIndex
from geo.place import Place, PlaceQuery

_ROWS = (
    ("N1", "安草沟村1组", "聊城市临清市安草沟村1组", "聊城市", "临清市"),
    ("N2", "高泉科技大学南校区", "湖州市长兴县北和路244号高泉科技大学南校区", "湖州市", "长兴县"),
    ("N3", "厦蓉高速兴雨到大门段", "吴忠市红寺堡区厦蓉高速兴雨到大门段", "吴忠市", "红寺堡区"),
    ("N4", "沪蓉高速佳辉到丰景段K1818+500", "绥化市北林区沪蓉高速佳辉到丰景段K1818+500", "绥化市", "北林区"),
)


@pytest.fixture(scope="module")
def index(divisions: Divisions) -> PlaceIndex:
    """Return an index of the list."""
    return PlaceIndex.build([Place("plan", *row) for row in _ROWS], divisions)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("临清市安草沟村1组", "N1"),
        ("湖州长兴北和路244号高泉科技大学南校区", "N2"),
        ("红寺堡区厦蓉高速大门到兴雨段", "N3"),
        ("北林区沪蓉高速K1818+500", "N4"),
    ],
)
def test_the_same_name_is_the_place(index: PlaceIndex, text: str, number: str) -> None:
    (found,) = index.match([PlaceQuery(text)], reasons=False)
    assert (found.outcome, found.candidates[0].id) == ("match", number)


@pytest.mark.parametrize(
    "text",
    [
        "临清市南安草沟村1组",  # 南安 is a division elsewhere; here 南 makes it another village
        "湖州长兴南和路244号高泉科技大学南校区",
        "红寺堡区厦蓉高速兴雨到智亭段",
        "北林区沪蓉高速佳辉到长金段K1818+500",
    ],
)
def test_a_namesake_is_no_match(index: PlaceIndex, text: str) -> None:
    (found,) = index.match([PlaceQuery(text)], reasons=False)
    assert found.outcome != "match"
