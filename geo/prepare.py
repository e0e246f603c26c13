"""What of an address is compared: the names in it, the numbers in it, the divisions it lies in?

Full names of divisions are taken out of the text; short ones (成都, 红山) stay and are marked, because they may just as
well be part of a compound's name. Numbers are taken out with their units. Never compares anything.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import NamedTuple

from geo import content, indoor
from geo.divisions import Divisions
from geo.normal import BOUNDARY, core, fold
from geo.numbers import Number, scan
from geo.parse import NamedDivisions, name_divisions
from rules.text import normalise

OPPOSITE = 1
_OPEN, _SHUT = "\ue000", "\ue001"  # around a short name of a division; private use, never in an address
_MOST_CHARACTERS, _MOST_NUMBERS = 120, 24


class Prepared(NamedTuple):
    """An address ready to be compared.

    names: canonical text with boundaries where a division, a number or a blank word stood. soft: for each character
    of names 1 where it belongs to a short name of a division. numbers: low and high by kind. flags: OPPOSITE and
    the parts of geo.indoor.
    """

    names: str
    soft: bytes
    numbers: tuple[Number, ...]
    parsed: NamedDivisions
    flags: int


@lru_cache(maxsize=4096)  # one address is asked for of blind spots, of plans, and again for its reasons
def prepare(
    text: str, divisions: Divisions, *, city: str | None = None, district: str | None = None, listed: bool = False
) -> Prepared:
    """Take an address apart for comparison.

    city, district: prior from other fields. listed: the text stands in a list of places, where a short name next to
    another division (成都武侯) is one for sure. Never raises.
    """
    normal = normalise(text)[0]
    start, end = (0, len(normal)) if listed else core(normal)
    kept = normal[start:end][: _MOST_CHARACTERS * 2]
    parsed = name_divisions(kept, divisions, city=city, district=district)
    marked = _mark_divisions(kept, parsed, everything=listed and len(parsed.spans) > 1)
    names, numbers = _take_out(fold(marked))
    blank, opposite = _words()
    opened, flags = opposite.subn(BOUNDARY, names.replace("地铁站", "站"))
    opened, parts = indoor.take_out(opened)
    names = blank.sub(BOUNDARY, opened)[:_MOST_CHARACTERS]
    names, soft = _soften(names)
    said = indoor.settle(parts, numbers, listed=listed) | (OPPOSITE if flags else 0)
    return Prepared(names, soft, tuple(numbers[:_MOST_NUMBERS]), parsed, said)


def _mark_divisions(normal: str, parsed: NamedDivisions, *, everything: bool) -> str:
    if not parsed.spans:
        return normal
    parts: list[str] = []
    at = 0
    for (start, end), short in zip(parsed.spans, parsed.short, strict=True):
        parts.append(normal[at:start])
        parts.append(f"{_OPEN}{normal[start:end]}{_SHUT}" if short and not everything else BOUNDARY)
        at = end
    return "".join((*parts, normal[at:]))


def _take_out(text: str) -> tuple[str, list[Number]]:
    numbers = scan(text)
    if not numbers:
        return text, numbers
    parts: list[str] = []
    at = 0
    for number in numbers:
        if number.start >= at:
            parts.append(text[at : number.start])
            at = number.end
    return BOUNDARY.join((*parts, text[at:])), numbers


def _soften(names: str) -> tuple[str, bytes]:
    if _OPEN not in names and _SHUT not in names:
        return names, bytes(len(names))
    kept: list[str] = []
    soft = bytearray()
    inside = False
    for character in names:
        if character in (_OPEN, _SHUT):
            inside = character == _OPEN
            continue
        kept.append(character)
        soft.append(inside)
    return "".join(kept), bytes(soft)


@cache
def _words() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words: dict[str, list[str]] = {"blank": [], "opposite": []}
    for kind, *several in content.lines("words.txt", columns=2):
        words.setdefault(kind, []).extend(several)
    blank, opposite = ("|".join(sorted(words[kind], key=len, reverse=True)) for kind in ("blank", "opposite"))
    return re.compile(f"(?:{blank})(?!站)"), re.compile(f"(?:{opposite})")
