"""How likely is each candidate, how near is it, and what is the outcome?

The odds of all candidates compete: two places that fit equally well share the probability, so neither is sure. A blind
spot and a plan of the same words are one place, and the blind spot stands for both. Never looks at a text.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.answer import Level, Outcome
from geo.figures import (
    BESIDE,
    DIVISION_DIFFERS,
    FAR_AWAY,
    INDOOR_DIFFERS,
    INDOOR_UNSAID,
    MORE_ASKED,
    NAME_DIFFERS,
    NAMES,
    NARROWER,
    NUMBER_DIFFERS,
    NUMBER_UNSAID,
    SHORT_NAME,
    TOWN_DIFFERS,
)  # fmt: skip
from geo.model import Model

_CONTRADICTS = NUMBER_DIFFERS | NAME_DIFFERS | DIVISION_DIFFERS | INDOOR_DIFFERS
FORBIDS = _CONTRADICTS | NUMBER_UNSAID | INDOOR_UNSAID | TOWN_DIFFERS | BESIDE | FAR_AWAY | NARROWER | SHORT_NAME
LEVELS: tuple[Level, ...] = ("different", "same_area", "same_road", "same_compound", "same_place")
_COLUMN = {name: number for number, name in enumerate(NAMES)}
_NEVER = -60.0
_SURE_NAME = 0.85
_DOUBTFUL = 0.45  # at most, where something forbids: rather not, but a person should see it


class Ranked(NamedTuple):
    """The best candidates of q queries, best first.

    column: int64 (q, k), where in the input; probability: float64 (q, k), 0 for none; level: int64 (q, k) into LEVELS;
    sure: bool (q,); likely: bool (q,), worth a person's look, also because the query left out what would decide.
    """

    column: NDArray[np.int64]
    probability: NDArray[np.float64]
    level: NDArray[np.int64]
    sure: NDArray[np.bool_]
    likely: NDArray[np.bool_]

    def outcome(self, query: int) -> Outcome:
        """Return the outcome of one query."""
        if self.sure[query]:
            return "match"
        return "review" if self.likely[query] else "none"


def log_odds(figures: NDArray[np.float32], present: NDArray[np.bool_], model: Model) -> NDArray[np.float64]:
    """Return the log odds of each pair alone. figures: float32 (q, w, COUNT); present: bool (q, w)."""
    found = figures @ model.coefficients + model.intercept
    return np.where(present, np.clip(found.astype(np.float64), -30.0, 30.0), _NEVER)


def rank(
    odds: NDArray[np.float64], figures: NDArray[np.float32], flags: NDArray[np.int32], twin: NDArray[np.uint64],
    plan: NDArray[np.bool_], model: Model, *, most: int,
) -> Ranked:  # fmt: skip
    """Let candidates compete and judge the best.

    odds: float64 (q, w), log odds of each pair; twin: uint64 (q, w); plan: bool (q, w), a plan, not a blind spot.
    """
    order = np.argsort(-(odds - 1e-6 * plan), axis=1, kind="stable")[:, :most]
    best = order[:, :1]
    best_twin, best_plan = np.take_along_axis(twin, best, 1), np.take_along_axis(plan, best, 1)
    shadow = (twin == best_twin) & (plan != best_plan)
    weights = np.exp(odds)
    rivals = np.where(shadow, 0.0, weights).sum(axis=1, keepdims=True)
    taken = np.take_along_axis(weights, order, 1)
    share = np.clip(taken / (1.0 + rivals), 1e-12, 1.0 - 1e-9)
    probability = 1.0 / (1.0 + np.exp(-(model.slope * np.log(share / (1.0 - share)) + model.offset)))
    marked = np.take_along_axis(flags, order, 1)
    forbidden = (marked & FORBIDS) != 0
    probability = np.where(forbidden, np.minimum(probability, _DOUBTFUL), probability)
    probability = np.where(np.take_along_axis(odds, order, 1) > _NEVER, probability, 0.0)
    shown = np.take_along_axis(figures, order[:, :, None], 1)
    shared = _ambiguous(shown, marked, np.take_along_axis(shadow | (odds <= _NEVER), order, 1))
    probability[:, 0] = np.where(shared, np.minimum(probability[:, 0], _DOUBTFUL), probability[:, 0])
    forbidden[:, 0] |= shared
    level = _levels(shown, marked)
    sure = (probability[:, 0] >= model.match) & ~forbidden[:, 0]
    open_question = (level[:, 0] >= LEVELS.index("same_compound")) & ((marked[:, 0] & _CONTRADICTS) == 0)
    return Ranked(order, probability, level, sure, (probability[:, 0] >= model.review) | open_question)


def _ambiguous(figures: NDArray[np.float32], flags: NDArray[np.int32], void: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether the query says nothing that tells the best candidate from another one: two cities' 和平花园, two phases.

    void: candidates that are none, or stand for the same place as the best.
    """
    same = figures[:, :, [_COLUMN[name] for name in NAMES if name.endswith("_same")]].sum(axis=2)
    fit, rest = figures[:, :, _COLUMN["identity"]], figures[:, :, _COLUMN["query_rest"]]
    near = figures[:, :, _COLUMN["same_district"]]
    rival = (fit >= _SURE_NAME) & (fit >= fit[:, :1] - 0.03) & (rest <= rest[:, :1] + 0.02) & (same >= same[:, :1])
    rival &= (near >= near[:, :1]) & ((flags & (_CONTRADICTS | INDOOR_UNSAID)) == 0) & ~void
    return np.asarray(rival[:, 1:].any(axis=1), np.bool_)


def _levels(figures: NDArray[np.float32], flags: NDArray[np.int32]) -> NDArray[np.int64]:
    """How near each candidate is, as an index into LEVELS."""

    def figure(name: str) -> NDArray[np.float32]:
        column: NDArray[np.float32] = figures[:, :, _COLUMN[name]]
        return column

    apart = (flags & DIVISION_DIFFERS) != 0
    differs = (flags & (NUMBER_DIFFERS | NAME_DIFFERS | NUMBER_UNSAID | BESIDE)) != 0
    part = (flags & (INDOOR_DIFFERS | INDOOR_UNSAID | MORE_ASKED)) != 0  # of the same compound
    named = figure("primary") >= _SURE_NAME
    on_road = (figure("road") >= _SURE_NAME) & (figure("turned") == 0)
    whole = (figure("identity") >= _SURE_NAME) & ~differs
    area = (figure("same_district") > 0) | (figure("same_town") > 0)
    level = np.where(area, 1, 0)
    level = np.where(on_road & ~apart, 2, level)
    level = np.where((named | whole) & ~apart & ((flags & NAME_DIFFERS) == 0), 3, level)
    return np.where(whole & ~apart & ~part, 4, level).astype(np.int64)
