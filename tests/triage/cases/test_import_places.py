"""Do areas, coordinates and datums stay what they were: through an import, another one, and a backup?"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from geo.errors import PlacesUnreadable
from geo.place import Place
from geo.places import read_places
from tests.triage.makers import NOON
from triage.actors import LOCAL_OPERATOR
from triage.cases.import_places import PlacesImported, import_places
from triage.covering import CoverOnDemand, open_cover
from triage.records import Page
from triage.store.backup import write_backup
from triage.store.database import SqlStore
from triage.store.restore import restore_backup

AREAS = """{"type": "FeatureCollection", "features": [{"type": "Feature",
"properties": {"盲点编号": "MD1", "名称": "甲村", "坐标系": "GCJ-02"},
"geometry": {"type": "Polygon", "coordinates": [[[104, 30], [EAST, 30], [104.01, 30.01], [104, 30.01],
[104, 30]]]}}]}"""
POINTS = "规划编号,名称,经度,纬度,坐标系\nGH1,乙村,104.02,30.02,BD-09\nGH2,丙村,104.03,30.03,\nGH3,丁村,,,\n"


def take(store: SqlStore, folder: Path, name: str, text: str) -> PlacesImported:
    (folder / name).write_text(text, "utf-8")
    with store.read() as work:
        imports = len(work.audit.list(Page()))
    return import_places(store, folder / name, read_places, LOCAL_OPERATOR, NOON + timedelta(minutes=imports))


def kept(store: SqlStore) -> dict[str, Place]:
    with store.read() as work:
        return {place.id: place for place in work.places.walk()}


@pytest.fixture
def filled(store: SqlStore, tmp_path: Path) -> SqlStore:
    take(store, tmp_path, "盲点.geojson", AREAS.replace("EAST", "104.01"))
    take(store, tmp_path, "规划.csv", POINTS)
    return store


def test_an_area_and_its_datum_are_kept_as_they_were_read(filled: SqlStore, tmp_path: Path) -> None:
    (read,), _ = read_places(tmp_path / "盲点.geojson")
    place = kept(filled)["MD1"]
    assert place == read
    assert (place.datum, place.extra["边界"][:7]) == ("gcj02", "POLYGON")


def test_points_keep_their_datum_and_that_nobody_said_it(filled: SqlStore) -> None:
    places = kept(filled)
    assert [(places[id_].lon, places[id_].datum) for id_ in ("GH1", "GH2", "GH3")] == [
        (104.02, "bd09"), (104.03, None), (None, None),
    ]  # fmt: skip


def test_the_same_area_again_is_no_change_and_another_shape_is(filled: SqlStore, tmp_path: Path) -> None:
    again = take(filled, tmp_path, "盲点.geojson", AREAS.replace("EAST", "104.01")).changes
    moved = take(filled, tmp_path, "盲点.geojson", AREAS.replace("EAST", "104.02")).changes
    assert ((again.changed, again.unchanged), (moved.changed, moved.unchanged)) == ((0, 1), (1, 0))


def test_a_backup_brings_areas_and_points_back(
    filled: SqlStore, engine: Engine, empty_engine: Engine, tmp_path: Path
) -> None:
    write_backup(engine, tmp_path / "b.zip", uploads=tmp_path / "uploads", rules={}, at=NOON)
    restore_backup(empty_engine, tmp_path / "b.zip", uploads=tmp_path / "restored")
    assert kept(SqlStore(empty_engine)) == kept(filled)


def test_a_list_that_cannot_be_read_says_so_in_chinese(sqlite_store: SqlStore, tmp_path: Path) -> None:
    with pytest.raises(PlacesUnreadable, match="没有表头"):
        take(sqlite_store, tmp_path, "名单.csv", "a,b\n1,2\n")


def test_the_cover_of_stored_places_is_made_once_and_again_after_a_change(filled: SqlStore, tmp_path: Path) -> None:
    folder = tmp_path / "indexes"
    first = CoverOnDemand(lambda: open_cover(folder, filled))
    assert (len(first()), first() is first()) == (3, True)
    (file,) = folder.glob("cover-*.npz")
    assert len(open_cover(folder, filled)) == 3
    assert list(folder.glob("cover-*.npz")) == [file]
    take(filled, tmp_path, "规划.csv", POINTS + "GH4,戊村,104.04,30.04,WGS-84\n")
    assert len(open_cover(folder, filled)) == 4
    assert list(folder.glob("cover-*.npz")) != [file]


def test_a_damaged_cover_file_is_made_again(filled: SqlStore, tmp_path: Path) -> None:
    open_cover(tmp_path, filled)
    (file,) = tmp_path.glob("cover-*.npz")
    file.write_bytes(b"damaged")
    assert len(open_cover(tmp_path, filled)) == 3
