"""Indexes of stored places that follow the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from geo.disturb import queries
from geo.divisions import Divisions, open_divisions
from geo.index import PlaceIndex
from geo.invent import invent, listed
from geo.place import Place, PlaceQuery
from triage.place_indexes import keep_indexes
from triage.settings import read_settings
from triage.store.database import SqlStore
from triage.wiring import open_store

_AT = datetime(2026, 11, 1, tzinfo=UTC)
_ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def divisions() -> Divisions:
    """Return the table that `make setup` built."""
    return open_divisions(_ROOT / ".cache" / "divisions.bin")


@pytest.fixture
def store(tmp_path: Path) -> SqlStore:
    """Return an empty store."""
    return open_store(read_settings({"SUYIN_DATA_DIR": str(tmp_path / "data")}))


def _keep(store: SqlStore, places: Sequence[Place], batch: str, *, complete: bool = False) -> None:
    with store.begin() as work:
        work.places.upsert_many(places, batch=batch, at=_AT)
        if complete:
            work.places.retire_missing("plan", batch=batch, at=_AT)


def test_an_import_of_some_places_carries_the_index_on_and_answers_as_if_built_anew(
    store: SqlStore, divisions: Divisions, tmp_path: Path
) -> None:
    made = invent(divisions, 400, 4, districts=6)
    rows = [replace(place, kind="plan") for place in listed(made, divisions, 5)]
    asked = [PlaceQuery(query.text) for query in queries(made, divisions, 200, 6)]
    _keep(store, rows[:380], "first")
    keep_indexes(tmp_path / "kept", store, divisions)
    _keep(store, [replace(rows[20], name="翠云雅居88栋"), *rows[21:]], "second", complete=True)
    kept = keep_indexes(tmp_path / "kept", store, divisions)
    anew = keep_indexes(tmp_path / "anew", store, divisions)
    assert (len(list(kept["plan"].glob("*.places"))), len(list(anew["plan"].glob("*.places")))) == (2, 1)
    answers = [PlaceIndex.open(folder["plan"], divisions).match(asked) for folder in (kept, anew)]
    first, second = ([(a.outcome, a.best and a.best.id) for a in several] for several in answers)
    assert first == second
    assert {outcome for outcome, _ in first} == {"match", "review", "none"}


def test_the_same_places_make_no_second_index(store: SqlStore, divisions: Divisions, tmp_path: Path) -> None:
    _keep(store, [Place("plan", "GH1", "红山家园", "成都市武侯区天府三街199号")], "first")
    assert keep_indexes(tmp_path / "kept", store, divisions) == keep_indexes(tmp_path / "kept", store, divisions)
    assert len(list((tmp_path / "kept").iterdir())) == 1


def test_old_states_of_the_list_are_forgotten(store: SqlStore, divisions: Divisions, tmp_path: Path) -> None:
    for number in range(5):
        _keep(store, [Place("plan", f"GH{number}", f"青岗垭村{number}组", "仪陇县立山镇")], f"batch {number}")
        newest = keep_indexes(tmp_path / "kept", store, divisions)["plan"]
    assert newest.is_dir()
    assert len(list((tmp_path / "kept").iterdir())) == 3
