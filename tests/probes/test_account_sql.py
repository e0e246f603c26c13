"""What is read out of a radacct table, row by row? On an SQLite file; test_account_aaa.py asks a real FreeRADIUS."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from probes.account import AccountReading
from probes.account_sql import RadacctAccounts, choose, open_for_reading
from probes.errors import ProbeMisconfigured

AT = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)
INTERIM_S = 300
COLUMNS = "username text, acctstarttime, acctupdatetime, acctstoptime, nasipaddress text, framedipaddress text"


class Radacct:
    """A table as FreeRADIUS keeps it in SQLite."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.connection = sqlite3.connect(file)
        self.connection.execute(f"CREATE TABLE radacct ({COLUMNS})")

    def has(self, username: str, *, age_s: int = 0, stopped: bool = False, ip: str = "100.64.0.7") -> Radacct:
        """Add a row whose last update is age_s old."""
        updated = int(AT.timestamp()) - age_s
        row = (username, updated - 60, updated, updated if stopped else None, "10.0.0.1", ip)
        self.connection.execute("INSERT INTO radacct VALUES (?, ?, ?, ?, ?, ?)", row)
        self.connection.commit()
        return self

    def ask(self, account: str, interim_s: int | None = INTERIM_S) -> AccountReading:
        """What the product reads."""
        return RadacctAccounts(f"sqlite:///{self.file}", interim_s=interim_s).check(account, AT)


@pytest.fixture
def radacct(tmp_path: Path) -> Iterator[Radacct]:
    table = Radacct(tmp_path / "radius db #1.db")
    yield table
    table.connection.close()


@pytest.mark.parametrize(("age_s", "state"), [(0, "online"), (900, "online"), (901, "stale"), (-3600, "online")])
def test_three_interim_intervals_keep_a_session_fresh(radacct: Radacct, age_s: int, state: str) -> None:
    assert radacct.has("gz01", age_s=age_s).ask("gz01").state == state


def test_without_interim_updates_an_old_session_is_online_with_a_warning(radacct: Radacct) -> None:
    reading = radacct.has("gz01", age_s=10**6).ask("gz01", interim_s=None)
    assert (reading.state, reading.cause, reading.sessions[0].fresh) == ("online", "unchecked", None)
    assert "不发送计费更新" in reading.warnings[0]


def test_a_session_without_update_counts_from_its_start(radacct: Radacct) -> None:
    radacct.has("gz01", age_s=840).connection.execute("UPDATE radacct SET acctupdatetime = NULL")
    radacct.connection.commit()
    assert radacct.ask("gz01").state == "online"


def test_a_session_without_any_time_is_stale(radacct: Radacct) -> None:
    radacct.has("gz01").connection.execute("UPDATE radacct SET acctupdatetime = NULL, acctstarttime = NULL")
    radacct.connection.commit()
    reading = radacct.ask("gz01")
    assert (reading.state, reading.updated_at) == ("stale", None)
    assert "最近更新 未知" in reading.reason


@pytest.mark.parametrize("kept", ["", 0, "0000-00-00 00:00:00", int(AT.timestamp()) * 1000])
def test_a_time_that_is_none_is_stale_not_a_crash(radacct: Radacct, kept: object) -> None:
    radacct.has("gz01").connection.execute("UPDATE radacct SET acctupdatetime = ?, acctstarttime = NULL", (kept,))
    radacct.connection.commit()
    assert radacct.ask("gz01").state == "stale"


def test_an_ended_session_and_an_unknown_account_are_offline_for_different_reasons(radacct: Radacct) -> None:
    radacct.has("gz01", stopped=True)
    assert [(r.state, r.cause) for r in map(radacct.ask, ("gz01", "gz02"))] == [
        ("offline", "closed"),
        ("offline", "absent"),
    ]


@pytest.mark.parametrize("account", ["GZ01", " gz01 ", "gz01@gd.chinamobile.com", "gz01@GD.chinamobile.com"])
def test_case_spaces_and_realm_of_the_ticket_do_not_matter(radacct: Radacct, account: str) -> None:
    assert radacct.has("gZ01@gd.chinamobile.com").ask(account).state == "online"


def test_a_realm_that_differs_is_warned_of(radacct: Radacct) -> None:
    reading = radacct.has("gz01@b.example").ask("gz01@a.example")
    assert reading.state == "online"
    assert reading.warnings == ("AAA 中账号的域是 b.example，与工单的 a.example 不同",)


def test_the_exact_name_decides_between_realms(radacct: Radacct) -> None:
    radacct.has("gz01@home.example", stopped=True).has("gz01@biz.example")
    assert [radacct.ask(name).state for name in ("gz01@HOME.example", "gz01@biz.example")] == ["offline", "online"]


def test_two_realms_without_an_exact_name_are_ambiguous(radacct: Radacct) -> None:
    reading = radacct.has("gz01@home.example", stopped=True).has("gz01@biz.example").ask("gz01")
    assert reading.state == "ambiguous"
    assert "gz01@biz.example、gz01@home.example" in reading.reason


def test_spellings_of_one_name_are_one_account(radacct: Radacct) -> None:
    reading = radacct.has("GZ01", age_s=1000).has("gz01", age_s=10).ask("gz01")
    assert [session.fresh for session in reading.sessions] == [True, False]


def test_several_sessions_are_flagged_and_the_freshest_is_the_target(radacct: Radacct) -> None:
    reading = radacct.has("gz01", age_s=950, ip="100.64.0.1").has("gz01", age_s=5, ip="100.64.0.2").ask("gz01")
    assert (reading.state, reading.framed_ip, reading.nas) == ("online", "100.64.0.2", "10.0.0.1")
    assert reading.warnings == ("账号有 2 个未结束的会话，疑似一号多线或共享",)


def test_an_empty_address_is_none(radacct: Radacct) -> None:
    assert radacct.has("gz01", ip="").ask("gz01").framed_ip is None


def test_a_clock_ahead_is_warned_of(radacct: Radacct) -> None:
    readings = [radacct.has(name, age_s=age).ask(name) for name, age in (("gz01", -300), ("gz02", -301))]
    assert [len(reading.warnings) for reading in readings] == [0, 1]


@pytest.mark.parametrize("account", ["gz_1", "gz%", "%", "_z01"])
def test_wildcards_are_letters(radacct: Radacct, account: str) -> None:
    assert radacct.has("gz01").has("gz01@a.example").ask(account).cause == "absent"


@pytest.mark.parametrize("account", ["", "  ", "@gd.chinamobile.com", "gz 01", "gz01\nx", "gz\x00", "gz\ud800"])
def test_what_is_no_account_is_unknown_not_offline(radacct: Radacct, account: str) -> None:
    assert (radacct.ask(account).state, radacct.ask(account).cause) == ("unknown", "invalid")


def test_a_locked_file_is_unknown_not_offline(radacct: Radacct) -> None:
    radacct.has("gz01").connection.execute("BEGIN EXCLUSIVE")
    assert (radacct.ask("gz01").state, radacct.ask("gz01").cause) == ("unknown", "busy")


def test_a_missing_file_is_unknown_and_is_not_made(tmp_path: Path) -> None:
    reading = RadacctAccounts(f"sqlite:///{tmp_path / 'none.db'}").check("gz01", AT)
    assert (reading.state, reading.cause) == ("unknown", "down")
    assert not (tmp_path / "none.db").exists()


def test_a_file_without_the_table_is_unknown(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    assert RadacctAccounts(f"sqlite:///{tmp_path / 'empty.db'}").check("gz01", AT).cause == "down"


@pytest.mark.parametrize("scheme", ["postgresql", "mysql"])
def test_a_server_that_is_not_there_is_unknown(scheme: str) -> None:
    assert RadacctAccounts(f"{scheme}://suyin:secret@127.0.0.1:1/radius").check("gz01", AT).cause == "down"


def test_nothing_can_be_written(radacct: Radacct) -> None:
    radacct.has("gz01")
    engine = open_for_reading(f"sqlite:///{radacct.file}")
    with engine.connect() as connection, pytest.raises(DBAPIError, match="readonly"):
        connection.exec_driver_sql("DELETE FROM radacct")


@pytest.mark.parametrize("url", ["", "radius.db", "sqlite://", "sqlite:///:memory:", "oracle://host/radius"])
def test_a_url_that_cannot_be_used_is_refused_before_any_ticket(url: str) -> None:
    with pytest.raises(ProbeMisconfigured, match="AAA"):
        RadacctAccounts(url)


def test_an_interval_of_zero_is_refused() -> None:
    with pytest.raises(ProbeMisconfigured, match="1 or more"):
        RadacctAccounts("sqlite:///radius.db", interim_s=0)


def test_the_reading_says_when_it_was_taken(radacct: Radacct) -> None:
    later = AT + timedelta(hours=1)
    assert RadacctAccounts(f"sqlite:///{radacct.file}").check("gz01", later).checked_at == later


def test_a_bare_name_is_exact_where_aaa_has_it_bare() -> None:
    assert choose("gz01", ["GZ01", "gz01@a.example", "gz01@b.example"]) == ("gz01",)
