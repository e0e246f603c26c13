"""Which tickets stand on somebody's work lists, in which order, and how many? Never changes anything."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, TextClause, exists, func, select, true

from triage.actors import Actor
from triage.records import Page
from triage.records_flow import FlowLine, FlowLines, FlowQuery, ListName
from triage.store import rows, search
from triage.store.listing import LARGEST_PAGE
from triage.store.tables import tickets
from triage.store.tables_flow import flow_clocks, flow_follows, flows, history

Wanted = ColumnElement[bool] | TextClause

_DUE = (
    select(func.min(flow_clocks.c.due_at))
    .where(flow_clocks.c.ticket_id == flows.c.ticket_id, flow_clocks.c.state == "running", flow_clocks.c.kind == "due")
    .scalar_subquery()
)
_ORDERS = {
    "due_at": _DUE,
    "begun_at": flows.c.begun_at,
    "changed_at": flows.c.changed_at,
    "number": tickets.c.number,
}
_OWN = ("state", "role", "holder", "creator", "begun_at", "changed_at", "ended_at")
_SHOWN = tuple(flows.c[name].label(f"flow_{name}") for name in _OWN)


def listed(
    connection: Connection, name: ListName, query: FlowQuery, page: Page, *, actor: Actor, now: datetime
) -> FlowLines:
    """Return one page of a list. Raises ValueError for a page outside 1 … and 1 to 200 rows."""
    if page.number < 1 or not 1 <= page.size <= LARGEST_PAGE:
        raise ValueError(f"page {page.number} of {page.size} rows: pages begin at 1 and hold 1 to {LARGEST_PAGE} rows")
    wanted = [*_on(name, actor, now), *_fitting(connection.dialect.name, query)]
    order = _ORDERS[query.sort]
    last = tickets.c.id.desc() if query.descending else tickets.c.id
    ordered = (order.desc() if query.descending else order.asc()).nulls_last()
    overdue = _late(now).label("flow_overdue")
    statement = _from(select(*rows.SUMMARY, *_SHOWN, _DUE.label("flow_due_at"), overdue)).where(*wanted)
    found = connection.execute(statement.order_by(ordered, last).limit(page.size).offset((page.number - 1) * page.size))
    items = tuple(_line(row) for row in found)
    return FlowLines(items, connection.scalar(_from(select(func.count())).where(*wanted)) or 0)


def counted(connection: Connection, name: ListName, *, actor: Actor, now: datetime) -> int:
    """Return how many tickets a list has."""
    return connection.scalar(_from(select(func.count())).where(*_on(name, actor, now))) or 0


def _from(statement: Select[Any]) -> Select[Any]:
    return statement.select_from(flows.join(tickets, tickets.c.id == flows.c.ticket_id))


def _on(name: ListName, actor: Actor, now: datetime) -> list[ColumnElement[bool]]:
    """Return what must hold of a row for it to stand on a list of somebody."""
    opened = flows.c.ended_at.is_(None)
    ours = flows.c.role.in_(sorted(actor.roles))
    mine = flows.c.holder == actor.id
    by_name: dict[ListName, list[ColumnElement[bool]]] = {
        "waiting": [opened, ours, flows.c.holder == ""],
        "group": [opened, ours],
        "mine": [opened, mine],
        "done": [_acted(actor), ~(mine & opened)],
        "followed": [_followed(actor)],
        "local": [opened],
        "history": [flows.c.ended_at.is_not(None)],
        "warned": [opened, _fired("warn"), ~_late(now)],
        "overdue": [opened, _late(now)],
        "all": [true()],
    }
    return by_name[name]


def _acted(actor: Actor) -> ColumnElement[bool]:
    return exists().where(
        history.c.ticket_id == flows.c.ticket_id, history.c.actor == actor.id, history.c.kind.in_(("step", "action"))
    )


def _followed(actor: Actor) -> ColumnElement[bool]:
    return exists().where(flow_follows.c.ticket_id == flows.c.ticket_id, flow_follows.c.actor == actor.id)


def _fired(kind: str) -> ColumnElement[bool]:
    return exists().where(
        flow_clocks.c.ticket_id == flows.c.ticket_id, flow_clocks.c.kind == kind, flow_clocks.c.state == "fired"
    )


def _late(now: datetime) -> ColumnElement[bool]:
    past = (flow_clocks.c.state == "running") & (flow_clocks.c.due_at <= now)
    return exists().where(
        flow_clocks.c.ticket_id == flows.c.ticket_id,
        flow_clocks.c.kind == "due",
        (flow_clocks.c.state == "fired") | past,
    )


def _fitting(dialect: str, query: FlowQuery) -> list[Wanted]:
    found: list[Wanted] = []
    for name in ("lifecycle", "state", "holder"):
        if value := getattr(query, name):
            found.append(flows.c[name] == rows.clean(value))
    if query.begun_from is not None:
        found.append(flows.c.begun_at >= query.begun_from)
    if query.begun_to is not None:
        found.append(flows.c.begun_at < query.begun_to)
    words = search.condition(dialect, query.words)
    return found if words is None else [*found, words]


def _line(row: Row[Any]) -> FlowLine:
    values = dict(row._mapping)
    own = {name.removeprefix("flow_"): values.pop(name) for name in list(values) if name.startswith("flow_")}
    return FlowLine(rows.summary_of(values), **own | {"overdue": bool(own["overdue"])})
