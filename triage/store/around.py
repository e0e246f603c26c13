"""Which tickets are near a place: at the same door, in the same compound, within a distance, on the same road?

Found through the index of names and the index of coordinates, never by reading all tickets.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, Select, case, func, literal, or_, select, union_all

from geo.coordinates import distances
from geo.names import PlaceName
from triage.records import Page, TicketSummary
from triage.records_places import NearTicket, NearTickets, Vicinity
from triage.store import rows
from triage.store.tables import decisions, tickets
from triage.store.tables_around import ticket_names

_METRES_A_DEGREE = 111_320.0
_RANKS = {"door": 4, "compound": 3, "road": 1}  # what each shared name adds
_BY_DISTANCE = 2


def tickets_near(connection: Connection, where: Vicinity, page: Page) -> NearTickets:
    """Return one page of the tickets in a vicinity, and how many there are; none where it names nothing."""
    parts = [part for part in (_by_name(where), _by_point(where)) if part is not None]
    if not parts:
        return NearTickets((), 0)
    either = union_all(*parts).subquery()
    found = select(either.c.id, func.sum(either.c.rank).label("rank")).group_by(either.c.id).subquery()
    total = connection.scalar(select(func.count()).select_from(found)) or 0
    listed = (
        select(*rows.SUMMARY, tickets.c.lon, tickets.c.lat)
        .join(found, found.c.id == tickets.c.id)
        .order_by(found.c.rank.desc(), tickets.c.taken_at.desc(), tickets.c.id)
        .limit(page.size)
        .offset((page.number - 1) * page.size)
    )
    return NearTickets(_described(connection, connection.execute(listed).all(), where), total)


def _by_name(where: Vicinity) -> Select[Any] | None:
    if not where.names:
        return None
    wanted: list[ColumnElement[bool]] = [ticket_names.c.name.in_({rows.clean(name.text) for name in where.names})]
    for column, values in ((tickets.c.city, where.cities), (tickets.c.district, where.districts)):
        if values:
            wanted.append(or_(column.in_(values), column == ""))
    rank = case(_RANKS, value=ticket_names.c.kind, else_=0)
    return select(tickets.c.id, rank.label("rank")).join(ticket_names).where(*wanted)


def _by_point(where: Vicinity) -> Select[Any] | None:
    """Tickets within the radius; the earth is flat enough for it."""
    if where.point is None:
        return None
    lon, lat = where.point
    high = where.radius_m / _METRES_A_DEGREE
    wide = high / max(0.01, math.cos(math.radians(lat)))
    north, east = (tickets.c.lat - lat) / high, (tickets.c.lon - lon) / wide
    return select(tickets.c.id, literal(_BY_DISTANCE).label("rank")).where(
        tickets.c.lat.between(lat - high, lat + high),
        tickets.c.lon.between(lon - wide, lon + wide),
        north * north + east * east <= 1.0,
    )


def _described(connection: Connection, found: Sequence[Any], where: Vicinity) -> tuple[NearTicket, ...]:
    ids = [row.id for row in found]
    shared: dict[str, list[PlaceName]] = {id_: [] for id_ in ids}
    if where.names and ids:
        names = {rows.clean(name.text) for name in where.names}
        mine = (ticket_names.c.ticket_id.in_(ids), ticket_names.c.name.in_(names))
        kept = select(ticket_names.c.ticket_id, ticket_names.c.kind, ticket_names.c.name)
        for row in connection.execute(kept.where(*mine)):
            shared[row.ticket_id].append(PlaceName(row.kind, row.name))
    newest = select(decisions.c.ticket_id, decisions.c.document).where(decisions.c.latest)
    addresses = {
        row.ticket_id: str(json.loads(row.document)["address"]["text"])
        for row in connection.execute(newest.where(decisions.c.ticket_id.in_(ids)))
    }
    return tuple(
        NearTicket(
            TicketSummary(**{name: value for name, value in row._mapping.items() if name not in ("lon", "lat")}),
            addresses.get(row.id, ""),
            tuple(sorted(shared[row.id], key=lambda name: -_RANKS.get(name.kind, 0))),
            _distance(row.lon, row.lat, where.point),
        )
        for row in found
    )


def _distance(lon: float | None, lat: float | None, point: tuple[float, float] | None) -> float | None:
    if lon is None or lat is None or point is None:
        return None
    return float(distances(np.array([[lon, lat]]), np.array([point]))[0])
