"""An index that follows its list without being built anew, and one that was saved."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geo.divisions import Divisions
from geo.errors import IndexUnreadable
from geo.index import PlaceIndex
from geo.place import Place, PlaceQuery


def _village(number: int, group: int) -> Place:
    return Place("plan", f"GH{number}", f"青岗垭村{group}组", f"仪陇县立山镇青岗垭村{group}组", "南充市", "仪陇县")


@pytest.fixture(scope="module")
def index(divisions: Divisions) -> PlaceIndex:
    """Return an index of two groups of one village."""
    return PlaceIndex.build([_village(1, 1), _village(2, 2)], divisions)


def _found(index: PlaceIndex, group: int) -> str | None:
    answer = index.match([PlaceQuery(f"仪陇县立山镇青岗垭村{group}组")])[0]
    return answer.best.id if answer.outcome == "match" and answer.best else None


def test_an_added_place_is_found_and_the_old_index_stays(index: PlaceIndex) -> None:
    later = index.update(added=[_village(3, 3)])
    assert (_found(later, 3), _found(later, 1), _found(index, 3), len(later)) == ("GH3", "GH1", None, 3)


def test_a_changed_place_is_found_only_in_its_new_form(index: PlaceIndex) -> None:
    later = index.update(changed=[_village(2, 9)])
    assert (_found(later, 9), _found(later, 2), len(later)) == ("GH2", None, 2)


def test_a_removed_place_is_not_found(index: PlaceIndex) -> None:
    later = index.update(added=[_village(3, 3)]).update(removed=[("plan", "GH1"), ("plan", "GH3")])
    assert (_found(later, 1), _found(later, 3), _found(later, 2)) == (None, None, "GH2")


def test_the_hash_follows_the_content(index: PlaceIndex, divisions: Divisions) -> None:
    again = PlaceIndex.build([_village(1, 1), _village(2, 2)], divisions)
    assert again.digest == index.digest
    assert index.update(removed=[("plan", "GH1")]).digest != index.digest


def test_a_saved_update_answers_as_before(index: PlaceIndex, divisions: Divisions, tmp_path: Path) -> None:
    later = index.update(added=[_village(3, 3)], removed=[("plan", "GH1")])
    index.save(tmp_path)
    later.save(tmp_path)
    opened = PlaceIndex.open(tmp_path, divisions)
    assert (opened.digest, _found(opened, 3), _found(opened, 1)) == (later.digest, "GH3", None)
    assert len(list(tmp_path.glob("*.places"))) == 2  # the first build and what was added, nothing left over


def test_an_empty_list_has_no_places(divisions: Divisions) -> None:
    answer = PlaceIndex.build([], divisions).match([PlaceQuery("天府三街199号")])[0]
    assert (answer.outcome, answer.candidates) == ("none", ())


def test_an_index_of_another_table_of_divisions_is_refused(
    index: PlaceIndex, divisions: Divisions, tmp_path: Path
) -> None:
    index.save(tmp_path)
    head = json.loads((tmp_path / "index.json").read_text("utf-8"))
    (tmp_path / "index.json").write_text(json.dumps(head | {"divisions": "0"}), "utf-8")
    with pytest.raises(IndexUnreadable, match="build it again"):
        PlaceIndex.open(tmp_path, divisions)


def test_a_damaged_index_is_refused(index: PlaceIndex, divisions: Divisions, tmp_path: Path) -> None:
    index.save(tmp_path)
    next(tmp_path.glob("*.places")).write_bytes(b"SUYINGEO")
    with pytest.raises(IndexUnreadable, match="build it again"):
        PlaceIndex.open(tmp_path, divisions)


def test_a_missing_index_is_refused(divisions: Divisions, tmp_path: Path) -> None:
    with pytest.raises(IndexUnreadable, match="build it again"):
        PlaceIndex.open(tmp_path / "none", divisions)
