"""How are walks over fault trees kept? Their entries are only added to or taken back. Never walks itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select, update

from triage.errors import Conflict
from triage.records_walks import Entry, WalkRecord
from triage.store.errors import UnknownRecord
from triage.store.rows import clean
from triage.store.tables_walks import walk_entries, walks

_MISSING = "没有这次排查，请从工单页面重新打开"


class SqlWalks:
    """The walks of one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on connection."""
        self._connection = connection

    def add(self, walk: WalkRecord) -> None:
        """Keep a new walk with its first entries."""
        self._connection.execute(insert(walks).values({c.name: getattr(walk, c.name) for c in walks.c}))
        self.say(walk.id, walk.entries)

    def get(self, id_: str) -> WalkRecord:
        """Return a walk. Raises UnknownRecord."""
        found = self._read(select(walks).where(walks.c.id == id_))
        if not found:
            raise UnknownRecord(_MISSING)
        return found[0]

    def of(self, ticket_id: str) -> tuple[WalkRecord, ...]:
        """Return all walks of a ticket, the first one first."""
        return self._read(select(walks).where(walks.c.ticket_id == ticket_id).order_by(walks.c.begun_at, walks.c.id))

    def change(self, id_: str, version: int, by: str, at: datetime) -> None:
        """Claim the next version of a walk; of two people who saw the same version the second gets Conflict.

        Raises Conflict naming who was faster, UnknownRecord.
        """
        mine = (walks.c.id == id_) & (walks.c.version == version)
        values = {"version": version + 1, "changed_by": clean(by), "changed_at": at}
        if self._connection.execute(update(walks).where(mine).values(values)).rowcount == 0:
            now = self.get(id_)
            raise Conflict(f"这次排查已被 {now.changed_by} 推进（现在是第 {now.version} 版），请刷新后接着做")

    def say(self, id_: str, entries: Sequence[Entry]) -> None:
        """Add entries; only after change()."""
        last = self._connection.scalar(select(func.max(walk_entries.c.n)).where(walk_entries.c.walk_id == id_)) or 0
        rows = [
            {
                **{c.name: getattr(entry, c.name) for c in walk_entries.c if c.name not in ("walk_id", "n")},
                "walk_id": id_, "n": last + number, "value": clean(entry.value), "detail": clean(entry.detail),
                "by": clean(entry.by),
            }
            for number, entry in enumerate(entries, start=1)
        ]  # fmt: skip
        if rows:
            self._connection.execute(insert(walk_entries), rows)

    def withdraw(self, id_: str, n: int, by: str, at: datetime) -> None:
        """Take an entry back; only after change()."""
        mine = (walk_entries.c.walk_id == id_) & (walk_entries.c.n == n)
        self._connection.execute(update(walk_entries).where(mine).values(withdrawn_by=clean(by), withdrawn_at=at))

    def conclude(self, id_: str, by: str, at: datetime) -> None:
        """Note who took the conclusion over; only after change()."""
        self._connection.execute(update(walks).where(walks.c.id == id_).values(concluded_by=clean(by), concluded_at=at))

    def _read(self, statement: Select[Any]) -> tuple[WalkRecord, ...]:
        rows = self._connection.execute(statement).all()
        said: defaultdict[str, list[Entry]] = defaultdict(list)
        wanted = select(walk_entries).where(walk_entries.c.walk_id.in_([row.id for row in rows]))
        for row in self._connection.execute(wanted.order_by(walk_entries.c.walk_id, walk_entries.c.n)):
            values = dict(row._mapping)
            said[values.pop("walk_id")].append(Entry(**values))
        return tuple(WalkRecord(**row._mapping, entries=tuple(said[row.id])) for row in rows)
