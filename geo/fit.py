"""Which coefficients and thresholds separate the right place from all others?

Logistic regression over the figures of geo.features, on invented places and queries (geo.invent, geo.disturb) and on
corrections that people made. Coefficients are bounded by what is known beforehand (another house number never speaks
for a place), so that noise that was not invented here is not held against a place by chance. The places that are learnt
on, calibrated on and reported on do not overlap. Searching never needs this module.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from geo import columns, search, segment
from geo.disturb import Query, queries
from geo.divisions import Divisions
from geo.errors import FitImpossible
from geo.figures import NAMES
from geo.invent import invent, listed
from geo.model import Model, digest, read
from geo.place import Place, PlaceQuery
from geo.prepare import prepare
from geo.rank import log_odds, rank

_PENALTY = 0.5  # of squared coefficients, on figures scaled to a spread of 1
_STEPS = 250
_HELD_OUT = (
    "no_division",
    "homophone",
    "slip",
    "turned_round",
    "short_division",
    "tail",
    "shift",
    "stem_only",
    "alias",
)
_CORRECTION_WEIGHT = 20.0  # a correction is rare and true
_FALSE_ACCEPTS = 0.008  # share of the queries without a listed place that the threshold may accept; the aim is 0.01
_LEAST_MATCH, _REVIEW = 0.87, 0.1
_BINS = (0.0, 0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person decided: the query and the number of the place it means, None where it means none of the list."""

    query: PlaceQuery
    place: str | None


class Judged(NamedTuple):
    """Queries with their candidates. truth: int64 (q,), the right row or -1; kinds: the disturbance of each query."""

    figures: NDArray[np.float32]
    flags: NDArray[np.int32]
    rows: NDArray[np.int32]
    twin: NDArray[np.uint64]
    plan: NDArray[np.bool_]
    truth: NDArray[np.int64]
    kinds: list[str]


def fit(
    divisions: Divisions, *, seed: int = 1, places: int = 15_000, count: int = 8_000,
    corrections: Sequence[Correction] = (), corrected: Sequence[Place] = (), card: bool = True,
) -> dict[str, Any]:  # fmt: skip
    """Return a model as a document: what decides, its hash, and its card.

    places, count: how many places and queries are invented for each of the three parts. corrections: decisions of
    people about places of corrected, the list they had before them. card: also fit with whole kinds of noise left out,
    for the card. Raises FitImpossible where there is too little.
    """
    if places < 500 or count < 500:
        raise FitImpossible("at least 500 places and 500 queries are needed to fit on")
    learn, hold, test = (invented(divisions, seed + 1000 * part, places, count) for part in range(3))
    own = judged(divisions, corrected, [(c.query, c.place) for c in corrections]) if corrections else None
    deciding = _deciding(learn, hold, own)
    document = {"deciding": deciding, "hash": digest(deciding)}
    held_out = {}
    for kind in _HELD_OUT if card else ():
        without = _deciding(_leave_out(learn, kind), _leave_out(hold, kind), None)
        model = read({"deciding": without, "hash": digest(without)})
        held_out[kind] = measure(_only(test, kind), model, thresholds_from=test)
    material = f"{places} invented places and {count} invented queries (seed {seed}), {len(corrections)} corrections"
    return document | {"card": _card(read(document), test, held_out, material)}


def invented(divisions: Divisions, seed: int, places: int, count: int) -> Judged:
    """Invent places and queries and find the candidates of each."""
    made = invent(divisions, places, seed)
    asked: list[Query] = queries(made, divisions, count, seed + 2)
    pairs = [(PlaceQuery(q.text), None if q.place is None else f"P{q.place}") for q in asked]
    return judged(divisions, listed(made, divisions, seed + 1), pairs, [q.kind for q in asked])


def judged(
    divisions: Divisions, places: Sequence[Place], pairs: Sequence[tuple[PlaceQuery, str | None]],
    kinds: Sequence[str] | None = None,
) -> Judged:  # fmt: skip
    """Find the candidates of each query and say which is right. pairs: query and number of the place, None for none."""
    one = segment.build(places, divisions)
    asked = columns.asked([prepare(q.text, divisions, city=q.city, district=q.district) for q, _ in pairs])
    found = search.reach(asked, one, one.listed.live)
    rows = {one.identity(row)[1]: row for row in range(len(one))}
    truth = np.array([-1 if place is None else rows.get(place, -1) for _, place in pairs], np.int64)
    safe = np.maximum(found.rows, 0)
    names = list(kinds) if kinds is not None else ["correction"] * len(pairs)
    return Judged(found.figures, found.flags, found.rows, one.twin[safe], one.shown.kind[safe] == 1, truth, names)


def _deciding(learn: Judged, hold: Judged, own: Judged | None) -> dict[str, Any]:
    """Coefficients from learn (and own), calibration and threshold from hold.

    A query that means one of several places alike says nothing of a pair; that the candidates compete settles it.
    """
    figures, right, weights = _pairs(_leave_out(learn, "several"), 1.0)
    if own is not None:
        more, also, heavier = _pairs(own, _CORRECTION_WEIGHT)
        figures, right = np.concatenate((figures, more)), np.concatenate((right, also))
        weights = np.concatenate((weights, heavier))
    if right.all() or not right.any():
        raise FitImpossible("the material holds only right or only wrong pairs")
    coefficients, intercept = regress(figures, right, weights, BOUNDS)
    deciding: dict[str, Any] = {
        "coefficients": {name: round(float(value), 5) for name, value in zip(NAMES, coefficients, strict=True)},
        "intercept": round(intercept, 5),
        "slope": 1.0, "offset": 0.0, "match": _LEAST_MATCH, "review": _REVIEW,
    }  # fmt: skip
    raw = read({"deciding": deciding, "hash": digest(deciding)})
    probability, is_right = best(hold, raw)
    share = np.log(probability / (1 - probability)).reshape(-1, 1).astype(np.float32)
    slope, offset = regress(share, is_right, np.ones(len(share)), [(0.1, 10.0)])
    deciding["slope"], deciding["offset"] = round(float(slope[0]), 5), round(offset, 5)
    calibrated = read({"deciding": deciding, "hash": digest(deciding)})
    deciding["match"] = round(max(_LEAST_MATCH, _threshold(hold, calibrated, _FALSE_ACCEPTS)), 4)
    return deciding


def regress(
    figures: NDArray[np.float32], right: NDArray[np.bool_], weights: NDArray[np.float64],
    bounds: Sequence[tuple[float | None, float | None]],
) -> tuple[NDArray[np.float64], float]:  # fmt: skip
    """Return coefficients and intercept of the logistic regression whose coefficients stay within bounds.

    figures: float32 (n, k); right: bool (n,); weights: float64 (n,); bounds: least and greatest value of each
    coefficient, None for open.
    """
    scale = np.maximum(figures.std(axis=0), 1e-3)  # flat directions would take thousands of steps
    rows, target = figures / scale, right.astype(np.float64)

    def loss(point: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        odds = rows @ point[:-1] + point[-1]
        pull = weights * (1.0 / (1.0 + np.exp(-np.clip(odds, -500, 500))) - target)
        value = float(weights @ (np.logaddexp(0.0, odds) - target * odds)) + _PENALTY * float(point[:-1] @ point[:-1])
        return value, np.concatenate((rows.T @ pull + 2 * _PENALTY * point[:-1], [pull.sum()]))

    limits = [(-np.inf if low is None else low, np.inf if high is None else high) for low, high in bounds]
    scaled = [(low * by, high * by) for (low, high), by in zip(limits, scale.tolist(), strict=True)]
    start = np.array([min(max(0.0, low), high) for low, high in scaled] + [0.0])
    found = minimize(
        loss, start, jac=True, method="L-BFGS-B", bounds=[*scaled, (-np.inf, np.inf)], options={"maxiter": _STEPS}
    )
    return np.asarray(found.x[:-1] / scale, np.float64), float(found.x[-1])


def _bound(name: str) -> tuple[float | None, float | None]:
    """What is known beforehand: a difference never speaks for a place, a detail more hardly against it."""
    exact = {
        "sounds": (-2.5, 0.0), "others": (-12.0, 0.0), "turned": (None, -2.0), "unsaid": (-6.0, -0.5),
        "query_rest": (-10.0, 0.0), "query_rest_weight": (-4.0, 0.0), "primary_rest": (-12.0, 0.0),
        "road_rest": (-10.0, 0.0), "crossing_open": (None, -1.0), "division_unknown": (-1.0, 0.5),
        "other_district": (-8.0, -2.0), "other_city": (None, -4.0), "other_by_short_name": (-6.0, -1.0),
        "other_town": (-4.0, -0.5), "bare_other": (None, -2.0), "opposite_asked": (-1.5, 0.3),
        "opposite_listed": (-4.0, -2.0), "offset_more": (-2.5, -0.2), "phase_more": (-4.0, -0.5),
        "group_more": (-4.0, -0.5), "same_city": (0.0, 2.0), "primary": (0.0, None), "road": (0.0, None),
        "identity": (1.0, None), "inside_other": (None, -5.0), "inside_unsaid": (-12.0, -3.0),
        "identity_strict": (0.0, None), "share": (0.0, None), "same_district": (0.0, 2.5), "same_town": (0.0, None),
        "other_road_same_name": (None, 3.0), "road_alone": (None, 0.0),
        "rest_behind": (0.0, 9.0), "road_unsaid": (-2.5, 0.0), "abbreviated": (-4.0, -0.3), "hinted": (0.0, 2.0),
        "indoor_same": (2.5, 4.0), "indoor_other": (None, -8.0), "indoor_unsaid": (-6.0, -3.0),
        "indoor_more": (0.0, 0.3),
    }  # fmt: skip
    by_end = {"_same": (0.0, None), "_other": (None, -2.0), "_unsaid": (-12.0, -0.2), "_more": (-1.0, 0.3)}
    if name in exact:
        return exact[name]
    if name == "bare_same":
        return None, None
    return next((bound for end, bound in by_end.items() if name.endswith(end)), (None, None))


BOUNDS = [_bound(name) for name in NAMES]


def _pairs(data: Judged, weight: float) -> tuple[NDArray[np.float32], NDArray[np.bool_], NDArray[np.float64]]:
    present = data.rows >= 0
    right = (data.rows == data.truth[:, None]) & present
    return data.figures[present], right[present], np.full(int(present.sum()), weight)


def best(data: Judged, model: Model) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the probability of each query's best candidate, and whether it is the right one."""
    odds = log_odds(data.figures, data.rows >= 0, model)
    found = rank(odds, data.figures, data.flags, data.twin, data.plan, model, most=1)
    rows = np.take_along_axis(data.rows, found.column, 1)[:, 0]
    return np.clip(found.probability[:, 0], 1e-6, 1 - 1e-6), (rows == data.truth) & (data.truth >= 0)


def measure(data: Judged, model: Model, *, thresholds_from: Judged | None = None) -> dict[str, float]:
    """Return the share of right first places, and of accepted and right at 1 % false accepts and at the threshold."""
    probability, right = best(data, model)
    meant = data.truth >= 0
    strict = _threshold(thresholds_from or data, model, 0.01)
    found = {"queries": float(len(meant))}
    if meant.any():
        found["right_first"] = round(float(right[meant].mean()), 4)
        found["accepted_right_at_1_percent"] = round(float((right & (probability > strict))[meant].mean()), 4)
        found["accepted_right_at_threshold"] = round(float((right & (probability >= model.match))[meant].mean()), 4)
    if (~meant).any():
        found["false_accepts_at_threshold"] = round(float((probability >= model.match)[~meant].mean()), 4)
    return found


def _threshold(data: Judged, model: Model, allowed: float) -> float:
    """The least probability above which that share of the queries without a place is accepted at most."""
    probability, right = best(data, model)
    wrong = np.sort(np.where(data.truth >= 0, np.where(right, 0.0, probability), probability))[::-1]
    return float(wrong[int(allowed * (data.truth < 0).sum())])


def reliability(data: Judged, model: Model) -> list[dict[str, float]]:
    """Return, for stretches of probability, how many queries fall there and how many of them are right."""
    probability, right = best(data, model)
    table = []
    for low, high in itertools.pairwise(_BINS):
        inside = (probability >= low) & (probability < high)
        if inside.any():
            said, true = round(float(probability[inside].mean()), 3), round(float(right[inside].mean()), 3)
            table.append({"from": low, "to": high, "queries": int(inside.sum()), "said": said, "true": true})
    return table


def _leave_out(data: Judged, kind: str) -> Judged:
    return _where(data, [kind not in name.split("+") for name in data.kinds])


def _only(data: Judged, kind: str) -> Judged:
    return _where(data, [kind in name.split("+") for name in data.kinds])


def _where(data: Judged, keep: Sequence[bool]) -> Judged:
    mask = np.array(keep)
    kinds = [name for name, kept in zip(data.kinds, keep, strict=True) if kept]
    figures, flags, rows = data.figures[mask], data.flags[mask], data.rows[mask]
    return Judged(figures, flags, rows, data.twin[mask], data.plan[mask], data.truth[mask], kinds)


def _card(model: Model, test: Judged, held_out: dict[str, dict[str, float]], material: str) -> dict[str, Any]:
    return {
        "what": "Logistic regression over figures of query and listed place, then a competition of candidates",
        "learnt_on": material,
        "limits": (
            "No labelled real addresses could be shipped. Invented noise and the program have one author, so these "
            "figures flatter; real addresses are messier. Keep the review band wide and refit on corrections "
            "(./suyin places fit --corrections)."
        ),
        "on_unseen_places": measure(test, model),
        "by_kind_held_out_while_fitting": held_out,
        "reliability": reliability(test, model),
    }
