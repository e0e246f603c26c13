"""Where is a point given in WGS-84, GCJ-02 or BD-09, in each of the others?

Vectorised, both ways, round trip below 1 mm. The shift applies to the mainland's bounding box (72.004–137.8347 E,
0.8293–55.8271 N), as in the services that use GCJ-02; outside of it WGS-84 and GCJ-02 are equal. Hong Kong, Macao and
Taiwan lie in that box: a coordinate there that a mainland map gave is shifted like any other.
Never guesses a datum.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import NamedTuple

import numpy as np
import pyproj
from numpy.typing import NDArray

from geo.place import Datum
from rules.text import normalise

Points = NDArray[np.float64]
_A, _EE = 6378245.0, 0.00669342162296594323  # Krasovsky 1940: semi-major axis in m, eccentricity squared
_STEPS = 4  # fixed-point steps of the inverse; three leave up to 0.15 mm
_X_PI = np.pi * 3000.0 / 180.0
_GEOD = pyproj.Geod(ellps="WGS84")
UNSTATED_M = 1_500.0  # metres: the most that two datums differ by on the mainland, measured over 80–131 E, 19–50 N
_METRES_A_DEGREE = 111_320.0
_WORD = re.compile(r"[\s\-_/:：()（）]|坐标系统?|坐标|经纬度")
_NAMED: Mapping[str, Datum] = {
    "wgs84": "wgs84", "gps": "wgs84", "epsg4326": "wgs84", "4326": "wgs84", "84": "wgs84", "大地": "wgs84",
    "cgcs2000": "wgs84", "国家2000": "wgs84", "2000国家大地": "wgs84", "epsg4490": "wgs84", "4490": "wgs84",
    "gcj02": "gcj02", "gcj": "gcj02", "火星": "gcj02", "高德": "gcj02", "腾讯": "gcj02", "国测局": "gcj02",
    "bd09": "bd09", "bd09ll": "bd09", "百度": "bd09",
}  # fmt: skip
SHOWN: Mapping[Datum, str] = {"wgs84": "WGS-84", "gcj02": "GCJ-02", "bd09": "BD-09"}


class Spot(NamedTuple):
    """A point someone gave.

    lon, lat: degrees WGS-84; as given where nobody said the datum. stated: whether somebody did. rounding_m: how far
    off it may be because of its decimals.
    """

    lon: float
    lat: float
    stated: bool
    rounding_m: float


def spot(lon: float, lat: float, datum: Datum | None) -> Spot:
    """Return a point as given in datum, brought to WGS-84; one of an unknown datum stays as it is."""
    there = convert(np.array([[lon, lat]], np.float64), datum or "wgs84", "wgs84")[0].tolist()
    return Spot(there[0], there[1], datum is not None, rounding_m(lon, lat))


def datum_named(label: str) -> Datum | None:
    """Return the datum that a label means (WGS-84, 高德坐标 …), None where it is not known.

    CGCS2000 counts as WGS-84: they differ by centimetres.
    """
    text = _WORD.sub("", normalise(label)[0].lower())
    held = {datum for name, datum in _NAMED.items() if name in text and not name.isdigit()}
    return _NAMED.get(text) or (held.pop() if len(held) == 1 else None)


def rounding_m(*degrees: float) -> float:
    """Return how far a place may be from its coordinate because of the decimals it was written with, in metres.

    degrees: longitude and latitude as written. The finer of the two counts, because a trailing zero gets lost.
    """
    exponents = [int(Decimal(repr(value)).normalize().as_tuple().exponent) for value in degrees]
    return float(0.5 * 2**0.5 * 10.0 ** min(0, *exponents) * _METRES_A_DEGREE)


def convert(points: Points, source: Datum, target: Datum) -> Points:
    """Return points in another datum.

    points: float64 (n, 2), lon/lat in degrees. NaN stays NaN. Raises ValueError for another shape.
    """
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(f"points must have the shape (n, 2), not {points.shape}")
    if source == target:
        return points.copy()
    middle = (
        points if source == "gcj02" else (_wgs_to_gcj(points) if source == "wgs84" else _inverse(points, _gcj_to_bd))
    )
    if target == "gcj02":
        return middle
    return _gcj_to_bd(middle) if target == "bd09" else _inverse(middle, _wgs_to_gcj)


def distances(first: Points, second: Points) -> NDArray[np.float64]:
    """Return the geodesic distance between each pair, in metres, on the WGS-84 ellipsoid.

    first, second: float64 (n, 2), lon/lat degrees WGS-84.
    """
    return np.asarray(_GEOD.inv(first[:, 0], first[:, 1], second[:, 0], second[:, 1])[2], np.float64)


def _wgs_to_gcj(points: Points) -> Points:
    lon, lat = points[:, 0], points[:, 1]
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    wave = (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + wave
    north += (20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    north += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + wave
    east += (20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    east += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    radians = np.radians(lat)
    magic = 1.0 - _EE * np.sin(radians) ** 2
    shift = np.column_stack(
        (
            east * 180.0 / (_A / np.sqrt(magic) * np.cos(radians) * np.pi),
            north * 180.0 / (_A * (1.0 - _EE) / (magic * np.sqrt(magic)) * np.pi),
        )
    )
    inside = (lon >= 72.004) & (lon <= 137.8347) & (lat >= 0.8293) & (lat <= 55.8271)
    return np.where(inside[:, None], points + shift, points)


def _gcj_to_bd(points: Points) -> Points:
    lon, lat = points[:, 0], points[:, 1]
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _X_PI)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _X_PI)
    return np.column_stack((radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006))


def _inverse(points: Points, forward: Callable[[Points], Points]) -> Points:
    guess = points
    for _ in range(_STEPS):
        guess = guess - (forward(guess) - points)
    return guess
