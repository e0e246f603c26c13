"""How does a place get its area: from a column of WKT in a table, or from any geometry that a reader hands over?

The geometry goes into `extra["边界"]` as WKT, and a point of it becomes the place's coordinate where the list gives
none. Never converts a datum.
"""

from __future__ import annotations

from pathlib import Path

import shapely
from shapely.geometry.base import BaseGeometry

from geo.place import BOUNDARY_COLUMN, Datum, Place, PlaceReject
from geo.tables import read_table

_WKT_COLUMNS = (BOUNDARY_COLUMN, "wkt", "WKT", "geometry")


def read_wkt_table(path: Path) -> tuple[list[Place], list[PlaceReject]]:
    """Read a table whose column 边界, WKT or geometry holds WKT; a table without such a column is read as it is."""
    rows, rejects = read_table(path)
    places: list[Place] = []
    for number, place in enumerate(rows, 2):
        column = next((name for name in _WKT_COLUMNS if name in place.extra), None)
        if column is None:
            places.append(place)
            continue
        try:
            geometry = shapely.from_wkt(place.extra[column])
        except shapely.errors.GEOSException:
            rejects.append(PlaceReject(path.name, number, column, f"编号 {place.id} 的边界不是有效的 WKT"))
            continue
        found = with_area(place, geometry, place.datum, path.name, number)
        if isinstance(found, Place):
            places.append(found)
        else:
            rejects.append(found)
    return places, rejects


def with_area(
    place: Place, geometry: BaseGeometry | None, datum: Datum | None, file: str, number: int
) -> Place | PlaceReject:
    """Return place with its area; datum: of the geometry, None where place.datum or nobody says it."""
    if geometry is None or geometry.is_empty:
        return place
    if not geometry.is_valid:
        geometry = shapely.make_valid(geometry)
    centre = geometry.representative_point()
    if not (-180.0 <= centre.x <= 180.0 and -90.0 <= centre.y <= 90.0):
        return PlaceReject(file, number, BOUNDARY_COLUMN, "边界不是以度为单位的经纬度，请换算后再导入")
    extra = {name: text for name, text in place.extra.items() if name not in _WKT_COLUMNS}
    if geometry.geom_type != "Point":
        extra[BOUNDARY_COLUMN] = shapely.to_wkt(geometry, rounding_precision=7)
    known = place.datum or datum
    texts = (place.name, place.address, place.city, place.district)
    if place.lon is not None and datum is None:
        return Place(place.kind, place.id, *texts, place.lon, place.lat, known, extra)
    return Place(place.kind, place.id, *texts, centre.x, centre.y, known, extra)
