"""Which divisions an address names. The cases are those that users of other parsers complained about."""

from __future__ import annotations

import pytest

from geo.divisions import Divisions
from geo.parse import parse


@pytest.mark.parametrize(
    ("text", "province", "city", "district", "town"),
    [
        ("江苏省鼓楼区琵琶街道3号", "江苏省", "徐州市", "鼓楼区", "琵琶街道"),  # the town resolves the twin
        ("启东市台湾风情街", "江苏省", "南通市", "启东市", ""),  # a province inside a street's name
        ("上海广东路12号", "上海市", "", "", ""),
        ("北海市重庆路5号", "广西壮族自治区", "北海市", "", ""),
        ("⻄安市⻓安区", "陕西省", "西安市", "长安区", ""),  # CJK radicals
        ("宣武区大栅栏", "北京市", "北京市", "西城区", ""),  # renamed
        ("新津县五津镇", "四川省", "成都市", "新津区", ""),
        ("祁阳市梅溪镇湖南省祁阳县梅溪镇某村", "湖南省", "永州市", "祁阳市", "梅溪镇"),  # repeated under its old name
        ("红河哈尼族彝族自治州元阳县", "云南省", "红河哈尼族彝族自治州", "元阳县", ""),
        ("青海西宁城中区", "青海省", "西宁市", "城中区", ""),
        ("北京市市辖区朝阳区建国路", "北京市", "北京市", "朝阳区", ""),  # 市辖区 is no city
        ("内蒙古呼和浩特新城区", "内蒙古自治区", "呼和浩特市", "新城区", ""),
        ("客户在成都市武侯区桂溪街道天府三街199号附近信号差", "四川省", "成都市", "武侯区", "桂溪街道"),
        ("成都武侯天府三街", "四川省", "成都市", "武侯区", ""),
        ("攀枝花市东区炳草岗", "四川省", "攀枝花市", "东区", ""),
        ("北京市东城区多福巷社区", "北京市", "北京市", "东城区", "东华门街道"),  # by its village or community
        ("仙桃市龙华山", "湖北省", "仙桃市", "仙桃市", ""),  # ruled by its province
        ("东莞市莞城街道东门路", "广东省", "东莞市", "", "莞城街道"),  # a city without districts
    ],
)
def test_divisions_are_named_by_their_names_of_today(
    divisions: Divisions, text: str, province: str, city: str, district: str, town: str
) -> None:
    found = parse(text, divisions)
    assert (found.province, found.city, found.district, found.town) == (province, city, district, town)


@pytest.mark.parametrize(
    "text", ["红山家园", "青城御龙湾", "凤凰西大道", "昌平北路", "莞城区", "京港澳高速武汉到孝感段"]
)
def test_the_name_of_a_road_or_compound_is_not_eaten(divisions: Divisions, text: str) -> None:
    found = parse(text, divisions)
    assert (found.candidates, found.rest) == ((), text)


def test_a_name_of_two_districts_keeps_both(divisions: Divisions) -> None:
    found = parse("朝阳区", divisions)
    assert found.candidates == (("北京市", "北京市", "朝阳区"), ("吉林省", "长春市", "朝阳区"))
    assert (found.province, found.city, found.district) == ("", "", "朝阳区")


def test_the_ticket_s_city_chooses_between_namesakes(divisions: Divisions) -> None:
    assert parse("鼓楼区中央路", divisions, city="南京分公司").city == "南京市"


def test_the_text_overrules_the_ticket_s_city(divisions: Divisions) -> None:
    assert parse("合肥市庐阳区", divisions, city="成都市").city == "合肥市"


def test_the_ticket_s_district_fills_what_the_text_leaves_open(divisions: Divisions) -> None:
    found = parse("天府三街199号", divisions, city="成都市", district="武侯区")
    assert (found.province, found.district, found.rest) == ("四川省", "武侯区", "天府三街199号")


def test_an_empty_text_has_no_divisions(divisions: Divisions) -> None:
    assert parse("", divisions).candidates == ()
