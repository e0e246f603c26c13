"""In what do a query and a listed place agree, differ, and say nothing?

One row of figures per pair, named in geo.figures, and flags: reasons why a pair must not be accepted whatever its
figures. Never turns them into a probability.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.abbreviate import abbreviation
from geo.align import KNOWN, LONGEST_PART, LONGEST_QUERY, Fit, Heard, fit, glance, hear, note
from geo.columns import Asked, Listed
from geo.compiled import compiled
from geo.elements import INSTITUTION, KIND, OPTIONAL, PRIMARY
from geo.figures import (
    ABBREVIATED,
    BOTH,
    CROSSING,
    CROSSING_WHOLE,
    DIVISION_DIFFERS,
    EXACT,
    HINTED,
    HOUSE_UNSAID,
    IDENTITY,
    IDENTITY_STRICT,
    INDOOR,
    INDOOR_DIFFERS,
    INDOOR_UNSAID,
    KILOMETRE,
    MORE_ASKED,
    NAME_DIFFERS,
    NAME_ONLY,
    NUMBER_DIFFERS,
    NUMBER_UNSAID,
    NUMBERS,
    OPPOSITE_ASKED,
    OPPOSITE_LISTED,
    OTHER_CITY,
    OTHER_DISTRICT,
    OTHER_NAME,
    OTHER_ROAD,
    OTHER_SHORT,
    OTHER_TOWN,
    OTHERS,
    PRIMARY_EXACT,
    PRIMARY_FIT,
    PRIMARY_NONE,
    PRIMARY_REST,
    REST,
    REST_BEHIND,
    REST_WEIGHT,
    ROAD_ALONE,
    ROAD_EXACT,
    ROAD_FIT,
    ROAD_NONE,
    ROAD_REST,
    ROAD_UNSAID,
    SAME_CITY,
    SAME_DISTRICT,
    SAME_TOWN,
    SHORT_NAME,
    SOUNDS,
    TOWN_DIFFERS,
    TURNED,
    UNKNOWN,
    UNSAID,
)  # fmt: skip
from geo.indoor import AGAINST, PARTS
from geo.letters import Letters
from geo.pairing import pair_numbers

_NEAR_EXACT, _GOOD, _LITTLE = 0.97, 0.85, 0.1
_ROAD_ENDS = tuple(ord(character) for character in "路街道巷弄")


class Space(NamedTuple):
    """Working space. known: int32 (KNOWN,), number of the last query that held a character or sound; cost, move: of
    one alignment.
    """

    known: NDArray[np.int32]
    cost: NDArray[np.float32]
    move: NDArray[np.uint8]


@compiled
def describe(
    query: int, row: int, asked: Asked, listed: Listed, group_of: NDArray[np.int64], letters: Letters, text: Heard,
    space: Space, out: NDArray[np.float32],
) -> int:  # fmt: skip
    """Write the figures of one pair into out (float32, COUNT); return its flags. text, space: as begin made them."""
    out[:] = 0.0
    flags = _divisions(query, row, asked, listed, out)
    hinted = _hinted(query, listed.code[row], asked, out)
    flags |= _names(query, row, asked, listed, letters, text, space, hinted, out)
    flags |= pair_numbers(query, row, asked, listed, group_of, out)
    flags |= _indoor(query, row, asked, listed, out)
    opposite = asked.flags[query] & 1
    if opposite and not listed.flags[row] & 1:
        out[OPPOSITE_ASKED] = 1.0
        flags |= MORE_ASKED
    if listed.flags[row] & 1 and not opposite:
        out[OPPOSITE_LISTED] = 1.0
        flags |= NUMBER_UNSAID
    return _together(out, flags)


@compiled
def _indoor(query: int, row: int, asked: Asked, listed: Listed, out: NDArray[np.float32]) -> int:
    """Compare the parts of a compound: one that the place is about must be named."""
    said = np.int64(asked.flags[query])
    mine, theirs = said & PARTS, np.int64(listed.flags[row]) & PARTS
    if theirs & ~mine:
        differs = theirs & mine == 0 and theirs & (said >> AGAINST) != 0
        out[INDOOR + (1 if differs else 2)] = 1.0
        return INDOOR_DIFFERS if differs else INDOOR_UNSAID
    out[INDOOR] = theirs != 0
    if mine & ~theirs:
        out[INDOOR + 3] = 1.0
        return MORE_ASKED
    return 0


@compiled
def _divisions(query: int, row: int, asked: Asked, listed: Listed, out: NDArray[np.float32]) -> int:
    """Compare the divisions; the most favourable of the query's readings counts."""
    code = listed.code[row]
    start, end = asked.code_bounds[query], asked.code_bounds[query + 1]
    if start == end or code == 0:
        out[UNKNOWN] = 1.0
        return 0
    best, town = 0, 0
    for at in range(start, end):
        mine = asked.codes[at]
        level = _agreement(mine, code)
        best = max(best, level)
        if level == 4 and mine % 1000 > 0 and code % 1000 > 0:
            town = 1 if mine == code else (town if town == 1 else -1)
    out[SAME_DISTRICT], out[SAME_CITY] = best == 4, best == 3
    out[SAME_TOWN], out[OTHER_TOWN] = town == 1, town == -1
    if best >= 3:
        return TOWN_DIFFERS if town == -1 else 0
    if asked.firm[query] == 0:
        out[OTHER_SHORT] = 1.0
        return DIVISION_DIFFERS
    out[OTHER_DISTRICT], out[OTHER_CITY] = best == 2, best < 2
    return DIVISION_DIFFERS


@compiled
def _hinted(query: int, code: int, asked: Asked, out: NDArray[np.float32]) -> int:
    """Return, as bits, which names of the query may mean a division that the place lies in."""
    hinted = 0
    for at in range(asked.hint_bounds[query], asked.hint_bounds[query + 1]):
        mine = asked.hints[at]
        if code > 0 and _agreement(mine, code) >= 3 and code % 10_000_000 >= mine % 10_000_000:
            hinted |= 1 << asked.hint_soft[at]
            if mine % 100_000 and out[OTHER_SHORT] + out[OTHER_DISTRICT] + out[OTHER_CITY] == 0.0:
                out[HINTED] = 1.0
    return hinted


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
    query: int, row: int, asked: Asked, listed: Listed, letters: Letters, text: Heard, space: Space, hinted: int,
    out: NDArray[np.float32],
) -> int:  # fmt: skip
    """Fit every part of the place into the query."""
    covered = np.zeros(len(text.chars), np.uint8)
    soft = asked.soft[asked.char_bounds[query] : asked.char_bounds[query + 1]]
    best, whole, lost = np.zeros(3), np.zeros(3), np.zeros(3)
    roads, weakest_road = 0, 1.0
    for element in range(listed.element_bounds[row], listed.element_bounds[row + 1]):
        kind = listed.element_kind[element] & KIND
        units = listed.chars[listed.char_bounds[element] : listed.char_bounds[element + 1]]
        size, promising = glance(units, letters, space.known, query)
        found = Fit(0.0, 0, 0.0, 0, 0)
        if promising:
            found = fit(hear(units, letters), text, soft, hinted, space.cost, space.move, covered)
        if found.similarity < _GOOD and listed.element_kind[element] & INSTITUTION:
            short = abbreviation(units, letters.turning, text, covered)
            if short > 0.0:
                found = Fit(_GOOD, 0, 0.0, 0, 0)
                out[ABBREVIATED] = max(out[ABBREVIATED], short)
        whole[kind] += size
        lost[kind] += size * (1.0 - found.similarity)
        best[kind] = max(best[kind], found.similarity)
        if kind == OPTIONAL:
            continue
        out[SOUNDS] += found.sounds / 3.0
        out[OTHERS] += found.others / 3.0
        out[TURNED] += found.turned
        out[UNSAID] += found.unsaid
        if kind != PRIMARY:
            roads += 1
            weakest_road = min(weakest_road, found.similarity)
    return _sum_up(query, asked, covered, text, best, whole, lost, roads, weakest_road, hinted, out)


@compiled
def _sum_up(
    query: int, asked: Asked, covered: NDArray[np.uint8], text: Heard, best: NDArray[np.float64],
    whole: NDArray[np.float64], lost: NDArray[np.float64], roads: int, weakest_road: float, hinted: int,
    out: NDArray[np.float32],
) -> int:  # fmt: skip
    out[PRIMARY_FIT], out[ROAD_FIT] = best[1], best[2]
    out[PRIMARY_EXACT], out[ROAD_EXACT] = best[1] >= _NEAR_EXACT, best[2] >= _NEAR_EXACT
    out[PRIMARY_NONE], out[ROAD_NONE] = whole[1] == 0.0, whole[2] == 0.0
    out[PRIMARY_REST] = lost[1] / whole[1] if whole[1] > 0.0 else 0.0
    out[ROAD_REST] = lost[2] / whole[2] if whole[2] > 0.0 else 0.0
    out[CROSSING] = roads > 1 and weakest_road < 0.7
    out[CROSSING_WHOLE] = weakest_road if roads > 1 and weakest_road >= 0.7 else 0.0
    total, rest, behind, road_open = 0.0, 0.0, 0.0, False
    start = asked.char_bounds[query]
    for at in range(len(text.chars)):
        mark = asked.soft[start + at]
        soft = mark > 0 and (out[OTHER_SHORT] == 0.0 if mark == 1 else hinted >> mark & 1 == 1)
        total += text.weight[at]
        if covered[at] == 0 and not soft:
            rest += text.weight[at]
            behind += text.weight[at]
            road_open = road_open or text.chars[at] in _ROAD_ENDS
        elif covered[at] == 1:
            behind = 0.0
    out[REST] = rest / max(total, 1.0)
    out[REST_BEHIND] = behind / max(total, 1.0) if behind < total else 0.0
    if best[1] >= _GOOD and not road_open and out[REST] - out[REST_BEHIND] <= _LITTLE:
        out[ROAD_UNSAID], out[ROAD_REST] = out[ROAD_REST], 0.0  # the name is said and no road, so none that differs
    out[REST_WEIGHT] = min(rest, 6.0) / 6.0
    out[EXACT] = rest == 0.0 and total > 0.0
    out[SOUNDS], out[OTHERS] = min(out[SOUNDS], 1.0), min(out[OTHERS], 1.0)
    out[TURNED], out[UNSAID] = min(out[TURNED], 1.0), min(out[UNSAID], 1.0)
    return NAME_DIFFERS if out[TURNED] > 0.0 else 0


@compiled
def _together(out: NDArray[np.float32], flags: int) -> int:
    """Figures that only say something together."""
    house = out[NUMBERS]
    elsewhere = flags & KILOMETRE != 0 and out[REST] > _LITTLE  # the same kilometre between other ends
    named = out[ROAD_UNSAID] > 0.0 and out[ROAD_FIT] == 0.0  # beside a name no road need be said
    if named or (house > 0.0 and not elsewhere):
        out[CROSSING] = 0.0
    elif out[CROSSING] > 0.0:
        flags |= NAME_DIFFERS
    if 0.0 < out[ABBREVIATED] < 1.0 and out[UNKNOWN] > 0.0 and out[HINTED] == 0.0 and house == 0.0:
        flags |= SHORT_NAME
    by_name, by_road = out[PRIMARY_FIT], max(out[ROAD_FIT] * house, out[CROSSING_WHOLE])
    differs = flags & (NUMBER_DIFFERS | NAME_DIFFERS) != 0
    out[IDENTITY] = 0.0 if differs else max(by_name, by_road)
    out[IDENTITY_STRICT] = not differs and max(by_name, by_road) >= _NEAR_EXACT
    out[BOTH] = by_name >= _GOOD and out[ROAD_FIT] >= _GOOD
    if out[IDENTITY] < _GOOD:  # a lift corroborates a compound, it is none
        out[INDOOR] = 0.0
    out[OTHER_ROAD] = out[ROAD_REST] if by_name >= _GOOD else 0.0
    out[OTHER_NAME] = out[PRIMARY_REST] if by_road >= _GOOD else 0.0
    out[ROAD_ALONE] = out[ROAD_FIT] >= _GOOD and by_name < _GOOD and house == 0.0 and out[CROSSING_WHOLE] == 0.0
    out[NAME_ONLY] = flags & HOUSE_UNSAID != 0 and by_name < _GOOD
    if flags & HOUSE_UNSAID and by_name < _GOOD:
        flags |= NUMBER_UNSAID
    return flags


@compiled
def begin(query: int, asked: Asked, letters: Letters, space: Space) -> Heard:
    """Return the text of a query as describe needs it, and note it in the working space under the query's number."""
    text = hear(asked.chars[asked.char_bounds[query] : asked.char_bounds[query + 1]], letters)
    note(text, space.known, query)
    return text


def workspace() -> Space:
    """Return working space for describe, good for one run over queries that are numbered from 0."""
    shape = (LONGEST_PART + 1, LONGEST_QUERY + 1)
    return Space(np.full(KNOWN, -1, np.int32), np.zeros(shape, np.float32), np.zeros(shape, np.uint8))
