"""How is a file of blind spots or plans read, whatever its format?

Tables: CSV (UTF-8 with or without BOM, GB18030) and XLSX. Areas: GeoJSON, Shapefile, KML, CSV with WKT.
Never keeps anything.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from geo.errors import PlacesUnreadable
from geo.kml import read_kml
from geo.place import Datum, Place, PlaceKind, PlaceQuery, PlaceReject
from geo.wkt import read_wkt_table

__all__ = ["Datum", "Place", "PlaceKind", "PlaceQuery", "PlaceReject", "read_places"]
_AREAS = frozenset((".geojson", ".json", ".shp", ".gpkg", ".zip"))  # .zip: a Shapefile with its side files


def read_places(path: Path) -> tuple[list[Place], list[PlaceReject]]:
    """Read a list of places; the header says whether they are blind spots or plans.

    Returns the places and the rows that are none, each with row, column and a sentence. Raises PlacesUnreadable
    where the file as a whole cannot be read.
    """
    if not path.is_file():
        raise PlacesUnreadable(f"{path.name} 不是文件，请核对路径")
    suffix = path.suffix.lower()
    if suffix == ".kml":
        return read_kml(path)
    if suffix not in _AREAS:
        return read_wkt_table(path)
    found: tuple[list[Place], list[PlaceReject]] = import_module("geo.areas").read_areas(path)
    return found
