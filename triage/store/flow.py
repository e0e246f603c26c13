"""How is it kept where tickets stand and when clocks act? A change is claimed by version. Never decides a step."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, insert, select, update

from triage.actors import Actor
from triage.documents import encode
from triage.errors import Conflict
from triage.records import Page
from triage.records_flow import Flow, FlowLines, FlowQuery, ListName, Personal, Timer
from triage.store import worklists
from triage.store.engine import is_sqlite
from triage.store.errors import UnknownRecord
from triage.store.ids import new_id
from triage.store.rows import clean
from triage.store.statements import insert_new, upsert
from triage.store.tables import tickets
from triage.store.tables_flow import flow_clocks, flow_follows, flow_personal, flows, notices

_TIMER = tuple(Timer.__dataclass_fields__)
_PERSONAL = tuple(Personal.__dataclass_fields__)
_NO_FLOW = "这张工单没有流程"


class SqlFlows:
    """The flows of one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on connection."""
        self._connection = connection

    def add_many(self, begun: Sequence[Flow], timers: Sequence[Timer], personal: Sequence[Personal]) -> None:
        """Keep new flows with their clocks and personal values."""
        insert_new(self._connection, flows, [_row(flow) for flow in begun])
        insert_new(self._connection, flow_clocks, [_timer_row(timer) for timer in timers])
        values = [{name: getattr(one, name) for name in _PERSONAL} | {"value": clean(one.value)} for one in personal]
        insert_new(self._connection, flow_personal, values)

    def get(self, ticket_id: str) -> Flow:
        """Return where a ticket stands. Raises UnknownRecord."""
        found = self.find(ticket_id)
        if found is None:
            raise UnknownRecord(_NO_FLOW)
        return found

    def find(self, ticket_id: str) -> Flow | None:
        """Return where a ticket stands; None where it began no lifecycle."""
        return next(iter(self._read(select(flows).where(flows.c.ticket_id == ticket_id))), None)

    def hold(self, ticket_id: str) -> None:
        """Make others who would move the ticket wait for the end of this transaction."""
        if not is_sqlite(self._connection):  # a transaction that writes has all of SQLite for itself
            statement = select(flows.c.ticket_id).where(flows.c.ticket_id == ticket_id)
            self._connection.execute(statement.with_for_update()).all()

    def change(self, before: Flow, after: Flow) -> None:
        """Keep what a step made of a flow. Raises Conflict naming who was faster."""
        mine = (flows.c.ticket_id == before.ticket_id) & (flows.c.version == before.version)
        values = {name: value for name, value in _row(after).items() if name != "ticket_id"}
        values["version"] = before.version + 1
        if self._connection.execute(update(flows).where(mine).values(values)).rowcount == 0:
            now = self.get(before.ticket_id)
            raise Conflict(f"{now.changed_by} 刚刚处理过这张工单（现在是第 {now.version} 版），请刷新后再操作")

    def add_personal(self, ticket_id: str, field: str, value: str) -> str:
        """Keep a new personal value; return the id under which the history may name it."""
        number = select(func.count()).where(flow_personal.c.ticket_id == ticket_id, flow_personal.c.field == field)
        id_ = new_id()
        row = {"id": id_, "ticket_id": ticket_id, "field": field, "value": clean(value),
               "n": (self._connection.scalar(number) or 0) + 1}  # fmt: skip
        self._connection.execute(insert(flow_personal).values(row))
        return id_

    def erase_personal(self, ticket_id: str) -> int:
        """Erase all personal values and sent texts of a ticket; return how many values there were."""
        mine = flow_personal.c.ticket_id == ticket_id
        erased = self._connection.execute(delete(flow_personal).where(mine)).rowcount
        self._connection.execute(update(notices).where(notices.c.ticket_id == ticket_id).values(text="已删除"))
        return erased

    def begun(self, ticket_ids: Sequence[str]) -> frozenset[str]:
        """Return those of some tickets that have begun a lifecycle. ticket_ids: a chunk, at most a few thousand."""
        statement = select(flows.c.ticket_id).where(flows.c.ticket_id.in_(ticket_ids))
        return frozenset(self._connection.scalars(statement))

    def unbegun(self, most: int) -> tuple[tuple[str, str, str], ...]:
        """Return tickets whose lifecycle never began: ids, lifecycles and their hashes."""
        statement = (
            select(tickets.c.id, tickets.c.lifecycle, tickets.c.lifecycle_hash)
            .outerjoin(flows, flows.c.ticket_id == tickets.c.id)
            .where(flows.c.ticket_id.is_(None), tickets.c.lifecycle.is_not(None))
            .limit(most)
        )
        return tuple((row.id, row.lifecycle, row.lifecycle_hash) for row in self._connection.execute(statement))

    def children(self, ticket_id: str) -> tuple[Flow, ...]:
        """Return the flows that belong to a ticket, the oldest first."""
        statement = select(flows).where(flows.c.parent_id == ticket_id)
        return tuple(self._read(statement.order_by(flows.c.begun_at, flows.c.ticket_id)))

    def held_by(self, actor: str) -> tuple[str, ...]:
        """Return the open tickets that somebody holds."""
        mine = (flows.c.holder == actor) & flows.c.ended_at.is_(None)
        return tuple(self._connection.scalars(select(flows.c.ticket_id).where(mine).order_by(flows.c.ticket_id)))

    def timers(self, ticket_id: str) -> tuple[Timer, ...]:
        """Return all clocks of a ticket."""
        statement = select(flow_clocks).where(flow_clocks.c.ticket_id == ticket_id)
        ordered = statement.order_by(flow_clocks.c.clock, flow_clocks.c.kind, flow_clocks.c.level)
        return tuple(_timer(row) for row in self._connection.execute(ordered))

    def put_timers(self, timers: Sequence[Timer]) -> None:
        """Keep clocks as they are now."""
        upsert(self._connection, flow_clocks, [_timer_row(timer) for timer in timers])

    def due(self, now: datetime, most: int) -> tuple[Timer, ...]:
        """Return clocks whose moment has come, the longest due first."""
        statement = select(flow_clocks).where(flow_clocks.c.state == "running", flow_clocks.c.due_at <= now)
        ordered = statement.order_by(flow_clocks.c.due_at, flow_clocks.c.ticket_id, flow_clocks.c.level).limit(most)
        return tuple(_timer(row) for row in self._connection.execute(ordered))

    def claim(self, timer: Timer, now: datetime) -> bool:
        """Mark a running clock as fired; return whether nobody else did, and it was not put off meanwhile."""
        mine = [
            flow_clocks.c[name] == getattr(timer, name) for name in ("ticket_id", "clock", "kind", "level", "due_at")
        ]
        running = update(flow_clocks).where(*mine, flow_clocks.c.state == "running")
        return self._connection.execute(running.values(state="fired", ended_at=now)).rowcount == 1

    def follow(self, ticket_id: str, actor: str, *, on: bool) -> None:
        """Put a ticket on somebody's list of followed ones, or take it off."""
        if on:
            insert_new(self._connection, flow_follows, [{"ticket_id": ticket_id, "actor": actor}])
            return
        mine = (flow_follows.c.ticket_id == ticket_id) & (flow_follows.c.actor == actor)
        self._connection.execute(delete(flow_follows).where(mine))

    def lines(self, name: ListName, query: FlowQuery, page: Page, *, actor: Actor, now: datetime) -> FlowLines:
        """Return one page of a work list of somebody."""
        return worklists.listed(self._connection, name, query, page, actor=actor, now=now)

    def count(self, name: ListName, *, actor: Actor, now: datetime) -> int:
        """Return how many tickets a work list of somebody has."""
        return worklists.counted(self._connection, name, actor=actor, now=now)

    def _read(self, statement: Select[Any]) -> Iterable[Flow]:
        rows = self._connection.execute(statement).all()
        kept = select(flow_personal).where(flow_personal.c.ticket_id.in_([row.ticket_id for row in rows]))
        personal: dict[str, dict[str, str]] = {}
        if rows:
            for one in self._connection.execute(kept.order_by(flow_personal.c.n)):
                personal.setdefault(one.ticket_id, {})[one.field] = one.value
        return [_flow(row, personal.get(row.ticket_id, {})) for row in rows]


def _row(flow: Flow) -> dict[str, Any]:
    row = {column.name: getattr(flow, column.name) for column in flows.c}
    row |= {name: clean(str(row[name])) for name in ("creator", "holder", "previous", "changed_by")}
    return row | {"fields": clean(encode(dict(flow.fields))), "counts": encode(dict(flow.counts))}


def _flow(row: Row[Any], personal: dict[str, str]) -> Flow:
    values = dict(row._mapping) | {"fields": json.loads(row.fields), "counts": json.loads(row.counts)}
    return Flow(**values, personal=personal)


def _timer_row(timer: Timer) -> dict[str, Any]:
    return {name: getattr(timer, name) for name in _TIMER}


def _timer(row: Row[Any]) -> Timer:
    return Timer(**row._mapping)
