"""Is an account's state read rightly from what a real FreeRADIUS made of a NAS's packets, on all its databases?"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url
from sqlalchemy.exc import DBAPIError

from probes.account import AccountReading
from probes.account_sql import RadacctAccounts, open_for_reading
from tests.conftest import database_url, run_on_server
from tests.probes import mariadb
from tests.probes.radius import Radius, need, running, schema

pytestmark = pytest.mark.slow
START = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)
INTERIM_S = 300


def after(seconds: int) -> datetime:
    return START + timedelta(seconds=seconds)


@pytest.fixture(scope="module", params=["sqlite", "postgresql", "mysql"])
def radius(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Radius]:
    folder = tmp_path_factory.mktemp("radius")
    if request.param == "sqlite":
        yield from on_sqlite(folder)
    elif request.param == "postgresql":
        yield from on_postgresql(folder, request.getfixturevalue("postgresql_url"))
    else:
        yield from on_mysql(folder)


def on_sqlite(folder: Path) -> Iterator[Radius]:
    file = folder / "radius.db"
    connection = f'sqlite {{\nfilename = "{file}"\nbusy_timeout = 1000\n}}\nradius_db = "radius"'
    need("freeradius")
    database = sqlite3.connect(file)
    database.executescript(schema("sqlite"))
    database.close()
    with running(folder, "sqlite", connection, f"sqlite:///{file}") as radius:
        yield radius


def on_postgresql(folder: Path, server: str) -> Iterator[Radius]:
    need("freeradius")
    run_on_server(server, "CREATE DATABASE radius")
    url = database_url(server, "radius")
    run_on_server(url, schema("postgresql"))
    parsed = make_url(url)
    where = f"dbname=radius user={parsed.username} host={parsed.query['host']}"
    with running(folder, "postgresql", f'radius_db = "{where}"', url) as radius:
        yield radius


def on_mysql(folder: Path) -> Iterator[Radius]:
    need("freeradius")
    with mariadb.running(folder) as port:
        engine = create_engine(f"mysql+pymysql://root@127.0.0.1:{port}", isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in ("CREATE DATABASE radius;", "USE radius;", *schema("mysql").split(";\n")):
                if statement.strip():
                    connection.exec_driver_sql(statement)
        engine.dispose()
        own = f'server = "127.0.0.1"\nport = {port}\nlogin = "root"\npassword = ""\nradius_db = "radius"'
        with running(folder, "mysql", own, f"mysql://root@127.0.0.1:{port}/radius") as radius:
            yield radius


def ask(radius: Radius, account: str, at: datetime) -> AccountReading:
    return RadacctAccounts(radius.url, interim_s=INTERIM_S).check(account, at)


def test_a_started_session_is_online_where_and_when_the_nas_says(radius: Radius) -> None:
    radius.send("Start", START, "gz01")
    reading = ask(radius, "gz01", after(1))
    assert (reading.state, reading.nas, reading.framed_ip) == ("online", "10.0.0.1", "100.64.0.7")
    assert (reading.sessions[0].started_at, reading.updated_at) == (START, START)


@pytest.mark.parametrize(("seconds", "state"), [(900, "online"), (901, "stale")])
def test_three_interims_after_the_last_word_a_session_is_stale(radius: Radius, seconds: int, state: str) -> None:
    radius.send("Start", START, "gz02")
    assert ask(radius, "gz02", after(seconds)).state == state


def test_an_interim_update_keeps_a_session_fresh(radius: Radius) -> None:
    radius.send("Start", START, "gz03")
    radius.send("Interim-Update", after(600), "gz03", Acct_Session_Time="600")
    assert ask(radius, "gz03", after(1_500)).updated_at == after(600)
    assert ask(radius, "gz03", after(1_500)).state == "online"


def test_a_stopped_session_is_offline_and_a_late_interim_does_not_reopen_it(radius: Radius) -> None:
    radius.send("Start", START, "gz04")
    radius.send("Stop", after(100), "gz04", Acct_Session_Time="100")
    radius.send("Interim-Update", after(101), "gz04", Acct_Session_Time="101", refusable=True)
    assert ask(radius, "gz04", after(110)).cause == "closed"


def test_an_interim_without_start_is_a_session(radius: Radius) -> None:
    radius.send("Interim-Update", after(600), "gz05", Acct_Session_Time="600")
    assert ask(radius, "gz05", after(700)).state == "online"


def test_a_stop_without_start_is_offline(radius: Radius) -> None:
    radius.send("Stop", after(600), "gz06", Acct_Session_Time="600")
    assert ask(radius, "gz06", after(700)).cause == "closed"


def test_an_account_that_aaa_never_saw_is_absent(radius: Radius) -> None:
    assert ask(radius, "gz07", START).cause == "absent"


def test_a_restarted_nas_ends_its_sessions_and_no_others(radius: Radius) -> None:
    radius.send("Start", START, "gz08", NAS_IP_Address="10.0.8.1")
    radius.send("Start", START, "gz09", NAS_IP_Address="10.0.9.1")
    radius.send("Accounting-On", after(10), NAS_IP_Address="10.0.8.1")
    assert [ask(radius, name, after(20)).state for name in ("gz08", "gz09")] == ["offline", "online"]


def test_a_stop_in_another_case_leaves_a_row_open_that_goes_stale(radius: Radius) -> None:
    radius.send("Start", START, "GZabc10@gd.chinamobile.com")
    radius.send("Stop", after(60), "gzABC10@gd.chinamobile.com", Acct_Session_Time="60")
    assert ask(radius, "gzabc10", after(2_000)).state == "stale"


@pytest.mark.parametrize("account", ["GZ11", "gz11@gd.chinamobile.com"])
def test_a_ticket_without_or_with_realm_finds_the_session(radius: Radius, account: str) -> None:
    radius.send("Start", START, "Gz11@GD.chinamobile.com")
    assert ask(radius, account, after(1)).state == "online"


def test_two_realms_need_the_exact_name(radius: Radius) -> None:
    radius.send("Start", START, "gz12@home.example")
    radius.send("Start", START, "gz12@biz.example", session="S2")
    states = [ask(radius, name, after(1)).state for name in ("gz12", "gz12@other.example", "gz12@biz.example")]
    assert states == ["ambiguous", "ambiguous", "online"]


def test_several_sessions_aim_at_the_freshest(radius: Radius) -> None:
    radius.send("Start", START, "gz13", session="S1", Framed_IP_Address="100.64.0.1")
    radius.send("Start", after(5), "gz13", session="S2", Framed_IP_Address="100.64.0.2")
    reading = ask(radius, "gz13", after(6))
    assert (len(reading.sessions), reading.framed_ip) == (2, "100.64.0.2")
    assert "一号多线" in reading.warnings[0]


def test_the_connection_cannot_write(radius: Radius) -> None:
    radius.send("Start", START, "gz14")
    engine = open_for_reading(radius.url)
    with engine.connect() as connection, pytest.raises(DBAPIError, match=r"(?i)read.?only"):
        connection.exec_driver_sql("DELETE FROM radacct")
