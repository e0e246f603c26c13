"""A list as it could stand in a branch, and how its customers name the places: written by hand, not generated."""

from __future__ import annotations

import pytest

from geo.divisions import Divisions
from geo.index import PlaceIndex
from geo.place import Place, PlaceQuery

_ROWS = (
    ("A1", "万科城市花园二期", "四川省成都市成华区双庆路99号万科城市花园二期", "成都市", "成华区"),
    ("A2", "万科城市花园一期", "四川省成都市成华区双庆路99号万科城市花园一期", "成都市", "成华区"),
    ("A3", "保利中心B座", "成都市武侯区锦绣路1号保利中心B座", "成都市", "武侯区"),
    ("A4", "龙门山镇宝山村7组", "彭州市龙门山镇宝山村7组", "成都市", "彭州市"),
    ("A5", "地铁3号线红牌楼站C口", "武侯区佳灵路地铁3号线红牌楼站C口", "成都市", "武侯区"),
    ("A6", "成渝高速K23+500", "成渝高速龙泉驿收费站至简阳收费站K23+500", "成都市", "龙泉驿区"),
    ("A7", "京昆高速绵阳至德阳段", "京昆高速绵阳至德阳段", "绵阳市", "涪城区"),
    ("A8", "科华北路与一环路交叉口", "武侯区科华北路与一环路南三段交叉口", "成都市", "武侯区"),
    ("A9", "西南财经大学柳林校区", "温江区柳台大道555号", "成都市", "温江区"),
    ("A10", "鑫苑鑫都汇3号楼地下车库", "成都市郫都区犀浦镇天河路鑫苑鑫都汇3号楼地下车库", "成都市", "郫都区"),
    ("A11", "鼓楼区政府", "安徽省合肥市庐阳区长江中路1号", "合肥市", "庐阳区"),
    ("A12", "和平花园", "阜阳市颍州区清河路88号和平花园", "阜阳市", "颍州区"),
    ("A13", "和平花园", "宿州市埇桥区淮海路21号和平花园", "宿州市", "埇桥区"),
    ("A14", "天府二街138号蜀都中心", "高新区天府二街138号蜀都中心", "成都市", "高新区"),
    ("A15", "红旗村", "仪陇县马鞍镇红旗村", "南充市", "仪陇县"),
    ("A16", "东大街", "锦江区东大街", "成都市", "锦江区"),
)


@pytest.fixture(scope="module")
def index(divisions: Divisions) -> PlaceIndex:
    """Return an index of the list."""
    return PlaceIndex.build([Place("plan", *row) for row in _ROWS], divisions)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("客户在成都成华区双庆路99号万科城市花园2期5栋1单元信号差", "A1"),
        ("万科城市花园二期", "A1"),
        ("武侯区保利中心b座12楼", "A3"),
        ("锦绣路一号保利中心B幢", "A3"),
        ("彭州龙门山宝山村七组", "A4"),
        ("红牌楼地铁站C口", "A5"),
        ("3号线红牌楼C出口", "A5"),
        ("京昆高速德阳到绵阳方向", "A7"),
        ("一环路南三段和科华北路路口", "A8"),
        ("温江区西南财大柳林校区", "A9"),
        ("成都市温江区柳台大道555号西南财经大学(柳林校区)", "A9"),
        ("温江柳台大道555", "A9"),
        ("犀浦天河路鑫苑鑫都汇3栋地下停车场", "A10"),
        ("阜阳市和平花园", "A12"),
        ("安徽省宿州市埇桥区淮海路和平花园6号楼", "A13"),
        ("成都高新区天府二街138号", "A14"),
        ("天府2街138号蜀都中心1栋", "A14"),
        ("南充仪陇马鞍红旗村", "A15"),
    ],
)
def test_a_place_that_is_named_clearly_is_sure(index: PlaceIndex, text: str, number: str) -> None:
    found = index.match([PlaceQuery(text)])[0]
    assert (found.outcome, found.best and found.best.id) == ("match", number)


@pytest.mark.parametrize(
    "text",
    [
        "成华区万科城市花园",
        "成华区万科城市花园三期",
        "武侯区锦绣路1号保利中心",
        "武侯区保利中心A座",
        "彭州市龙门山镇宝山村8组",
        "彭州市龙门山镇宝山村",
        "都江堰市龙门山镇宝山村7组",
        "地铁3号线红牌楼站",
        "地铁3号线磨子桥站C口",
        "成渝高速K25",
        "京昆高速广元至绵阳段",
        "科华北路",
        "鑫苑鑫都汇5栋",
        "和平花园",
        "蚌埠市和平花园",
        "天府三街138号",
        "天府二街183号",
        "仪陇县新政镇红旗村",
        "锦江区东大街99号",
        "锦江区",
        "桂溪街道",
        "成都市西大街",
    ],
)
def test_another_place_or_an_open_question_is_never_sure(index: PlaceIndex, text: str) -> None:
    assert index.match([PlaceQuery(text)])[0].outcome != "match"


def test_a_contradicting_coordinate_is_never_sure(index: PlaceIndex, divisions: Divisions) -> None:
    place = Place("plan", "B1", "和平花园", "阜阳市颍州区清河路88号和平花园", "阜阳市", "颍州区", 115.8, 32.9, "wgs84")
    far = PlaceQuery("阜阳市颍州区清河路88号和平花园", lon=115.9, lat=32.9, datum="wgs84")
    near = PlaceQuery("阜阳市颍州区清河路88号和平花园", lon=115.8, lat=32.9, datum="wgs84")
    found = PlaceIndex.build([place], divisions).match([far, near])
    assert [answer.outcome for answer in found] == ["review", "match"]
    assert "矛盾" in found[0].candidates[0].sentence


def test_a_blind_spot_stands_for_the_plan_of_the_same_words(divisions: Divisions) -> None:
    row = ("和平花园", "阜阳市颍州区清河路88号和平花园", "阜阳市", "颍州区")
    index = PlaceIndex.build([Place("plan", "GH", *row), Place("blind_spot", "MD", *row)], divisions)
    found = index.match([PlaceQuery("阜阳市颍州区清河路88号和平花园")])[0]
    assert (found.outcome, found.best and found.best.id) == ("match", "MD")


def test_a_reason_points_into_the_text_as_it_arrived(index: PlaceIndex) -> None:
    text = "客户在成华区双庆路９９号万科城市花园二期信号差"
    best = index.match([PlaceQuery(text)])[0].best
    assert best is not None
    assert {text[start:end] for start, end in best.spans} >= {"双庆路", "９９号", "万科城市花园", "二期"}


def test_an_unlabelled_coordinate_says_so(divisions: Divisions) -> None:
    place = Place("plan", "B1", "和平花园", "阜阳市颍州区清河路88号和平花园", "阜阳市", "颍州区", 115.8, 32.9)
    query = PlaceQuery("阜阳市颍州区清河路88号和平花园", lon=115.8, lat=32.9, datum="wgs84")
    found = PlaceIndex.build([place], divisions).match([query])[0]
    assert "坐标系不明" in found.candidates[0].sentence


@pytest.mark.parametrize("suffix", ["盲点", "弱覆盖区域", "规划站点"])
def test_a_word_for_the_list_itself_is_no_part_of_a_name(divisions: Divisions, suffix: str) -> None:
    place = Place("blind_spot", "1", f"红山家园{suffix}", "成都市武侯区天府三街199号", "成都市", "武侯区")
    found = PlaceIndex.build([place], divisions).match([PlaceQuery("武侯区天府三街199号红山家园")])[0]
    assert found.outcome == "match"
    assert "没有说明" not in found.candidates[0].sentence
