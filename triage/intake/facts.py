"""Which facts do the fields and the block of a ticket state?

Three-valued: a fact that is not stated, or stated in two ways, is left out. Never reads the prose of 投诉内容: that
is the rules' business.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from triage.intake.answers import answer, frequency, indicator, neighbours, says_nothing
from triage.intake.contradictions import indoor_statements
from triage.intake.subject import read_subject
from triage.tickets import DECLARED_COUNTY, TITLE, ParsedTicket

Fact = str | int | float | bool

_YES, _NO = (
    {"是", "有", "Y", "y", "yes", "1", "true", "True"},
    {"否", "无", "没有", "N", "n", "no", "0", "false", "False"},
)
_STARS = {c: n for n, chars in enumerate(("一1１", "二2２两", "三3３", "四4４", "五5５"), 1) for c in chars}
_STAR = re.compile("([一二三四五两1-5１-５])\\s*星")
_LEVELS = (
    ("gold", ("金牌", "金卡", "A类", "A级")),
    ("silver", ("银牌", "银卡", "B类", "B级")),
    ("bronze", ("铜牌", "C类", "C级")),
    ("vip", ("VIP", "vip", "钻石", "钻卡", "重要", "大客户")),
    ("ordinary", ("普通", "无星", "标准", "准星", "未评级", "零星")),
)
_HOURS = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*(?:小时|[hH])?")
_AREA = re.compile(
    r"(?:[^/\\\s]{2,8}?(?:省|自治区)[\s/\\、-]*)?(?:(\S{2,10}?(?:市|自治州|地区|盟|州)|[^区县旗/\\\s]{2,6}(?=[\s/\\、-]|$))[\s/\\、-]*)?"
    r"(\S{1,10}(?:区|县|市|旗))?"
)


@dataclass(frozen=True, slots=True)
class AreaHint:
    """Where the ticket's fields say it is, as written; None is unknown. It is a prior for reading the address."""

    city: str | None
    county: str | None


def facts_of(parsed: ParsedTicket) -> dict[str, Fact]:
    """Return the facts that fields and block state (fact id of rules/content/facts.yaml → value)."""
    fields = parsed.ticket.fields
    facts: dict[str, Fact | None] = {
        "complaint.indoor": _indoor(parsed),
        "complaint.wide": yes_or_no(fields.get("是否大面积投诉", "")),
        "complaint.dispatch_count": parsed.dispatch_count,
        "complaint.limit_hours": _limit_hours(parsed),
        "complaint.contradictory": True if parsed.contradictions else None,
        "customer.level": _level(parsed),
        "customer.kind": _kind(parsed),
        "urgency": fields.get("紧急程度"),
    }
    if parsed.block:
        for fact, key, meaning in (
            ("complaint.neighbours", "周围其他用户是否有同样情况", neighbours),
            ("complaint.indicator", "手机显示的网络标识", indicator),
            ("complaint.frequency", "无信号出现的频率", frequency),
            ("complaint.power", "开关机情况", _text),
            ("complaint.site", "数据访问哪个网站出现问题", _text),
        ):
            given = answer(parsed, key)
            facts[fact] = meaning(given.value) if given else None
    return {fact: value for fact, value in facts.items() if value is not None}


def yes_or_no(value: str) -> bool | None:
    """Return True for 是, False for 否, None for anything else."""
    if value in _YES:
        return True
    return False if value in _NO else None


def _text(value: str) -> str | None:
    return None if says_nothing(value) else value


def _indoor(parsed: ParsedTicket) -> str | None:
    sides = {one.side for one in indoor_statements(parsed)}
    return sides.pop() if len(sides) == 1 else None


def _limit_hours(parsed: ParsedTicket) -> float | None:
    if parsed.limit_hours is not None:
        return parsed.limit_hours
    given = _HOURS.fullmatch(parsed.ticket.fields.get("工单处理时限", ""))
    return float(given[1]) if given else None


def _level(parsed: ParsedTicket) -> str | None:
    fields = parsed.ticket.fields
    return _level_named(fields.get("客户级别", "")) or _level_named(read_subject(fields.get(TITLE, "")).level)


@lru_cache(maxsize=256)
def _level_named(text: str) -> str | None:
    star = _STAR.search(text)
    if star:
        return f"star{_STARS[star[1]]}"
    return next((value for value, words in _LEVELS if any(word in text for word in words)), None)


def _kind(parsed: ParsedTicket) -> str | None:
    first, level = parsed.path[0], parsed.ticket.fields.get("客户级别", "")
    if "集团" in first or "集团" in level:
        return "集团"
    if first.startswith(("家庭", "家宽")):
        return "家庭"
    return "个人" if first.startswith("移动业务") and ("星" in level or "普通" in level or "个人" in level) else None


def area_hint(parsed: ParsedTicket) -> AreaHint:
    """Return city and county as the block, the subject line and the fields name them, in this order."""
    fields, subject = parsed.ticket.fields, read_subject(parsed.ticket.fields.get(TITLE, ""))
    cities: list[str] = []
    counties: list[str] = []
    both = answer(parsed, "故障地市/区县")
    if both and (split := _AREA.fullmatch(both.value)):
        cities.append(split[1] or "")
        counties.append(split[2] or "")
    for key, into in (("故障地市", cities), ("故障区县", counties)):
        given, part = answer(parsed, key), subject.part(key)
        into.extend(one.value for one in (given, part) if one)
    cities.append(fields.get("地市", ""))
    counties.extend((fields.get(DECLARED_COUNTY, ""), fields.get("区县", "")))
    return AreaHint(_first(cities), _first(counties))


def _first(values: list[str]) -> str | None:
    return next((value for value in values if value and not says_nothing(value)), None)
