"""Which place of the list does an address mean?

Built once, saved by content, mapped into memory by every process. Places that come, change or go are kept beside the
first build, in a second segment and a mask, until it pays to build anew. Never guesses: where two places are equally
possible, or a deciding number differs or is missing, the outcome is not a match.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geo import columns, near, search, segment
from geo.answer import Candidate, PlaceMatch
from geo.divisions import Divisions
from geo.errors import IndexUnreadable
from geo.explain import Explanation, Traced, explain, read
from geo.figures import FAR_AWAY
from geo.model import Model, shipped
from geo.place import Place, PlaceKind, PlaceQuery
from geo.prepare import Prepared, prepare
from geo.rank import LEVELS, Ranked, log_odds, rank
from geo.segment import Segment

_CHUNK = 256  # queries compared in one call
_SHOWN = 5
_UNSAID = Explanation((), (), (), "", ())
_NEVER = 2.0  # above any probability
_OWN_SHARE, _OWN_LEAST = 0.1, 2_000  # additions beyond this share of the first build ask for a new one


@dataclass(frozen=True, slots=True)
class _Said:
    """What one query reached: its candidates' rows, flags, distances in metres and whether both datums are known."""

    query: PlaceQuery
    prepared: Prepared
    rows: NDArray[np.int32]
    flags: NDArray[np.int32]
    distance: NDArray[np.float64] | None
    trusted: NDArray[np.bool_] | None


class PlaceIndex:
    """All places, ready to be searched. Reading is safe from several threads; an update gives a new index."""

    def __init__(
        self, divisions: Divisions, segments: Sequence[Segment], live: Sequence[NDArray[np.uint8]],
        added: Sequence[Place] = (), model: Model | None = None,
    ) -> None:  # fmt: skip
        """Put an index together; use build or open."""
        self._divisions = divisions
        self._segments = tuple(segments)
        self._live = tuple(live)
        self._added = tuple(added)
        self._model = model or shipped()

    @classmethod
    def build(cls, places: Iterable[Place], divisions: Divisions, *, model: Model | None = None) -> PlaceIndex:
        """Build an index of places. Takes about 100 µs a place. Raises ContentUnreadable."""
        base = segment.build(list(places), divisions)
        return cls(divisions, (base,), (np.ones(len(base), np.uint8),), model=model)

    @classmethod
    def open(cls, directory: Path, divisions: Divisions, *, model: Model | None = None) -> PlaceIndex:
        """Map a saved index into memory. Raises IndexUnreadable where it is missing, damaged or of another version."""
        try:
            head = json.loads((directory / "index.json").read_text("utf-8"))
            names = [str(name) for name in head["segments"]]
            live = [np.load(directory / f"{name}.live.npy", mmap_mode="r") for name in head["masks"]]
            added = [Place(**row) for row in head["added"]]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IndexUnreadable(f"{directory} holds no index of places ({error}): build it again") from error
        if head["divisions"] != divisions.digest:
            raise IndexUnreadable(f"{directory} was built with another table of divisions: build it again")
        segments = [segment.load(directory / f"{name}.places") for name in names]
        if [len(mask) for mask in live] != [len(one) for one in segments]:
            raise IndexUnreadable(f"{directory} is half written: build it again")
        return cls(divisions, segments, live, added, model)

    def save(self, directory: Path) -> None:
        """Write the index into directory; files of the same content stay as they are. Raises OSError."""
        directory.mkdir(parents=True, exist_ok=True)
        masks = []
        for one, live in zip(self._segments, self._live, strict=True):
            file = directory / f"{one.digest[:32]}.places"
            if not file.exists():
                segment.save(one, file)
            masks.append(f"{one.digest[:32]}-{hashlib.sha256(live.tobytes()).hexdigest()[:16]}")
            np.save(directory / f"{masks[-1]}.live.npy", live)
        head = {
            "segments": [one.digest[:32] for one in self._segments],
            "masks": masks,
            "divisions": self._divisions.digest,
            "added": [asdict(place) | {"extra": {}} for place in self._added],
        }
        part = directory / ".index.json"
        part.write_text(json.dumps(head, ensure_ascii=False), "utf-8")
        part.replace(directory / "index.json")
        wanted = {
            "index.json",
            *(f"{mask}.live.npy" for mask in masks),
            *(f"{name}.places" for name in head["segments"]),
        }
        for file in directory.iterdir():
            if file.name not in wanted and file.name.endswith((".places", ".live.npy")):
                file.unlink()

    def __len__(self) -> int:
        """Return how many places can be found."""
        return sum(int(live.sum()) for live in self._live)

    @property
    def digest(self) -> str:
        """Hash of all that decides: places, masks, divisions and model."""
        parts = [self._divisions.digest, self._model.digest]
        for one, live in zip(self._segments, self._live, strict=True):
            parts += [one.digest, hashlib.sha256(live.tobytes()).hexdigest()]
        return hashlib.sha256("|".join(parts).encode()).hexdigest()

    @property
    def wants_rebuild(self) -> bool:
        """Whether so much was added that searching would be faster after building anew."""
        return len(self._added) > max(_OWN_LEAST, _OWN_SHARE * len(self._segments[0]))

    def update(
        self, added: Iterable[Place] = (), changed: Iterable[Place] = (), removed: Iterable[tuple[PlaceKind, str]] = ()
    ) -> PlaceIndex:
        """Return the index after a change of the list; only what is new is prepared, and this index stays as it is.

        changed: places in their new form. removed: kind and number.
        """
        fresh = {(place.kind, place.id): place for place in (*self._added, *added, *changed)}
        gone = set(removed)
        own = [place for key, place in fresh.items() if key not in gone]
        base, live = self._segments[0], self._live[0].copy()
        drop = gone | set(fresh)
        known = {number for _, number in drop}
        for row in np.flatnonzero(live).tolist() if drop else ():
            identity = base.identity(row)
            if identity[1] in known and identity in drop:
                live[row] = 0
        if not own:
            return PlaceIndex(self._divisions, (base,), (live,), (), self._model)
        extra = segment.build(own, self._divisions)
        masks = (live, np.ones(len(extra), np.uint8))
        return PlaceIndex(self._divisions, (base, extra), masks, own, self._model)

    def match(self, queries: Sequence[PlaceQuery], *, reasons: bool = True, least: float = 0.0) -> list[PlaceMatch]:
        """Answer each query, in their order.

        reasons: also say why, which takes about 50 µs a candidate. least: only of candidates at least so probable.
        """
        found: list[PlaceMatch] = []
        for start in range(0, len(queries), _CHUNK):
            found += self._chunk(queries[start : start + _CHUNK], least if reasons else _NEVER)
        return found

    def _chunk(self, queries: Sequence[PlaceQuery], least: float) -> list[PlaceMatch]:
        prepared = [prepare(q.text, self._divisions, city=q.city, district=q.district) for q in queries]
        asked = columns.asked(prepared)
        reached = [search.reach(asked, one, live) for one, live in zip(self._segments, self._live, strict=True)]
        rows = np.concatenate([one.rows for one in reached], axis=1)
        figures = np.concatenate([one.figures for one in reached], axis=1)
        flags = np.concatenate([one.flags for one in reached], axis=1)
        present = rows >= 0
        odds = log_odds(figures, present, self._model)
        distance, trusted = self._distances(queries, rows)
        if distance is not None:
            gain, contradicts = near.weigh(distance, trusted)
            odds = np.where(present, odds + gain, odds)
            flags = np.where(contradicts, flags | FAR_AWAY, flags)
        twin, plan = self._lookup(rows)
        ranked = rank(odds, figures, flags, twin, plan, self._model, most=_SHOWN)
        answers = []
        for number, (query, one) in enumerate(zip(queries, prepared, strict=True)):
            away = (None, None) if distance is None else (distance[number], trusted[number])
            said = _Said(query, one, rows[number], flags[number], *away)
            answers.append(self._answer(number, ranked, said, least))
        return answers

    def _lookup(self, rows: NDArray[np.int32]) -> tuple[NDArray[np.uint64], NDArray[np.bool_]]:
        """Twin and kind of every candidate."""
        twins, plans = [], []
        for number, one in enumerate(self._segments):
            part = np.maximum(rows[:, number * search.WIDTH : (number + 1) * search.WIDTH], 0)
            empty = len(one) == 0
            twins.append(np.zeros(part.shape, np.uint64) if empty else one.twin[part])
            plans.append(np.zeros(part.shape, bool) if empty else one.shown.kind[part] == 1)
        return np.concatenate(twins, axis=1), np.concatenate(plans, axis=1)

    def _distances(
        self, queries: Sequence[PlaceQuery], rows: NDArray[np.int32]
    ) -> tuple[NDArray[np.float64] | None, NDArray[np.bool_]]:
        """Distance of every candidate in metres, and whether both datums are known; None without a coordinate."""
        if all(query.lon is None for query in queries):
            return None, np.zeros(0, bool)
        mine = np.array([near.point_of(query) for query in queries], np.float64)
        distance, trusted = np.full(rows.shape, np.nan), np.zeros(rows.shape, bool)
        for number, one in enumerate(self._segments):
            columns_of = slice(number * search.WIDTH, (number + 1) * search.WIDTH)
            part = rows[:, columns_of]
            if len(one) == 0:
                continue
            theirs = np.where((part >= 0)[:, :, None], one.points[np.maximum(part, 0)], np.nan)
            both = np.broadcast_to(mine[:, None, :2], theirs.shape).reshape(-1, 2)
            distance[:, columns_of] = near.apart(both, theirs.reshape(-1, 2)).reshape(part.shape)
            trusted[:, columns_of] = (one.trusted[np.maximum(part, 0)] == 1) & (mine[:, 2:3] == 1)
        return distance, trusted

    def _answer(self, number: int, ranked: Ranked, said: _Said, least: float) -> PlaceMatch:
        shown = []
        traced: Traced | None = None
        rows = said.rows[ranked.column[number]].tolist()
        for place, (row, probability) in enumerate(zip(rows, ranked.probability[number].tolist(), strict=True)):
            if row < 0:
                break
            column = int(ranked.column[number, place])
            one = self._segments[column // search.WIDTH]
            kind, identity = one.identity(row)
            why = _UNSAID
            if probability >= least:
                traced = traced or read(said.query.text)
                distance = ""
                if said.distance is not None and said.trusted is not None:
                    distance = near.sentence(float(said.distance[column]), trusted=bool(said.trusted[column]))
                why = explain(traced, said.prepared, one, row, int(said.flags[column]), self._divisions, distance)
            level = LEVELS[ranked.level[number, place]]
            shown.append(Candidate(kind, identity, one.name(row), round(probability, 6), level, *why))
        outcome = ranked.outcome(number) if shown else "none"
        best = shown[0] if shown and outcome != "none" else None
        return PlaceMatch(outcome, shown[0].probability if shown else 0.0, best, tuple(shown))
