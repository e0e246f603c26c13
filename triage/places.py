"""Which blind spot or plan does a ticket's address mean, and may its record be told to a customer?

A blind spot beats a plan; a record that is over beats nothing; two records that are equally possible go to a person.
Source: 移动网络投诉处理规范, 二（一）1②③.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from geo.answer import Candidate, PlaceMatch
from geo.cover import Covered, CoverIndex
from geo.place import Place, PlaceKind, PlaceQuery
from rules.facts import FactValue
from rules.ruleset import RuleSet
from rules.text import read
from triage.decisions import PlaceCandidate, PlaceFound

Status = Literal["current", "over"]
PARTS = ("描述", "原因", "解决方式")
KINDS: tuple[PlaceKind, ...] = ("blind_spot", "plan")
_STATUS = "状态"
_WORTH_EXPLAINING = 0.001  # a candidate less probable than this is not shown
POSSIBLE = 0.05  # a candidate less probable than this is shown and sends nobody to a person


@dataclass(frozen=True, slots=True)
class Standing:
    """A record and whether it may still be told to a customer; status None where its word is unknown."""

    record: Place | None
    status: Status | None


class Index(Protocol):
    """What is asked of an index of places (geo.index.PlaceIndex)."""

    def match(self, queries: Sequence[PlaceQuery], *, reasons: bool = True, least: float = 0.0) -> list[PlaceMatch]:
        """Answer each query, in their order. reasons: also say why, of candidates at least so probable."""


class Cover(Protocol):
    """What is asked of the areas and points of places (geo.cover.CoverIndex)."""

    def near_many(self, points: NDArray[np.float64], *, within_m: float) -> list[tuple[Covered, ...]]:
        """Return what covers each point or lies within within_m of it, the nearest first. points: lon, lat WGS-84."""


def _nothing_covers() -> Cover:
    return CoverIndex.build(())


@dataclass(frozen=True, slots=True)
class PlaceBook:
    """The places in force: one index a kind, the record behind an id with what its status is, and what covers a point.

    cover: gives the areas and points of all places; opened when the first ticket with a coordinate comes.
    """

    indexes: Mapping[PlaceKind, Index]
    standing: Callable[[PlaceKind, str], Standing]
    cover: Callable[[], Cover] = _nothing_covers

    def match(self, queries: Sequence[PlaceQuery]) -> list[dict[PlaceKind, PlaceMatch]]:
        """Answer each query for each kind of place that is listed at all; reasons for what is near."""
        found: list[dict[PlaceKind, PlaceMatch]] = [{} for _ in queries]
        for kind, index in self.indexes.items():
            for row, answer in enumerate(index.match(queries, least=_WORTH_EXPLAINING)):
                found[row][kind] = answer
        return found


class Seen(NamedTuple):
    """What a coordinate said: the row of the table, its source, and a sentence with metres."""

    rule: str
    source: str
    sentence: str


UNKNOWN_RECORD = Standing(None, None)
NO_PLACES = PlaceBook({}, lambda _kind, _id: UNKNOWN_RECORD)


@dataclass(frozen=True, slots=True)
class PlaceJudged:
    """The place that counts. record and status: of the matched place; status None where its word is unknown.

    note: a sentence where something about the place keeps it from being used, else empty. seen: what the ticket's
    coordinate made of it.
    """

    found: PlaceFound
    record: Place | None
    status: Status | None
    note: str
    seen: tuple[Seen, ...] = ()


NOWHERE = PlaceJudged(PlaceFound(None, None, 0.0, "none"), None, None, "")


def judge_place(answers: Mapping[PlaceKind, PlaceMatch], book: PlaceBook) -> PlaceJudged:
    """Return the place that counts among the answers for blind spots and plans."""
    listed = (c for kind in KINDS if kind in answers for c in answers[kind].candidates)
    near = [c for c in listed if c.probability >= _WORTH_EXPLAINING]
    candidates = tuple(_candidate(c) for c in sorted(near, key=lambda c: -c.probability)[:5])
    notes: list[str] = []
    for kind in KINDS:
        answer = answers.get(kind)
        if answer is None or answer.outcome == "none":
            continue
        standing = _standing(answer, book)
        if not standing:
            notes += [_over(candidate, book) for candidate in answer.candidates[:1]]
        elif answer.outcome == "review" or answer.best is None:
            return _unsure(answer, candidates)
        else:
            known = standing[answer.best.id]
            if kind == KINDS[0] and _namesake_elsewhere(known.record, answers.get(KINDS[1]), book):
                return _unsure(answer, candidates)
            found = PlaceFound(kind, answer.best.id, answer.probability, "match", candidates)
            note = "" if known.status else f"{answer.best.id} 的状态不明，不能直接答复客户"
            return PlaceJudged(found, known.record, known.status, note)
    return PlaceJudged(PlaceFound(None, None, 0.0, "none", candidates), None, None, "；".join(notes))


def _standing(answer: PlaceMatch, book: PlaceBook) -> dict[str, Standing]:
    """Return the records that may be meant and are not known to be over, by id.

    For a match that is the best candidate alone; for a review every candidate that is not all but excluded.
    """
    meant = [answer.best] if answer.outcome == "match" and answer.best else answer.candidates
    possible = [c for c in meant if c.probability >= POSSIBLE]
    found = {c.id: book.standing(c.kind, c.id) for c in possible}
    return {id_: standing for id_, standing in found.items() if standing.status != "over"}


def _namesake_elsewhere(spot: Place | None, plans: PlaceMatch | None, book: PlaceBook) -> bool:
    """Whether the plans hold a place that fits the text as well, in another city or district than the blind spot.

    Each kind has an index of its own, so that neither knows of the other's namesakes.
    """
    if spot is None or plans is None or plans.outcome == "none" or plans.best is None:
        return False
    plan = book.standing(plans.best.kind, plans.best.id).record
    if plan is None:
        return False
    areas = ((spot.city, plan.city), (spot.district, plan.district))
    return any(not (mine.startswith(theirs) or theirs.startswith(mine)) for mine, theirs in areas)


def _over(candidate: Candidate, book: PlaceBook) -> str:
    word = status_word(book.standing(candidate.kind, candidate.id).record) or "记录自述已解决"
    return f"{candidate.id} {candidate.name} 不再有效（{word}）或不可能是该地点，不据此答复"


def place_status(place: Place, rules: RuleSet) -> Status | None:
    """Return whether a record may still be told to a customer; None where its status word is unknown.

    Source: 移动网络投诉处理规范, 二（一）1②③; the words are table.place_status.
    """
    facts: dict[str, FactValue] = {"place.kind": place.kind}
    if status_word(place):
        facts["place.status_word"] = status_word(place)
    facts["place.text"] = read("place", "。".join(place.extra.get(part, "") for part in PARTS))
    seen = rules.evaluate(facts).facts
    found = rules.tables["table.place_status"].decide(seen)
    status = found.outputs["place.status"] if found.outputs else None
    return status if status in ("current", "over") else None  # type: ignore[return-value]


def status_word(place: Place | None) -> str:
    """Return what the record itself says of its status; empty where it says nothing."""
    return place.extra.get(_STATUS, "").strip() if place is not None else ""


def _unsure(answer: PlaceMatch, candidates: tuple[PlaceCandidate, ...]) -> PlaceJudged:
    best = answer.best or (answer.candidates[0] if answer.candidates else None)
    found = PlaceFound(best.kind if best else None, best.id if best else None, answer.probability, "review", candidates)
    return PlaceJudged(found, None, None, "地点可能在列表中，但没有把握")


def _candidate(candidate: Candidate) -> PlaceCandidate:
    return PlaceCandidate(
        kind=candidate.kind,
        id=candidate.id,
        name=candidate.name,
        probability=candidate.probability,
        level=candidate.level,
        sentence=candidate.sentence,
    )
