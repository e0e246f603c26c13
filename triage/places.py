"""Which blind spot or plan does a ticket's address mean, and may its record be told to a customer?

A blind spot beats a plan; a record that is over beats nothing; two records that are equally possible go to a person.
Source: 移动网络投诉处理规范, 二（一）1②③.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from geo.answer import Candidate, PlaceMatch
from geo.place import Place, PlaceKind, PlaceQuery
from rules.facts import FactValue
from rules.ruleset import RuleSet
from rules.text import read
from triage.decisions import PlaceCandidate, PlaceFound

Status = Literal["current", "over"]
PARTS = ("描述", "原因", "解决方式")
KINDS: tuple[PlaceKind, ...] = ("blind_spot", "plan")
_STATUS = "状态"
_POSSIBLE = 0.05  # a candidate less probable than this is shown and sends nobody to a person


class Index(Protocol):
    """What is asked of an index of places (geo.index.PlaceIndex)."""

    def match(self, queries: Sequence[PlaceQuery]) -> list[PlaceMatch]:
        """Answer each query, in their order."""


@dataclass(frozen=True, slots=True)
class PlaceBook:
    """The places in force: one index a kind, and the record behind an id."""

    indexes: Mapping[PlaceKind, Index]
    record: Callable[[PlaceKind, str], Place | None]

    def match(self, queries: Sequence[PlaceQuery]) -> list[dict[PlaceKind, PlaceMatch]]:
        """Answer each query for each kind of place that is listed at all."""
        answers = {kind: index.match(queries) for kind, index in self.indexes.items()}
        return [{kind: answers[kind][row] for kind in answers} for row in range(len(queries))]


NO_PLACES = PlaceBook({}, lambda _kind, _id: None)


@dataclass(frozen=True, slots=True)
class PlaceJudged:
    """The place that counts. record and status: of the matched place; status None where its word is unknown.

    note: a sentence where something about the place keeps it from being used, else empty.
    """

    found: PlaceFound
    record: Place | None
    status: Status | None
    note: str


NOWHERE = PlaceJudged(PlaceFound(None, None, 0.0, "none"), None, None, "")


def judge_place(answers: Mapping[PlaceKind, PlaceMatch], book: PlaceBook, rules: RuleSet) -> PlaceJudged:
    """Return the place that counts among the answers for blind spots and plans."""
    candidates = tuple(_candidate(c) for kind in KINDS if kind in answers for c in answers[kind].candidates)
    candidates = tuple(sorted(candidates, key=lambda c: -c.probability)[:5])
    notes: list[str] = []
    for kind in KINDS:
        answer = answers.get(kind)
        if answer is None or answer.outcome == "none":
            continue
        standing = _standing(answer, book, rules)
        if not standing:
            notes += [_over(candidate, book) for candidate in answer.candidates[:1]]
        elif answer.outcome == "review" or answer.best is None:
            return _unsure(answer, candidates)
        else:
            found = PlaceFound(kind, answer.best.id, answer.probability, "match", candidates)
            record, status = standing[answer.best.id]
            note = "" if status else f"{answer.best.id} 的状态不明，不能直接答复客户"
            return PlaceJudged(found, record, status, note)
    return PlaceJudged(PlaceFound(None, None, 0.0, "none", candidates), None, None, "；".join(notes))


def _standing(answer: PlaceMatch, book: PlaceBook, rules: RuleSet) -> dict[str, tuple[Place | None, Status | None]]:
    """Return the records that may be meant and are not known to be over: id → record and status.

    For a match that is the best candidate alone; for a review every candidate that is not all but excluded.
    """
    meant = [answer.best] if answer.outcome == "match" and answer.best else answer.candidates
    found: dict[str, tuple[Place | None, Status | None]] = {}
    for candidate in meant:
        if candidate.probability < _POSSIBLE:
            continue
        record = book.record(candidate.kind, candidate.id)
        status = place_status(record, rules) if record is not None else None
        if status != "over":
            found[candidate.id] = (record, status)
    return found


def _over(candidate: Candidate, book: PlaceBook) -> str:
    word = _word(book.record(candidate.kind, candidate.id)) or "记录自述已解决"
    return f"{candidate.id} {candidate.name} 不再有效（{word}）或不可能是该地点，不据此答复"


def place_status(place: Place, rules: RuleSet) -> Status | None:
    """Return whether a record may still be told to a customer; None where its status word is unknown.

    Source: 移动网络投诉处理规范, 二（一）1②③; the words are table.place_status.
    """
    facts: dict[str, FactValue] = {"place.kind": place.kind}
    if _word(place):
        facts["place.status_word"] = _word(place)
    facts["place.text"] = read("place", "。".join(place.extra.get(part, "") for part in PARTS))
    seen = rules.evaluate(facts).facts
    found = rules.tables["table.place_status"].decide(seen)
    status = found.outputs["place.status"] if found.outputs else None
    return status if status in ("current", "over") else None  # type: ignore[return-value]


def _word(place: Place | None) -> str:
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
