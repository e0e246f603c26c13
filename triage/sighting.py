"""What does a ticket's coordinate make of the places that its text may mean: does it confirm, contradict, or add one?

Areas count before distances. Every judgement is a row of table.place_coordinate; this module only measures. A
coordinate whose datum nobody said can make things less sure, never surer. Without a coordinate nothing changes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal, NamedTuple

import numpy as np

from geo import indoor
from geo.answer import Candidate, PlaceMatch
from geo.coordinates import SHOWN, Spot
from geo.cover import Covered, Measured, measure
from geo.place import Place, PlaceKind
from rules.facts import FactValue
from rules.tables import Table
from triage.decisions import Coordinate, spot_of
from triage.names import PLACE_KINDS
from triage.places import KINDS, POSSIBLE, PlaceBook, Seen

REACH_M = 500.0  # a place further away is never proposed because of a coordinate
_MOST = 5  # places of a kind that are looked at because of a coordinate
_FAR_OFF_M = 1e6  # where there is no other place at all
_FOR, _AGAINST = 1.5, -3.0  # log odds that a coordinate adds; assumed, there is nothing labelled to fit on
_BY_COORDINATE, _ALONE = 0.5, 0.9  # probability of a place that only the coordinate names; assumed likewise
_TELLING = 50.0  # metres of doubt from which the sentence mentions them
_NOTHING = PlaceMatch("none", 0.0, None, ())
_CLOSE_LEVELS = ("same_place", "same_compound", "same_road")


@dataclass(frozen=True, slots=True)
class Sighted:
    """Answers after the coordinate was heard, and why. answers: by kind of place, as PlaceBook.match gives them."""

    answers: Mapping[PlaceKind, PlaceMatch]
    seen: tuple[Seen, ...]


class _Subject(NamedTuple):
    """The place of a kind that the coordinate is held against. away: None where it has no coordinate."""

    candidate: Candidate
    away: Measured | None
    next_m: float | None
    elsewhere_m: float | None


def nearby(given: Sequence[Coordinate], book: PlaceBook) -> list[tuple[Covered, ...]]:
    """Return the listed places within reach of each coordinate, nearest first.

    None for a coordinate whose datum nobody said or that is written too coarsely, and none whose own datum is unknown.
    """
    spots = [spot for one in given if (spot := spot_of(one)) is not None]
    telling = [row for row, here in enumerate(spots) if here.stated and here.rounding_m <= REACH_M]
    found: list[tuple[Covered, ...]] = [() for _ in given]
    if telling:
        points = np.array([(spots[row].lon, spots[row].lat) for row in telling])
        for row, near in zip(telling, book.cover().near_many(points, within_m=REACH_M), strict=True):
            found[row] = tuple(one for one in near if one.trusted)
    return found


def sight(
    answers: Mapping[PlaceKind, PlaceMatch], given: Coordinate, near: Sequence[Covered], book: PlaceBook, table: Table,
    *, addressed: bool,
) -> Sighted:  # fmt: skip
    """Hold a coordinate against what the text says.

    answers: of the text alone, by kind; empty where the ticket has no address. near: as nearby gives it. addressed:
    whether the ticket has an address.
    """
    here = spot_of(given)
    assert here is not None
    heard: dict[PlaceKind, PlaceMatch] = dict(answers)
    seen: list[Seen] = []
    for kind in KINDS:
        answer = answers.get(kind, _NOTHING)
        subject = _subject(answer, here, book, [one for one in near if one.kind == kind])
        if subject is None:
            continue
        found = table.decide(_facts(answer, subject, addressed=addressed))
        outcome = found.outputs["place.outcome"] if found.outputs else "review"
        if outcome == "none" or (subject.away is None and answer.outcome != "none"):
            continue
        heard[kind] = _heard(answer, subject, sure=outcome == "match")
        sentence = f"{_where(given, subject)}：{found.because}"
        seen.append(Seen(str(found.row), str(found.source), sentence))
    return Sighted(heard, tuple(seen))


def _records(near: Iterable[Covered], book: PlaceBook) -> Iterator[Place]:
    """The records that may still be told, in their order."""
    for one in near:
        standing = book.standing(one.kind, one.id)
        if standing.record is not None and standing.status != "over":
            yield standing.record


def _subject(answer: PlaceMatch, here: Spot, book: PlaceBook, near: Sequence[Covered]) -> _Subject | None:
    if answer.outcome == "none":
        return _proposed(answer, here, list(islice(_records(near, book), _MOST)))
    meant = [answer.best] if answer.outcome == "match" and answer.best else _possible(answer, book)
    if not meant:
        return None
    away = {c.id: _away(c, here, book) for c in meant}
    nearest = min(meant, key=lambda c: (math.inf if (m := away[c.id]) is None else m.distance_m, -c.probability))
    others = [away[c.id] for c in meant if c is not nearest]
    unseen = len(answer.candidates) >= _MOST and len(meant) == len(answer.candidates)
    sure = not unseen and all(other is not None and other.stated for other in others)
    next_m = min((o.nearest_m for o in others if o is not None), default=_FAR_OFF_M) if sure else None
    known = {c.id for c in meant}
    around = _records((one for one in near if one.distance_m == 0.0 and one.id not in known), book)
    return _Subject(nearest, away[nearest.id], next_m, _deepest(here, around))


def _proposed(answer: PlaceMatch, here: Spot, near: Sequence[Place]) -> _Subject | None:
    """The place that only the coordinate names: one around it, else the nearest that the text does not rule out."""
    measured = [(place, away) for place in near if (away := measure(place, here)) is not None]
    ruled_out = {c.id for c in answer.candidates if c.differed}
    measured = [(p, away) for p, away in measured if away.distance_m == 0.0 or p.id not in ruled_out]
    if not measured:
        return None
    place, away = min(measured, key=lambda one: (one[1].distance_m, -(one[1].depth_m or 0.0)))
    others = [other for other in measured if other[0] is not place]
    next_m = min((m.nearest_m for p, m in others if (m.depth_m or 0.0) == 0.0), default=_FAR_OFF_M)
    known = {c.id: c for c in answer.candidates}
    made = Candidate(place.kind, place.id, place.name or place.address, _BY_COORDINATE, "same_area", (), (), (), "", ())
    made = replace(known[place.id], probability=_BY_COORDINATE) if place.id in known else made
    return _Subject(made, away, next_m, _deepest(here, [p for p, _ in others]))


def _possible(answer: PlaceMatch, book: PlaceBook) -> list[Candidate]:
    likely = [c for c in answer.candidates if c.probability >= POSSIBLE] or list(answer.candidates[:1])
    return [c for c in likely if book.standing(c.kind, c.id).status != "over"]


def _away(candidate: Candidate, here: Spot, book: PlaceBook) -> Measured | None:
    record = book.standing(candidate.kind, candidate.id).record
    return measure(record, here) if record is not None else None


def _deepest(here: Spot, others: Iterable[Place]) -> float | None:
    depths = [away.depth_m for place in others if (away := measure(place, here)) and away.depth_m is not None]
    return max(depths, default=None)


def _facts(answer: PlaceMatch, subject: _Subject, *, addressed: bool) -> dict[str, FactValue]:
    away = subject.away
    facts: dict[str, FactValue | None] = {
        "place.by_text": answer.outcome,
        "place.datum_stated": away.stated if away else None,
        "place.nearest_m": away.nearest_m if away else None,
        "place.farthest_m": away.farthest_m if away else None,
        "place.depth_m": away.depth_m if away else None,
        "place.next_m": subject.next_m,
        "place.elsewhere_m": subject.elsewhere_m,
        "place.text_gap": _gap(subject.candidate),
        "place.addressed": addressed,
    }
    return {name: value for name, value in facts.items() if value is not None}


def _gap(candidate: Candidate) -> Literal["none", "missing", "differs"]:
    """What stands between the text and the place. No coordinate can tell a basement from the flat above it."""
    part_of_it = set(candidate.missing) & set(indoor.parts().names)
    if candidate.differed or part_of_it or candidate.level not in _CLOSE_LEVELS:
        return "differs"
    return "missing" if candidate.missing else "none"


def _heard(answer: PlaceMatch, subject: _Subject, *, sure: bool) -> PlaceMatch:
    """The answer after the coordinate was heard; a place that it makes sure or adds comes first."""
    chosen = subject.candidate
    if answer.outcome == "none":
        chosen = replace(chosen, probability=_ALONE if sure else _BY_COORDINATE)
    elif sure != (answer.outcome == "match"):
        chosen = replace(chosen, probability=_weighed(chosen.probability, _FOR if sure else _AGAINST))
    chosen = replace(chosen, sentence=f"{chosen.sentence}{_said(subject.away)}")
    others = [c for c in answer.candidates if c.id != chosen.id]
    if sure or len(others) == len(answer.candidates):
        candidates = (chosen, *others)[:_MOST]
    else:
        candidates = tuple(chosen if c.id == chosen.id else c for c in answer.candidates)
    best = chosen if sure else candidates[0]
    return PlaceMatch("match" if sure else "review", best.probability, best, candidates)


def _weighed(probability: float, log_odds: float) -> float:
    sure = min(max(probability, 1e-6), 1.0 - 1e-6)
    return round(1.0 / (1.0 + math.exp(-(math.log(sure / (1.0 - sure)) + log_odds))), 6)


def _said(away: Measured | None) -> str:
    if away is None:
        return ""
    return "坐标在它的范围内。" if away.distance_m == 0.0 else f"坐标距它{metres(away.distance_m)}。"


def _where(given: Coordinate, subject: _Subject) -> str:
    """A clause about where the coordinate lies, with metres."""
    place = f"{PLACE_KINDS[subject.candidate.kind]} {subject.candidate.id}“{subject.candidate.name}”"
    point = f"坐标 {given.lon:g},{given.lat:g}（{SHOWN[given.datum] if given.datum else '坐标系不明'}）"
    away = subject.away
    if away is None:
        return f"{point}无法与{place}比较"
    if away.distance_m == 0.0:
        depth = f"，离边界至少{metres(away.depth_m)}" if away.depth_m is not None else ""
        clause = f"{point}在{place}的范围内{depth}"
    else:
        clause = f"{point}距{place}{metres(away.distance_m)}"
    doubt = away.farthest_m - away.distance_m
    if doubt < _TELLING:
        return clause
    why = "小数位少" if away.stated else "工单和列表没有都写明坐标系"
    return f"{clause}（{why}，可能相差{metres(doubt)}）"


def metres(distance_m: float) -> str:
    """Return a distance in words: 120米, 1.3公里."""
    return f"{distance_m / 1000:.1f}公里" if distance_m >= 1000 else f"{distance_m:.0f}米"
