"""Which areas cover a point, which is nearest, how far is it, and how sure is that?

A tree over the boundaries of places, kept warm. Distances are geodesic, on the WGS-84 ellipsoid, to the nearest point
of the boundary; a point inside has distance 0. Never converts a datum on its own: everything here is WGS-84.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import NamedTuple
from zipfile import BadZipFile

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.coordinates import UNSTATED_M, Spot, convert, distances, rounding_m
from geo.errors import IndexUnreadable
from geo.place import BOUNDARY_COLUMN, Place, PlaceKind

_METRES_A_DEGREE = 110_574.0  # of latitude, at its shortest


class Covered(NamedTuple):
    """An area near a point. distance_m: 0.0 where it covers the point. trusted: whether the list said the datum."""

    kind: PlaceKind
    id: str
    distance_m: float
    trusted: bool


class Measured(NamedTuple):
    """How far a place is from a spot, in metres.

    distance_m: 0.0 where it covers the spot. nearest_m, farthest_m: what the distance is at least and at most, seen how
    both were written down. depth_m: how far inside the boundary the spot lies at least; None where that is not sure.
    stated: whether both datums were said.
    """

    distance_m: float
    nearest_m: float
    farthest_m: float
    depth_m: float | None
    stated: bool


def measure(place: Place, here: Spot) -> Measured | None:
    """Return how far a place is from here; None where the place has neither an area nor a coordinate."""
    shape = _shape(place)
    if shape is None:
        return None
    at, held = np.array([[here.lon, here.lat]]), np.empty(1, object)
    held[0] = shape
    asked = np.asarray(shapely.points(at), object)
    distance = float(_geodesic(asked, at, held)[0])
    stated = here.stated and place.datum is not None
    doubt = here.rounding_m + (0.0 if stated else UNSTATED_M)
    if shape.geom_type == "Point" and place.lon is not None and place.lat is not None:
        doubt += rounding_m(place.lon, place.lat)
    depth = None
    if distance == 0.0 and shape.geom_type in ("Polygon", "MultiPolygon"):
        held[0] = shape.boundary
        inside = float(_geodesic(asked, at, held)[0]) - doubt
        depth = inside if inside >= 0.0 else None
    return Measured(distance, max(0.0, distance - doubt), distance + doubt, depth, stated)


@dataclass(frozen=True, slots=True, eq=False)
class CoverIndex:
    """The boundaries of places, ready to be asked. Places without an area take part with their point.

    Of place r: plan[r], whether it is a plan and not a blind spot; stated[r], whether the list said its datum; its id
    is ids[bounds[r]:bounds[r + 1]] in UTF-8; its shape is shapes[r], WGS-84.
    """

    plan: NDArray[np.bool_]
    stated: NDArray[np.bool_]
    ids: bytes
    bounds: NDArray[np.int64]
    shapes: NDArray[np.object_]
    tree: shapely.STRtree

    @classmethod
    def build(cls, places: Iterable[Place]) -> CoverIndex:
        """Build the index of all places that have a boundary or a coordinate; the others are left out."""
        kept: list[tuple[bool, bool, bytes]] = []
        shapes: list[BaseGeometry] = []
        for place in places:
            shape = _shape(place)
            if shape is not None:
                kept.append((place.kind == "plan", place.datum is not None, place.id.encode()))
                shapes.append(shape)
        held = np.empty(len(shapes), object)
        held[:] = shapes
        plan, stated, ids = zip(*kept, strict=True) if kept else ((), (), ())
        bounds = np.concatenate(([0], np.cumsum([len(one) for one in ids], dtype=np.int64)))
        flags = (np.array(plan, np.bool_), np.array(stated, np.bool_))
        return cls(*flags, b"".join(ids), bounds.astype(np.int64), held, shapely.STRtree(held))

    def save(self, file: Path) -> None:
        """Write the index to file, whole or not at all. Raises OSError."""
        wkb = shapely.to_wkb(self.shapes)
        sizes = np.array([len(one) for one in wkb], np.int64)
        file.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=file.parent, suffix=".part", delete=False) as part:
            ids, shapes = (np.frombuffer(one, np.uint8) for one in (self.ids, b"".join(wkb)))
            np.savez(part, plan=self.plan, stated=self.stated, ids=ids, bounds=self.bounds, shapes=shapes, sizes=sizes)
        Path(part.name).replace(file)

    @classmethod
    def open(cls, file: Path) -> CoverIndex:
        """Read a saved index. Raises IndexUnreadable where it is missing or damaged."""
        try:
            with np.load(file) as saved:
                ends = np.cumsum(saved["sizes"])
                blob = saved["shapes"].tobytes()
                wkb = [blob[end - size : end] for end, size in zip(ends.tolist(), saved["sizes"].tolist(), strict=True)]
                shapes = np.asarray(shapely.from_wkb(np.array(wkb, object)), object)
                arrays = saved["plan"], saved["stated"], saved["ids"].tobytes(), saved["bounds"]
        except (OSError, ValueError, KeyError, BadZipFile, shapely.errors.GEOSException) as error:
            raise IndexUnreadable(f"{file} 不是完好的区域索引，请删除它，程序会重新建立") from error
        return cls(*arrays, shapes, shapely.STRtree(shapes))

    def __len__(self) -> int:
        """Return how many places can be found."""
        return len(self.shapes)

    def near(self, lon: float, lat: float, *, within_m: float = 500.0) -> tuple[Covered, ...]:
        """Return what covers a point or lies within within_m of it, the nearest first. lon, lat: WGS-84 degrees."""
        return self.near_many(np.array([[lon, lat]]), within_m=within_m)[0]

    def near_many(self, points: NDArray[np.float64], *, within_m: float = 500.0) -> list[tuple[Covered, ...]]:
        """As near, for many points. points: float64 (n, 2), lon/lat WGS-84. Raises ValueError for a negative reach."""
        if within_m < 0.0:
            raise ValueError(f"within_m must not be negative, got {within_m}")
        if not len(points) or not len(self.shapes):
            return [() for _ in points]
        reach = within_m / _METRES_A_DEGREE / np.cos(np.radians(np.clip(np.abs(points[:, 1]), 0.0, 89.0)))
        asked = np.asarray(shapely.points(points), object)
        rows, found = self.tree.query(asked, predicate="dwithin", distance=reach)
        distance = _geodesic(asked[rows], points[rows], self.shapes[found])
        answers: list[list[Covered]] = [[] for _ in points]
        for row, number, metres in zip(rows.tolist(), found.tolist(), distance.tolist(), strict=True):
            if metres <= within_m:
                answers[row].append(self._covered(number, metres))
        return [tuple(sorted(several, key=_nearest_first)) for several in answers]

    def _covered(self, number: int, metres: float) -> Covered:
        identity = self.ids[self.bounds[number] : self.bounds[number + 1]].decode()
        return Covered("plan" if self.plan[number] else "blind_spot", identity, metres, bool(self.stated[number]))


def _nearest_first(one: Covered) -> tuple[float, str, str]:
    return one.distance_m, one.kind, one.id


def _geodesic(
    asked: NDArray[np.object_], points: NDArray[np.float64], shapes: NDArray[np.object_]
) -> NDArray[np.float64]:
    """Distances in metres to the nearest point of each shape, found in a plane that is true to scale at the point."""
    found = np.zeros(len(asked))
    single = shapely.get_type_id(shapes) == shapely.GeometryType.POINT
    found[single] = distances(points[single], shapely.get_coordinates(shapes[single]))
    away = np.flatnonzero(~single & ~shapely.covers(shapes, asked))
    if not len(away):
        return found
    scale = np.column_stack((np.cos(np.radians(points[away, 1])), np.ones(len(away))))
    corners, owner = shapely.get_coordinates(shapes[away], return_index=True)
    local = shapely.set_coordinates(shapes[away].copy(), corners * scale[owner])
    here = points[away] * scale
    nearest = shapely.get_coordinates(shapely.shortest_line(local, shapely.points(here)))[::2]
    found[away] = distances(points[away], nearest / scale)
    return found


def _shape(place: Place) -> BaseGeometry | None:
    wkt = place.extra.get(BOUNDARY_COLUMN)
    shape: BaseGeometry | None = None
    if wkt:
        shape = shapely.from_wkt(wkt, on_invalid="ignore")
    elif place.lon is not None and place.lat is not None:
        shape = shapely.Point(place.lon, place.lat)
    datum = place.datum
    if shape is None or datum is None or datum == "wgs84":
        return shape
    return shapely.transform(shape, lambda xy: convert(xy, datum, "wgs84"))
