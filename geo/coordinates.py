"""Where is a point given in WGS-84, GCJ-02 or BD-09, in each of the others?

Vectorised, both ways, round trip below 1 mm. The shift applies to the mainland's bounding box (72.004–137.8347 E,
0.8293–55.8271 N), as in the services that use GCJ-02; outside of it WGS-84 and GCJ-02 are equal. Hong Kong, Macao and
Taiwan lie in that box: a coordinate there that a mainland map gave is shifted like any other.
Never guesses a datum.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyproj
from numpy.typing import NDArray

from geo.place import Datum

Points = NDArray[np.float64]
_A, _EE = 6378245.0, 0.00669342162296594323  # Krasovsky 1940: semi-major axis in m, eccentricity squared
_STEPS = 4  # fixed-point steps of the inverse; three leave up to 0.15 mm
_X_PI = np.pi * 3000.0 / 180.0
_GEOD = pyproj.Geod(ellps="WGS84")


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
