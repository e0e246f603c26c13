"""How are places with an area read from GeoJSON, Shapefile, KML, or CSV with a WKT column?

The columns are those of a table; the geometry goes into `extra["边界"]` as WKT, and a point of it becomes the place's
coordinate. A file with a CRS is brought to WGS-84; without one, 坐标系 says the datum, or nobody does.
The only module of this room that uses geopandas.
"""

from __future__ import annotations

from pathlib import Path

import geopandas
import pandas
import shapely
from pyproj.exceptions import CRSError
from shapely.geometry.base import BaseGeometry

from geo.errors import PlacesUnreadable
from geo.place import Datum, Place, PlaceReject
from geo.tables import kind_of, place_of, read_table

SUFFIXES = frozenset((".geojson", ".json", ".shp", ".kml", ".gpkg"))
BOUNDARY_COLUMN = "边界"
_WKT_COLUMNS = ("边界", "wkt", "WKT", "geometry")


def read_areas(path: Path) -> tuple[list[Place], list[PlaceReject]]:
    """Read a file of areas. Raises PlacesUnreadable where it cannot be read or has no column of numbers."""
    try:
        frame = geopandas.read_file(path)
    except (OSError, ValueError, RuntimeError) as error:
        raise PlacesUnreadable(f"{path.name} cannot be read as areas: {error}") from error
    labelled = "坐标系" in frame.columns
    try:
        if frame.crs is not None and not labelled:
            frame = frame.to_crs(4326)
    except CRSError as error:
        raise PlacesUnreadable(f"{path.name} has a CRS that cannot be converted to WGS-84: {error}") from error
    datum: Datum | None = "wgs84" if frame.crs is not None and not labelled else None
    names = [str(name) for name in frame.columns if name != frame.geometry.name]
    kind = kind_of(names)
    places: list[Place] = []
    rejects: list[PlaceReject] = []
    for number, (cells, geometry) in enumerate(zip(frame[names].to_numpy(), frame.geometry, strict=True), 2):
        row = {name: str(cell).strip() for name, cell in zip(names, cells, strict=True) if not pandas.isna(cell)}
        found = place_of({name: cell for name, cell in row.items() if cell}, kind, path.name, number)
        if isinstance(found, Place):
            found = with_area(found, geometry, datum, path.name, number)
        (places if isinstance(found, Place) else rejects).append(found)  # type: ignore[arg-type]
    return places, rejects


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
