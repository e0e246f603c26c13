"""How are speed tests and closings kept? What was asked and what came of it is only added to; only when an attempt is
looked at next changes. Never judges.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select, update

from probes.account import AccountReading
from probes.speed.measurement import Handle
from triage.records_speed import Attempt, Closing, NewAttempt, Outcome
from triage.speed_documents import HANDLE, OUTCOME, READING
from triage.store.errors import UnknownRecord, UnknownTicket
from triage.store.rows import clean
from triage.store.tables import tickets
from triage.store.tables_speed import closings, speed_attempts, speed_steps

_ASKED = ("id", "ticket_id", "method", "account", "contract_bps", "requested_by", "key", "requested_at", "expires_at")
_SEPARATOR = "\n"


class SqlSpeedTests:
    """The speed tests of one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on connection."""
        self._connection = connection

    def hold(self, ticket_id: str) -> None:
        """Lock the ticket's row; on SQLite the unit of work holds the only write lock already. Raises UnknownTicket."""
        found = self._connection.execute(select(tickets.c.id).where(tickets.c.id == ticket_id).with_for_update())
        if found.one_or_none() is None:
            raise UnknownTicket("没有这张工单，请从工单列表中重新打开")

    def add(self, attempt: NewAttempt) -> Attempt:
        """Keep a new attempt, due at once, behind the ticket's others; only after hold()."""
        last = select(func.coalesce(func.max(speed_attempts.c.seq), 0))
        seq = self._connection.scalar(last.where(speed_attempts.c.ticket_id == attempt.ticket_id)) or 0
        row = {name: getattr(attempt, name) for name in _ASKED}
        row |= {"account": clean(attempt.account), "key": clean(attempt.key)}
        row |= {"seq": seq + 1, "due_at": attempt.requested_at, "polls": 0}
        self._connection.execute(insert(speed_attempts).values(row))
        return self.get(attempt.id)

    def get(self, id_: str) -> Attempt:
        """Return an attempt. Raises UnknownRecord."""
        found = self._read(select(speed_attempts).where(speed_attempts.c.id == id_))
        if not found:
            raise UnknownRecord("没有这次测速，请从工单的测速记录中打开")
        return found[0]

    def of_key(self, ticket_id: str, key: str) -> Attempt | None:
        """Return the attempt that was asked for with key."""
        mine = (speed_attempts.c.ticket_id == ticket_id) & (speed_attempts.c.key == clean(key))
        return next(iter(self._read(select(speed_attempts).where(mine))), None)

    def of(self, ticket_id: str) -> tuple[Attempt, ...]:
        """Return all attempts of a ticket in the order they were asked for."""
        mine = speed_attempts.c.ticket_id == ticket_id
        return self._read(select(speed_attempts).where(mine).order_by(speed_attempts.c.seq))

    def any_due(self, at: datetime) -> bool:
        """Return whether claim() would find anything."""
        due = select(speed_attempts.c.id).where(speed_attempts.c.due_at <= at).limit(1)
        return self._connection.scalar(due) is not None

    def claim(self, at: datetime, until: datetime, most: int) -> tuple[Attempt, ...]:
        """Return attempts that are due, the longest waiting first; nobody else gets them before until."""
        due = select(speed_attempts.c.id).where(speed_attempts.c.due_at <= at).order_by(speed_attempts.c.due_at)
        ids = list(self._connection.scalars(due.limit(most).with_for_update(skip_locked=True)))
        if not ids:
            return ()
        mine = speed_attempts.c.id.in_(ids)
        self._connection.execute(update(speed_attempts).where(mine).values(due_at=until))
        return self._read(select(speed_attempts).where(mine).order_by(speed_attempts.c.requested_at))

    def under_way_bps(self, at: datetime) -> int:
        """Return the contract rates of all tests that are being measured, added up. at: now; expired ones are over."""
        begun = select(speed_steps.c.attempt_id).where(speed_steps.c.kind == "started")
        total = select(func.coalesce(func.sum(speed_attempts.c.contract_bps), 0)).where(
            speed_attempts.c.due_at.is_not(None), speed_attempts.c.expires_at > at, speed_attempts.c.id.in_(begun)
        )
        return int(self._connection.scalar(total) or 0)

    def account_read(self, id_: str, reading: AccountReading, at: datetime) -> None:
        """Note what AAA said."""
        self._step(id_, "account", READING.dump_json(reading), at)

    def started(self, id_: str, handle: Handle | None, at: datetime) -> None:
        """Note that measuring began. handle: the probe's; None where the installer measures."""
        self._step(id_, "started", HANDLE.dump_json(handle), at)

    def look_again(self, id_: str, at: datetime, polls: int) -> None:
        """Note when the attempt is looked at next; no change once it is done."""
        self._connection.execute(_open(id_).values(due_at=at, polls=polls))

    def finish(self, id_: str, outcome: Outcome, at: datetime) -> bool:
        """Note how the attempt ended; return False, and change nothing, where it has ended already."""
        if self._connection.execute(_open(id_).values(due_at=None)).rowcount == 0:
            return False
        self._step(id_, "outcome", OUTCOME.dump_json(outcome), at)
        return True

    def _step(self, id_: str, kind: str, document: bytes, at: datetime) -> None:
        last = select(func.coalesce(func.max(speed_steps.c.n), 0)).where(speed_steps.c.attempt_id == id_)
        n = (self._connection.scalar(last) or 0) + 1
        row = {"attempt_id": id_, "n": n, "kind": kind, "at": at, "document": clean(document.decode())}
        self._connection.execute(insert(speed_steps).values(row))

    def _read(self, statement: Select[Any]) -> tuple[Attempt, ...]:
        rows = self._connection.execute(statement).all()
        steps: defaultdict[str, list[Row[Any]]] = defaultdict(list)
        mine = speed_steps.c.attempt_id.in_([row.id for row in rows])
        for step in self._connection.execute(select(speed_steps).where(mine).order_by(speed_steps.c.n)):
            steps[step.attempt_id].append(step)
        return tuple(_attempt(row, steps[row.id]) for row in rows)


class SqlClosings:
    """The closings of one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on connection."""
        self._connection = connection

    def add(self, closing: Closing) -> None:
        """Keep how a ticket was closed."""
        row = {name: getattr(closing, name) for name in Closing.__dataclass_fields__}
        row |= {"team": clean(closing.team), "hints": _joined(closing.hints), "warnings": _joined(closing.warnings)}
        self._connection.execute(insert(closings).values(row))

    def get(self, ticket_id: str) -> Closing | None:
        """Return how a ticket was closed; None while it is open."""
        row = self._connection.execute(select(closings).where(closings.c.ticket_id == ticket_id)).one_or_none()
        return None if row is None else _closing(row)

    def between(self, start: datetime | None, end: datetime | None) -> tuple[Closing, ...]:
        """Return the closings of tickets that are subject to testing. start: included; end: excluded."""
        statement = select(closings).where(closings.c.subject).order_by(closings.c.at, closings.c.ticket_id)
        if start is not None:
            statement = statement.where(closings.c.at >= start)
        if end is not None:
            statement = statement.where(closings.c.at < end)
        return tuple(_closing(row) for row in self._connection.execute(statement))


def _open(id_: str) -> Any:
    return update(speed_attempts).where(speed_attempts.c.id == id_, speed_attempts.c.due_at.is_not(None))


def _attempt(row: Row[Any], steps: Iterable[Row[Any]]) -> Attempt:
    by_kind = {step.kind: step for step in steps}  # the last one of a kind: AAA may have been asked twice
    account, started, outcome = (by_kind.get(kind) for kind in ("account", "started", "outcome"))
    return Attempt(
        asked=NewAttempt(**{name: getattr(row, name) for name in _ASKED}),
        seq=row.seq,
        due_at=row.due_at,
        polls=row.polls,
        account_reading=None if account is None else READING.validate_json(account.document),
        handle=None if started is None else HANDLE.validate_json(started.document),
        started_at=None if started is None else started.at,
        outcome=None if outcome is None else OUTCOME.validate_json(outcome.document),
        finished_at=None if outcome is None else outcome.at,
    )


def _closing(row: Row[Any]) -> Closing:
    values = dict(row._mapping)
    return Closing(**values | {"hints": _split(row.hints), "warnings": _split(row.warnings)})


def _joined(texts: Iterable[str]) -> str:
    return _SEPARATOR.join(texts)


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split(_SEPARATOR)) if text else ()
