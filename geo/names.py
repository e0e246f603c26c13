"""Which roads, compounds and doors does an address name, in the form in which addresses of tickets are found again?

A door is a road with its number. Two people who write the same road or compound give the same name, except for what
only a comparison can bridge (homophones, short forms). Never reads divisions: give what geo.parse leaves.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Literal, NamedTuple

from geo import content, indoor
from geo.elements import PRIMARY, ROAD, split
from geo.normal import BOUNDARY, canonical
from geo.numbers import BARE, HOUSE, Number, scan

NameKind = Literal["door", "compound", "road"]
LONGEST = 60  # characters of a name
_MOST_CHARACTERS = 240
_NAME = re.compile("[\u3400-\u9fff].*[\u3400-\u9fff\\w]")


class PlaceName(NamedTuple):
    """One name. text: in its canonical form, e.g. 天府3街."""

    kind: NameKind
    text: str


def names_in(rest: str) -> tuple[PlaceName, ...]:
    """Return the names in an address without its divisions, doors first. rest: any text; never raises."""
    folded = canonical(rest[:_MOST_CHARACTERS])
    numbers = scan(folded)
    kept = indoor.take_out(_blank().sub(BOUNDARY, _without(folded, numbers)))[0]
    found = [
        PlaceName("compound" if element.kind == PRIMARY else "road", element.text[:LONGEST])
        for element in split("", kept, "")
        if element.kind in (PRIMARY, ROAD) and _NAME.search(element.text)
    ]
    return tuple(dict.fromkeys((*_doors(folded, numbers), *found)))


def _doors(folded: str, numbers: list[Number]) -> list[PlaceName]:
    """Roads with the number that follows them directly."""
    doors: list[PlaceName] = []
    for number in numbers:
        if number.kind not in (HOUSE, BARE) or number.low != number.high:
            continue
        before = folded[: number.start].rpartition(BOUNDARY)[2]
        roads = [element for element in split("", before, "") if element.kind == ROAD]
        if roads and before.endswith(roads[-1].text):
            doors.append(PlaceName("door", f"{roads[-1].text}{number.low}号"[:LONGEST]))
    return doors


def _without(text: str, numbers: list[Number]) -> str:
    parts: list[str] = []
    at = 0
    for number in numbers:
        if number.start >= at:
            parts.append(text[at : number.start])
            at = number.end
    return BOUNDARY.join((*parts, text[at:]))


@cache
def _blank() -> re.Pattern[str]:
    words = [word for kind, *several in content.lines("words.txt", columns=2) if kind != "common" for word in several]
    return re.compile("|".join(sorted((word for word in words if len(word) > 1), key=len, reverse=True)))
