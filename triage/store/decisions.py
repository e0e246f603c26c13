"""How are decisions and people's corrections of them kept? Both are only ever added to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, select, update

from triage.decisions import Decision
from triage.records import CorrectedField, Correction, DecisionRecord
from triage.store import rows
from triage.store.errors import UnknownTicket
from triage.store.naming import keep_names
from triage.store.tables import corrections, decisions, tickets

_LATEST = select(decisions).where(decisions.c.ticket_id == bindparam("ticket"), decisions.c.latest)
_SHOWN = ("specialty", "phenomenon", "action", "centre")  # corrected fields that the list has a column for


class SqlDecisions:
    """The decisions of one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on connection."""
        self._connection = connection

    def add(self, decision: Decision, facts_json: str, model_hash: str | None, at: datetime) -> DecisionRecord:
        """Keep a new decision about the ticket's current revision; what people corrected in it goes on to hold.

        decision.id: id of the ticket. at: UTC. Raises UnknownTicket.
        """
        ticket = select(tickets.c.revision).where(tickets.c.id == decision.id).with_for_update()
        revision = self._connection.scalar(ticket)
        if revision is None:
            raise UnknownTicket("没有这张工单，请从工单列表中重新打开")
        mine = decisions.c.ticket_id == decision.id
        n = (self._connection.scalar(select(func.max(decisions.c.n)).where(mine)) or 0) + 1
        self._connection.execute(update(decisions).where(mine).values(latest=False))
        row = rows.decision_row(decision, facts_json, model_hash, id_=decision.id, n=n, revision=revision, at=at)
        self._connection.execute(insert(decisions).values(row))
        columns = rows.columns_of(decision) | self._corrected(decision.id, revision)
        self._connection.execute(update(tickets).where(tickets.c.id == decision.id).values(**columns, updated_at=at))
        keep_names(self._connection, {decision.id: decision.address}, known=[decision.id])
        return DecisionRecord(n, revision, at, model_hash, facts_json, decision)

    def latest(self, ticket_id: str) -> DecisionRecord:
        """Return the newest decision about a ticket. Raises UnknownTicket."""
        row = self._connection.execute(_LATEST, {"ticket": ticket_id}).one_or_none()
        if row is None:
            raise UnknownTicket("没有这张工单，请从工单列表中重新打开")
        return rows.decision_record(row)

    def of(self, ticket_id: str) -> tuple[DecisionRecord, ...]:
        """Return all decisions about a ticket, the first one first; none where the ticket is unknown."""
        statement = select(decisions).where(decisions.c.ticket_id == ticket_id).order_by(decisions.c.n)
        return tuple(rows.decision_record(row) for row in self._connection.execute(statement))

    def _corrected(self, ticket_id: str, revision: int) -> dict[str, str | None]:
        statement = (
            select(corrections.c.field, corrections.c.after)
            .where(corrections.c.ticket_id == ticket_id, corrections.c.revision == revision)
            .order_by(corrections.c.row)
        )
        return {field: after for field, after in self._connection.execute(statement) if field in _SHOWN}


class SqlCorrections:
    """The corrections of one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on connection."""
        self._connection = connection

    def add(self, correction: Correction) -> None:
        """Keep a correction; the list shows its value from now on. Raises UnknownTicket."""
        shown: dict[str, str | None] = {correction.field: correction.after} if correction.field in _SHOWN else {}
        if correction.field == "centre":
            shown["centre_name"] = None  # names are the rules' to tell
        changed = self._connection.execute(
            update(tickets)
            .where(tickets.c.id == correction.ticket_id)
            .values(**shown, corrected=True, updated_at=correction.at)
        )
        if changed.rowcount == 0:
            raise UnknownTicket("没有这张工单，请从工单列表中重新打开")
        row = {column.name: getattr(correction, column.name) for column in corrections.c if column.name != "row"}
        row.update({name: rows.clean(row[name]) for name in ("before", "after", "why") if row[name] is not None})
        self._connection.execute(insert(corrections).values(row))

    def of(self, ticket_id: str) -> tuple[Correction, ...]:
        """Return all corrections of a ticket, the oldest first; none where the ticket is unknown."""
        statement = select(*(column for column in corrections.c if column.name != "row"))
        found = statement.where(corrections.c.ticket_id == ticket_id).order_by(corrections.c.row)
        return tuple(Correction(**row._mapping) for row in self._connection.execute(found))

    def by_field(self, field: CorrectedField) -> tuple[Correction, ...]:
        """Return all corrections of a field, the oldest first."""
        statement = select(*(column for column in corrections.c if column.name != "row"))
        found = statement.where(corrections.c.field == field).order_by(corrections.c.row)
        return tuple(Correction(**row._mapping) for row in self._connection.execute(found))
