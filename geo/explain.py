"""Why is a place the one that is meant, or not: what agrees, what differs, what was not said?

In words for staff, and as places in the query's own text. Never decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from geo import indoor
from geo.divisions import DISTRICT, WIDTH, Divisions
from geo.elements import KIND, OPTIONAL
from geo.figures import (
    BESIDE,
    DIVISION_DIFFERS,
    HOUSE_UNSAID,
    INDOOR_DIFFERS,
    NAME_DIFFERS,
    NUMBER_UNSAID,
    TOWN_DIFFERS,
)  # fmt: skip
from geo.normal import trace
from geo.numbers import BARE, BUILDING, FLOOR, HOUSE, LABELS, OFFSET, Number, scan, spoken
from geo.prepare import Prepared
from geo.segment import Segment

_SHORTEST = 2  # characters that must agree in one stretch to be shown as evidence
Span = tuple[int, int]


class Traced(NamedTuple):
    """A query as it is compared: its canonical text, where each character stood, and its numbers with their places."""

    canonical: str
    origins: tuple[int, ...]
    numbers: tuple[Number, ...]


class Explanation(NamedTuple):
    """agreed, differed, missing: in words. spans: half-open places in the query's text."""

    agreed: tuple[str, ...]
    differed: tuple[str, ...]
    missing: tuple[str, ...]
    sentence: str
    spans: tuple[Span, ...]


def read(text: str) -> Traced:
    """Return a query ready to be explained. text: as it arrived."""
    canonical, origins = trace(text)
    return Traced(canonical, origins, tuple(scan(canonical)))


def explain(
    traced: Traced, prepared: Prepared, segment: Segment, row: int, flags: int, divisions: Divisions, distance: str = ""
) -> Explanation:
    """Explain one candidate. traced: the query; flags: of geo.figures; distance: what coordinates say, in words."""
    agreed: list[str] = []
    differed: list[str] = []
    missing: list[str] = []
    _say_division(prepared, int(segment.listed.code[row]), flags, divisions, agreed, differed)
    canonical, origins = traced.canonical, traced.origins
    spans: list[Span] = []
    for kind, part in parts(segment, row):
        stretch = _longest(part, canonical)
        if len(stretch) == len(part):
            agreed.append(part)
        elif kind != OPTIONAL and len(stretch) < _SHORTEST:
            missing.append(part)
        elif kind != OPTIONAL:
            (differed if flags & NAME_DIFFERS else agreed).append(f"{part}（相近）")
        if len(stretch) >= _SHORTEST:
            at = canonical.find(stretch)
            spans.append((origins[at], origins[at + len(stretch) - 1] + 1))
    for number in _say_numbers(prepared, numbers(segment, row), flags, agreed, differed, missing):
        spans.extend(_where(number, traced))
    theirs = int(segment.listed.flags[row]) & indoor.PARTS
    more = _say_parts(prepared, theirs, flags, agreed, differed, missing)
    spans.extend((origins[start], origins[end - 1] + 1) for bits, start, end in indoor.find(canonical) if bits & theirs)
    sentence = _sentence(segment.name(row), agreed, differed, missing, more, distance)
    return Explanation(tuple(agreed), tuple(differed), tuple(missing), sentence, tuple(sorted(set(spans))))


def parts(segment: Segment, row: int) -> list[tuple[int, str]]:
    """Return kind and text of every named part of a place."""
    listed = segment.listed
    found = []
    for element in range(listed.element_bounds[row], listed.element_bounds[row + 1]):
        units = listed.chars[listed.char_bounds[element] : listed.char_bounds[element + 1]]
        found.append((int(listed.element_kind[element]) & KIND, units.tobytes().decode("utf-16-le", "replace")))
    return found


def numbers(segment: Segment, row: int) -> list[Number]:
    """Return the numbers of a place; their positions are unknown (0)."""
    listed = segment.listed
    stretch = slice(int(listed.number_bounds[row]), int(listed.number_bounds[row + 1]))
    columns = (listed.number_kind[stretch].tolist(), listed.low[stretch].tolist(), listed.high[stretch].tolist())
    return [Number(kind, low, high, 0, 0) for kind, low, high in zip(*columns, strict=True)]


def _say_division(
    prepared: Prepared, code: int, flags: int, divisions: Divisions, agreed: list[str], differed: list[str]
) -> None:
    _, city, district, town = divisions.path(code) if code else ("", "", "", "")
    if flags & DIVISION_DIFFERS:
        differed.append(f"行政区划（该地点在{city}{district}）")
    elif prepared.parsed.codes and code:
        known = prepared.parsed.codes[0]
        fine = known % WIDTH[DISTRICT - 1] > 0
        agreed.append(district if fine and district else city or divisions.path(code)[0])
    if flags & TOWN_DIFFERS:
        differed.append(f"乡镇街道（该地点在{town}）")


def _say_numbers(
    prepared: Prepared, theirs: Sequence[Number], flags: int, agreed: list[str], differed: list[str],
    missing: list[str],
) -> list[Number]:  # fmt: skip
    """Sort the numbers; return those of the query that agree."""
    evidence: list[Number] = []
    mine = prepared.numbers
    for number in theirs:
        label = f"{LABELS[number.kind]}{spoken(number)}"
        same = [n for n in mine if _may_be(n.kind, number.kind) and n.low <= number.high and number.low <= n.high]
        others = [n for n in mine if n.kind == number.kind]
        if same:
            evidence.append(same[0])
            agreed.append(label)
        elif others:
            differed.append(f"{label}（来话为{'、'.join(spoken(n) for n in others)}）")
        elif not _need_not_be_said(number, flags):
            missing.append(label)
    if flags & BESIDE:
        away = next((f"{spoken(n)}米" for n in mine if n.kind == OFFSET), "对面")
        differed.append(f"位置在其{away}")
    return evidence


def _need_not_be_said(number: Number, flags: int) -> bool:
    """A house whose compound is named, and the first floor under the ground, which is said as a part."""
    if number.kind == FLOOR:
        return number.low == -1
    return number.kind == HOUSE and flags & (HOUSE_UNSAID | NUMBER_UNSAID) == HOUSE_UNSAID


def _say_parts(
    prepared: Prepared, theirs: int, flags: int, agreed: list[str], differed: list[str], missing: list[str]
) -> str:
    """Sort the parts of a compound; return in words what the query names beyond them."""
    mine = prepared.flags & indoor.PARTS
    agreed.extend(indoor.named(theirs & mine))
    above = indoor.above_ground(prepared.numbers)
    if flags & INDOOR_DIFFERS:
        said = indoor.named(mine) if not above else [f"{LABELS[n.kind]}{spoken(n)}" for n in above]
        differed.extend(f"{name}（来话为{'、'.join(said)}）" for name in indoor.named(theirs & ~mine))
        return ""
    missing.extend(indoor.named(theirs & ~mine))
    more = indoor.named(mine & ~theirs & ~(indoor.parts().within if above else 0))
    return f"来话还说明在{'、'.join(more)}" if more else ""


def _may_be(mine: int, theirs: int) -> bool:
    return mine == theirs or BARE in (mine, theirs) or {mine, theirs} == {HOUSE, BUILDING}


def _longest(part: str, text: str) -> str:
    for length in range(len(part), 0, -1):
        for start in range(len(part) - length + 1):
            if part[start : start + length] in text:
                return part[start : start + length]
    return ""


def _where(number: Number, traced: Traced) -> list[Span]:
    for found in traced.numbers:
        if (found.kind, found.low, found.high) == (number.kind, number.low, number.high):
            return [(traced.origins[found.start], traced.origins[found.end - 1] + 1)]
    return []


def _sentence(name: str, agreed: Sequence[str], differed: Sequence[str], missing: Sequence[str], *further: str) -> str:
    """What people read. further: more clauses, empty ones are left out."""
    said = [
        f"{word}{'、'.join(what)}"
        for word, what in (("一致的有", agreed), ("不一致的有", differed), ("来话没有说明", missing))
        if what
    ]
    said.extend(clause for clause in further if clause)
    if not said:
        said.append("没有可以比较的内容")
    return f"与“{name}”比较：{'；'.join(said)}。"
