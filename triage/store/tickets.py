"""How are tickets and their revisions kept, and found again?

A save writes ticket, revision, decision and search words in the caller's transaction: all of a chunk or nothing.
Source of the rules on revisions: the same content again is no change, other content is a new revision.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from triage.decisions import Address
from triage.records import Counts, Page, Revision, Saved, Sort, TicketFilter, TicketList, TicketSummary, Triaged
from triage.records_places import NearTickets, Vicinity
from triage.store import around, listing, rows, search
from triage.store.engine import is_sqlite
from triage.store.errors import UnknownTicket
from triage.store.ids import ticket_id
from triage.store.naming import keep_names
from triage.store.statements import insert_new, next_rows
from triage.store.tables import decisions, revisions, tickets

Key = tuple[str, str]

# Built once: for a single ticket, building statements would take as long as running them.
_REVISIONS_OF = select(revisions.c.ticket_id, revisions.c.content_hash, revisions.c.n).where(
    revisions.c.ticket_id.in_(bindparam("ids", expanding=True))
)
_NEW_REVISION, _NEW_DECISION = revisions.insert(), decisions.insert()


class SqlTickets:
    """The tickets of one unit of work."""

    def __init__(self, connection: Connection, secret: bytes) -> None:
        """Work on connection; secret keys the ids."""
        self._connection = connection
        self._secret = secret

    def id_of(self, source: str, number: str) -> str:
        """Return the id that the ticket has or will have."""
        return ticket_id(self._secret, source, number)

    def save_many(self, entries: Sequence[Triaged], at: datetime) -> Saved:
        """Keep entries in their order; content that is known already changes nothing.

        entries: a chunk, at most a few thousand. at: when they were taken in, UTC.
        Raises ValueError where a decision names another ticket than its entry.
        """
        ids = [self.id_of(entry.ticket.source, entry.ticket.number) for entry in entries]
        for entry, id_ in zip(entries, ids, strict=True):
            if entry.decision.id != id_:
                raise ValueError(f"the decision of ticket {entry.ticket.number} carries the id of another ticket")
        chunk = _Chunk(self._connection, entries, ids, at)
        chunk.write()
        return Saved(chunk.new, chunk.revised, len(entries) - chunk.new - chunk.revised)

    def find_many(self, keys: Iterable[Key]) -> Mapping[Key, frozenset[str]]:
        """Return the content hashes of all revisions of each known ticket. keys: (source, number)."""
        names = {self.id_of(*key): key for key in keys}
        found: dict[Key, set[str]] = {}
        statement = select(revisions.c.ticket_id, revisions.c.content_hash)
        for row in self._connection.execute(statement.where(revisions.c.ticket_id.in_(names))):
            found.setdefault(names[row.ticket_id], set()).add(row.content_hash)
        return {key: frozenset(hashes) for key, hashes in found.items()}

    def get(self, id_: str) -> TicketSummary:
        """Return what holds now of a ticket. Raises UnknownTicket."""
        row = self._connection.execute(select(*rows.SUMMARY).where(tickets.c.id == id_)).one_or_none()
        if row is None:
            raise UnknownTicket("没有这张工单，请从工单列表中重新打开")
        return rows.summary(row)

    def revisions(self, id_: str) -> tuple[Revision, ...]:
        """Return all revisions of a ticket, the first one first. Raises UnknownTicket."""
        ticket = self.get(id_)
        statement = select(revisions).where(revisions.c.ticket_id == id_).order_by(revisions.c.n)
        return tuple(rows.revision(row, ticket.source, ticket.number) for row in self._connection.execute(statement))

    def list(self, filter_: TicketFilter, sort: Sort, page: Page) -> TicketList:
        """Return one page of the tickets that fit, and how many fit."""
        return listing.listed(self._connection, filter_, sort, page)

    def near(self, where: Vicinity, page: Page) -> NearTickets:
        """Return one page of the tickets in a vicinity, the nearest kind first, and how many there are."""
        return around.tickets_near(self._connection, where, page)

    def counts(self, filter_: TicketFilter, by: Sequence[str]) -> Counts:
        """Return how many tickets fit, by each value of the columns in by."""
        return listing.counted(self._connection, filter_, by)


class _Chunk:
    """One save: what is known is read once, then every table is written once."""

    def __init__(self, connection: Connection, entries: Sequence[Triaged], ids: Sequence[str], at: datetime) -> None:
        self.connection = connection
        self.at = at
        self.entries = list(zip(entries, ids, strict=True))
        self.new = self.revised = 0
        self.revision_rows: list[dict[str, Any]] = []
        self.decision_rows: list[dict[str, Any]] = []
        self.texts: list[tuple[int, str]] = []
        self.changed: dict[str, dict[str, Any]] = {}
        self.addresses: dict[str, Address] = {}

    def write(self) -> None:
        row_numbers = next_rows(self.connection, revisions, len(self.entries))
        known = self._open_tickets(row_numbers)
        made = self._decisions_made({id_ for id_, hashes in known.items() if hashes})
        for (entry, id_), row in zip(self.entries, row_numbers, strict=True):
            hashes = known[id_]
            if entry.ticket.content_hash in hashes:
                continue
            n = hashes[entry.ticket.content_hash] = len(hashes) + 1
            self._take(entry, id_, n=n, row=row, decision_n=made.get(id_, 0) + 1)
            made[id_] = made.get(id_, 0) + 1
        self._write_rows()

    def _open_tickets(self, row_numbers: range) -> dict[str, dict[str, int]]:
        """Make sure that every ticket has its row, locked by us; return id → content hash → n of its revisions."""
        first: dict[str, dict[str, Any]] = {}
        for (entry, id_), row in zip(self.entries, row_numbers, strict=True):
            if id_ not in first:
                first[id_] = rows.ticket_row(entry, id_=id_, revision=1, revision_row=row, at=self.at)
        ordered = sorted(first)  # one order for all writers: no deadlock
        insert_new(self.connection, tickets, [first[id_] for id_ in ordered])
        if not is_sqlite(self.connection):
            lock = select(tickets.c.id).where(tickets.c.id.in_(ordered)).order_by(tickets.c.id).with_for_update()
            self.connection.execute(lock).all()
        known: dict[str, dict[str, int]] = {id_: {} for id_ in ordered}
        for old in self.connection.execute(_REVISIONS_OF, {"ids": ordered}):
            known[old.ticket_id][old.content_hash] = old.n
        return known

    def _decisions_made(self, ids: set[str]) -> dict[str, int]:
        if not ids:
            return {}
        statement = select(decisions.c.ticket_id, func.max(decisions.c.n)).group_by(decisions.c.ticket_id)
        return {row[0]: row[1] for row in self.connection.execute(statement.where(decisions.c.ticket_id.in_(ids)))}

    def _take(self, entry: Triaged, id_: str, *, n: int, row: int, decision_n: int) -> None:
        if n == 1:
            self.new += 1
        else:
            self.revised += 1
            self.changed[id_] = rows.ticket_row(entry, id_=id_, revision=n, revision_row=row, at=self.at)
            for earlier in self.decision_rows:
                if earlier["ticket_id"] == id_:
                    earlier["latest"] = False
        self.revision_rows.append(rows.revision_row(entry.ticket, id_=id_, n=n, row=row, at=self.at))
        self.decision_rows.append(
            rows.decision_row(
                entry.decision, entry.facts_json, entry.model_hash, id_=id_, n=decision_n, revision=n, at=self.at
            )
        )
        self.texts.append((row, rows.searchable(entry.ticket)))
        self.addresses[id_] = entry.decision.address

    def _write_rows(self) -> None:
        if not self.revision_rows:
            return
        if self.changed:
            old = update(decisions).where(decisions.c.ticket_id.in_(self.changed)).values(latest=False)
            self.connection.execute(old)
            self._update_tickets()
        self.connection.execute(_NEW_REVISION, self.revision_rows)
        self.connection.execute(_NEW_DECISION, self.decision_rows)
        search.add_texts(self.connection, self.texts)
        keep_names(self.connection, self.addresses, known=self.changed)

    def _update_tickets(self) -> None:
        kept = {"id", "source", "number", "taken_at"}
        changes = [
            {"key": id_, **{name: value for name, value in row.items() if name not in kept}}
            for id_, row in self.changed.items()
        ]
        names: dict[str, Any] = {name: bindparam(name) for name in changes[0] if name != "key"}
        self.connection.execute(update(tickets).where(tickets.c.id == bindparam("key")).values(names), changes)
