"""How well does a named part of a place fit somewhere into a query, and which characters speak for it?

Semi-global alignment: the whole part against any stretch of the query. Homophones cost little, another direction or
digit costs much and is counted. Never sees numbers with units; those are compared by value.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.compiled import compiled

LONGEST_PART, LONGEST_QUERY = 48, 121
_HOMOPHONE, _SIMILAR, _OTHER_DIGIT, _OTHER_SIDE = 0.12, 0.3, 0.75, 0.65  # each below leaving out and putting in
_LEFT_OUT, _PUT_IN, _BREAK = 0.8, 0.6, 0.05
_TURNING = 0.9  # least weight of a direction or digit that is left out
_TOUCHES = 0.5  # similarity from which a part is taken to be meant at all
_DIAGONAL, _DOWN, _ACROSS = 1, 2, 3


class Fit(NamedTuple):
    """similarity: 0 to 1. sounds: characters replaced by a homophone; others: by any other, by weight.
    turned: directions and digits that differ; unsaid: directions and digits of the part that the query leaves out.
    """

    similarity: float
    sounds: int
    others: float
    turned: int
    unsaid: int


@compiled
def _replace(
    a: int, b: int, weight: NDArray[np.float32], sound: NDArray[np.uint16], similar: NDArray[np.uint16],
    turning: NDArray[np.uint8],
) -> float:  # fmt: skip
    """The cost of b standing where a should."""
    if a == b:
        return 0.0
    heavy = float(max(weight[a], weight[b]))
    if turning[a] > 0 and turning[a] == turning[b]:
        return _OTHER_DIGIT if turning[a] == 2 else _OTHER_SIDE
    if weight[b] == 0.0:
        return 2.0 * heavy
    if sound[a] > 0 and sound[a] == sound[b]:
        return _HOMOPHONE * heavy
    if similar[a] > 0 and similar[a] == similar[b]:
        return _SIMILAR * heavy
    return heavy


@compiled
def fit(
    part: NDArray[np.uint16], query: NDArray[np.uint16], weight: NDArray[np.float32], sound: NDArray[np.uint16],
    similar: NDArray[np.uint16], turning: NDArray[np.uint8], cost: NDArray[np.float32], move: NDArray[np.uint8],
    covered: NDArray[np.uint8],
) -> Fit:  # fmt: skip
    """Fit part into query; mark in covered (uint8, one per character of query) what it explains.

    cost, move: working space of at least (LONGEST_PART + 1, LONGEST_QUERY + 1).
    """
    m, n = min(len(part), LONGEST_PART), min(len(query), LONGEST_QUERY)
    total = 0.0
    cost[0, : n + 1] = 0.0
    for i in range(1, m + 1):
        a = part[i - 1]
        left_out = _LEFT_OUT * max(weight[a], _TURNING if turning[a] > 0 else 0.0)
        total += max(weight[a], 0.05)
        cost[i, 0] = cost[i - 1, 0] + left_out
        move[i, 0] = _DOWN
        for j in range(1, n + 1):
            b = query[j - 1]
            best = cost[i - 1, j - 1] + (0.0 if a == b else _replace(a, b, weight, sound, similar, turning))
            step = _DIAGONAL
            down = cost[i - 1, j] + left_out
            if down < best:
                best, step = down, _DOWN
            across = cost[i, j - 1] + (_BREAK if weight[b] == 0.0 else _PUT_IN * max(weight[b], 0.5))
            if across < best and i < m:
                best, step = across, _ACROSS
            cost[i, j] = best
            move[i, j] = step
    end = 0
    for j in range(1, n + 1):
        if cost[m, j] < cost[m, end]:
            end = j
    similarity = max(0.0, 1.0 - cost[m, end] / max(total, 0.05))
    if similarity < _TOUCHES:
        return Fit(similarity, 0, 0.0, 0, 0)
    return _trace(part, query, m, end, weight, sound, turning, move, covered, similarity)


@compiled
def _trace(
    part: NDArray[np.uint16], query: NDArray[np.uint16], m: int, end: int, weight: NDArray[np.float32],
    sound: NDArray[np.uint16], turning: NDArray[np.uint8], move: NDArray[np.uint8], covered: NDArray[np.uint8],
    similarity: float,
) -> Fit:  # fmt: skip
    """Walk back along the best alignment."""
    i, j = m, end
    sounds, others, turned, unsaid = 0, 0.0, 0, 0
    while i > 0:
        if move[i, j] == _DIAGONAL:
            a, b = part[i - 1], query[j - 1]
            if a == b:
                covered[j - 1] = 1
            elif turning[a] > 0 and turning[a] == turning[b]:
                turned += 1
            elif sound[a] > 0 and sound[a] == sound[b]:
                covered[j - 1] = 1
                sounds += 1
            else:
                others += weight[a]
            i -= 1
            j -= 1
        elif move[i, j] == _DOWN:
            unsaid += 1 if turning[part[i - 1]] > 0 else 0
            i -= 1
        else:
            turned += 1 if turning[query[j - 1]] > 0 else 0
            j -= 1
    return Fit(similarity, sounds, others, turned, unsaid)
