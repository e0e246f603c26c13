"""In which area does a ticket lie, and who may see it?"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from geo.divisions import Divisions, open_divisions
from geo.parse import parse
from triage.actors import LOCAL_OPERATOR, Actor
from triage.areas import FindCodes, area_code, area_of, may, read_area, within
from triage.errors import Refused
from triage.settings import PROJECT

CHENGDU = Actor("u1", frozenset({"analyst", "branch"}), frozenset({"5101", "510701"}))
GRANTED = Actor("u2", frozenset({"analyst", "branch"}), frozenset(), frozenset({("analyst", "5101"), ("branch", "")}))


@pytest.fixture(scope="module")
def divisions() -> Divisions:
    return open_divisions(PROJECT / ".cache" / "divisions.bin")


@pytest.fixture(scope="module")
def find(divisions: Divisions) -> FindCodes:
    def codes(text: str, city: str | None, county: str | None) -> Sequence[int]:
        return parse(text, divisions, city=city, district=county).codes

    return codes


@pytest.mark.parametrize(
    ("code", "area"),
    [(510000000, "51"), (510100000, "5101"), (510107000, "510107"), (510107001, "510107001"), (110105000, "110105")],
)
def test_an_area_is_as_long_as_its_level(code: int, area: str) -> None:
    assert area_of(code) == area


@pytest.mark.parametrize(
    ("address", "city", "county", "area"),
    [
        ("成都市武侯区天府三街199号", "", "", "510107"),
        ("成都市武侯区簇锦街道锦绣路1号", "", "", "510107"),  # no deeper than the district
        ("天府三街199号", "成都市", "武侯区", "510107"),  # the fields speak where the text does not
        ("成都市天府三街199号", "成都市", "武侯区", "510107"),  # the fields only say more
        ("绵阳市涪城区某路1号", "成都市", "武侯区", "510703"),  # the text beats the fields
        ("", "成都市", "", "5101"),
        ("", "", "武侯区", "510107"),
        ("朝阳区建设路1号", "", "", None),  # 北京 or 长春
        ("朝阳区建设路1号", "长春市", "", "220104"),
        ("某路1号", "", "", None),
        ("", "", "", None),
    ],
)
def test_the_area_of_a_ticket_is_what_its_text_and_fields_say(
    find: FindCodes, address: str, city: str, county: str, area: str | None
) -> None:
    assert area_code(find, address=address, city=city, county=county) == area


def test_readings_in_one_city_give_the_city() -> None:
    assert area_code(lambda *_: (510107000, 510104000), address="两江路") == "5101"


@pytest.mark.parametrize(
    ("code", "seen"),
    [("5101", True), ("510107", True), ("510107001", True), ("51", False), ("5107", False), ("510701", True),
     ("510703", False), ("3401", False), (None, False)],
)  # fmt: skip
def test_one_sees_what_lies_within_one_s_areas(code: str | None, seen: bool) -> None:
    assert within(CHENGDU, code) == seen


@pytest.mark.parametrize("code", ["51", "340104", None])
def test_without_areas_one_sees_everything(code: str | None) -> None:
    assert within(LOCAL_OPERATOR, code)


@pytest.mark.parametrize(
    ("actor", "role", "code", "allowed"),
    [
        (GRANTED, "analyst", "510107", True),
        (GRANTED, "analyst", "510703", False),  # a role of one area does not reach the area of another
        (GRANTED, "branch", "510703", True),
        (GRANTED, "branch", None, True),
        (GRANTED, "analyst", None, False),
        (CHENGDU, "analyst", "510104", True),
        (CHENGDU, "analyst", "3401", False),
        (CHENGDU, "supervisor", "5101", False),
    ],
)
def test_a_role_holds_within_its_own_areas(actor: Actor, role: str, code: str | None, allowed: bool) -> None:
    assert may(actor, role, code) == allowed


@pytest.mark.parametrize(
    ("typed", "area"),
    [("", ""), ("51", "51"), ("5101", "5101"), (" 510107 ", "510107"), ("510100", "5101"), ("四川省", "51"),
     ("成都市", "5101"), ("成都市武侯区", "510107"), ("武侯区", "510107")],
)  # fmt: skip
def test_an_area_is_typed_as_code_or_name(divisions: Divisions, find: FindCodes, typed: str, area: str) -> None:
    assert read_area(typed, divisions.name, lambda name: find(name, None, None)) == area


@pytest.mark.parametrize(("typed", "sentence"), [("99", "没有代码"), ("510", "没有代码"), ("5" * 30, "没有代码"),
                                                ("乌有市", "没有叫"), ("朝阳区", "不止一个")])  # fmt: skip
def test_an_area_that_is_none_or_several_is_refused(
    divisions: Divisions, find: FindCodes, typed: str, sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        read_area(typed, divisions.name, lambda name: find(name, None, None))
