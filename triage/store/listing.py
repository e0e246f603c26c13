"""Which tickets fit a filter, in which order, and how many are there? Never changes a ticket."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, TextClause, func, or_, select

from triage.records import ABSENT, Counts, Page, Sort, TicketFilter, TicketList
from triage.store import rows, search
from triage.store.tables import tickets

LARGEST_PAGE = 200
_CHOICES = (
    "domain", "phenomenon", "specialty", "action", "centre", "priority", "escalation", "place_outcome", "city",
    "district",
)  # fmt: skip
_EMPTY_TEXT = ("city", "district")  # unknown parts of an address are empty, not NULL


def listed(connection: Connection, filter_: TicketFilter, sort: Sort, page: Page) -> TicketList:
    """Return one page of the tickets that fit. Raises ValueError for a page outside 1 … and 1 to 200 rows."""
    if page.number < 1 or not 1 <= page.size <= LARGEST_PAGE:
        raise ValueError(f"page {page.number} of {page.size} rows: pages begin at 1 and hold 1 to {LARGEST_PAGE} rows")
    wanted = conditions(connection.dialect.name, filter_)
    column = tickets.c[sort.by]
    order = (column.desc(), tickets.c.id.desc()) if sort.descending else (column, tickets.c.id)
    statement = select(*rows.SUMMARY).where(*wanted).order_by(*order)
    found = connection.execute(statement.limit(page.size).offset((page.number - 1) * page.size))
    items = tuple(rows.summary(row) for row in found)
    total = connection.scalar(select(func.count()).select_from(tickets).where(*wanted)) or 0
    return TicketList(items, total)


def counted(connection: Connection, filter_: TicketFilter, by: Sequence[str]) -> Counts:
    """Return how many tickets fit, by value of each column in by, the most frequent value first."""
    wanted = conditions(connection.dialect.name, filter_)
    counts: dict[str, dict[str | None, int]] = {}
    for name in by:
        column, number = tickets.c[name], func.count()
        statement = select(column, number).where(*wanted).group_by(column).order_by(number.desc(), column)
        counts[name] = {row[0]: row[1] for row in connection.execute(statement)}
    return Counts(counts)


def conditions(dialect: str, filter_: TicketFilter) -> list[ColumnElement[bool] | TextClause]:
    """Return what must hold of a row of `tickets`; all of it. dialect: name of the database's dialect."""
    found: list[ColumnElement[bool] | TextClause] = []
    for name in _CHOICES:
        values: tuple[str, ...] = getattr(filter_, name)
        if values:
            found.append(_one_of(name, values))
    columns = tickets.c
    if filter_.confidence_from is not None:
        found.append(columns.confidence >= filter_.confidence_from)
    if filter_.confidence_to is not None:
        found.append(columns.confidence <= filter_.confidence_to)
    if filter_.taken_from is not None:
        found.append(columns.taken_at >= filter_.taken_from)
    if filter_.taken_to is not None:
        found.append(columns.taken_at < filter_.taken_to)
    if filter_.corrected is not None:
        found.append(columns.corrected.is_(filter_.corrected))
    words = search.condition(dialect, filter_.words)
    return found if words is None else [*found, words]


def _one_of(name: str, values: tuple[str, ...]) -> ColumnElement[bool]:
    column = tickets.c[name]
    present = [rows.clean(value) for value in values if value != ABSENT]
    if ABSENT not in values:
        return column.in_(present)
    empty = column == "" if name in _EMPTY_TEXT else column.is_(None)
    return or_(empty, column.in_(present)) if present else empty
