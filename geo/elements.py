"""Of which named parts does a listed place consist: roads, compounds, villages, stations, the ends of a stretch?

Never reads a number; boundaries stand where the numbers were.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import NamedTuple

from geo import content
from geo.normal import BOUNDARY

OPTIONAL, PRIMARY, ROAD = 0, 1, 2
KIND, INSTITUTION = 3, 4  # bits of a kind as it is stored: which of these, and whether people abbreviate the name
_MOST = 12
_SHORTEST_END = 2  # characters of an end of a stretch; 大门 may be one, though it names nothing elsewhere
_END_OF_ROAD = "高速公路|高速|大道|大街|胡同|环路|快速路|国道|省道|县道|乡道|公路|辅路|街坊|路|街|道|巷|弄"
_STREET_AS_COMPOUND = "风情街|步行街|商业街|美食街|小吃街|古街|老街|水街"
_ROAD = re.compile(
    rf"(?![^|路]{{0,8}}(?:{_STREET_AS_COMPOUND}))[^|]*?[^|与和及到至](?:{_END_OF_ROAD})(?:[东南西北中上下]段?(?=[与和及到至|]|$)|[东南西北中]?\d*段)?"
    r"(?!道|区|社区|小区|村|镇|乡|口|站|家园|花园|园|公寓|大厦|广场|小学|中学|学校|医院|市场|商场|新村|号)"
)
_BEFORE_ROAD = re.compile(r"^[与和及到至、~\-+往向]+")  # 和 and 及 join roads; elsewhere they begin a name (和平花园)
_BEFORE_NAME = re.compile(r"^[与到至、~\-+往向的]+")
_AFTER = re.compile(r"[与、~\-+的]+$")
_STRETCH = re.compile(r"[到至~]")
_TOWN = re.compile(r"^[^|]{1,6}(?:镇|乡|街道|办事处|开发区|新区|高新区|园区)$")
_EMPTY = re.compile(
    r"^(?:小区|社区|村|院|路|街|道|巷|楼|栋|段|内|里|处|号|口|门|东|南|西|北|中|站|线|方向|期|区|大门|[东南西北]门)?$"
)


class Element(NamedTuple):
    """A named part. kind: OPTIONAL (need not be said), PRIMARY (compound, village, station, firm) or ROAD.

    A PRIMARY that people abbreviate has the bit INSTITUTION, too.
    """

    kind: int
    text: str


def split(name: str, address: str, town: str) -> list[Element]:
    """Return the parts of a place without repetition, those of its name first.

    name, address: prepared names with boundaries. town: full name of the town it lies in, or empty.
    """
    found: dict[str, Element] = {}
    for text in (name, address):
        for chunk in text.split(BOUNDARY):
            for element in _parts(chunk) if chunk else ():
                found.setdefault(element.text, element)
    required = [element for element in found.values() if element.kind != OPTIONAL]
    longest = [
        element
        for element in required
        if not any(element.text in other.text and element != other and element.kind == other.kind for other in required)
    ]
    optional = [element for element in found.values() if element.kind == OPTIONAL]
    stem = re.sub("(?:街道|地区|镇|乡)$", "", town)
    if len(stem) >= 2 and stem not in found:
        optional.append(Element(OPTIONAL, stem))
    return [_marked(element) for element in (longest + optional)[:_MOST]]


def _marked(element: Element) -> Element:
    """The element with its kind as it is stored."""
    institution = element.kind == PRIMARY and institutions().search(element.text)
    return Element(element.kind | INSTITUTION, element.text) if institution else element


@cache
def institutions() -> re.Pattern[str]:
    """Return a pattern that finds the end of a name that people abbreviate (四川大学 → 川大)."""
    rows = content.lines("words.txt", columns=2)
    words = [word for kind, *several in rows if kind == "institution" for word in several]
    return re.compile("|".join(sorted(words, key=len, reverse=True)))


@lru_cache(maxsize=1 << 14)  # a road has many doors
def _parts(chunk: str) -> tuple[Element, ...]:
    elements: list[Element] = []
    stretch = False
    rest = chunk
    while rest:
        road = _ROAD.match(rest)
        if road is None:
            break
        text = _BEFORE_ROAD.sub("", road.group()) if elements else road.group()
        stretch = stretch or "高速" in text or text.endswith(("国道", "省道"))
        if len(text) > 1:
            elements.append(Element(ROAD, text))
        rest = rest[road.end() :]
    ends = _STRETCH.split(rest) if stretch or (elements and _STRETCH.match(rest)) else [rest]
    for end in ends:
        text = _AFTER.sub("", end.removesuffix("段") if stretch else end)
        text = _BEFORE_NAME.sub("", text) if elements else text
        if len(text) < _SHORTEST_END if stretch else _EMPTY.match(text):
            continue
        if stretch:
            elements.append(Element(ROAD, text))
        else:
            elements.append(Element(OPTIONAL if _TOWN.match(text) else PRIMARY, text))
    return tuple(elements)
