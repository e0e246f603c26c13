"""Which facts do fields and block state, and when do they stay unknown?"""

from __future__ import annotations

import pytest

from triage.intake import AreaHint, area_hint, facts_of, parse, ticket_from_mapping
from triage.intake.contradictions import suggestions_trusted
from triage.tickets import ParsedTicket, Reject


def parsed(content: str = "没信号", **fields: object) -> ParsedTicket:
    ticket = ticket_from_mapping({"工单流水号": "S-1", "投诉内容": content, **fields})
    assert not isinstance(ticket, Reject)
    return parse(ticket)


def block(key: str, value: str) -> ParsedTicket:
    return parsed(f"没信号#同步要素#联系要求:尽快 {key}:{value}#同步要素#")


@pytest.mark.parametrize(
    ("value", "fact"),
    [("是", "same"), ("有", "same"), ("邻居都这样", "same"), ("否", "fine"), ("没有", "fine"), ("就我一个", "fine"),
     ("别人都正常", "fine"), ("不清楚", None), ("没问", None), ("", None)],
)  # fmt: skip
def test_neighbours(value: str, fact: str | None) -> None:
    assert facts_of(block("周围其他用户是否有同样情况", value)).get("complaint.neighbours") == fact


@pytest.mark.parametrize(
    ("value", "fact"),
    [("4G", "4g"), ("５Ｇ", "5g"), ("LTE", "4g"), ("H+", "3g"), ("E", "2g"), ("无", "none"), ("打叉", "none"),
     ("仅限紧急呼叫", "emergency_only"), ("4G和5G跳", "other"), ("不清楚", None), ("", None)],
)  # fmt: skip
def test_indicator(value: str, fact: str | None) -> None:
    assert facts_of(block("手机显示的网络标识", value)).get("complaint.indicator") == fact


@pytest.mark.parametrize(
    ("value", "fact"), [("一直", "always"), ("有时候", "sometimes"), ("经常", "sometimes"), ("不详", None)]
)
def test_frequency(value: str, fact: str | None) -> None:
    assert facts_of(block("无信号出现的频率", value)).get("complaint.frequency") == fact


@pytest.mark.parametrize(
    ("value", "fact"), [("室内", "indoor"), ("户外", "outdoor"), ("室内外都有", None), ("不清楚", None)]
)
def test_indoor(value: str, fact: str | None) -> None:
    assert facts_of(block("处于室内还是室外", value)).get("complaint.indoor") == fact


def test_both_scenes_filled_is_a_contradiction() -> None:
    ticket = parsed("#同步要素#（室内）处于哪个场景:住宅（室外）处于哪个场景:道路#同步要素#")
    assert [one.what for one in ticket.contradictions] == ["indoor"]
    assert "complaint.indoor" not in facts_of(ticket)
    assert facts_of(ticket)["complaint.contradictory"] is True


def test_scene_that_says_nothing_contradicts_nothing() -> None:
    ticket = parsed("#同步要素#（室内）处于哪个场景:住宅（室外）处于哪个场景:无#同步要素#")
    assert facts_of(ticket)["complaint.indoor"] == "indoor"


def test_4g_path_against_an_e_on_the_screen_is_a_contradiction() -> None:
    ticket = parsed("#同步要素#联系要求:无 手机显示的网络标识:E#同步要素#", 投诉分类三级="手机上网（4G）")
    assert [one.what for one in ticket.contradictions] == ["network"]


def test_subject_path_against_the_fields_is_a_contradiction() -> None:
    ticket = parsed(工单主题="投诉问题(移动业务→网络质量→短彩信)", 投诉分类一级="家宽业务")
    assert [one.what for one in ticket.contradictions] == ["path"]
    assert ticket.path[:3] == ("家宽业务", "网络质量", "短彩信")


@pytest.mark.parametrize(("number", "trusted"), [("13800000001", True), ("13900000009", False)])
def test_suggestion_about_another_number_is_not_trusted(number: str, trusted: bool) -> None:
    ticket = parsed(故障号码="13800000001", 投诉定位建议4=f"{number}用户原因-未见网络异常")
    assert suggestions_trusted(ticket) is trusted


@pytest.mark.parametrize(
    ("level", "fact"),
    [("普通客户", "ordinary"), ("一星级", "star1"), ("５星", "star5"), ("金牌集团", "gold"), ("银卡", "silver"),
     ("铜牌", "bronze"), ("VIP客户", "vip"), ("其他", None)],
)  # fmt: skip
def test_customer_level(level: str, fact: str | None) -> None:
    assert facts_of(parsed(客户级别=level)).get("customer.level") == fact


@pytest.mark.parametrize(
    ("path", "level", "kind"),
    [("集团业务", "", "集团"), ("移动业务", "金牌集团", "集团"), ("家宽业务", "", "家庭"),
     ("移动业务", "三星级", "个人"),
     ("移动业务", "", None), ("", "三星级", None)],
)  # fmt: skip
def test_customer_kind(path: str, level: str, kind: str | None) -> None:
    assert facts_of(parsed(投诉分类一级=path, 客户级别=level)).get("customer.kind") == kind


@pytest.mark.parametrize(("value", "fact"), [("是", True), ("否", False), ("", None), ("待核实", None)])
def test_wide_is_three_valued(value: str, fact: bool | None) -> None:
    assert facts_of(parsed(是否大面积投诉=value)).get("complaint.wide") is fact


@pytest.mark.parametrize(("value", "fact"), [("12.00小时", 12.0), (24, 24.0), ("2026-11-03 20:15", None)])
def test_limit_comes_from_the_field_where_the_subject_has_none(value: object, fact: float | None) -> None:
    assert facts_of(parsed(工单处理时限=value)).get("complaint.limit_hours") == fact


@pytest.mark.parametrize(
    ("value", "area"),
    [
        ("成都市武侯区", ("成都市", "武侯区")),
        ("成都/武侯区", ("成都", "武侯区")),
        ("四川省/泸州市/泸县", ("泸州市", "泸县")),
        ("绵阳市江油市", ("绵阳市", "江油市")),
        ("凉山州西昌市", ("凉山州", "西昌市")),
        ("武侯区", (None, "武侯区")),
        ("合肥", ("合肥", None)),
        ("不详", (None, None)),
    ],
)
def test_area_of_the_block(value: str, area: tuple[str | None, str | None]) -> None:
    assert area_hint(block("故障地市/区县", value)) == AreaHint(*area)


def test_area_of_the_subject_beats_the_fields() -> None:
    ticket = parsed(工单主题="一星级客户投诉1次下派-故障地市(成都)-故障区县(武侯区)", 申告区县="锦江区", 地市="绵阳市")
    assert area_hint(ticket) == AreaHint("成都", "武侯区")
