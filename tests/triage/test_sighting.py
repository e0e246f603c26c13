"""Coordinates beside the text: what they confirm, what they contradict, and that they never answer against it."""

from __future__ import annotations

import dataclasses

import pytest

from geo.place import Place
from tests.triage.conftest import Decide
from triage.decide import Decided

WEAK = "客户反映在成都市武侯区桂溪街道天府三街199号手机信号很弱，只有一格，长期如此，要求处理"
ROW = ("天府三街199号", "成都市武侯区桂溪街道天府三街199号", "成都市", "武侯区")
TELLS = {"描述": "该处信号弱", "原因": "物业不同意建站", "解决方式": "正在协调站址"}
SPOT = Place("blind_spot", "BS-1", *ROW, 104.06121, 30.55213, "wgs84", TELLS)
SQUARE = "POLYGON((104.05 30.54,104.07 30.54,104.07 30.56,104.05 30.56,104.05 30.54))"  # about 2 km
AREA = Place("blind_spot", "BS-2", "甲村", "", "成都市", "武侯区", 104.06, 30.55, "wgs84", {**TELLS, "边界": SQUARE})
INSIDE = {"经度": "104.06123", "纬度": "30.55217", "坐标系": "WGS-84"}
FAR = {"经度": "104.16123", "纬度": "30.55217", "坐标系": "WGS-84"}  # 9.6 km east
NO_ADDRESS = "手机信号很弱，只有一格，长期如此，要求处理"


def sentences(decided: Decided) -> str:
    return "\n".join(r.sentence for r in decided.decision.why if r.rule.startswith("table.place_coordinate"))


def outcome(decided: Decided) -> tuple[str, str | None]:
    return decided.decision.place.outcome, decided.decision.place.id


def test_a_coordinate_at_the_place_confirms_the_text(decide: Decide) -> None:
    found = decide({"投诉内容": WEAK, **INSIDE}, [SPOT])
    assert (found.decision.action, outcome(found)) == ("self_handle", ("match", "BS-1"))
    assert "相互印证" in sentences(found)
    assert "距盲点 BS-1“天府三街199号”5米" in sentences(found)


def test_a_coordinate_far_from_the_place_goes_to_a_person(decide: Decide) -> None:
    found = decide({"投诉内容": WEAK, **FAR}, [SPOT])
    assert (found.decision.action, found.decision.reply, outcome(found)[0]) == ("review", None, "review")
    assert "9.6公里" in sentences(found)
    assert "相互矛盾" in sentences(found)


def test_an_unlabelled_coordinate_far_away_goes_to_a_person_too(decide: Decide) -> None:
    given = {name: text for name, text in FAR.items() if name != "坐标系"}
    assert decide({"投诉内容": WEAK, **given}, [SPOT]).decision.action == "review"


def test_an_unlabelled_coordinate_within_the_shift_of_datums_changes_nothing(decide: Decide) -> None:
    given = {"经度": "104.07021", "纬度": "30.55213"}  # 864 m
    found = decide({"投诉内容": WEAK, **given}, [SPOT])
    assert (found.decision.action, outcome(found)) == ("self_handle", ("match", "BS-1"))
    assert "坐标系不明" in sentences(found)


@pytest.mark.parametrize(("east", "action"), [("104.0715", "self_handle"), ("104.0720", "review")])
def test_a_kilometre_is_the_edge_of_a_contradiction(decide: Decide, east: str, action: str) -> None:
    given = {"经度": east, "纬度": "30.55213", "坐标系": "WGS-84"}  # 987 m and 1,035 m
    assert decide({"投诉内容": WEAK, **given}, [SPOT]).decision.action == action


def test_a_coordinate_with_two_decimals_proves_nothing(decide: Decide) -> None:
    given = {"经度": "104.07", "纬度": "30.55", "坐标系": "WGS-84"}  # 877 m, but it may be 787 m off
    found = decide({"投诉内容": WEAK, **given}, [SPOT])
    assert outcome(found) == ("match", "BS-1")
    assert "小数位少" in sentences(found)


def test_the_datum_decides_whether_a_coordinate_fits(decide: Decide) -> None:
    other = dataclasses.replace(AREA, id="BS-9", name="乙村")
    edge = {"经度": "104.0512", "纬度": "30.5500"}  # 115 m inside the western edge in WGS-84, outside from BD-09
    inside = decide({"投诉内容": NO_ADDRESS, **edge, "坐标系": "WGS-84"}, [other])
    outside = decide({"投诉内容": NO_ADDRESS, **edge, "坐标系": "BD-09"}, [other])
    assert (outcome(inside)[0], outcome(outside)[0]) == ("match", "none")


def test_two_compounds_of_one_name_are_told_apart_by_the_coordinate(decide: Decide) -> None:
    here = Place(
        "plan",
        "GH-1",
        "和平花园",
        "成都市武侯区和平花园",
        "成都市",
        "武侯区",
        104.06121,
        30.55213,
        "wgs84",
        {"状态": "在建"},
    )
    there = dataclasses.replace(here, id="GH-2", lon=104.09121)
    said = "客户反映在成都市武侯区和平花园手机信号很弱，只有一格，长期如此，要求处理"
    alone = decide({"投诉内容": said}, [here, there])
    beside = decide({"投诉内容": said, **INSIDE}, [here, there])
    unlabelled = decide({"投诉内容": said, **{**INSIDE, "坐标系": ""}}, [here, there])
    assert (outcome(alone)[0], outcome(beside), outcome(unlabelled)[0]) == ("review", ("match", "GH-1"), "review")


def test_a_rival_without_a_coordinate_keeps_a_person_in_charge(decide: Decide) -> None:
    here = Place(
        "plan",
        "GH-1",
        "和平花园",
        "成都市武侯区和平花园",
        "成都市",
        "武侯区",
        104.06121,
        30.55213,
        "wgs84",
        {"状态": "在建"},
    )
    there = dataclasses.replace(here, id="GH-2", lon=None, lat=None, datum=None)
    said = "客户反映在成都市武侯区和平花园手机信号很弱，只有一格，长期如此，要求处理"
    assert outcome(decide({"投诉内容": said, **INSIDE}, [here, there]))[0] == "review"


def test_a_ticket_without_an_address_is_matched_by_the_one_area_around_it(decide: Decide) -> None:
    found = decide({"投诉内容": NO_ADDRESS, **INSIDE}, [AREA])
    assert outcome(found) == ("match", "BS-2")
    assert "在盲点 BS-2“甲村”的范围内，离边界至少" in sentences(found)


@pytest.mark.parametrize("change", [{"datum": None}, {"extra": {**TELLS, "边界": SQUARE, "状态": "已解决"}}])
def test_an_area_of_unknown_datum_or_that_is_over_answers_nobody(decide: Decide, change: dict[str, object]) -> None:
    place = dataclasses.replace(AREA, **change)  # type: ignore[arg-type]
    assert outcome(decide({"投诉内容": NO_ADDRESS, **INSIDE}, [place]))[0] == "none"


def test_an_unlabelled_coordinate_never_decides_alone(decide: Decide) -> None:
    assert outcome(decide({"投诉内容": NO_ADDRESS, **{**INSIDE, "坐标系": ""}}, [AREA]))[0] == "none"


def test_areas_that_overlap_go_to_a_person(decide: Decide) -> None:
    other = dataclasses.replace(AREA, id="BS-3", name="乙村")
    assert outcome(decide({"投诉内容": NO_ADDRESS, **INSIDE}, [AREA, other]))[0] == "review"


def test_an_address_that_is_not_listed_inside_an_area_goes_to_a_person(decide: Decide) -> None:
    said = "客户反映在成都市武侯区桂溪街道府城大道88号手机信号很弱，只有一格，长期如此，要求处理"
    found = decide({"投诉内容": said, **INSIDE}, [AREA])
    assert (found.decision.action, outcome(found)) == ("review", ("review", "BS-2"))


def test_a_bad_coordinate_is_a_note_and_the_text_decides(decide: Decide) -> None:
    found = decide({"投诉内容": WEAK, "经度": "30.5", "纬度": "104.1"}, [SPOT])
    assert (found.decision.action, found.decision.coordinate) == ("self_handle", None)
    assert any("填反" in note for note in found.decision.notes)


def test_a_decision_keeps_the_coordinate_as_it_was_given(decide: Decide) -> None:
    kept = decide({"投诉内容": WEAK, **INSIDE}).decision.coordinate
    assert kept is not None
    assert (kept.lon, kept.lat, kept.datum, kept.source) == (104.06123, 30.55217, "wgs84", "field")
