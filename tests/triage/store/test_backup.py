"""Does a backup bring everything back, into either database, and is a bad one refused?"""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.triage.makers import NOON, make_place, make_ticket, make_triaged
from triage.records import AuditEntry, Correction, Page, Sort, TicketFilter
from triage.store.backup import write_backup
from triage.store.database import SqlStore, install
from triage.store.engine import open_engine, writing
from triage.store.errors import BackupError, TargetNotEmpty
from triage.store.migrate import current_revision, migrate, newest_revision, upgrade
from triage.store.restore import restore_backup

UPLOAD = "a" * 64
RULES = {"b" * 64: b"rules"}


def fill(store: SqlStore) -> None:
    with store.begin() as work:
        work.tickets.save_many([make_triaged(store), make_triaged(store, make_ticket(content="第二次"))], NOON)
        work.corrections.add(
            Correction(store.id_of("eoms", "YN-001"), 2, NOON, "local-operator", "specialty", None, "交换", "串线")
        )
        work.places.upsert_many([make_place()], batch="b1", at=NOON)
        work.audit.add(AuditEntry(NOON, "local-operator", "correct", "ticket/1"))
        work.jobs.add("import", {"import_id": "i1"}, key="k", at=NOON)


def everything(store: SqlStore) -> tuple[object, ...]:
    id_ = store.id_of("eoms", "YN-001")
    with store.read() as work:
        return (
            store.installation,
            work.tickets.list(TicketFilter(words="第二"), Sort(), Page()),
            work.tickets.revisions(id_),
            work.decisions.of(id_),
            work.corrections.of(id_),
            list(work.places.walk()),
            work.audit.list(Page()),
            work.jobs.in_state("queued"),
        )


@pytest.fixture
def backup(store: SqlStore, engine: Engine, tmp_path: Path) -> Path:
    fill(store)
    (tmp_path / "uploads").mkdir()
    (tmp_path / "uploads" / UPLOAD).write_bytes(b"a file")
    (tmp_path / "uploads" / "half.part").write_bytes(b"not finished")
    write_backup(engine, tmp_path / "backup.zip", uploads=tmp_path / "uploads", rules=RULES, at=NOON)
    return tmp_path / "backup.zip"


def test_everything_comes_back_in_either_database(
    backup: Path, store: SqlStore, empty_engine: Engine, tmp_path: Path
) -> None:
    restore_backup(empty_engine, backup, uploads=tmp_path / "restored")
    assert everything(SqlStore(empty_engine)) == everything(store)
    assert [file.name for file in (tmp_path / "restored").iterdir()] == [UPLOAD]
    with SqlStore(empty_engine).read() as work:
        assert work.rule_sets.archive("b" * 64) == b"rules"


def test_a_restored_database_goes_on_counting(backup: Path, empty_engine: Engine, tmp_path: Path) -> None:
    restore_backup(empty_engine, backup, uploads=tmp_path / "restored")
    store = SqlStore(empty_engine)
    with store.begin() as work:
        saved = work.tickets.save_many([make_triaged(store, make_ticket(content="第三次"))], NOON)
        work.audit.add(AuditEntry(NOON, "local-operator", "correct", "ticket/2"))
    assert saved.revised == 1


def test_what_is_there_is_not_overwritten(backup: Path, engine: Engine, store: SqlStore, tmp_path: Path) -> None:
    before = everything(store)
    with pytest.raises(TargetNotEmpty, match="--replace"):
        restore_backup(engine, backup, uploads=tmp_path / "restored")
    assert everything(store) == before


def test_what_is_there_is_replaced_when_asked(backup: Path, engine: Engine, tmp_path: Path) -> None:
    store = SqlStore(engine)
    before = everything(store)
    with store.begin() as work:
        work.tickets.save_many([make_triaged(store, make_ticket("later"))], NOON)
    restore_backup(engine, backup, uploads=tmp_path / "restored", replace=True)
    assert everything(SqlStore(engine)) == before


def test_a_backup_shows_one_moment(sqlite_store: SqlStore, tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'suyin.db'}")
    with sqlite_store.begin() as work:  # a writer is at work and has not committed
        work.tickets.save_many([make_triaged(sqlite_store)], NOON)
        manifest = write_backup(engine, tmp_path / "b.zip", uploads=tmp_path / "none", rules={}, at=NOON)
    assert manifest.rows["tickets"] == manifest.rows["revisions"] == 0


def test_a_file_that_exists_is_kept(sqlite_store: SqlStore, tmp_path: Path) -> None:
    (tmp_path / "b.zip").write_text("mine")
    with pytest.raises(BackupError, match="exists"):
        write_backup(sqlite_store._engine, tmp_path / "b.zip", uploads=tmp_path, rules={}, at=NOON)
    assert (tmp_path / "b.zip").read_text() == "mine"


def test_a_database_without_tables_is_not_backed_up(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'new.db'}")
    with pytest.raises(BackupError, match="no tables"):
        write_backup(engine, tmp_path / "b.zip", uploads=tmp_path, rules={}, at=NOON)
    assert not (tmp_path / "b.zip").exists()


def repacked(backup: Path, name: str, content: bytes, *, told: bool) -> Path:
    """Return a copy of backup with another member; told: whether the manifest knows its checksum."""
    changed = backup.with_name("changed.zip")
    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(changed, "w") as new:
        members = {member: old.read(member) for member in old.namelist()}
        members[name] = content
        manifest = json.loads(members.pop("manifest.json"))
        if told:
            manifest["sha256"][name] = hashlib.sha256(content).hexdigest()
        for member, data in members.items():
            new.writestr(member, data)
        new.writestr("manifest.json", json.dumps(manifest))
    return changed


@pytest.fixture
def small_backup(sqlite_store: SqlStore, tmp_path: Path) -> Path:
    fill(sqlite_store)
    write_backup(sqlite_store._engine, tmp_path / "b.zip", uploads=tmp_path / "none", rules=RULES, at=NOON)
    return tmp_path / "b.zip"


@pytest.mark.parametrize(
    ("name", "told", "sentence"),
    [
        ("tables/tickets.jsonl", False, "checksum"),
        ("uploads/../../evil", True, "which no backup holds"),
        ("uploads/" + "c" * 64, False, "other files"),
    ],
)
def test_a_changed_backup_is_refused(small_backup: Path, tmp_path: Path, name: str, told: bool, sentence: str) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'target.db'}")
    with pytest.raises(BackupError, match=sentence):
        restore_backup(engine, repacked(small_backup, name, b"other", told=told), uploads=tmp_path / "u")
    assert not (tmp_path / "target.db").exists()


@pytest.mark.parametrize("content", [b"", b"no zip"])
def test_a_file_that_is_no_backup_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "b.zip").write_bytes(content)
    with pytest.raises(BackupError, match=r"b\.zip"):
        restore_backup(open_engine(f"sqlite:///{tmp_path / 't.db'}"), tmp_path / "b.zip", uploads=tmp_path)


def test_a_database_of_an_earlier_version_is_backed_up_before_it_is_migrated(
    empty_engine: Engine, tmp_path: Path
) -> None:
    with writing(empty_engine).begin() as connection:
        upgrade(connection, "0001")
        install(connection, NOON)
    file = tmp_path / "before.zip"

    def back_up() -> None:
        write_backup(empty_engine, file, uploads=tmp_path, rules={}, at=NOON)

    migrate(empty_engine, before_change=back_up)
    with zipfile.ZipFile(file) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    assert (manifest["schema"], manifest["rows"]["installation"], "captures" in manifest["rows"]) == ("0001", 1, False)
    restore_backup(empty_engine, file, uploads=tmp_path / "restored", replace=True)
    with empty_engine.connect() as connection:
        assert current_revision(connection) == newest_revision()
