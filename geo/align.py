"""How well does a named part of a place fit somewhere into a query, and which characters speak for it?

Semi-global alignment: the whole part against any stretch of the query. Homophones cost little, another direction or
digit costs much and is counted. Never sees numbers with units; those are compared by value.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.compiled import compiled
from geo.letters import Letters

LONGEST_PART, LONGEST_QUERY = 48, 121
_HOMOPHONE, _SIMILAR, _OTHER_DIGIT, _OTHER_SIDE = 0.12, 0.3, 0.75, 0.65  # each below leaving out and putting in
_LEFT_OUT, _PUT_IN, _BREAK = 0.8, 0.6, 0.05
_TURNING = 0.9  # least weight of a direction or digit that is left out
_RESEMBLES = 0.65  # similarity from which another direction or digit makes it a namesake of the part
_TOUCHES = 0.5  # similarity from which a part is taken to be meant at all
_DIAGONAL, _DOWN, _ACROSS = 1, 2, 3
_SOUNDS_FROM = 1 << 16
KNOWN = 2 << 16  # room for every character and every sound


class Fit(NamedTuple):
    """similarity: 0 to 1, 0 for all below one half. sounds: characters replaced by a homophone; others: by any other,
    by weight.
    turned: directions and digits that differ; unsaid: directions and digits of the part that the query leaves out.
    """

    similarity: float
    sounds: int
    others: float
    turned: int
    unsaid: int


class Heard(NamedTuple):
    """The characters of a text with what geo.letters says of each. chars, sound, similar: uint16; weight: float32;
    turning: uint8; one each per character.
    """

    chars: NDArray[np.uint16]
    weight: NDArray[np.float32]
    sound: NDArray[np.uint16]
    similar: NDArray[np.uint16]
    turning: NDArray[np.uint8]


@compiled
def hear(chars: NDArray[np.uint16], letters: Letters) -> Heard:
    """Look every character of a text up once, so that comparing it reads no table."""
    count = len(chars)
    weight, turning = np.empty(count, np.float32), np.empty(count, np.uint8)
    sound, similar = np.empty(count, np.uint16), np.empty(count, np.uint16)
    for at in range(count):
        one = chars[at]
        weight[at], turning[at] = letters.weight[one], letters.turning[one]
        sound[at], similar[at] = letters.sound[one], letters.similar[one]
    return Heard(chars, weight, sound, similar, turning)


@compiled
def _replace(a: int, part: Heard, b: int, query: Heard) -> float:
    """The cost of the query's character b standing where the part's a should; they are not the same."""
    heavy = float(max(part.weight[a], query.weight[b]))
    if part.turning[a] > 0 and part.turning[a] == query.turning[b]:
        return _OTHER_DIGIT if part.turning[a] == 2 else _OTHER_SIDE
    if query.weight[b] == 0.0:
        return 2.0 * heavy
    if part.sound[a] > 0 and part.sound[a] == query.sound[b]:
        return _HOMOPHONE * heavy
    if part.similar[a] > 0 and part.similar[a] == query.similar[b]:
        return _SIMILAR * heavy
    return heavy


@compiled
def glance(part: NDArray[np.uint16], letters: Letters, known: NDArray[np.int32], stamp: int) -> tuple[float, bool]:
    """Return the weight of a part, and whether enough of it occurs in the query for a similarity of _TOUCHES.

    Most parts of most candidates do not; they are not looked at any closer. known, stamp: as noted for the query.
    """
    weight, total, lost = 0.0, 0.0, 0.0
    for at in range(len(part)):
        one = part[at]
        weight += letters.weight[one]
        if at >= LONGEST_PART:
            continue
        total += max(letters.weight[one], 0.05)
        similar = letters.similar[one]
        if known[one] == stamp or (similar > 0 and known[_SOUNDS_FROM + similar] == stamp):
            continue
        lost += _OTHER_SIDE if letters.turning[one] > 0 else _LEFT_OUT * letters.weight[one]
    return weight, lost <= (1.0 - _TOUCHES) * total


@compiled
def note(query: Heard, known: NDArray[np.int32], stamp: int) -> None:
    """Write stamp beside every character and sound of a query. known: int32 (KNOWN,)."""
    for at in range(len(query.chars)):
        known[query.chars[at]] = stamp
        known[_SOUNDS_FROM + query.similar[at]] = stamp


@compiled
def fit(
    part: Heard, query: Heard, soft: NDArray[np.uint8], cost: NDArray[np.float32], move: NDArray[np.uint8],
    covered: NDArray[np.uint8],
) -> Fit:  # fmt: skip
    """Fit part into query; mark in covered (uint8, one per character of query) what it explains.

    soft: uint8, as in geo.columns. cost, move: working space of at least (LONGEST_PART + 1, LONGEST_QUERY + 1).
    """
    m, n = min(len(part.chars), LONGEST_PART), min(len(query.chars), LONGEST_QUERY)
    total = 0.0
    cost[0, : n + 1] = 0.0
    for i in range(1, m + 1):
        a = part.chars[i - 1]
        left_out = _LEFT_OUT * max(part.weight[i - 1], _TURNING if part.turning[i - 1] > 0 else 0.0)
        total += max(part.weight[i - 1], 0.05)
        cost[i, 0] = cost[i - 1, 0] + left_out
        move[i, 0] = _DOWN
        for j in range(1, n + 1):
            best = cost[i - 1, j - 1] + (0.0 if a == query.chars[j - 1] else _replace(i - 1, part, j - 1, query))
            step = _DIAGONAL
            down = cost[i - 1, j] + left_out
            if down < best:
                best, step = down, _DOWN
            if i < m:
                weight = query.weight[j - 1]
                across = cost[i, j - 1] + (_BREAK if weight == 0.0 else _PUT_IN * max(weight, 0.5))
                if across < best:
                    best, step = across, _ACROSS
            cost[i, j] = best
            move[i, j] = step
    end = 0
    for j in range(1, n + 1):
        if cost[m, j] < cost[m, end]:
            end = j
    similarity = max(0.0, 1.0 - cost[m, end] / max(total, 0.05))
    if similarity < _TOUCHES:
        return Fit(0.0, 0, 0.0, 0, 0)
    return _trace(part, query, soft, m, end, move, covered, similarity)


@compiled
def _trace(
    part: Heard, query: Heard, soft: NDArray[np.uint8], m: int, end: int, move: NDArray[np.uint8],
    covered: NDArray[np.uint8], similarity: float,
) -> Fit:  # fmt: skip
    """Walk back along the best alignment."""
    i, j = m, end
    sounds, others, turned, unsaid = 0, 0.0, 0, 0
    while i > 0:
        if move[i, j] == _DIAGONAL:
            p, q = i - 1, j - 1
            if part.chars[p] == query.chars[q]:
                covered[q] = 1
            elif part.turning[p] > 0 and part.turning[p] == query.turning[q]:
                turned += 1
            elif part.sound[p] > 0 and part.sound[p] == query.sound[q]:
                covered[q] = 1
                sounds += 1
            else:
                others += part.weight[p]
            i -= 1
            j -= 1
        elif move[i, j] == _DOWN:
            unsaid += 1 if part.turning[i - 1] > 0 else 0
            i -= 1
        else:
            turned += 1 if query.turning[j - 1] > 0 else 0
            j -= 1
    if j > 0 and _another(query, soft, j - 1):
        turned += 1
    if similarity < _RESEMBLES:  # 山大中心校区 is no other part of 山大南路
        turned = 0
    return Fit(similarity, sounds, others, turned, unsaid)


@compiled
def _another(query: Heard, soft: NDArray[np.uint8], at: int) -> bool:
    """Whether the character before the part makes it another one's name: 前刘楼村 is not 刘楼村.

    Only at the beginning of a name; within one it may belong to what stands before.
    """
    if query.turning[at] != 1 or soft[at] > 0:
        return False
    return bool(at == 0 or query.weight[at - 1] == 0.0 or soft[at - 1] > 0)
