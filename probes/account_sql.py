"""Is the account online, according to a radacct table that FreeRADIUS (or a kin of it) writes?

One table, three databases: SQLite keeps times as epoch integers, PostgreSQL as timestamptz, MySQL as datetime in its
own time zone; all are read as seconds since 1970. The connection can only read. An open row alone proves nothing:
after a power cut no Stop ever comes, so a session must also have been updated within three interim intervals.
Schema: FreeRADIUS 3.2, mods-config/sql/main/*/schema.sql.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from sqlalchemy import (
    URL,
    BigInteger,
    ColumnElement,
    Connection,
    Engine,
    NullPool,
    cast,
    column,
    create_engine,
    extract,
    func,
    make_url,
    or_,
    select,
    table,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from probes.account import AccountReading, Session, fold
from probes.account_reading import read_sessions, several_realms, unanswered, without_session
from probes.errors import ProbeMisconfigured

TRIES = 3  # a busy SQLite file is waited for BUSY_MS each time
BUSY_MS = 300
ANSWER_S = 3  # a database that is silent for longer counts as down
INTERIMS = 3  # missed updates that make a session stale
MOST_SESSIONS = 50
RADACCT = table(
    "radacct",
    *(column(name) for name in ("username", "acctstarttime", "acctupdatetime", "acctstoptime")),
    *(column(name) for name in ("nasipaddress", "framedipaddress")),
)
YEAR_10000 = 253_402_300_800  # in seconds since 1970; an AAA that keeps milliseconds lies beyond
SQLITE_BUSY_CODES = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class RadacctAccounts:
    """Answers from a radacct table. Implements probes.account.AccountCheck."""

    def __init__(self, url: str, *, interim_s: int | None = 300) -> None:
        """Prepare; nothing is connected to yet.

        url: sqlite:///FILE, postgresql://…/NAME or mysql://…/NAME. interim_s: how often the NAS sends updates; None
        where it sends none: then open sessions count as online, and the reading warns of it.
        Raises ProbeMisconfigured for another URL or an interval below one second.
        """
        if interim_s is not None and interim_s < 1:
            raise ProbeMisconfigured(f"the interim interval of AAA is {interim_s} s; give 1 or more, or leave it empty")
        self._engine = open_for_reading(url)
        self._longest_s = None if interim_s is None else INTERIMS * interim_s

    def check(self, account: str, at: datetime) -> AccountReading:
        """Return what AAA says about account; at: now, UTC. A failure is a reading, never an exception."""
        if not fold(account) or " " in account.strip() or not account.strip().isprintable():
            return unanswered(account, at, "invalid")
        for _ in range(TRIES):
            try:
                return self._ask(account, at)
            except SQLAlchemyError as error:
                if not _is_busy(error):
                    return unanswered(account, at, "down")
        return unanswered(account, at, "busy")

    def _ask(self, account: str, at: datetime) -> AccountReading:
        with self._engine.connect() as connection:
            spellings = _spellings(connection, account)
            meant = choose(account, spellings)
            if len(meant) > 1:
                return several_realms(account, at, meant)
            rows = _open_sessions(connection, [name for name in spellings if name.lower() in meant])
        if not rows:
            return without_session(account, at, seen=bool(meant))
        return read_sessions(account, at, rows, self._longest_s)


def choose(account: str, spellings: Sequence[str]) -> tuple[str, ...]:
    """Return which of the names that AAA knows, in lower case, the account means: none, one, or several realms.

    A name that is equal to the account, realm included, beats all others.
    """
    known = sorted({name.lower() for name in spellings})
    exact = account.strip().lower()
    return (exact,) if exact in known else tuple(known)


def open_for_reading(url: str) -> Engine:
    """Return an engine through which nothing can be written and nothing is waited for longer than ANSWER_S.

    Raises ProbeMisconfigured for a URL that is not one of SQLite, PostgreSQL or MySQL.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ProbeMisconfigured("the AAA URL cannot be read; it looks like postgresql://HOST/radius") from error
    match parsed.get_backend_name():
        case "sqlite":
            return _open_sqlite(parsed)
        case "postgresql" | "postgres":
            options = f"-c default_transaction_read_only=on -c statement_timeout={ANSWER_S * 1000}"
            given = {"options": options, "connect_timeout": ANSWER_S, "tcp_user_timeout": ANSWER_S * 1000}
            return create_engine(parsed.set(drivername="postgresql+psycopg"), poolclass=NullPool, connect_args=given)
        case "mysql" | "mariadb":
            given = {
                "init_command": "SET SESSION TRANSACTION READ ONLY",
                "connect_timeout": ANSWER_S,
                "read_timeout": ANSWER_S,
                "write_timeout": ANSWER_S,
            }
            return create_engine(parsed.set(drivername="mysql+pymysql"), poolclass=NullPool, connect_args=given)
        case other:
            raise ProbeMisconfigured(f"AAA on {other} is not supported; use sqlite:///FILE, postgresql:// or mysql://")


def _spellings(connection: Connection, account: str) -> tuple[str, ...]:
    local, name = fold(account), func.lower(RADACCT.c.username)
    fits = or_(name == local, name.startswith(local + "@", autoescape=True))
    return tuple(str(found) for found in connection.scalars(select(RADACCT.c.username).where(fits).distinct()))


def _open_sessions(connection: Connection, usernames: Sequence[str]) -> tuple[Session, ...]:
    dialect = connection.dialect.name
    query = (
        select(
            RADACCT.c.username,
            _epoch(RADACCT.c.acctstarttime, dialect),
            _epoch(RADACCT.c.acctupdatetime, dialect),
            RADACCT.c.nasipaddress,
            RADACCT.c.framedipaddress,
        )
        .where(RADACCT.c.username.in_(usernames), RADACCT.c.acctstoptime.is_(None))
        .order_by(func.coalesce(RADACCT.c.acctupdatetime, RADACCT.c.acctstarttime).desc())
        .limit(MOST_SESSIONS)
    )
    return tuple(
        Session(str(name), _time(started), _time(updated), _address(nas), _address(framed), None)
        for name, started, updated, nas, framed in connection.execute(query)
    )


def _epoch(moment: ColumnElement[object], dialect: str) -> ColumnElement[int]:
    """Seconds since 1970, as an integer, whatever the database keeps."""
    if dialect == "postgresql":
        return cast(func.floor(extract("epoch", moment)), BigInteger)
    if dialect == "mysql":  # FreeRADIUS writes FROM_UNIXTIME in the server's time zone; this turns it back
        return func.floor(func.unix_timestamp(moment))
    return cast(moment, BigInteger)


def _time(seconds: object) -> datetime | None:
    number = int(Decimal(str(seconds))) if seconds is not None else 0
    return datetime.fromtimestamp(number, UTC) if 0 < number < YEAR_10000 else None


def _address(value: object) -> str | None:
    text = str(value).partition("/")[0] if value is not None else ""
    return text or None


def _is_busy(error: SQLAlchemyError) -> bool:
    cause = error.orig if isinstance(error, DBAPIError) else None
    return isinstance(cause, sqlite3.OperationalError) and cause.sqlite_errorcode & 0xFF in SQLITE_BUSY_CODES


def _open_sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:":
        raise ProbeMisconfigured("the AAA URL names no SQLite file; it looks like sqlite:///var/radius.db")
    address = Path(url.database).resolve().as_uri() + "?mode=ro"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(address, uri=True, timeout=BUSY_MS / 1000)

    return create_engine("sqlite://", creator=connect, poolclass=NullPool)
