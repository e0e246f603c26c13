"""What of an address is compared: the names in it, the numbers in it, the divisions it lies in?

Full names of divisions are taken out of the text; short ones (成都, 红山) stay and are marked, because they may just as
well be part of a compound's name. Numbers are taken out with their units. Never compares anything.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from geo import content, indoor
from geo.divisions import Divisions
from geo.normal import BOUNDARY, core, fold
from geo.numbers import Number, scan
from geo.parse import NamedDivisions, name_divisions
from rules.text import normalise

OPPOSITE = 1
_SHUT = "\ue000"  # behind a short name of a division; private use, as what stands before it: never in an address
_OPEN = "\ue000\ue001\ue002\ue003\ue004"  # before it, by the mark that the name's characters get, from 1 on
_ANY_OPEN = frozenset(_OPEN[1:])
_MOST_CHARACTERS, _MOST_NUMBERS = 120, 24


class Prepared(NamedTuple):
    """An address ready to be compared.

    names: canonical text with boundaries where a division, a number or a blank word stood. soft: for each character
    of names 1 where it belongs to a short name of a division, 2 and more where it may (see hints). numbers: low and
    high by kind. flags: OPPOSITE and the parts of geo.indoor.
    """

    names: str
    soft: bytes
    numbers: tuple[Number, ...]
    parsed: NamedDivisions
    flags: int
    hints: tuple[Hint, ...]


class Hint(NamedTuple):
    """A division that a name may mean. soft: how the characters of the name are marked."""

    soft: int
    code: int


@lru_cache(maxsize=4096)  # one address is asked for of blind spots, of plans, and again for its reasons
def prepare(
    text: str, divisions: Divisions, *, city: str | None = None, district: str | None = None, listed: bool = False
) -> Prepared:
    """Take an address apart for comparison.

    city, district: prior from other fields. listed: the text stands in a list of places, where a short name next to
    another division (成都武侯) is one for sure. Never raises.
    """
    return prepare_once(text, divisions, city, district, listed)


def prepare_once(text: str, divisions: Divisions, city: str | None, district: str | None, listed: bool) -> Prepared:
    """As prepare, for a text that is not asked for again, as most of a list."""
    normal = normalise(text)[0]
    start, end = (0, len(normal)) if listed else core(normal)
    kept = normal[start:end][: _MOST_CHARACTERS * 2]
    parsed = name_divisions(kept, divisions, city=city, district=district, hinting=not listed)
    hints = parsed.hints
    marked = _mark_divisions(kept, parsed, hints, everything=listed and len(parsed.spans) > 1)
    names, numbers = _take_out(fold(marked))
    blank, opposite = _words()
    opened, flags = opposite.subn(BOUNDARY, names.replace("地铁站", "站"))
    opened, parts = indoor.take_out(opened)
    names = blank.sub(BOUNDARY, opened)[:_MOST_CHARACTERS]
    names, soft = _soften(names)
    said = indoor.settle(parts, numbers, listed=listed) | (OPPOSITE if flags else 0)
    coded = tuple(Hint(number, code) for number, (_, _, codes) in enumerate(hints, 2) for code in codes)
    return Prepared(names, soft, tuple(numbers[:_MOST_NUMBERS]), parsed, said, coded)


def _mark_divisions(
    normal: str, parsed: NamedDivisions, hints: Sequence[tuple[int, int, tuple[int, ...]]], *, everything: bool
) -> str:
    """The text with a boundary for each division in full, and marks around each short name."""
    found = [(*span, int(short)) for span, short in zip(parsed.spans, parsed.short, strict=True)]
    if hints:
        found = sorted(found + [(start, end, 2 + number) for number, (start, end, _) in enumerate(hints)])
    parts: list[str] = []
    at = 0
    for start, end, short in found:
        parts.append(normal[at:start])
        parts.append(f"{_OPEN[short]}{normal[start:end]}{_SHUT}" if short and not everything else BOUNDARY)
        at = end
    return "".join((*parts, normal[at:])) if found else normal


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
    if _SHUT not in names and _ANY_OPEN.isdisjoint(names):
        return names, bytes(len(names))
    kept: list[str] = []
    soft = bytearray()
    inside = 0
    for character in names:
        if character == _SHUT or character in _ANY_OPEN:
            inside = _OPEN.find(character) if character != _SHUT else 0
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
