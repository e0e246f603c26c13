"""Does every database end with the same tables, whatever it was and however many start at once?"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, text

from triage.store.database import SqlStore
from triage.store.engine import open_engine, writing
from triage.store.errors import DatabaseUnusable
from triage.store.migrate import current_revision, migrate, newest_revision
from triage.store.tables import metadata


def test_the_migrations_make_the_tables_that_the_program_expects(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_name": lambda name, _kind, _parents: not str(name).startswith("ticket_search")}
        )
        assert compare_metadata(context, metadata) == []


def test_migrating_again_changes_nothing(empty_engine: Engine) -> None:
    assert (migrate(empty_engine), migrate(empty_engine)) == (True, False)


def test_of_two_that_start_at_once_one_migrates(empty_engine: Engine) -> None:
    with ThreadPoolExecutor(2) as pool:
        changed = list(pool.map(migrate, [empty_engine, empty_engine]))
    assert sorted(changed) == [False, True]
    assert len(SqlStore(empty_engine).installation.secret) == 32


def test_a_backup_is_asked_for_before_an_existing_database_changes(engine: Engine) -> None:
    asked: list[str] = []
    with writing(engine).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    with pytest.raises(DatabaseUnusable, match="0000"):
        migrate(engine, before_change=lambda: asked.append("backup"))
    assert asked == ["backup"]


def test_a_new_database_needs_no_backup(empty_engine: Engine) -> None:
    asked: list[str] = []
    migrate(empty_engine, before_change=lambda: asked.append("backup"))
    assert asked == []


def test_the_newest_revision_is_reached(engine: Engine) -> None:
    with engine.connect() as connection:
        assert current_revision(connection) == newest_revision()


def test_a_store_without_tables_says_how_to_make_them(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusable, match="migrate"):
        _ = SqlStore(open_engine(f"sqlite:///{tmp_path / 'new.db'}")).installation


@pytest.mark.parametrize("url", ["mysql://here/suyin", "sqlite://", "sqlite:///:memory:", "no url"])
def test_an_unusable_url_says_what_one_looks_like(url: str) -> None:
    with pytest.raises(DatabaseUnusable, match="sqlite:///"):
        open_engine(url)


def test_an_unreachable_server_is_named_without_its_password() -> None:
    with pytest.raises(DatabaseUnusable) as caught:
        migrate(open_engine("postgresql://me:secret@127.0.0.1:1/suyin"))
    assert "127.0.0.1" in str(caught.value)
    assert "secret" not in str(caught.value)
