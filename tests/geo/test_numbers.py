"""Numbers of an address and what they count."""

from __future__ import annotations

import pytest

from geo.normal import canonical, trace
from geo.numbers import (
    BARE,
    BUILDING,
    EXIT,
    FLOOR,
    GROUP,
    HEADING,
    HOUSE,
    KM,
    LANE,
    LINE,
    OFFSET,
    PHASE,
    ROOM,
    SUB,
    UNIT,
    ZONE,
    scan,
    spoken,
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("天府三街199号", [(HOUSE, "199")]),
        ("红山家园三号楼", [(BUILDING, "3")]),
        ("红山家园3幢", [(BUILDING, "3")]),
        ("红山家园9#", [(BUILDING, "9")]),
        ("29懂", [(BUILDING, "29")]),  # a usual slip for 栋
        ("三十一-#", [(BUILDING, "31")]),
        ("二期A区12幢2单元十五楼", [(PHASE, "2"), (ZONE, "A"), (BUILDING, "12"), (UNIT, "2"), (FLOOR, "15")]),
        ("家园东区3栋", [(ZONE, "东"), (BUILDING, "3")]),
        ("3-2-501", [(BUILDING, "3"), (UNIT, "2"), (ROOM, "501")]),
        ("1-5栋", [(BUILDING, "1-5")]),
        ("12号之3", [(HOUSE, "12"), (SUB, "3")]),
        ("12号附3号", [(HOUSE, "12"), (SUB, "3")]),
        ("1203弄5号", [(LANE, "1203"), (HOUSE, "5")]),
        ("青岗垭村第四村民小组", [(GROUP, "4")]),
        ("2号线红牌楼站B口", [(LINE, "2"), (EXIT, "B")]),
        ("高速K1203+500", [(KM, "1203500")]),
        ("交叉口往北行约350米", [(OFFSET, "350"), (HEADING, "北")]),
        ("负二楼", [(FLOOR, "负2")]),
        ("天府三街199", [(BARE, "199")]),
        ("第七中学", []),  # a number inside a name stays there
        ("十字路口", []),
        ("幸福社区", []),
    ],
)
def test_each_number_counts_what_its_unit_says(text: str, expected: list[tuple[int, str]]) -> None:
    assert [(number.kind, spoken(number)) for number in scan(canonical(text))] == expected


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("客户在成都市武侯区天府三街199号附近信号差", "成都市武侯区天府3街199号"),
        ("用户来电反映其位于海淀区中关村大街27号一直没信号,请处理", "海淀区中关村大街27号"),
        ("家住红山家园，手机没信号", "红山家园"),
        ("红山家园", "红山家园"),
    ],
)
def test_the_talk_around_a_place_is_left_out(text: str, place: str) -> None:
    assert canonical(text) == place


def test_every_character_can_be_traced_back() -> None:
    text = "客户在Ａ区二十三栋附近信号差"
    folded, origins = trace(text)
    assert folded == "a区23栋"
    assert [text[origin] for origin in origins] == ["Ａ", "区", "二", "十", "栋"]
