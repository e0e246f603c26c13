"""How is what happened kept so that nobody can change it unnoticed?

One chain for the whole installation: each entry's hash covers the hash before it. Entries of a transaction are
gathered and chained right before it commits, so that writers wait for one another as shortly as can be. Entries of
the audit trail are in the chain by their digest. Personal values are never hashed: contents name their ids.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select, update

from triage.records import AuditEntry
from triage.records_flow import Entry, Kept
from triage.store.rows import clean
from triage.store.tables import audit
from triage.store.tables_flow import flows, history, history_head

_STRETCH = 2_000


class SqlHistory:
    """The history of one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on connection."""
        self._connection = connection
        self._waiting: list[Entry] = []

    def add(self, entry: Entry) -> None:
        """Note that something happened; chained by seal()."""
        self._waiting.append(entry)

    def seal(self) -> None:
        """Chain what was noted; the last thing that a transaction does."""
        if not self._waiting:
            return
        seq, before = self._connection.execute(select(history_head.c.seq, history_head.c.hash).with_for_update()).one()
        rows = []
        for entry in self._waiting:
            seq += 1
            content = clean(json.dumps(entry.content, ensure_ascii=False, sort_keys=True, separators=(",", ":")))
            kept = Kept(seq, entry.at, clean(entry.actor), entry.kind, entry.ticket_id, content, "")
            before = chained(before, kept)
            rows.append({name: getattr(kept, name) for name in Kept.__dataclass_fields__} | {"hash": before})
        self._connection.execute(insert(history), rows)
        self._connection.execute(update(history_head).values(seq=seq, hash=before))
        self._waiting.clear()

    def of(self, ticket_id: str) -> tuple[Kept, ...]:
        """Return what happened to a ticket, the first thing first."""
        statement = select(history).where(history.c.ticket_id == ticket_id, history.c.kind != "audit")
        return tuple(Kept(**row._mapping) for row in self._connection.execute(statement.order_by(history.c.seq)))

    def walk(self, after: int = 0) -> Iterator[Kept]:
        """Give all entries after a number, in order."""
        statement = select(history).where(history.c.seq > after).order_by(history.c.seq)
        for row in self._connection.execute(statement.execution_options(yield_per=_STRETCH)):
            yield Kept(**row._mapping)

    def head(self) -> tuple[int, str]:
        """Return number and hash of the newest entry; 0 and zeros where there is none."""
        row = self._connection.execute(select(history_head.c.seq, history_head.c.hash)).one()
        return row.seq, row.hash

    def audit_digests(self) -> Iterator[tuple[int, str]]:
        """Give row and digest of every entry of the audit trail."""
        statement = select(audit).order_by(audit.c.row).execution_options(yield_per=_STRETCH)
        for row in self._connection.execute(statement):
            yield row.row, audit_digest(AuditEntry(row.at, row.actor, row.what, row.object, row.detail))

    def states(self) -> Mapping[str, tuple[str, int]]:
        """Return state and version of every flow, by ticket."""
        found = self._connection.execute(select(flows.c.ticket_id, flows.c.state, flows.c.version))
        return {row.ticket_id: (row.state, row.version) for row in found}


def chained(before: str, kept: Kept) -> str:
    """Return the hash of an entry that follows one with the hash before."""
    at = kept.at.astimezone(UTC).isoformat()
    whole = json.dumps([before, kept.seq, at, kept.actor, kept.kind, kept.ticket_id, kept.content], ensure_ascii=False)
    return hashlib.sha256(whole.encode()).hexdigest()


def audit_digest(entry: AuditEntry) -> str:
    """Return what the chain keeps of an entry of the audit trail."""
    parts = [_stamp(entry.at), entry.actor, entry.what, entry.object, entry.detail]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
