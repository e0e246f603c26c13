"""Areas that cover a point."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from geo.coordinates import convert, spot
from geo.cover import CoverIndex, measure
from geo.errors import IndexUnreadable
from geo.place import Place

SQUARE = "POLYGON((104 30,104.01 30,104.01 30.01,104 30.01,104 30))"
AREA = Place("blind_spot", "A", "甲村", datum="wgs84", extra={"边界": SQUARE})


def test_a_point_inside_is_covered_at_distance_zero() -> None:
    (found,) = CoverIndex.build([AREA]).near(104.005, 30.005)
    assert found == ("blind_spot", "A", 0.0, True)


def test_the_distance_to_an_area_is_geodesic() -> None:
    (found,) = CoverIndex.build([AREA]).near(104.013, 30.005, within_m=500)
    assert found.distance_m == pytest.approx(289.5, abs=0.5)  # 0.003° of longitude on the ellipsoid at 30.005° N


def test_what_lies_just_beyond_the_reach_is_left_out() -> None:
    assert CoverIndex.build([AREA]).near(104.013, 30.005, within_m=289.0) == ()


def test_an_area_in_gcj02_is_brought_to_wgs84() -> None:
    shifted = Place("plan", "B", "乙村", lon=104.0, lat=30.0, datum="gcj02")
    lon, lat = convert(np.array([[104.0, 30.0]]), "gcj02", "wgs84")[0].tolist()
    (found,) = CoverIndex.build([shifted]).near(lon, lat, within_m=1.0)
    assert found.id == "B"


def test_an_unlabelled_coordinate_is_not_trusted() -> None:
    (found,) = CoverIndex.build([Place("plan", "C", "丙村", lon=104.0, lat=30.0)]).near(104.0, 30.0)
    assert not found.trusted


def test_the_nearest_comes_first() -> None:
    places = [Place("plan", str(n), "村", lon=104.0 + n / 1000, lat=30.0, datum="wgs84") for n in (3, 1, 2)]
    found = CoverIndex.build(places).near(104.0, 30.0, within_m=400)
    assert [one.id for one in found] == ["1", "2", "3"]


def test_a_spot_inside_knows_how_far_the_boundary_is() -> None:
    found = measure(AREA, spot(104.005123, 30.001, "wgs84"))
    assert found is not None
    assert (found.distance_m, found.stated) == (0.0, True)
    assert found.depth_m == pytest.approx(110.9, abs=1.0)  # 0.001° of latitude, less the rounding


def test_few_decimals_widen_the_distance() -> None:
    found = measure(Place("plan", "C", "丙村", lon=104.00001, lat=30.0, datum="wgs84"), spot(104.01, 30.01, "wgs84"))
    assert found is not None
    assert found.farthest_m - found.distance_m == pytest.approx(787.2 + 0.8, abs=0.5)


def test_an_unstated_datum_may_be_off_by_as_much_as_datums_differ() -> None:
    found = measure(AREA, spot(104.005123, 30.005123, None))
    assert found is not None
    assert (found.nearest_m, found.depth_m, found.stated) == (0.0, None, False)
    assert found.farthest_m > 1_500


def test_a_place_without_geometry_cannot_be_measured() -> None:
    assert measure(Place("plan", "C", "丙村"), spot(104.0, 30.0, "wgs84")) is None


def test_a_saved_index_answers_as_before(tmp_path: Path) -> None:
    places = [AREA, Place("plan", "规划1", "丙村", lon=104.002, lat=30.002), Place("plan", "无", "丁村")]
    built = CoverIndex.build(places)
    built.save(tmp_path / "cover.npz")
    opened = CoverIndex.open(tmp_path / "cover.npz")
    assert opened.near(104.002, 30.002) == built.near(104.002, 30.002)
    assert len(opened) == 2


def test_an_empty_index_is_saved_too(tmp_path: Path) -> None:
    CoverIndex.build([]).save(tmp_path / "cover.npz")
    assert CoverIndex.open(tmp_path / "cover.npz").near(104.0, 30.0) == ()


def test_a_damaged_index_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cover.npz").write_bytes(b"PK damaged")
    with pytest.raises(IndexUnreadable, match="重新建立"):
        CoverIndex.open(tmp_path / "cover.npz")
