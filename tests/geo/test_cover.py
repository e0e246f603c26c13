"""Areas that cover a point."""

from __future__ import annotations

import numpy as np
import pytest

from geo.coordinates import convert
from geo.cover import CoverIndex
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
