"""Do two texts name the same place, and if not, how near are they?

Both directions are judged and the more careful one counts: a compound and one of its buildings are not the same place,
whichever of them is said first. Never looks into a list.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from geo import columns, search, segment
from geo.answer import Level
from geo.divisions import Divisions
from geo.model import Model, shipped
from geo.normal import core
from geo.place import Place
from geo.prepare import prepare
from geo.rank import LEVELS, log_odds, rank
from rules.text import normalise


def compare(first: str, second: str, divisions: Divisions, *, model: Model | None = None) -> tuple[float, Level]:
    """Return the probability that two texts name the same place, and the level on which they agree."""
    return compare_many([(first, second)], divisions, model=model)[0]


def compare_many(
    pairs: Sequence[tuple[str, str]], divisions: Divisions, *, model: Model | None = None
) -> list[tuple[float, Level]]:
    """As compare, for many pairs at once."""
    if not pairs:
        return []
    chosen = model or shipped()
    forth = _judge([a for a, _ in pairs], [b for _, b in pairs], divisions, chosen)
    back = _judge([b for _, b in pairs], [a for a, _ in pairs], divisions, chosen)
    probability, level = np.minimum(forth[0], back[0]), np.minimum(forth[1], back[1])
    return [(round(float(p), 6), LEVELS[number]) for p, number in zip(probability, level, strict=True)]


def _judge(
    queries: Sequence[str], places: Sequence[str], divisions: Divisions, model: Model
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    one = segment.build([Place("plan", str(n), "", _core(text)) for n, text in enumerate(places)], divisions)
    row_of = {one.identity(row)[1]: row for row in range(len(one))}
    rows = np.array([row_of[str(number)] for number in range(len(places))], np.int32)
    found = search.describe_pairs(columns.asked([prepare(text, divisions) for text in queries]), one, rows)
    odds = log_odds(found.figures, found.rows >= 0, model)
    twin, plan = np.zeros(odds.shape, np.uint64), np.zeros(odds.shape, bool)
    ranked = rank(odds, found.figures, found.flags, twin, plan, model, most=1)
    return ranked.probability[:, 0], ranked.level[:, 0]


def _core(text: str) -> str:
    normal = normalise(text)[0]
    start, end = core(normal)
    return normal[start:end]
