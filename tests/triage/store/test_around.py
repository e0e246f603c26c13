"""Tickets near a place: which count, in which order, how many, and that nobody reads all tickets for it."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, event

from geo.names import names_in
from tests.triage.makers import NOON, make_ticket, make_triaged
from triage.decisions import Address, Coordinate
from triage.records import Page
from triage.records_places import NearTickets, Vicinity
from triage.store.database import SqlStore

HERE = (104.0600, 30.5500)
ROWS = {
    "T-1": ("武侯区", "天府三街199号红山家园3栋", (104.0605, 30.5500)),  # 48 m
    "T-2": ("武侯区", "天府三街88号", None),
    "T-3": ("锦江区", "天府三街199号", None),
    "T-4": ("", "红山家园5栋", None),
    "T-5": ("武侯区", "府城大道1号", (104.0690, 30.5500)),  # 864 m
    "T-6": ("武侯区", "府城大道1号", (104.0710, 30.5500)),  # 1,056 m
}


@pytest.fixture
def near(store: SqlStore) -> SqlStore:
    with store.begin() as work:
        for number, (district, rest, point) in ROWS.items():
            address = Address(f"成都市{district}{rest}", "template", "四川省", "成都市", district, "", rest)
            here = Coordinate(*point, "wgs84", "field") if point else None
            made = make_triaged(store, make_ticket(number), address=address, coordinate=here)
            work.tickets.save_many([made], NOON)
    return store


def look(store: SqlStore, where: Vicinity, page: Page | None = None) -> NearTickets:
    with store.read() as work:
        return work.tickets.near(where, page or Page(1, 50))


def test_the_same_door_comes_before_the_compound_and_the_road(near: SqlStore) -> None:
    found = look(near, Vicinity(names_in("天府三街199号红山家园"), ("成都市",), ("武侯区",)))
    assert [one.ticket.number for one in found.items] == ["T-1", "T-4", "T-2"]
    assert [name.text for name in found.items[0].shared] == ["天府3街199号", "红山家园", "天府3街"]
    assert found.items[0].address == "成都市武侯区天府三街199号红山家园3栋"


def test_without_a_district_every_one_counts(near: SqlStore) -> None:
    found = look(near, Vicinity(names_in("天府三街")))
    assert {one.ticket.number for one in found.items} == {"T-1", "T-2", "T-3"}


def test_a_point_finds_what_lies_within_the_radius(near: SqlStore) -> None:
    found = look(near, Vicinity(point=HERE, radius_m=1_000.0))
    distances = {one.ticket.number: one.distance_m for one in found.items}
    assert distances == {"T-1": pytest.approx(48.0, abs=0.5), "T-5": pytest.approx(863.7, abs=1.0)}


def test_names_and_point_together_count_each_ticket_once(near: SqlStore) -> None:
    where = Vicinity(names_in("天府三街"), (), ("武侯区",), HERE, 1_000.0)
    pages = [look(near, where, Page(number, 2)) for number in (1, 2)]
    assert [one.ticket.number for page in pages for one in page.items] == ["T-1", "T-5", "T-2"]
    assert {page.total for page in pages} == {3}


def test_a_vicinity_of_nothing_is_empty(near: SqlStore) -> None:
    assert look(near, Vicinity()) == NearTickets((), 0)


def test_no_table_of_tickets_is_read_whole(sqlite_store: SqlStore) -> None:
    statements: list[tuple[str, object]] = []
    engine: Engine = sqlite_store._engine
    event.listen(engine, "before_cursor_execute", lambda _c, _cursor, text, given, *_: statements.append((text, given)))
    look(sqlite_store, Vicinity(names_in("天府三街199号"), ("成都市",), ("武侯区",), HERE, 1_000.0))
    with engine.connect() as connection:
        plans = [
            str(row[-1])
            for text, given in [one for one in statements if one[0].startswith("SELECT") and "ticket_names" in one[0]]
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", given)  # type: ignore[arg-type]
        ]
    assert any("ix_ticket_names_name" in plan for plan in plans)
    assert any("ix_tickets_lat_lon" in plan for plan in plans)
    assert [plan for plan in plans if plan.startswith(("SCAN tickets", "SCAN ticket_names", "SCAN decisions"))] == []
