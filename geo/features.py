"""In what do a query and a listed place agree, differ, and say nothing?

One row of figures per pair, each with a name; the fitted coefficients of the model stand beside these names. And
flags: reasons why a pair must not be accepted whatever its figures. Never turns them into a probability.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.align import LONGEST_PART, LONGEST_QUERY, fit
from geo.columns import Asked, Listed
from geo.compiled import compiled
from geo.elements import OPTIONAL, PRIMARY
from geo.numbers import (
    BARE,
    BUILDING,
    EXIT,
    FLOOR,
    GROUP,
    HEADING,
    HOUSE,
    KM,
    LANE,
    LINE,
    OFFSET,
    PHASE,
    ROOM,
    SUB,
    UNIT,
    ZONE,
)  # fmt: skip

_GROUPS = ("house", "building", "phase", "group", "line", "inside", "offset")
NAMES = (
    "primary", "primary_exact", "primary_none", "primary_rest", "road", "road_exact", "road_none", "road_rest",
    "crossing_open", "query_rest", "query_rest_weight", "query_exact", "sounds", "others", "turned", "unsaid",
    "same_district", "same_city", "division_unknown", "other_district", "other_city", "other_by_short_name",
    "same_town", "other_town", "bare_same", "bare_other", "opposite_asked", "opposite_listed", "share",
    "identity", "identity_strict", "both_names", "name_without_house", "crossing_whole",
    "other_road_same_name", "other_name_same_house", "road_alone",
    *(f"{group}_{what}" for group in _GROUPS for what in ("same", "other", "unsaid", "more")),
)  # fmt: skip
COUNT = len(NAMES)
(
    _PRIMARY, _PRIMARY_EXACT, _PRIMARY_NONE, _PRIMARY_REST, _ROAD, _ROAD_EXACT, _ROAD_NONE, _ROAD_REST, _CROSSING,
    _REST, _REST_WEIGHT, _EXACT, _SOUNDS, _OTHERS, _TURNED, _UNSAID, _SAME_DISTRICT, _SAME_CITY, _UNKNOWN,
    _OTHER_DISTRICT, _OTHER_CITY, _OTHER_SHORT, _SAME_TOWN, _OTHER_TOWN, _BARE_SAME, _BARE_OTHER, _OPPOSITE_ASKED,
    _OPPOSITE_LISTED, SHARE, _IDENTITY, _IDENTITY_STRICT, _BOTH, _NAME_ONLY, _CROSSING_WHOLE, _OTHER_ROAD, _OTHER_NAME,
    _ROAD_ALONE, _NUMBERS,
) = range(38)  # fmt: skip
NUMBER_DIFFERS, NUMBER_UNSAID, NAME_DIFFERS, DIVISION_DIFFERS, TOWN_DIFFERS, BESIDE, MORE_ASKED = 1, 2, 4, 8, 16, 32, 64
HOUSE_UNSAID, FAR_AWAY, NARROWER = 128, 256, 512
_NEAR_EXACT, _GOOD = 0.97, 0.85
_BESIDE_M = 100  # an offset up to this still means the place; further on it is another spot


def _group_table() -> NDArray[np.int64]:
    table = np.full(16, -1, np.int64)
    members = ((HOUSE,), (BUILDING,), (PHASE, ZONE), (GROUP, LANE), (LINE, EXIT, KM, SUB), (UNIT, FLOOR, ROOM),
               (OFFSET, HEADING))  # fmt: skip
    for group, kinds in enumerate(members):
        table[list(kinds)] = group
    return table


GROUP_OF = _group_table()


@compiled
def describe(
    query: int, row: int, asked: Asked, listed: Listed, group_of: NDArray[np.int64], weight: NDArray[np.float32],
    sound: NDArray[np.uint16], similar: NDArray[np.uint16], turning: NDArray[np.uint8], cost: NDArray[np.float32],
    move: NDArray[np.uint8], out: NDArray[np.float32],
) -> int:  # fmt: skip
    """Write the figures of one pair into out (float32, COUNT); return its flags."""
    out[:] = 0.0
    flags = _divisions(query, row, asked, listed, out)
    flags |= _names(query, row, asked, listed, weight, sound, similar, turning, cost, move, out)
    flags |= _numbers(query, row, asked, listed, group_of, out)
    opposite = asked.flags[query] & 1
    if opposite and not listed.flags[row] & 1:
        out[_OPPOSITE_ASKED] = 1.0
        flags |= MORE_ASKED
    if listed.flags[row] & 1 and not opposite:
        out[_OPPOSITE_LISTED] = 1.0
        flags |= NUMBER_UNSAID
    return _together(out, flags)


@compiled
def _divisions(query: int, row: int, asked: Asked, listed: Listed, out: NDArray[np.float32]) -> int:
    """Compare the divisions; the most favourable of the query's readings counts."""
    code = listed.code[row]
    start, end = asked.code_bounds[query], asked.code_bounds[query + 1]
    if start == end or code == 0:
        out[_UNKNOWN] = 1.0
        return 0
    best, town = 0, 0
    for at in range(start, end):
        mine = asked.codes[at]
        level = _agreement(mine, code)
        best = max(best, level)
        if level == 4 and mine % 1000 > 0 and code % 1000 > 0:
            town = 1 if mine == code else (town if town == 1 else -1)
    out[_SAME_DISTRICT], out[_SAME_CITY] = best == 4, best == 3
    out[_SAME_TOWN], out[_OTHER_TOWN] = town == 1, town == -1
    if best >= 3:
        return TOWN_DIFFERS if town == -1 else 0
    if asked.firm[query] == 0:
        out[_OTHER_SHORT] = 1.0
        return DIVISION_DIFFERS
    out[_OTHER_DISTRICT], out[_OTHER_CITY] = best == 2, best < 2
    return DIVISION_DIFFERS


@compiled
def _agreement(mine: int, code: int) -> int:
    """4: same district; 3: nothing contradicts; 2: another district of one city; 1: another city; 0: province."""
    if mine // 10_000_000 != code // 10_000_000:
        return 0
    if mine % 10_000_000 == 0 or code % 10_000_000 == 0:
        return 3
    if mine // 100_000 != code // 100_000:
        return 1
    if mine // 1_000 == code // 1_000 and mine % 100_000:
        return 4
    if mine % 100_000 == 0 or code % 100_000 == 0:
        return 3
    return 2


@compiled
def _names(
    query: int, row: int, asked: Asked, listed: Listed, weight: NDArray[np.float32], sound: NDArray[np.uint16],
    similar: NDArray[np.uint16], turning: NDArray[np.uint8], cost: NDArray[np.float32], move: NDArray[np.uint8],
    out: NDArray[np.float32],
) -> int:  # fmt: skip
    """Fit every part of the place into the query."""
    text = asked.chars[asked.char_bounds[query] : asked.char_bounds[query + 1]]
    covered = np.zeros(len(text), np.uint8)
    best, whole, lost = np.zeros(3), np.zeros(3), np.zeros(3)
    roads, weakest_road = 0, 1.0
    for element in range(listed.element_bounds[row], listed.element_bounds[row + 1]):
        kind = listed.element_kind[element]
        part = listed.chars[listed.char_bounds[element] : listed.char_bounds[element + 1]]
        found = fit(part, text, weight, sound, similar, turning, cost, move, covered)
        size = 0.0
        for unit in part:
            size += weight[unit]
        whole[kind] += size
        lost[kind] += size * (1.0 - found.similarity)
        best[kind] = max(best[kind], found.similarity)
        if kind == OPTIONAL:
            continue
        out[_SOUNDS] += found.sounds / 3.0
        out[_OTHERS] += found.others / 3.0
        out[_TURNED] += found.turned
        out[_UNSAID] += found.unsaid
        if kind != PRIMARY:
            roads += 1
            weakest_road = min(weakest_road, found.similarity)
    return _sum_up(query, asked, covered, text, weight, best, whole, lost, roads, weakest_road, out)


@compiled
def _sum_up(
    query: int, asked: Asked, covered: NDArray[np.uint8], text: NDArray[np.uint16], weight: NDArray[np.float32],
    best: NDArray[np.float64], whole: NDArray[np.float64], lost: NDArray[np.float64], roads: int, weakest_road: float,
    out: NDArray[np.float32],
) -> int:  # fmt: skip
    out[_PRIMARY], out[_ROAD] = best[1], best[2]
    out[_PRIMARY_EXACT], out[_ROAD_EXACT] = best[1] >= _NEAR_EXACT, best[2] >= _NEAR_EXACT
    out[_PRIMARY_NONE], out[_ROAD_NONE] = whole[1] == 0.0, whole[2] == 0.0
    out[_PRIMARY_REST] = lost[1] / whole[1] if whole[1] > 0.0 else 0.0
    out[_ROAD_REST] = lost[2] / whole[2] if whole[2] > 0.0 else 0.0
    out[_CROSSING] = roads > 1 and weakest_road < 0.7
    out[_CROSSING_WHOLE] = weakest_road if roads > 1 and weakest_road >= 0.7 else 0.0
    total, rest = 0.0, 0.0
    start = asked.char_bounds[query]
    for at in range(len(text)):
        soft = asked.soft[start + at] == 1 and out[_OTHER_SHORT] == 0.0
        total += weight[text[at]]
        if covered[at] == 0 and not soft:
            rest += weight[text[at]]
    out[_REST] = rest / max(total, 1.0)
    out[_REST_WEIGHT] = min(rest, 6.0) / 6.0
    out[_EXACT] = rest == 0.0 and total > 0.0
    out[_SOUNDS], out[_OTHERS] = min(out[_SOUNDS], 1.0), min(out[_OTHERS], 1.0)
    out[_TURNED], out[_UNSAID] = min(out[_TURNED], 1.0), min(out[_UNSAID], 1.0)
    flags = NAME_DIFFERS if out[_TURNED] > 0.0 else 0
    if out[_CROSSING] > 0.0:
        flags |= NAME_DIFFERS
    return flags


@compiled
def _numbers(
    query: int, row: int, asked: Asked, listed: Listed, group_of: NDArray[np.int64], out: NDArray[np.float32]
) -> int:
    """Pair the numbers: first of the same kind, then bare ones and house against building."""
    q0, q1 = asked.number_bounds[query], asked.number_bounds[query + 1]
    p0, p1 = listed.number_bounds[row], listed.number_bounds[row + 1]
    used_q, used_p = np.zeros(q1 - q0, np.uint8), np.zeros(p1 - p0, np.uint8)
    for stage in range(3):
        for i in range(p0, p1):
            for j in range(q0, q1):
                if used_p[i - p0] and (used_q[j - q0] or stage > 0):
                    continue
                if stage > 0 and used_q[j - q0]:
                    continue
                if not _may_pair(stage, asked.number_kind[j], listed.number_kind[i]):
                    continue
                if asked.low[j] <= listed.high[i] and listed.low[i] <= asked.high[j]:
                    used_q[j - q0], used_p[i - p0] = 1, 1
                    kind = listed.number_kind[i] if listed.number_kind[i] != BARE else asked.number_kind[j]
                    if stage > 0 or kind == BARE:
                        out[_BARE_SAME] = 1.0
                    if kind != BARE:
                        out[_NUMBERS + 4 * group_of[kind]] = 1.0
    return _leftovers(query, row, asked, listed, group_of, used_q, used_p, out)


@compiled
def _may_pair(stage: int, mine: int, theirs: int) -> bool:
    if stage == 0:
        return mine == theirs
    if stage == 1:
        return (mine == BARE and theirs not in (OFFSET, HEADING, LINE)) or (
            theirs == BARE and mine not in (OFFSET, HEADING, LINE)
        )
    return (mine == HOUSE and theirs == BUILDING) or (mine == BUILDING and theirs == HOUSE)


@compiled
def _leftovers(
    query: int, row: int, asked: Asked, listed: Listed, group_of: NDArray[np.int64], used_q: NDArray[np.uint8],
    used_p: NDArray[np.uint8], out: NDArray[np.float32],
) -> int:  # fmt: skip
    """What differs, what the query leaves out, and what it adds."""
    flags = 0
    q0, p0 = asked.number_bounds[query], listed.number_bounds[row]
    bare_open = False
    for j in range(len(used_q)):
        bare_open = bare_open or (not used_q[j] and asked.number_kind[q0 + j] == BARE)
    for i in range(len(used_p)):
        kind = listed.number_kind[p0 + i]
        if used_p[i] or kind == BARE:
            continue
        differs = False
        for j in range(len(used_q)):
            differs = differs or (not used_q[j] and asked.number_kind[q0 + j] == kind)
        out[_NUMBERS + 4 * group_of[kind] + (1 if differs else 2)] = 1.0
        flags |= _unsaid(kind, differs)
        if bare_open and kind in (HOUSE, BUILDING, GROUP):
            out[_BARE_OTHER] = 1.0
            flags |= NUMBER_DIFFERS
    for j in range(len(used_q)):
        kind = asked.number_kind[q0 + j]
        if used_q[j] or kind == BARE or out[_NUMBERS + 4 * group_of[kind] + 1] > 0.0:
            continue
        out[_NUMBERS + 4 * group_of[kind] + 3] = 1.0
        flags |= BESIDE if kind == OFFSET and asked.low[q0 + j] > _BESIDE_M else MORE_ASKED
        if kind in (PHASE, ZONE, GROUP):
            flags |= NARROWER
    return flags


@compiled
def _unsaid(kind: int, differs: bool) -> int:
    """The flag of a number of the place that the query contradicts or leaves out."""
    if differs:
        return NUMBER_DIFFERS
    if kind == HOUSE:
        return HOUSE_UNSAID
    return 0 if kind in (LINE, HEADING) else NUMBER_UNSAID


@compiled
def _together(out: NDArray[np.float32], flags: int) -> int:
    """Figures that only say something together."""
    house = out[_NUMBERS]
    by_name, by_road = out[_PRIMARY], max(out[_ROAD] * house, out[_CROSSING_WHOLE])
    differs = flags & (NUMBER_DIFFERS | NAME_DIFFERS) != 0
    out[_IDENTITY] = 0.0 if differs else max(by_name, by_road)
    out[_IDENTITY_STRICT] = not differs and max(by_name, by_road) >= _NEAR_EXACT
    out[_BOTH] = by_name >= _GOOD and out[_ROAD] >= _GOOD
    out[_OTHER_ROAD] = out[_ROAD_REST] if by_name >= _GOOD else 0.0
    out[_OTHER_NAME] = out[_PRIMARY_REST] if by_road >= _GOOD else 0.0
    out[_ROAD_ALONE] = out[_ROAD] >= _GOOD and by_name < _GOOD and house == 0.0 and out[_CROSSING_WHOLE] == 0.0
    out[_NAME_ONLY] = flags & HOUSE_UNSAID != 0 and by_name < _GOOD
    if flags & HOUSE_UNSAID and by_name < _GOOD:
        flags |= NUMBER_UNSAID
    return flags


def workspace() -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Return working space for describe."""
    shape = (LONGEST_PART + 1, LONGEST_QUERY + 1)
    return np.zeros(shape, np.float32), np.zeros(shape, np.uint8)
