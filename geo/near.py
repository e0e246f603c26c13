"""Do the coordinates of a query and of a place speak for or against one another?

A coordinate of an unlabelled datum may be half a kilometre off, so it says little. Never replaces the text.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.coordinates import convert, distances
from geo.place import PlaceQuery

CLOSE_M, FAR_M = 300.0, 3_000.0  # a site's reach in town; further than any address is wrong by
_SLACK_M = 1_200.0  # what an unknown datum can add: WGS-84 to BD-09
_FOR, _AGAINST = 1.5, -3.0  # log odds


def point_of(query: PlaceQuery) -> tuple[float, float, bool]:
    """Return lon, lat in WGS-84 and whether the datum was said; NaN where the query has no coordinate."""
    if query.lon is None or query.lat is None:
        return float("nan"), float("nan"), False
    point = np.array([[query.lon, query.lat]])
    lon, lat = convert(point, query.datum or "wgs84", "wgs84")[0].tolist()
    return lon, lat, query.datum is not None


def apart(mine: NDArray[np.float64], theirs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return distances in metres, NaN where either is unknown. mine, theirs: float64 (n, 2), lon/lat WGS-84."""
    found = np.full(len(mine), np.nan)
    known = ~(np.isnan(mine).any(axis=1) | np.isnan(theirs).any(axis=1))
    if known.any():
        found[known] = distances(mine[known], theirs[known])
    return found


def weigh(distance_m: NDArray[np.float64], trusted: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return what distances add to the log odds, and which contradict the text.

    distance_m: NaN where unknown; trusted: whether both datums are known.
    """
    close = distance_m <= CLOSE_M + np.where(trusted, 0.0, _SLACK_M)
    far = distance_m > FAR_M + np.where(trusted, 0.0, _SLACK_M)
    factor = np.where(trusted, 1.0, 0.3)
    return np.where(close, _FOR * factor, np.where(far, _AGAINST * factor, 0.0)), far


def sentence(distance_m: float, *, trusted: bool) -> str:
    """Return what a distance says, in words; empty where it is unknown."""
    if np.isnan(distance_m):
        return ""
    far = f"{distance_m / 1000:.1f}公里" if distance_m >= 1000 else f"{distance_m:.0f}米"
    said = (
        "坐标与文字相互印证"
        if distance_m <= CLOSE_M
        else "坐标与文字相互矛盾"
        if distance_m > FAR_M
        else "坐标相距不远"
    )
    return f"{said}，相距{far}" + ("" if trusted else "（坐标系不明，仅供参考）")
