"""Which part of a compound does an address mean: the basement, the car park, the lift, the roof?

Such a part is a fact: a record about a basement says nothing about the flats above it. Parts are bits of a number, the
words are data (indoor.txt). Never compares anything.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from geo import content
from geo.errors import ContentUnreadable
from geo.normal import BOUNDARY
from geo.numbers import BARE, BUILDING, FLOOR, ROOM, UNIT, Number

PARTS = 0xFFFE  # bits of the parts; bit 0 belongs to geo.prepare
UNDERGROUND = 2  # the first part of the list
AGAINST = 16  # a part that is excluded stands so many bits higher
_MOST = 15
_ROOMS = range(101, 10_000)  # a bare number behind a building that can only be a flat


class Parts(NamedTuple):
    """names: of each bit from bit 1 on. words, excludes: bits by word, by bit. above, within: bits, see indoor.txt."""

    names: tuple[str, ...]
    pattern: re.Pattern[str]
    words: dict[str, int]
    excludes: dict[int, int]
    above: int
    within: int


def take_out(names: str) -> tuple[str, int]:
    """Return names with a boundary for each word of a part, and the bits of these parts."""
    known = parts()
    if not known.pattern.search(names):
        return names, 0
    bits = 0

    def leave(found: re.Match[str]) -> str:
        nonlocal bits
        if not (meant := known.words.get(found[1], 0)):
            return found.group()
        bits |= meant
        return BOUNDARY

    return known.pattern.sub(leave, names), bits


def find(text: str) -> list[tuple[int, int, int]]:
    """Return bits, start and end of every word of a part in a canonical text."""
    known = parts()
    return [(known.words[at[1]], *at.span(1)) for at in known.pattern.finditer(text) if at[1] in known.words]


def settle(bits: int, numbers: Sequence[Number], *, listed: bool) -> int:
    """Return all that is said of the part: bits of words and floors, and for a query the bits it speaks against.

    listed: a listed place speaks against nothing.
    """
    known = parts()
    if any(number.kind == FLOOR and number.low < 0 for number in numbers):
        bits |= UNDERGROUND
    if listed:
        return bits
    against = 0
    for bit, excluded in known.excludes.items():
        against |= excluded if bits & bit else 0
    if above_ground(numbers):
        against |= known.above
        bits |= known.within
    return bits | (against & ~bits) << AGAINST


def above_ground(numbers: Sequence[Number]) -> list[Number]:
    """Return the numbers that can only be of a floor or a room above the ground."""
    inside = any(number.kind in (BUILDING, UNIT) for number in numbers)
    return [
        n
        for n in numbers
        if n.kind == ROOM or (n.kind == FLOOR and n.low > 0) or (n.kind == BARE and inside and n.low in _ROOMS)
    ]


def named(bits: int) -> list[str]:
    """Return the names of the parts in bits."""
    return [name for number, name in enumerate(parts().names, 1) if bits >> number & 1]


@cache
def parts() -> Parts:
    """Return the parts of indoor.txt. Raises ContentUnreadable."""
    rows = content.lines("indoor.txt", columns=2)
    names = tuple(row[1] for row in rows if row[0] == "part")
    if len(set(names)) < len(names) or len(names) > _MOST:
        raise ContentUnreadable(f"indoor.txt: at most {_MOST} parts, each once, are possible")
    bit = {name: 2 << number for number, name in enumerate(names)}
    words: dict[str, int] = {}
    excludes: dict[int, int] = {}
    sums = {"above": 0, "within": 0}
    only_names: list[str] = []
    for kind, *several in rows:
        if kind == "name":
            only_names += several
        elif kind == "part":
            for word in several[1:]:
                words[word] = words.get(word, 0) | bit[several[0]]
        elif unknown := set(several) - set(names):
            raise ContentUnreadable(f"indoor.txt: {kind} names unknown parts {sorted(unknown)}")
        elif kind == "excludes":
            excludes[bit[several[0]]] = sum(bit[name] for name in several[1:])
        else:
            sums[kind] = sum(bit[name] for name in several)
    longest = "|".join(re.escape(word) for word in sorted({*words, *only_names}, key=len, reverse=True))
    pattern = re.compile(f"({longest})(?!站|路|街|巷|村|公寓|公司)(?:里面|里|内)?")
    return Parts(names, pattern, words, excludes, **sums)
