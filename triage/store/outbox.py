"""How is it kept what people and systems are told? Rows commit with the step that they are about. Never sends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, exists, func, insert, or_, select, update

from triage.actors import Actor
from triage.records import Page
from triage.records_flow import Notice
from triage.store.rows import clean
from triage.store.statements import insert_new
from triage.store.tables_flow import notice_reads, notices


class SqlOutbox:
    """The notices of one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on connection."""
        self._connection = connection

    def add(self, notice: Notice) -> None:
        """Keep something to tell, in the transaction that it is about."""
        row = {name: getattr(notice, name) for name in Notice.__dataclass_fields__}
        row |= {"text": clean(notice.text), "recipient": clean(notice.recipient)}
        self._connection.execute(insert(notices).values(row))

    def ready(self, now: datetime, most: int) -> tuple[Notice, ...]:
        """Return what is to be sent now, the oldest first."""
        statement = select(notices).where(notices.c.state == "queued", notices.c.next_at <= now)
        found = self._connection.execute(statement.order_by(notices.c.next_at, notices.c.id).limit(most))
        return tuple(_notice(row) for row in found)

    def claim(self, notice: Notice, until: datetime) -> bool:
        """Put off the next try of a notice; return whether nobody else did."""
        mine = (notices.c.id == notice.id) & (notices.c.state == "queued") & (notices.c.attempts == notice.attempts)
        claimed = update(notices).where(mine).values(attempts=notice.attempts + 1, next_at=until)
        return self._connection.execute(claimed).rowcount == 1

    def sent(self, id_: str, at: datetime) -> None:
        """Note that a notice was handed over."""
        values = {"state": "sent", "sent_at": at, "next_at": None, "error": ""}
        self._connection.execute(update(notices).where(notices.c.id == id_).values(values))

    def failed(self, id_: str, sentence: str, next_at: datetime | None) -> None:
        """Note why a notice was not handed over; next_at: None gives it up."""
        values = {"error": clean(sentence), "next_at": next_at, "state": "queued" if next_at else "failed"}
        self._connection.execute(update(notices).where(notices.c.id == id_).values(values))

    def inbox(self, actor: Actor, page: Page, *, unread: bool) -> tuple[tuple[tuple[Notice, bool], ...], int]:
        """Return one page of what somebody is told on pages, with whether it was read, and how many there are."""
        seen = _seen(actor)
        wanted = [_to(actor), ~seen] if unread else [_to(actor)]
        statement = select(notices, seen.label("was_read")).where(*wanted).order_by(notices.c.at.desc(), notices.c.id)
        found = self._connection.execute(statement.limit(page.size).offset((page.number - 1) * page.size))
        items = tuple((_notice(row), bool(row.was_read)) for row in found)
        return items, self._connection.scalar(select(func.count()).select_from(notices).where(*wanted)) or 0

    def read(self, actor: Actor, ids: Sequence[str], at: datetime) -> int:
        """Note that somebody has read notices of theirs; return how many were unread."""
        mine = select(notices.c.id).where(_to(actor), notices.c.id.in_(ids), ~_seen(actor))
        found = self._connection.scalars(mine).all()
        insert_new(self._connection, notice_reads, [{"notice_id": i, "actor": actor.id, "at": at} for i in found])
        return len(found)


def _to(actor: Actor) -> ColumnElement[bool]:
    own = (notices.c.to_kind == "person") & (notices.c.recipient == actor.id)
    shared = (notices.c.to_kind == "role") & notices.c.recipient.in_(sorted(actor.roles))
    return (notices.c.channel == "page") & or_(own, shared)


def _seen(actor: Actor) -> ColumnElement[bool]:
    return exists().where(notice_reads.c.notice_id == notices.c.id, notice_reads.c.actor == actor.id)


def _notice(row: Row[Any]) -> Notice:
    return Notice(**{name: row._mapping[name] for name in Notice.__dataclass_fields__})
