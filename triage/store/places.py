"""How are blind spots and plans kept, changed by the next import, and found? Never matches an address."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, func, or_, select, tuple_, update

from geo.place import Place, PlaceKind
from triage.documents import encode
from triage.records import PlaceChanges
from triage.store.rows import clean
from triage.store.statements import upsert
from triage.store.tables import places

_SHOWN = ("kind", "number", "name", "address", "city", "district", "lon", "lat", "datum", "extra")
_STRETCH = 5_000  # rows fetched at a time
# Built once: thousands are looked up one by one, and building the statement would take longer than running it.
_ONE = select(*(places.c[name] for name in _SHOWN)).where(
    places.c.kind == bindparam("kind"), places.c.number == bindparam("number"), places.c.gone_at.is_(None)
)


class SqlPlaces:
    """The places of one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on connection."""
        self._connection = connection

    def upsert_many(self, found: Sequence[Place], *, batch: str, at: datetime) -> PlaceChanges:
        """Keep places; of two with the same kind and number in found, the later one counts.

        found: a chunk, at most a few thousand. batch: id of the import. at: UTC.
        """
        rows = {(row["kind"], row["number"]): row for row in (_row(place, batch, at) for place in found)}
        known: dict[tuple[str, str], str | None] = {}
        statement = select(places.c.kind, places.c.number, places.c.content_hash, places.c.gone_at)
        for old in self._connection.execute(statement.where(tuple_(places.c.kind, places.c.number).in_(rows))):
            known[(old.kind, old.number)] = old.content_hash if old.gone_at is None else None
        same = [key for key, row in rows.items() if known.get(key) == row["content_hash"]]
        changed = {key: row for key, row in rows.items() if known.get(key) != row["content_hash"]}
        upsert(self._connection, places, [changed[key] for key in sorted(changed)])
        if same:
            seen = tuple_(places.c.kind, places.c.number).in_(same)
            self._connection.execute(update(places).where(seen).values(batch=batch))
        added = sum(key not in known for key in changed)
        return PlaceChanges(added=added, changed=len(changed) - added, unchanged=len(same))

    def retire_missing(self, kind: str, *, batch: str, at: datetime) -> int:
        """Mark the places of a kind that the complete list of batch does not name as gone; return how many."""
        statement = update(places).where(places.c.kind == kind, places.c.batch != batch, places.c.gone_at.is_(None))
        return self._connection.execute(statement.values(gone_at=at)).rowcount

    def get(self, kind: str, number: str) -> Place | None:
        """Return one place that is not gone; None where there is none."""
        row = self._connection.execute(_ONE, {"kind": kind, "number": clean(number)}).one_or_none()
        return None if row is None else _place(row)

    def walk(self) -> Iterator[Place]:
        """Give all places that are not gone, by kind and number; memory does not grow with their number."""
        statement = _places().where(places.c.gone_at.is_(None)).order_by(places.c.kind, places.c.number)
        for row in self._connection.execute(statement.execution_options(yield_per=_STRETCH)):
            yield _place(row)

    def contents(self) -> dict[tuple[PlaceKind, str], str]:
        """Return kind and number of all places that are not gone, with the hash of what is kept of each."""
        statement = select(places.c.kind, places.c.number, places.c.content_hash).where(places.c.gone_at.is_(None))
        rows = self._connection.execute(statement.execution_options(yield_per=_STRETCH))
        return {(kind, number): content_hash for kind, number, content_hash in rows}

    def fingerprint(self) -> str:
        """Return a hash of all places that are not gone: equal exactly where an index of them is still good."""
        digest = hashlib.sha256()
        statement = select(places.c.content_hash).where(places.c.gone_at.is_(None))
        ordered = statement.order_by(places.c.kind, places.c.number)
        for (content_hash,) in self._connection.execute(ordered.execution_options(yield_per=_STRETCH)):
            digest.update(content_hash.encode())
        return digest.hexdigest()

    def find(
        self, words: str, skip: int, take: int, *, city: str = "", district: str = "",
        without: Collection[tuple[str, str]] = (),
    ) -> tuple[tuple[Place, ...], Mapping[str, int]]:  # fmt: skip
        """Return a stretch of the places whose number, name or address holds words, and how many there are by kind.

        city, district: where they must lie, empty for anywhere; a place that does not say lies there too.
        without: kind and number of places to leave out.
        """
        columns = (places.c.number, places.c.name, places.c.address)
        wanted: list[ColumnElement[bool]] = [places.c.gone_at.is_(None)]
        if words:
            wanted.append(or_(*(column.contains(clean(words), autoescape=True) for column in columns)))
        wanted.extend(
            or_(column == clean(name), column == "")
            for column, name in ((places.c.city, city), (places.c.district, district))
            if name
        )
        if without:
            wanted.append(tuple_(places.c.kind, places.c.number).not_in(without))
        counted = select(places.c.kind, func.count()).where(*wanted).group_by(places.c.kind)
        counts = {str(row[0]): int(row[1]) for row in self._connection.execute(counted)}
        ordered = _places().where(*wanted).order_by(places.c.kind, places.c.number).limit(take).offset(skip)
        return tuple(_place(row) for row in self._connection.execute(ordered)), counts


def _places() -> Select[Any]:
    return select(*(places.c[name] for name in _SHOWN))


def _row(place: Place, batch: str, at: datetime) -> dict[str, Any]:
    texts = (place.kind, place.id, place.name, place.address, place.city, place.district)
    row: dict[str, Any] = dict(zip(_SHOWN, map(clean, texts), strict=False))
    row |= {"lon": place.lon, "lat": place.lat, "datum": place.datum, "extra": clean(encode(dict(place.extra)))}
    content_hash = hashlib.sha256(encode(list(row.values())).encode()).hexdigest()
    return row | {"content_hash": content_hash, "batch": batch, "updated_at": at, "gone_at": None}


def _place(row: Row[Any]) -> Place:
    values = dict(row._mapping)
    return Place(id=values.pop("number"), extra=json.loads(values.pop("extra")), **values)
