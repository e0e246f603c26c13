"""A record about a part of a compound speaks for that part only."""

from __future__ import annotations

import pytest

from geo.answer import PlaceMatch
from geo.compare import compare
from geo.divisions import Divisions
from geo.index import PlaceIndex
from geo.place import Place, PlaceQuery

_ADDRESS = "武侯区科华中路99号棕榈名庭"


def _one(divisions: Divisions, name: str, query: str, address: str = _ADDRESS) -> PlaceMatch:
    index = PlaceIndex.build([Place("blind_spot", "MD1", name, address, "成都市", "武侯区")], divisions)
    return index.match([PlaceQuery(query)])[0]


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ("地下室", "地下室"),
        ("地下室", "负一楼"),
        ("地下室", "-1层"),
        ("地下室", "地下一层"),
        ("负一楼", "地下室"),
        ("负一楼", "-1层"),
        ("负一层", "B1层"),
        ("-1层", "地下1层"),
        ("负二层", "地下二楼"),
        ("地下车库", "地下停车场"),
        ("地下车库", "负一楼停车场"),
        ("停车场", "地下车库"),
        ("电梯", "电梯"),
        ("电梯", "电梯里"),
        ("3栋电梯", "3号楼电梯内"),
        ("楼道", "楼道"),
        ("楼顶", "屋顶"),
        ("室内", "3栋1201"),
        ("", "3栋1201"),
        ("", "地下车库"),
        ("", "电梯"),
        ("", "室内"),
        ("电梯公寓", "电梯公寓3栋"),
    ],
)
def test_the_named_part_or_the_whole_compound_is_a_match(divisions: Divisions, listed: str, said: str) -> None:
    assert _one(divisions, f"棕榈名庭{listed}", f"{_ADDRESS}{said}").outcome == "match"


@pytest.mark.parametrize("part", ["地下室", "停车场", "电梯", "地下车库", "负一楼", "楼道", "楼顶", "室内", "大堂"])
@pytest.mark.parametrize("query", [_ADDRESS, "客户在武侯区棕榈名庭附近信号差", "武侯区科华中路99号", f"{_ADDRESS}3栋"])
def test_a_part_that_is_not_named_goes_to_a_person(divisions: Divisions, part: str, query: str) -> None:
    found = _one(divisions, f"棕榈名庭{part}", query)
    assert (found.outcome, found.candidates[0].level == "same_place") == ("review", False)
    assert 0.05 <= found.candidates[0].probability < 0.5


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ("地下室", "3栋1201"),
        ("停车场", "3栋1201"),
        ("地下车库", "12楼"),
        ("负一楼", "3栋12层"),
        ("楼顶", "3栋2单元1201室"),
        ("电梯", "地下室"),
        ("地下室", "电梯"),
        ("室外", "室内"),
        ("负二楼", "负一楼"),
    ],
)
def test_another_part_is_hardly_probable(divisions: Divisions, listed: str, said: str) -> None:
    found = _one(divisions, f"棕榈名庭{listed}", f"{_ADDRESS}{said}")
    assert (found.outcome, found.candidates[0].probability < 0.05) == ("none", True)


@pytest.mark.parametrize(("listed", "said"), [("地下车库", "停车场"), ("负二楼", "地下室"), ("电梯", "3栋1201")])
def test_half_of_what_is_listed_goes_to_a_person(divisions: Divisions, listed: str, said: str) -> None:
    assert _one(divisions, f"棕榈名庭{listed}", f"{_ADDRESS}{said}").outcome == "review"


def test_a_phase_and_its_car_park_are_two_places(divisions: Divisions) -> None:
    found = _one(divisions, "翠湖雅居二期停车场", "武侯区翠湖雅居二期5栋", "武侯区翠湖路8号翠湖雅居二期停车场")
    assert found.outcome == "review"


def test_the_part_may_stand_in_the_address_alone(divisions: Divisions) -> None:
    assert _one(divisions, "棕榈名庭", _ADDRESS, f"{_ADDRESS}地下室").outcome == "review"


def test_a_part_named_behind_the_complaint_is_no_place(divisions: Divisions) -> None:
    found = _one(divisions, "棕榈名庭地下室", f"{_ADDRESS}3栋1201手机没信号，地下室信号正常")
    assert found.outcome != "match"


@pytest.mark.parametrize(("said", "number"), [("", "W"), ("3栋1201", "W"), ("地下室", "B"), ("电梯里", "L")])
def test_a_part_and_its_compound_are_told_apart(divisions: Divisions, said: str, number: str) -> None:
    rows = (("W", "棕榈名庭"), ("B", "棕榈名庭地下室"), ("L", "棕榈名庭电梯"))
    index = PlaceIndex.build(
        [Place("blind_spot", id_, name, _ADDRESS, "成都市", "武侯区") for id_, name in rows], divisions
    )
    found = index.match([PlaceQuery(f"{_ADDRESS}{said}")])[0]
    assert (found.outcome, found.best and found.best.id) == ("match", number)


@pytest.mark.parametrize(
    ("listed", "said", "words"),
    [
        ("地下室", "地下室", "一致的有武侯区、棕榈名庭、科华中路、门牌号99、地下室。"),
        ("地下室", "", "来话没有说明地下室"),
        ("地下室", "3栋1201", "不一致的有地下室（来话为号码1201）"),
        ("电梯", "地下室", "不一致的有电梯（来话为地下室）"),
        ("", "地下车库", "来话还说明在地下室、停车场"),
        ("", "电梯", "来话还说明在电梯"),
    ],
)
def test_the_reason_names_the_part(divisions: Divisions, listed: str, said: str, words: str) -> None:
    found = _one(divisions, f"棕榈名庭{listed}", f"{_ADDRESS}{said}")
    assert words in found.candidates[0].sentence


def test_the_evidence_points_at_the_part(divisions: Divisions) -> None:
    text = f"{_ADDRESS}地下室"
    found = _one(divisions, "棕榈名庭地下室", text)
    assert "地下室" in {text[start:end] for start, end in found.candidates[0].spans}


def test_a_compound_and_its_basement_are_not_the_same_place(divisions: Divisions) -> None:
    probability, level = compare(_ADDRESS, f"{_ADDRESS}地下室", divisions)
    assert (probability < 0.5, level) == (True, "same_compound")
    assert compare(f"{_ADDRESS}负一楼", f"{_ADDRESS}地下室", divisions)[1] == "same_place"
