"""Which province, city, district and town does an address name, and what is left?

All readings are kept until they contradict one another: 朝阳区 alone stays both 北京 and 长春. A short name (红山)
counts as a division only where nothing after it makes it the name of a road or a compound, and at district level
only next to its city or where a prior says so. Never guesses between namesakes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from geo.divisions import CITY, DISTRICT, PROVINCE, TOWN, WIDTH, Divisions, Name
from geo.normal import core
from rules.text import normalise

_ROADLIKE = (
    r"[东南西北中]?[一二三四五六七八九十0-9]{0,3}(?:路|街|大道|大街|道|巷|弄|胡同|里弄|环路|高速|立交|大桥|桥)(?!道)"
)
_COMPOUNDLIKE = (
    r"(?:家园|花园|小区|新村|公寓|大厦|广场|国际|中心|酒店|宾馆|饭店|医院|大学|学院|中学|小学|学校|公园|市场|商场|"
    r"商厦|名城|名都|城(?![区中东西南北关])|苑|园|府|湾(?!区)|庄|山庄|别墅|雅居|豪庭|御|半岛|时代|世纪|新天地|[站村店厂寺庙楼])"
)
_EATEN = re.compile(f"(?:{_ROADLIKE}|{_COMPOUNDLIKE})")
_GAP = re.compile(r"(?:[\s,，、·|/()（）\-—:：]|市辖区)*")
_GAP_ENDS = frozenset(" ,，、·|/()（）-—:：区")  # how a gap may end, 市辖区 included
_BRANCH = re.compile(r"(?:市)?分公司$")
_VILLAGE = re.compile(r"[^\d,，、|号路街道]{1,10}?(?:村|社区|嘎查)")
_BEAM = 4
_MOST_CANDIDATES = 20
_MOST_HINTS = 3


@dataclass(frozen=True, slots=True)
class ParsedAddress:
    """An address taken apart.

    province, city, district, town: full names of today; an empty string where unknown or ambiguous. rest: what
    follows, normalised. candidates: every possible (province, city, district) as far as it is known; one where it is
    clear, none where no division is named. codes: the candidates' nine-digit codes at the deepest level found.
    spans: half-open places of the division names in the normal form; short: which of them are short names. firm: False
    where only short names say it.
    """

    province: str
    city: str
    district: str
    town: str
    rest: str
    candidates: tuple[tuple[str, str, str], ...]
    codes: tuple[int, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()
    short: tuple[bool, ...] = ()
    firm: bool = True


class NamedDivisions(NamedTuple):
    """Codes, spans, short and firm of a ParsedAddress.

    hints: short names that were read as no division, because nothing says that they are one, and yet may be (天河 in
    天河体育西路): start, end and codes of each.
    """

    codes: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]
    short: tuple[bool, ...]
    firm: bool
    hints: tuple[tuple[int, int, tuple[int, ...]], ...]


class _Reading(NamedTuple):
    """A chain of division names from left to right. codes: all that are still possible, at level."""

    codes: tuple[int, ...]
    level: int
    end: int
    score: float
    spans: tuple[tuple[int, int], ...]
    short: tuple[bool, ...]
    firm: bool


_EMPTY = _Reading((), 0, 0, 0.0, (), (), False)


def parse(text: str, divisions: Divisions, *, city: str | None = None, district: str | None = None) -> ParsedAddress:
    """Take an address apart.

    text: as someone wrote it. city, district: a prior from other fields; it chooses among the text's readings and
    fills what the text leaves open, but never overrules a division that the text names. Never raises.
    """
    normal = normalise(text)[0]
    start, _ = core(normal)
    found = name_divisions(normal[start:], divisions, city=city, district=district)
    if start:
        found = found._replace(spans=tuple((first + start, last + start) for first, last in found.spans))
    rest = _without(normal, found.spans)
    if not found.codes:
        return ParsedAddress("", "", "", "", rest, (), spans=found.spans, short=found.short)
    codes = _towns_by_village(found.codes, rest, divisions)
    paths = [divisions.path(code) for code in codes[:_MOST_CANDIDATES]]
    agreed = [names[0] if len(set(names)) == 1 else "" for names in zip(*paths, strict=True)]
    candidates = tuple(dict.fromkeys((path[0], path[1], path[2]) for path in paths))
    return ParsedAddress(
        agreed[0], agreed[1], agreed[2], agreed[3], rest, candidates, codes, found.spans, found.short, found.firm
    )


def _towns_by_village(codes: tuple[int, ...], rest: str, divisions: Divisions) -> tuple[int, ...]:
    """The town, where only its village or community is named and lies in one town of the known district."""
    village = _VILLAGE.match(rest)
    if village is None or len(codes) != 1 or codes[0] % WIDTH[DISTRICT] or not codes[0] % WIDTH[CITY]:
        return codes
    towns = [town for town in divisions.towns_of_village(village.group()).tolist() if _compatible(town, codes[0])]
    return (towns[0],) if len(towns) == 1 else codes


def name_divisions(
    normal: str, divisions: Divisions, *, city: str | None = None, district: str | None = None, hinting: bool = True
) -> NamedDivisions:
    """As parse, for a text in its normal form already, and without the names in words; hinting: look for hints, too."""
    prior = prior_codes(divisions, city or "", district or "") if city or district else ()
    found = divisions.automaton.find_matches_as_indexes(normal, overlapping=True)
    if not found:
        return NamedDivisions(prior, (), (), bool(prior), ())
    found.sort(key=_from_left_longer_first)
    reading = _best_reading(normal, found, divisions, prior)
    codes = _choose(reading.codes, prior) if prior else reading.codes
    hints = _hints(normal, found, reading, divisions) if hinting else ()
    return NamedDivisions(codes, reading.spans, reading.short, reading.firm or bool(prior), hints)


def _hints(
    normal: str, found: Sequence[tuple[int, int, int]], reading: _Reading, divisions: Divisions
) -> tuple[tuple[int, int, tuple[int, ...]], ...]:
    """The short names at the beginning, or behind a division, that are not among the names read."""
    ends = {0, *(end for _, end in reading.spans)}
    hints: list[tuple[int, int, tuple[int, ...]]] = []
    for pattern, start, end in found:
        at_start = start in ends or normal[start - 1] in _GAP_ENDS
        if not at_start or not divisions.only_short[pattern] or len(hints) == _MOST_HINTS:
            continue
        if any(first < end and start < last for first, last in (*reading.spans, *(hint[:2] for hint in hints))):
            continue
        hints.append((start, end, tuple(name.code for name in divisions.meanings[pattern])))
        ends.add(end)
    return tuple(hints)


@lru_cache(maxsize=4096)
def prior_codes(divisions: Divisions, city: str, district: str) -> tuple[int, ...]:
    """Return the divisions that the fields 地市 and 区县 may mean; empty where neither says anything known.

    city: also a branch (成都分公司) or a province. A district outside the city is left out.
    """
    cities = [name.code for name in _field(divisions, city)]
    districts = [name.code for name in _field(divisions, district) if name.level >= DISTRICT]
    if not cities:
        return tuple(districts)
    inside = [code for code in districts if any(_compatible(code, top) for top in cities)]
    return tuple(inside or cities)


def _field(divisions: Divisions, text: str) -> tuple[Name, ...]:
    """The meanings of a field; where it strings several names together, the deepest."""
    plain = _BRANCH.sub("", normalise(text.strip())[0])
    known = divisions.called(plain)
    if known or not plain:
        return known
    found = divisions.automaton.find_matches_as_indexes(plain, overlapping=True)
    found.sort(key=_from_left_longer_first)
    reading = _best_reading(plain, found, divisions, ())
    return tuple(Name(code, reading.level, False) for code in reading.codes)


def _best_reading(
    normal: str, found: Sequence[tuple[int, int, int]], divisions: Divisions, prior: tuple[int, ...]
) -> _Reading:
    """The best chain of names. found: pattern, start and end of every name, from the left, the longer first."""
    readings = [_EMPTY]
    starts = {start for _, start, _ in found}  # 张家口桥东: no bridge, where another division begins at once
    ends = {0}
    taken = -1  # where the last name that was read begins; its own short form begins there, too, and says less
    for pattern, start, end in found:
        if divisions.only_short[pattern] and (
            start == taken
            or (start not in ends and normal[start - 1] not in _GAP_ENDS and (readings[0].spans or not prior))
            or (end not in starts and _EATEN.match(normal, end))
        ):
            continue
        grown: list[_Reading] = []
        for reading in readings:
            if reading.end <= start:
                longer = _extend(reading, pattern, start, end, normal, divisions, prior, end in starts)
                if longer is not None:
                    grown.append(longer)
        if grown:
            readings = sorted(readings + grown, key=_rank)[:_BEAM]
            ends.add(end)
            taken = start
    return readings[0]


def _from_left_longer_first(match: tuple[int, int, int]) -> tuple[int, int]:
    return match[1], -match[2]


def _rank(reading: _Reading) -> tuple[float, int]:
    return -reading.score, reading.end


def _extend(
    reading: _Reading, pattern: int, start: int, end: int, normal: str, divisions: Divisions, prior: tuple[int, ...],
    followed: bool,
) -> _Reading | None:  # fmt: skip
    """The reading with one more name, or None where the name does not fit into it. followed: by another name."""
    adjacent = start == 0
    if not adjacent and reading.spans:
        adjacent = reading.end == start or _GAP.fullmatch(normal, reading.end, start) is not None
    lone = start > 0 and end - start == 2  # 城区 in 莞城区
    step = _step(divisions, pattern, reading.codes, reading.level, prior, adjacent, lone)
    if step is None or (not step.firm and not followed and _EATEN.match(normal, end)):
        return None
    gain = (end - start) + (2.0 if step.firm else 0.0) + (1.0 if adjacent else -1.5)
    spans, short = (*reading.spans, (start, end)), (*reading.short, not step.firm)
    if step.level <= reading.level:  # said again: 祁阳市梅溪镇湖南省祁阳县
        return _Reading(reading.codes, reading.level, end, reading.score + 0.5 * gain, spans, short, reading.firm)
    return _Reading(step.codes, step.level, end, reading.score + gain, spans, short, reading.firm or step.firm)


class _Step(NamedTuple):
    """What a name adds to a reading: the codes that fit, their level, whether a full name says it."""

    codes: tuple[int, ...]
    level: int
    firm: bool


@lru_cache(maxsize=1 << 16)
def _step(
    divisions: Divisions, pattern: int, known: tuple[int, ...], level: int, prior: tuple[int, ...], adjacent: bool,
    lone: bool,
) -> _Step | None:  # fmt: skip
    """What the name of that number adds after known, or None where no meaning of it fits."""
    names = divisions.meanings[pattern]
    if known:
        near = [name for name in names if any(_compatible(name.code, code) for code in known)]
        fitting = near if adjacent else [name for name in near if not name.short and name.level > level]
    else:
        fitting = [name for name in names if _may_begin(name, prior, adjacent=adjacent, lone=lone)]
    if not fitting:
        return None
    if all(name.short for name in fitting):  # 朝阳: a city or one of two districts; 吉林: province or city
        fitting = fitting if known else [name for name in names if name.short]
        return _Step(tuple(dict.fromkeys(name.code for name in fitting)), min(name.level for name in fitting), False)
    deepest = max(name.level for name in fitting)
    codes = tuple(dict.fromkeys(name.code for name in fitting if name.level == deepest))
    return _Step(codes, deepest, any(not name.short for name in fitting))


def _may_begin(name: Name, prior: tuple[int, ...], *, adjacent: bool, lone: bool) -> bool:
    """Whether a name may be the first of an address."""
    expected = any(_compatible(name.code, code) for code in prior)
    if name.level == TOWN:
        return expected or (adjacent and not (prior or lone))
    if name.short:
        return expected if name.level == DISTRICT else adjacent and (expected or not prior)
    return expected or not lone


def _compatible(first: int, second: int) -> bool:
    """Whether one division lies in the other (or is it)."""
    for width in (WIDTH[PROVINCE], WIDTH[CITY], WIDTH[DISTRICT], 1):
        if first % width == 0 or second % width == 0:
            return first // width == second // width
    return first == second


@lru_cache(maxsize=1 << 14)
def _choose(codes: tuple[int, ...], prior: tuple[int, ...]) -> tuple[int, ...]:
    """The text's codes that the prior allows, or the prior where it is finer or the text is silent."""
    if not codes:
        return prior
    both = [(code, top) for code in codes for top in prior if _compatible(code, top)]
    if not both:
        return codes
    return tuple(dict.fromkeys(max(pair, key=_depth) for pair in both))


def _depth(code: int) -> int:
    return next(level for level in (TOWN, DISTRICT, CITY, PROVINCE) if code % _above(level) or level == PROVINCE)


def _above(level: int) -> int:
    return {TOWN: WIDTH[DISTRICT], DISTRICT: WIDTH[CITY], CITY: WIDTH[PROVINCE]}.get(level, 1)


def _without(normal: str, spans: tuple[tuple[int, int], ...]) -> str:
    at = 0
    kept = []
    for start, end in spans:
        kept.append(normal[at:start])
        at = end
    return "".join((*kept, normal[at:])).strip(" ,，、|")
