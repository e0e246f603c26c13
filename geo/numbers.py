"""Which numbers does an address hold, and what does each number count?

House, phase, block, building, unit, floor, room, village group, lane, metro line, exit, kilometre, sub-number, offset,
and bare numbers. 号楼, 栋, 幢, 座 and # are one. Numbers inside a name (天府3街) stay in the name.
Never compares numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

HOUSE, PHASE, BUILDING, UNIT, FLOOR, ROOM, ZONE, GROUP, LANE, LINE, EXIT, KM, SUB, OFFSET, BARE, HEADING = range(16)
LABELS = (
    "门牌号", "期数", "楼栋", "单元", "楼层", "房号", "分区", "组别", "巷弄号", "地铁线路",
    "出入口", "公里桩", "附号", "偏移距离", "号码", "偏移方向",
)  # fmt: skip
_LETTER = 10_000_000
_LARGEST = 2**31 - 1  # the index keeps numbers in 32 bits
_SIDES = "东南西北中"
_SIDE = 30 * _LETTER
_HEADINGS = {
    frozenset(name): number for number, name in enumerate(("东", "南", "西", "北", "东南", "西南", "东北", "西北"))
}
_HEADING_NAMES = ("东", "南", "西", "北", "东南", "西南", "东北", "西北")
_PATTERN = re.compile(
    r"(?=[\da-z#附第负地\-东南西北中往向朝以约大行走方侧面边去])(?:"
    r"(?P<km>k(?P<km1>\d+)(?:\+(?P<km2>\d+))?|(?P<km3>\d+)(?:\.\d+)?公里(?:\+(?P<km4>\d+)米?|(?P<km5>\d+)米)?)"
    r"|(?P<line>\d+)号线"
    r"|(?P<tb>\d{1,3})-(?P<tu>\d{1,2})-(?P<tr>\d{2,4})(?!\d|栋|幢|座|号)"
    r"|(?P<exit>[a-z]\d?|\d{1,2}号?)(?:出入口|出口|入口|口|号门)"
    r"|(?P<bldg>(?:[a-z]?\d+[a-z]?(?:[-~至到]\d+)?)|[a-z])-?(?:号楼|#楼|号栋|号公寓|栋楼?|幢|座|橦|懂|#)"
    r"|#(?P<bldg2>\d+)"
    r"|(?P<unit>\d+|[a-z])单元"
    r"|(?P<room>[a-z]?\d+)(?:号房|室|户|房(?!屋|产))"
    r"|(?P<below>负|地下室?负?|-|b(?=\d(?:层|f)))?(?P<floor>\d{1,3})(?:楼|层|f(?![a-z]))"
    r"|(?:负|(?<!\d)-(?=\d(?:停车|车库|地库)))(?P<minus>\d)(?!\d)"
    r"|(?P<phase>\d{1,2})期"
    r"|(?P<zone>[a-z]\d{0,2}|\d{1,2})区(?!间|域)"
    r"|(?P<side>(?<=[\u4e00-\u9fff])[东南西北中])区(?=[\d|a-z]|$)"
    r"|第?(?P<group>\d+)(?:村民小组|村民组|小组|组|生产队|大队|队|社(?!区|会))"
    r"|(?P<lane>\d+)(?:支弄|弄|支巷|巷(?!子))"
    r"|附(?P<sub>\d+)号?"
    r"|(?P<house>[a-z]?\d+[a-z]?)(?:[-~至到](?P<house2>\d+))?号(?:大?院)?(?:之(?P<sub2>\d+))?"
    r"|[往向朝以]?(?P<heading>[东南西北]{0,2})(?:方向|行驶|行|走|侧|面|边|去)?[约大]{0,2}(?P<offset>\d+)多?(?:米|m(?![a-z]))"
    r"(?:处|左右|范围内|远)?"
    r"|(?P<roomend>(?<=[\u4e00-\u9fff|])\d{1,3}-\d{3,4})(?=\||$)"
    r"|(?P<tower>(?<=[\u4e00-\u9fff])[a-z]\d{0,2}(?=\||$|塔|写字楼|办公|商务|公寓|地下|地库|车库|停车|负|电梯))"
    r"|(?P<bare>[a-z]?\d+(?=\||$)|(?<=[路街道巷弄段])\d{1,4}(?![\d段环街路道])))"
)


class Number(NamedTuple):
    """One number. kind: what it counts. low, high: its value, or the ends of a range (1-5栋). start, end: its place."""

    kind: int
    low: int
    high: int
    start: int
    end: int


def scan(text: str) -> list[Number]:
    """Return the numbers of a canonical text, from left to right; a telephone or ticket number is none."""
    found: list[Number] = []
    for match in _PATTERN.finditer(text):
        kind = match.lastgroup or ""
        read = _READERS.get(kind) or _READERS[_whole(match)]
        found.extend(Number(what, low, high, *match.span()) for what, low, high in read(match) if high <= _LARGEST)
    return found


def value(text: str) -> int:
    """Return a number's value as one integer; letters come after all digits (a3 ≠ 3, a ≠ 1).

    More than seven digits count nothing in an address; they give a value that no number may have.
    """
    if len(text) <= 7 and text.isdecimal():  # nearly always
        return int(text)
    letters = [c for c in text if c.isalpha()]
    digits = "".join(c for c in text if c.isdigit())
    if len(digits) > 7:
        return _LARGEST + 1
    number = int(digits) if digits else 0
    return number + (_LETTER * (ord(letters[0]) - 96) if letters else 0)


def spoken(number: Number) -> str:
    """Return a number as people read it: 12, A, A3, 1-5."""
    if number.kind == HEADING:
        return _HEADING_NAMES[number.low]
    return _say(number.low) if number.low == number.high else f"{_say(number.low)}-{_say(number.high)}"


def _say(low: int) -> str:
    if low >= _SIDE:
        return _SIDES[low - _SIDE]
    letter, digits = divmod(abs(low), _LETTER)
    sign = "负" if low < 0 else ""
    return sign + (chr(64 + letter) if letter else "") + (str(digits) if digits or not letter else "")


def _whole(match: re.Match[str]) -> str:
    return next(name for name in _READERS if match.group(name) is not None)


Reader = Callable[[re.Match[str]], list[tuple[int, int, int]]]


def _plain(kind: int, group: str) -> Reader:
    def read(match: re.Match[str]) -> list[tuple[int, int, int]]:
        low = value(match.group(group))
        return [(kind, low, low)]

    return read


def _km(match: re.Match[str]) -> list[tuple[int, int, int]]:
    further = match.group("km2") or match.group("km4") or match.group("km5") or 0
    metres = int(match.group("km1") or match.group("km3")) * 1000 + int(further)
    return [(KM, metres, metres)]


def _building(match: re.Match[str]) -> list[tuple[int, int, int]]:
    low, high = _range(match.group("bldg"))
    return [(BUILDING, low, high)]


def _range(text: str) -> tuple[int, int]:
    first, *rest = re.split("[-~至到]", text)
    low = value(first)
    high = value(rest[0]) if rest else low
    return low, max(low, high)


def _triple(match: re.Match[str]) -> list[tuple[int, int, int]]:
    parts = ((BUILDING, "tb"), (UNIT, "tu"), (ROOM, "tr"))
    return [(kind, value(match.group(name)), value(match.group(name))) for kind, name in parts]


def _building_room(match: re.Match[str]) -> list[tuple[int, int, int]]:
    building, room = (value(part) for part in match.group("roomend").split("-"))
    return [(BUILDING, building, building), (ROOM, room, room)]


def _floor(match: re.Match[str]) -> list[tuple[int, int, int]]:
    low = value(match.group("floor")) * (-1 if match.group("below") else 1)
    return [(FLOOR, low, low)]


def _minus(match: re.Match[str]) -> list[tuple[int, int, int]]:
    low = -value(match.group("minus"))
    return [(FLOOR, low, low)]


def _house(match: re.Match[str]) -> list[tuple[int, int, int]]:
    low = value(match.group("house"))
    second = match.group("house2")
    if second and value(second) > low:
        return [(HOUSE, low, value(second))]
    sub = second or match.group("sub2")
    found = [(HOUSE, low, low)]
    return [*found, (SUB, value(sub), value(sub))] if sub else found


def _offset(match: re.Match[str]) -> list[tuple[int, int, int]]:
    metres = value(match.group("offset"))
    heading = _HEADINGS.get(frozenset(match.group("heading")))
    found = [(OFFSET, metres, metres)]
    return found if heading is None else [*found, (HEADING, heading, heading)]


def _side(match: re.Match[str]) -> list[tuple[int, int, int]]:
    low = _SIDE + _SIDES.index(match.group("side"))
    return [(ZONE, low, low)]


_READERS: dict[str, Reader] = {
    "km": _km, "line": _plain(LINE, "line"), "tb": _triple, "exit": _plain(EXIT, "exit"), "bldg": _building,
    "bldg2": _plain(BUILDING, "bldg2"), "unit": _plain(UNIT, "unit"), "room": _plain(ROOM, "room"), "floor": _floor,
    "minus": _minus, "phase": _plain(PHASE, "phase"), "zone": _plain(ZONE, "zone"), "side": _side,
    "group": _plain(GROUP, "group"),
    "lane": _plain(LANE, "lane"), "sub": _plain(SUB, "sub"), "house": _house, "offset": _offset,
    "roomend": _building_room, "tower": _plain(BUILDING, "tower"), "bare": _plain(BARE, "bare"),
}  # fmt: skip
