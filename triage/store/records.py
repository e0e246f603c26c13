"""How are the sets of rules that decided something, and the audit trail, kept? Both are only ever added to."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, insert, select

from triage.records import AuditEntry, Page
from triage.records_flow import Entry
from triage.store.errors import UnknownRecord
from triage.store.history import SqlHistory, audit_digest
from triage.store.rows import clean
from triage.store.statements import insert_new
from triage.store.tables import audit, rule_sets

_NEW_ENTRY = insert(audit)
_ENTRY = ("at", "actor", "what", "object", "detail")


class SqlRuleSets:
    """The sets of rules of one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on connection."""
        self._connection = connection

    def remember(self, hash_: str, archive: bytes, at: datetime) -> None:
        """Keep a whole set under its hash; a known hash changes nothing."""
        known = select(rule_sets.c.hash).where(rule_sets.c.hash == hash_)
        if self._connection.scalar(known) is None:
            insert_new(self._connection, rule_sets, [{"hash": hash_, "archive": archive, "first_used_at": at}])

    def archive(self, hash_: str) -> bytes:
        """Return the whole set of that hash. Raises UnknownRecord."""
        found: bytes | None = self._connection.scalar(select(rule_sets.c.archive).where(rule_sets.c.hash == hash_))
        if found is None:
            raise UnknownRecord("没有这套规则：这里没有一项决定用过它")
        return found

    def hashes(self) -> tuple[str, ...]:
        """Return the hashes of all sets, the first used first."""
        return tuple(self._connection.scalars(select(rule_sets.c.hash).order_by(rule_sets.c.first_used_at)))


class SqlAudit:
    """The audit trail of one unit of work."""

    def __init__(self, connection: Connection, history: SqlHistory) -> None:
        """Work on connection; every entry joins the chain of history."""
        self._connection = connection
        self._history = history

    def add(self, entry: AuditEntry) -> None:
        """Note who did what."""
        kept = replace(entry, actor=clean(entry.actor), object=clean(entry.object), detail=clean(entry.detail))
        done = self._connection.execute(_NEW_ENTRY, {name: getattr(kept, name) for name in _ENTRY})
        number = done.inserted_primary_key[0] if done.inserted_primary_key else None
        content = {"row": number, "digest": audit_digest(kept)}
        self._history.add(Entry(kept.at, kept.actor, "audit", None, content))

    def list(self, page: Page, *, object_: str | None = None) -> tuple[AuditEntry, ...]:
        """Return one page of the trail, the newest entry first. object_: only what was done to it."""
        statement = select(audit.c.at, audit.c.actor, audit.c.what, audit.c.object, audit.c.detail)
        if object_ is not None:
            statement = statement.where(audit.c.object == object_)
        ordered = statement.order_by(audit.c.row.desc()).limit(page.size).offset((page.number - 1) * page.size)
        return tuple(AuditEntry(**row._mapping) for row in self._connection.execute(ordered))
