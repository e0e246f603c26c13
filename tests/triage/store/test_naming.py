"""Under which names and where is a ticket kept, now and after a migration?"""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select, text

from tests.triage.makers import NOON, make_decision, make_ticket, make_triaged
from triage.decisions import Address, Coordinate
from triage.store.database import SqlStore
from triage.store.engine import writing
from triage.store.migrate import migrate, upgrade
from triage.store.tables import tickets
from triage.store.tables_around import ticket_names

ELSEWHERE = Address("锦江区东大街99号", "field", "四川省", "成都市", "锦江区", "", "东大街99号")


def names(engine: Engine) -> set[tuple[str, str]]:
    with engine.connect() as connection:
        return {(row.kind, row.name) for row in connection.execute(select(ticket_names))}


def test_a_ticket_is_kept_under_the_names_of_its_address(engine: Engine, store: SqlStore) -> None:
    with store.begin() as work:
        work.tickets.save_many([make_triaged(store)], NOON)
    assert names(engine) == {("door", "天府3街199号"), ("road", "天府3街")}


def test_a_revision_elsewhere_takes_the_old_names_away(engine: Engine, store: SqlStore) -> None:
    with store.begin() as work:
        work.tickets.save_many([make_triaged(store)], NOON)
        work.tickets.save_many([make_triaged(store, make_ticket(content="另一处"), address=ELSEWHERE)], NOON)
    assert names(engine) == {("door", "东大街99号"), ("road", "东大街")}


def test_a_new_decision_renames_its_ticket(engine: Engine, store: SqlStore) -> None:
    with store.begin() as work:
        work.tickets.save_many([make_triaged(store)], NOON)
        decision = make_decision(store.id_of("eoms", "YN-001"), address=ELSEWHERE)
        work.decisions.add(decision, "{}", None, NOON)
    assert ("door", "东大街99号") in names(engine)


def test_a_coordinate_is_kept_in_wgs84(engine: Engine, store: SqlStore) -> None:
    given = Coordinate(104.0666, 30.5512, "gcj02", "field")
    with store.begin() as work:
        work.tickets.save_many([make_triaged(store, coordinate=given)], NOON)
        assert work.decisions.latest(store.id_of("eoms", "YN-001")).decision.coordinate == given
    with engine.connect() as connection:
        lon, lat = connection.execute(select(tickets.c.lon, tickets.c.lat)).one()
    assert (lon, lat) == pytest.approx((104.06411, 30.55369), abs=1e-4)


def test_tickets_of_an_earlier_version_are_named_by_the_migration(empty_engine: Engine) -> None:
    migrate(empty_engine)
    store = SqlStore(empty_engine)
    with store.begin() as work:
        work.tickets.save_many([make_triaged(store)], NOON)
    with writing(empty_engine).begin() as connection:
        connection.execute(text("DROP TABLE ticket_names"))
        connection.execute(text("DROP INDEX ix_tickets_lat_lon"))
        connection.execute(text("ALTER TABLE tickets DROP COLUMN lon"))
        connection.execute(text("ALTER TABLE tickets DROP COLUMN lat"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0002'"))
        upgrade(connection, "0003")
    assert ("road", "天府3街") in names(empty_engine)
