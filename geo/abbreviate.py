"""Does a query name an institution by a few of its characters: 川大 for 四川大学, 绵阳三医院 for 绵阳市第三人民医院?

By rule, not by a list: the characters stand in the same order, begin with one of the first two, are all of the short
form, and say every number of the name. Never decides whether that is enough.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.align import Heard
from geo.compiled import compiled

_LONGEST, _SHORTEST = 40, 4  # characters of a name that is worth a short form
_ALONE = 4  # characters from which a short form means one institution even where no division is named
_SHARE = 0.85  # at most, of the name; more is the name with a slip


@compiled
def abbreviation(
    part: NDArray[np.uint16], turning: NDArray[np.uint8], query: Heard, covered: NDArray[np.uint8]
) -> float:
    """Return how telling a short form of part in the query is: 0 none, 0.5 short, 1 long or with its campus.

    part: its characters; turning: as in geo.letters. Marks the short form in covered (uint8, one per character of
    query).
    """
    size = len(part)
    if not _SHORTEST <= size <= _LONGEST:
        return 0.0
    best, first = 0, -1
    for start in range(len(query.chars) - 1):
        if query.chars[start] != part[0] and query.chars[start] != part[1]:
            continue
        length = _along(part, turning, query, start)
        if length > best:
            best, first = length, start
    if best < 2:
        return 0.0
    covered[first : first + best] = 1
    return 1.0 if best >= _ALONE else 0.5


@compiled
def _along(part: NDArray[np.uint16], turning: NDArray[np.uint8], query: Heard, start: int) -> int:
    """Return how many characters of the query from start on are a short form of part; 0 where they are none."""
    size = len(part)
    at, length, skipped, run, after = 0, 0, 0, 0, start
    while after < len(query.chars) and at < size:
        meant = at
        while meant < size and part[meant] != query.chars[after]:
            if turning[part[meant]] == 2 and length > 0:  # 省第三医院 is no 省医院; but 四川 begins with a number
                return 0
            meant += 1
        if meant == size:
            break
        run = run + 1 if meant == at and length > 0 else 1
        skipped += meant - at
        length, at, after = length + 1, meant + 1, after + 1
    for rest in range(at, size):
        if turning[part[rest]] == 2:
            return 0
    whole_end = at == size and (run >= 2 or skipped > 0)
    # at the very end, or short of the last character of the institution's kind: 川大(学)
    if length < 2 or length > _SHARE * size or not (whole_end or at == size - 1):
        return 0
    return length
