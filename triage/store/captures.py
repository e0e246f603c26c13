"""How are captures kept, found and let go? Never opens a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, insert, or_, select, true, update

from triage.actors import Actor
from triage.documents import encode
from triage.records import Page
from triage.records_captures import Attachment, Capture, CaptureOutcome
from triage.store.errors import UnknownRecord
from triage.store.rows import clean
from triage.store.statements import insert_new
from triage.store.tables_captures import capture_tickets, captures


class SqlCaptures:
    """The captures of one unit of work. Every reading says for whom: what he may not see is not there."""

    def __init__(self, connection: Connection) -> None:
        """Work on connection."""
        self._connection = connection

    def add(self, capture: Capture) -> None:
        """Keep a new capture."""
        row = {column.name: getattr(capture, column.name) for column in captures.c}
        document = None if capture.document is None else encode(dict(capture.document))
        made = {"areas": _areas(capture.areas), "file": clean(capture.file), "document": document}
        self._connection.execute(insert(captures).values(row | made))

    def get(self, id_: str, actor: Actor) -> Capture:
        """Return a capture that actor may see. Raises UnknownRecord, also where he may not."""
        found = self._connection.execute(select(captures).where(captures.c.id == id_, _seen_by(actor))).one_or_none()
        if found is None:
            raise UnknownRecord("没有这个抓包，或者它不属于您的区域；请从抓包列表里打开")
        return _capture(found)

    def of_content(self, content_hash: str, owner: str) -> Capture | None:
        """Return owner's newest capture with this content that still has its file and is no duplicate itself."""
        statement = (
            select(captures)
            .where(captures.c.content_hash == content_hash, captures.c.owner == owner)
            .where(captures.c.duplicate_of.is_(None), captures.c.gone.is_(False))
            .order_by(captures.c.uploaded_at.desc())
        )
        found = self._connection.execute(statement).first()
        return None if found is None else _capture(found)

    def list(self, actor: Actor, page: Page) -> tuple[tuple[Capture, ...], int]:
        """Return one page of the captures that actor may see, the newest first, and how many there are."""
        seen = _seen_by(actor)
        total = self._connection.scalar(select(func.count()).select_from(captures).where(seen)) or 0
        statement = select(captures).where(seen).order_by(captures.c.uploaded_at.desc(), captures.c.id)
        rows = self._connection.execute(statement.limit(page.size).offset((page.number - 1) * page.size))
        return tuple(_capture(row) for row in rows), total

    def settle(
        self, id_: str, outcome: CaptureOutcome, message: str, verdict: str | None, document: Mapping[str, Any] | None
    ) -> None:
        """Note what reading the capture gave. Raises UnknownRecord."""
        values = {"outcome": outcome, "message": clean(message), "verdict": verdict}
        kept = None if document is None else encode(dict(document))
        changed = self._connection.execute(update(captures).where(captures.c.id == id_).values(document=kept, **values))
        if changed.rowcount == 0:
            raise UnknownRecord("没有这个抓包，它可能已按保存期限删除")

    def attach(self, attachment: Attachment) -> None:
        """Make a capture evidence of a ticket; again is no change."""
        row = {column.name: getattr(attachment, column.name) for column in capture_tickets.c}
        insert_new(self._connection, capture_tickets, [row])

    def attached_to(self, ticket_id: str, actor: Actor) -> tuple[Capture, ...]:
        """Return the captures of a ticket that actor may see, the oldest first."""
        statement = (
            select(captures)
            .join(capture_tickets, capture_tickets.c.capture_id == captures.c.id)
            .where(capture_tickets.c.ticket_id == ticket_id, _seen_by(actor))
            .order_by(captures.c.uploaded_at, captures.c.id)
        )
        return tuple(_capture(row) for row in self._connection.execute(statement))

    def expire(self, before: datetime) -> tuple[str, ...]:
        """Let go of all captures whose time ended before that; return the hashes of files that no capture needs now."""
        over = (captures.c.expires_at < before) & captures.c.gone.is_(False)
        hashes = set(self._connection.scalars(select(captures.c.content_hash).where(over).distinct()))
        self._connection.execute(update(captures).where(over).values(gone=True, document=None))
        needed = select(captures.c.content_hash).where(captures.c.content_hash.in_(hashes), captures.c.gone.is_(False))
        return tuple(sorted(hashes - set(self._connection.scalars(needed))))


def _areas(areas: tuple[str, ...]) -> str:
    """Return areas as one text that LIKE can search: `,5101,5104,`, or `` for all."""
    return "".join(f",{area}" for area in areas) + "," if areas else ""


def _seen_by(actor: Actor) -> ColumnElement[bool]:
    """Whose captures: the actor's own, and those of everybody whose areas he may see."""
    if not actor.areas:
        return true()
    in_area = [captures.c.areas.contains(f",{area}", autoescape=True) for area in sorted(actor.areas)]
    return or_(captures.c.owner == actor.id, *in_area)


def _capture(row: Row[Any]) -> Capture:
    values = dict(row._mapping)
    values["areas"] = tuple(area for area in row.areas.split(",") if area)
    values["document"] = None if row.document is None else json.loads(row.document)
    return Capture(**values)
