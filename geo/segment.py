"""How are prepared places kept in one mapped file, and read back?

A segment never changes; places are taken off by a mask beside it (see geo.index). Never compares anything.
"""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from geo import arrays, columns, postings
from geo.columns import Listed
from geo.coordinates import convert
from geo.divisions import Divisions
from geo.elements import Element, split
from geo.errors import IndexUnreadable
from geo.letters import Letters, letters
from geo.place import Place, PlaceKind
from geo.postings import Postings
from geo.prepare import prepare_once

VERSION = 6
_KINDS: tuple[PlaceKind, ...] = ("blind_spot", "plan")
_DATUMS = ("", "wgs84", "gcj02", "bd09")


_T = TypeVar("_T")


class Shown(NamedTuple):
    """What people see of places: ids and names as UTF-8, row r from bounds[r] to bounds[r + 1]; kind: uint8 (n,)."""

    id_bounds: NDArray[np.int64]
    ids: NDArray[np.uint8]
    name_bounds: NDArray[np.int64]
    names: NDArray[np.uint8]
    kind: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """Places prepared for search.

    twin: uint64 (n,), equal for places of the same words, numbers and division. points: float64 (n, 2), lon/lat WGS-84,
    NaN where unknown; trusted: uint8 (n,), 1 where the list said the datum. digest: hash of the content.
    """

    listed: Listed
    postings: Postings
    letters: Letters
    shown: Shown
    twin: NDArray[np.uint64]
    points: NDArray[np.float64]
    trusted: NDArray[np.uint8]
    digest: str

    def __len__(self) -> int:
        """Return how many places the segment holds, those taken off included."""
        return len(self.twin)

    def identity(self, row: int) -> tuple[PlaceKind, str]:
        """Return kind and number of a place."""
        bounds = self.shown.id_bounds
        return _KINDS[self.shown.kind[row]], bytes(self.shown.ids[bounds[row] : bounds[row + 1]]).decode()

    def name(self, row: int) -> str:
        """Return the name of a place, or its address where it has none."""
        bounds = self.shown.name_bounds
        return bytes(self.shown.names[bounds[row] : bounds[row + 1]]).decode()


class _One(NamedTuple):
    code: int
    elements: list[Element]
    numbers: list[tuple[int, int, int]]
    flags: int


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Millions of small objects live until the end of the work; visiting them again and again takes a third of it."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def build(places: Sequence[Place], divisions: Divisions) -> Segment:
    """Prepare places. Takes about 80 µs a place."""
    with _collector_at_rest():
        return _build(places, divisions)


def _build(places: Sequence[Place], divisions: Divisions) -> Segment:
    prepared = [_prepare(place, divisions) for place in places]
    codes = np.array([one.code for one in prepared], np.int64)
    order = np.argsort(codes, kind="stable").tolist()
    rows = [prepared[number] for number in order]
    kept = [places[number] for number in order]
    listed = columns.listed(
        codes[order], [one.elements for one in rows], [one.numbers for one in rows], [one.flags for one in rows]
    )
    ids, names = [place.id.encode() for place in kept], [(place.name or place.address).encode() for place in kept]
    shown = Shown(
        columns.bounds([len(one) for one in ids]),
        np.frombuffer(b"".join(ids), np.uint8),
        columns.bounds([len(one) for one in names]),
        np.frombuffer(b"".join(names), np.uint8),
        np.array([_KINDS.index(place.kind) for place in kept], np.uint8),
    )
    points, trusted = _points(kept)
    found = letters()
    twin = np.array([_twin(one) for one in rows], np.uint64)
    index = postings.build(listed, found)
    digest = arrays.content_hash(_arrays(listed, index, found, shown, twin, points, trusted), {})
    return Segment(listed, index, found, shown, twin, points, trusted, digest)


def save(segment: Segment, file: Path) -> None:
    """Write a segment. Raises OSError where the disk refuses."""
    arrays.write(
        file,
        _arrays(
            segment.listed, segment.postings, segment.letters, segment.shown, segment.twin, segment.points,
            segment.trusted,
        ),
        {"content": segment.digest},
        version=VERSION,
    )  # fmt: skip


def load(file: Path) -> Segment:
    """Map a segment into memory. Raises IndexUnreadable."""
    try:
        stored = arrays.read(file, version=VERSION)
        got = stored.arrays
        parts = (_part(Listed, got), _part(Postings, got), _part(Letters, got), _part(Shown, got))
    except (OSError, ValueError, KeyError) as error:
        raise IndexUnreadable(f"the index of places cannot be read ({error}): build it again") from error
    content = str(stored.values["content"])
    return Segment(*parts, got["twin"], got["points"], got["trusted"], content)


def _part(kind: type[_T], got: Mapping[str, arrays.Array]) -> _T:
    """One named tuple of arrays out of a file."""
    names: tuple[str, ...] = getattr(kind, "_fields")  # noqa: B009 - mypy knows no fields of a type variable
    return kind(*(got[f"{kind.__name__}.{name}"] for name in names))


def _arrays(
    listed: Listed, index: Postings, table: Letters, shown: Shown, twin: NDArray[np.uint64],
    points: NDArray[np.float64], trusted: NDArray[np.uint8],
) -> dict[str, arrays.Array]:  # fmt: skip
    found: dict[str, arrays.Array] = {}
    for part in (listed, index, table, shown):
        found |= {f"{type(part).__name__}.{name}": array for name, array in part._asdict().items()}
    return found | {"twin": twin, "points": points, "trusted": trusted}


def _prepare(place: Place, divisions: Divisions) -> _One:
    address = prepare_once(place.address, divisions, place.city, place.district, True)
    if place.name in place.address:  # the usual case; saves half of the work
        name, codes = "", [_settled(address.parsed.codes)]
        numbers, flags = address.numbers, address.flags
    else:
        own = prepare_once(place.name, divisions, place.city, place.district, True)
        name, codes = own.names, [_settled(address.parsed.codes), _settled(own.parsed.codes)]
        numbers, flags = own.numbers + address.numbers, own.flags | address.flags
    code = max(codes, key=_fineness)
    town = divisions.name(code) if code % 1000 else ""
    figures = dict.fromkeys(number[:3] for number in numbers)
    return _One(code, split(name, address.names, town), list(figures)[:24], flags)


def _settled(codes: tuple[int, ...]) -> int:
    """The one code, or what several have in common."""
    if len(codes) == 1:
        return codes[0]
    for width in (1_000, 100_000, 10_000_000):
        tops = {code - code % width for code in codes}
        if len(tops) == 1:
            return tops.pop()
    return 0


def _fineness(code: int) -> int:
    return sum(code % width > 0 for width in (10_000_000, 100_000, 1_000)) + (code > 0)


def _twin(one: _One) -> int:
    words = sorted(f"{kind}{text}" for kind, text in one.elements)
    key = f"{one.code // 1000} {one.flags} {sorted(one.numbers)} {words}"
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "little")


def _points(places: Sequence[Place]) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    points = np.array(
        [(np.nan, np.nan) if place.lon is None or place.lat is None else (place.lon, place.lat) for place in places],
        np.float64,
    ).reshape(-1, 2)
    datum = np.array([_DATUMS.index(place.datum or "") for place in places], np.uint8)
    for number, source in ((2, "gcj02"), (3, "bd09")):
        if (datum == number).any():
            points[datum == number] = convert(
                points[datum == number], "gcj02" if source == "gcj02" else "bd09", "wgs84"
            )
    return points, (datum > 0).astype(np.uint8)
