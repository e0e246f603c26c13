"""Coordinates of the three datums."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.coordinates import convert, datum_named, distances
from geo.place import Datum

DATUMS: tuple[Datum, ...] = ("wgs84", "gcj02", "bd09")


@given(
    st.sampled_from(list(itertools.permutations(DATUMS, 2))),
    st.floats(73.6, 135.0),
    st.floats(18.2, 53.5),
)
def test_there_and_back_stays_below_a_millimetre(pair: tuple[Datum, Datum], lon: float, lat: float) -> None:
    points = np.array([[lon, lat]])
    back = convert(convert(points, *pair), pair[1], pair[0])
    assert distances(points, back)[0] < 0.001


def test_gcj02_of_a_known_point() -> None:
    # the usual test vector of the algorithm: 116.404, 39.915
    found = convert(np.array([[116.404, 39.915]]), "wgs84", "gcj02")
    assert found[0] == pytest.approx([116.41024449916938, 39.91640428150164], abs=1e-9)


def test_outside_china_nothing_is_shifted() -> None:
    points = np.array([[2.35, 48.85]])
    assert np.array_equal(convert(points, "wgs84", "gcj02"), points)


def test_points_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\(n, 2\)"):
        convert(np.zeros(2), "wgs84", "gcj02")


@pytest.mark.parametrize(
    ("label", "datum"),
    [
        ("WGS-84", "wgs84"), ("GPS坐标", "wgs84"), ("CGCS2000", "wgs84"), ("gcj02", "gcj02"), ("高德地图", "gcj02"),
        ("GCJ-02（火星坐标系）", "gcj02"), ("百度坐标", "bd09"), ("BD-09", "bd09"), ("北京54", None), ("", None),
        ("WGS84或GCJ02", None),
    ],
)  # fmt: skip
def test_a_label_names_a_datum_or_none(label: str, datum: str | None) -> None:
    assert datum_named(label) == datum
