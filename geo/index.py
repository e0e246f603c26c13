"""Which place of the list does an address mean?

Never guesses: where two places of the list are equally possible, or a number differs, the outcome is not a match.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

from rapidfuzz import fuzz

from geo.answer import Candidate, Level, Outcome, PlaceMatch
from geo.divisions import Divisions
from geo.errors import IndexUnreadable
from geo.normal import BOUNDARY, canonical
from geo.numbers import BARE, BUILDING, DECIDING, HOUSE, LABELS, Number, scan, spoken
from geo.parse import ParsedAddress, _compatible, parse
from geo.place import Place, PlaceQuery

_SURE, _LIKELY = 0.9, 0.35


class _Prepared(NamedTuple):
    names: tuple[str, ...]
    numbers: list[Number]
    parsed: ParsedAddress


_Judgement = tuple[float, Level, tuple[str, ...], tuple[str, ...], tuple[str, ...]]


class PlaceIndex:
    """All places, ready to be searched."""

    def __init__(self, places: Sequence[Place], divisions: Divisions) -> None:
        """Prepare places; see build."""
        self._places = list(places)
        self._divisions = divisions
        self._prepared = [self._prepare(f"{p.address} {p.name}", p.city, p.district) for p in self._places]
        self._postings: dict[str, list[int]] = defaultdict(list)
        for row, prepared in enumerate(self._prepared):
            for token in set(_tokens(prepared)):
                self._postings[token].append(row)

    @classmethod
    def build(cls, places: Iterable[Place], divisions: Divisions) -> PlaceIndex:
        """Build an index of places."""
        return cls(list(places), divisions)

    def save(self, directory: Path) -> None:
        """Write the index into directory."""
        directory.mkdir(parents=True, exist_ok=True)
        rows = [asdict(place) | {"extra": dict(place.extra)} for place in self._places]
        (directory / "places.json").write_text(json.dumps(rows, ensure_ascii=False), "utf-8")

    @classmethod
    def open(cls, directory: Path, divisions: Divisions) -> PlaceIndex:
        """Open a saved index. Raises IndexUnreadable."""
        try:
            rows = json.loads((directory / "places.json").read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise IndexUnreadable(f"{directory} holds no index of places: {error}") from error
        return cls([Place(**row) for row in rows], divisions)

    def __len__(self) -> int:
        """Return how many places are in the index."""
        return len(self._places)

    def match(self, queries: Sequence[PlaceQuery]) -> list[PlaceMatch]:
        """Answer each query, in their order."""
        return [self._match(query) for query in queries]

    def _prepare(self, text: str, city: str | None, district: str | None) -> _Prepared:
        parsed = parse(text, self._divisions, city=city, district=district)
        kept = canonical(text)
        for start, end in reversed(parsed.spans):
            kept = kept.replace(canonical(text[start:end]), BOUNDARY, 1) if end > start else kept
        numbers = scan(kept)
        for number in reversed(numbers):
            kept = kept[: number.start] + BOUNDARY + kept[number.end :]
        return _Prepared(tuple(dict.fromkeys(part for part in kept.split(BOUNDARY) if part)), numbers, parsed)

    def _match(self, query: PlaceQuery) -> PlaceMatch:
        asked = self._prepare(query.text, query.city, query.district)
        scores: dict[int, float] = defaultdict(float)
        for token in set(_tokens(asked)):
            rows = self._postings.get(token, ())
            weight = math.log(1 + len(self._places) / (1 + len(rows)))
            for row in rows:
                scores[row] += weight
        rows = sorted(scores, key=lambda row: -scores[row])[:20]
        judged = sorted(((self._judge(asked, self._prepared[row]), row) for row in rows), key=lambda j: -j[0][0])
        found = tuple(self._candidate(row, judgement) for judgement, row in judged[:5])
        if not found or found[0].probability < _LIKELY:
            return PlaceMatch("none", found[0].probability if found else 0.0, None, found)
        clear = (
            len(found) < 2 or found[1].probability < _LIKELY or _identical(self._places, judged[0][-1], judged[1][-1])
        )
        sure = found[0].probability >= _SURE and not found[0].differed and not found[0].missing
        outcome: Outcome = "match" if sure and clear else "review"
        return PlaceMatch(outcome, found[0].probability, found[0], found)

    def _judge(self, asked: _Prepared, listed: _Prepared) -> _Judgement:
        agreed, differed, missing = _compare_numbers(asked.numbers, listed.numbers)
        if asked.parsed.codes and listed.parsed.codes:
            pairs = ((a, b) for a in asked.parsed.codes for b in listed.parsed.codes)
            if not any(_compatible(a, b) for a, b in pairs):
                differed = (*differed, "行政区划")
        found = [max((fuzz.ratio(a, b) for b in listed.names), default=0.0) / 100 for a in asked.names]
        best = max(found, default=0.0)
        covered = sum(len(a) * f for a, f in zip(asked.names, found, strict=True)) / max(1, len("".join(asked.names)))
        probability = 0.98 * best**2 * (0.4 + 0.6 * covered)
        if differed:
            return probability * 0.1, "same_compound" if best > 0.9 else "different", agreed, differed, missing
        if missing:
            return probability * 0.6, "same_compound", agreed, differed, missing
        return probability, "same_place" if probability > _SURE else "same_area", agreed, differed, missing

    def _candidate(self, row: int, judgement: _Judgement) -> Candidate:
        probability, level, agreed, differed, missing = judgement
        place = self._places[row]
        parts = [
            f"{word}{'、'.join(what)}"
            for word, what in (("一致：", agreed), ("不同：", differed), ("缺少：", missing))
            if what
        ]
        sentence = f"与“{place.name}”比较，" + ("；".join(parts) or "名称相近") + "。"
        return Candidate(
            place.kind, place.id, place.name, round(probability, 4), level, agreed, differed, missing, sentence, ()
        )


def _tokens(prepared: _Prepared) -> Iterable[str]:
    for name in prepared.names:
        yield from (name[i : i + 2] for i in range(len(name) - 1))
    for number in prepared.numbers:
        yield f"#{number.low}"


def _identical(places: Sequence[Place], first: int, second: int) -> bool:
    a, b = places[first], places[second]
    return a.kind != b.kind and (a.name, a.address, a.city, a.district) == (b.name, b.address, b.city, b.district)


def _compare_numbers(
    asked: Sequence[Number], listed: Sequence[Number]
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    agreed, differed, missing = [], [], []
    loose = {n.low for n in asked if n.kind == BARE}
    for kind in sorted({n.kind for n in listed} & DECIDING):
        theirs = [n for n in listed if n.kind == kind]
        ours = [n for n in asked if n.kind == kind]
        label = f"{LABELS[kind]}{'/'.join(dict.fromkeys(spoken(n) for n in theirs))}"
        bare = kind in (HOUSE, BUILDING) and any(n.low <= b <= n.high for n in theirs for b in loose)
        if bare or any(a.low <= b.high and b.low <= a.high for a in ours for b in theirs):
            agreed.append(label)
        elif ours or (loose and kind == HOUSE):
            differed.append(label)
        else:
            missing.append(label)
    return tuple(agreed), tuple(differed), tuple(missing)
