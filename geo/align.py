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
_NOTHING = np.float32(0.0)  # costs are computed in 32 bits throughout
_HOMOPHONE, _SIMILAR, _BOUNDARY = np.float32(0.12), np.float32(0.3), np.float32(2.0)  # times the heavier weight
_OTHER_DIGIT, _OTHER_SIDE = np.float32(0.75), np.float32(0.65)  # each below leaving out and putting in
_LEFT_OUT, _PUT_IN, _PUT_IN_LEAST, _BREAK = np.float32(0.8), np.float32(0.6), np.float32(0.5), np.float32(0.05)
_TURNING = np.float32(0.9)  # least weight of a direction or digit that is left out
_RESEMBLES = 0.65  # similarity from which another direction or digit makes it a namesake of the part
_ALIKE = 0.97  # or what remains where these are forgiven
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
        lost += float(_OTHER_SIDE if letters.turning[one] > 0 else _LEFT_OUT * letters.weight[one])
    return weight, lost <= (1.0 - _TOUCHES) * total


@compiled
def note(query: Heard, known: NDArray[np.int32], stamp: int) -> None:
    """Write stamp beside every character and sound of a query. known: int32 (KNOWN,)."""
    for at in range(len(query.chars)):
        known[query.chars[at]] = stamp
        known[_SOUNDS_FROM + query.similar[at]] = stamp


@compiled
def fit(
    part: Heard, query: Heard, soft: NDArray[np.uint8], hinted: int, cost: NDArray[np.float32],
    move: NDArray[np.uint8], covered: NDArray[np.uint8],
) -> Fit:  # fmt: skip
    """Fit part into query; mark in covered (uint8, one per character of query) what it explains.

    soft: uint8, as in geo.columns; hinted: which of its marks stand for a division of the place, as bits. cost, move:
    working space of at least (LONGEST_PART + 1, LONGEST_QUERY + 1).
    """
    m, n = min(len(part.chars), LONGEST_PART), min(len(query.chars), LONGEST_QUERY)
    total = 0.0
    cost[0, : n + 1] = 0.0
    for i in range(m):
        left_out = _LEFT_OUT * max(part.weight[i], _TURNING if part.turning[i] > 0 else _NOTHING)
        total += float(max(part.weight[i], 0.05))
        cost[i + 1, 0] = cost[i, 0] + left_out
        move[i + 1, 0] = _DOWN
        _replace_or_leave_out(i, part, query, n, left_out, cost[i], cost[i + 1], move[i + 1])
        if i + 1 < m:
            _put_in(query, n, cost[i + 1], move[i + 1])
    end = 0
    for j in range(1, n + 1):
        if cost[m, j] < cost[m, end]:
            end = j
    similarity = max(0.0, 1.0 - cost[m, end] / max(total, 0.05))
    if similarity < _TOUCHES:
        return Fit(0.0, 0, 0.0, 0, 0)
    return _trace(part, query, soft, hinted, m, end, move, covered, similarity, total)


@compiled
def _replace_or_leave_out(
    i: int, part: Heard, query: Heard, n: int, left_out: np.float32, above: NDArray[np.float32],
    row: NDArray[np.float32], step: NDArray[np.uint8],
) -> None:  # fmt: skip
    """Fill a row of costs as far as it follows from the row above it.

    Every price is computed for every cell, without a jump, so that several cells are done at a time.
    """
    a, weight, sound = part.chars[i], part.weight[i], part.sound[i]
    similar, turning = part.similar[i], part.turning[i]
    other_kind = _OTHER_DIGIT if turning == 2 else _OTHER_SIDE
    for j in range(n):
        theirs = query.weight[j]
        heavy = max(weight, theirs)
        price = heavy if similar == 0 or similar != query.similar[j] else _SIMILAR * heavy
        price = _HOMOPHONE * heavy if sound > 0 and sound == query.sound[j] else price
        price = _BOUNDARY * heavy if theirs == _NOTHING else price
        price = other_kind if turning > 0 and turning == query.turning[j] else price
        price = _NOTHING if a == query.chars[j] else price
        diagonal, down = above[j] + price, above[j + 1] + left_out
        row[j + 1] = min(diagonal, down)
        step[j + 1] = _DOWN if down < diagonal else _DIAGONAL


@compiled
def _put_in(query: Heard, n: int, row: NDArray[np.float32], step: NDArray[np.uint8]) -> None:
    """Make cells of a row cheaper where characters of the query stand between those of the part."""
    for j in range(n):
        weight = query.weight[j]
        across = row[j] + (_BREAK if weight == _NOTHING else _PUT_IN * max(weight, _PUT_IN_LEAST))
        if across < row[j + 1]:
            row[j + 1] = across
            step[j + 1] = _ACROSS


@compiled
def _trace(
    part: Heard, query: Heard, soft: NDArray[np.uint8], hinted: int, m: int, end: int, move: NDArray[np.uint8],
    covered: NDArray[np.uint8], similarity: float, total: float,
) -> Fit:  # fmt: skip
    """Walk back along the best alignment."""
    i, j = m, end
    sounds, others, turned, unsaid = 0, 0.0, 0, 0
    besides = similarity  # and what the directions and digits cost that differ
    while i > 0:
        if move[i, j] == _DIAGONAL:
            p, q = i - 1, j - 1
            if part.chars[p] == query.chars[q]:
                covered[q] = 1
            elif part.turning[p] > 0 and part.turning[p] == query.turning[q]:
                turned += 1
                besides += float(_OTHER_DIGIT if part.turning[p] == 2 else _OTHER_SIDE) / total
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
    if j > 0 and _another(query, soft, hinted, j - 1):
        turned += 1
    if similarity < _RESEMBLES and besides < _ALIKE:  # 山大中心校区 is none of 山大南路; 北和路 is one of 南和路
        turned = 0
    return Fit(similarity, sounds, others, turned, unsaid)


@compiled
def _another(query: Heard, soft: NDArray[np.uint8], hinted: int, at: int) -> bool:
    """Whether the character before the part makes it another one's name: 前刘楼村 is not 刘楼村.

    Only at the beginning of a name; within one it may belong to what stands before.
    """
    if query.turning[at] != 1 or soft[at] == 1 or hinted >> soft[at] & 1:
        return False
    return bool(at == 0 or query.weight[at - 1] == 0.0 or soft[at - 1] > 0)
