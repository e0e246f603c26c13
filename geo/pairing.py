"""Which numbers of a query and of a listed place agree, differ, or stand alone?

First those of the same kind, then bare ones, then a house against a building (红山家园3号). Never looks at a name.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.columns import Asked, Listed
from geo.compiled import compiled
from geo.figures import (
    BARE_OTHER,
    BARE_SAME,
    BESIDE,
    HOUSE_UNSAID,
    KILOMETRE,
    MORE_ASKED,
    NARROWER,
    NUMBER_DIFFERS,
    NUMBER_UNSAID,
    NUMBERS,
)  # fmt: skip
from geo.indoor import UNDERGROUND
from geo.numbers import BARE, BUILDING, FLOOR, GROUP, HEADING, HOUSE, KM, LINE, OFFSET, PHASE, ZONE

_BESIDE_M = 100  # an offset up to this still means the place; further on it is another spot


@compiled
def pair_numbers(
    query: int, row: int, asked: Asked, listed: Listed, group_of: NDArray[np.int64], out: NDArray[np.float32]
) -> int:
    """Pair the numbers: first of the same kind, then bare ones and house against building."""
    q0, q1 = asked.number_bounds[query], asked.number_bounds[query + 1]
    p0, p1 = listed.number_bounds[row], listed.number_bounds[row + 1]
    used_q, used_p = np.zeros(q1 - q0, np.uint8), np.zeros(p1 - p0, np.uint8)
    flags = 0
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
                    flags |= _credit(kind, stage, group_of, out)
    return flags | _leftovers(query, row, asked, listed, group_of, used_q, used_p, out)


@compiled
def _credit(kind: int, stage: int, group_of: NDArray[np.int64], out: NDArray[np.float32]) -> int:
    if stage > 0 or kind == BARE:
        out[BARE_SAME] = 1.0
    if kind == KM:  # a kilometre is the house number of a motorway
        out[NUMBERS] = 1.0
    if kind != BARE:
        out[NUMBERS + 4 * group_of[kind]] = 1.0
    return KILOMETRE if kind == KM else 0


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
        if used_p[i]:
            continue
        if kind == BARE:  # 蜀都中心2: whatever it counts, the query says another one or none
            flags |= NUMBER_DIFFERS if _any_open(q0, asked, used_q) else NUMBER_UNSAID
            continue
        differs = False
        for j in range(len(used_q)):
            differs = differs or (not used_q[j] and asked.number_kind[q0 + j] == kind)
        if not differs and _need_not_be_said(kind, listed.low[p0 + i], asked.flags[query]):
            continue
        out[NUMBERS + 4 * group_of[kind] + (1 if differs else 2)] = 1.0
        flags |= _unsaid(kind, differs)
        if bare_open and kind in (HOUSE, BUILDING, GROUP):
            out[BARE_OTHER] = 1.0
            flags |= NUMBER_DIFFERS
    return flags | _added(query, row, asked, listed, group_of, used_q, out)


@compiled
def _added(
    query: int, row: int, asked: Asked, listed: Listed, group_of: NDArray[np.int64], used_q: NDArray[np.uint8],
    out: NDArray[np.float32],
) -> int:  # fmt: skip
    """What the query says beyond the place."""
    flags = 0
    q0 = asked.number_bounds[query]
    for j in range(len(used_q)):
        kind = asked.number_kind[q0 + j]
        basement = kind == FLOOR and asked.low[q0 + j] == -1 and listed.flags[row] & UNDERGROUND != 0
        if used_q[j] or kind == BARE or out[NUMBERS + 4 * group_of[kind] + 1] > 0.0 or basement:
            continue
        out[NUMBERS + 4 * group_of[kind] + 3] = 1.0
        flags |= BESIDE if kind == OFFSET and asked.low[q0 + j] > _BESIDE_M else MORE_ASKED
        if kind in (PHASE, ZONE, GROUP):
            flags |= NARROWER
    return flags


@compiled
def _any_open(q0: int, asked: Asked, used_q: NDArray[np.uint8]) -> bool:
    """Whether the query has an unpaired number that may tell one part of a compound from another."""
    for j in range(len(used_q)):
        if not used_q[j] and asked.number_kind[q0 + j] in (BARE, BUILDING, HOUSE, GROUP, PHASE, ZONE):
            return True
    return False


@compiled
def _need_not_be_said(kind: int, low: int, parts: int) -> bool:
    """A station's name says enough without its line, and geo.indoor judges floors under the ground.

    A basement without a number is the first of them; parts: the query's, where it is silent on all of them.
    """
    return kind == LINE or (kind == FLOOR and (low == -1 or (low < 0 and parts & UNDERGROUND == 0)))


@compiled
def _unsaid(kind: int, differs: bool) -> int:
    """The flag of a number of the place that the query contradicts or leaves out."""
    if differs:
        return NUMBER_DIFFERS
    if kind == HOUSE:
        return HOUSE_UNSAID
    return 0 if kind in (LINE, HEADING) else NUMBER_UNSAID
