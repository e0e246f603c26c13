"""How is a file of blind spots or plans read, whatever its format?

Tables: CSV (UTF-8 with or without BOM, GB18030) and XLSX. Areas: GeoJSON, Shapefile, KML, CSV with WKT.
Never keeps anything.
"""

from __future__ import annotations

from pathlib import Path

from geo.areas import SUFFIXES, read_areas, read_wkt_table
from geo.errors import PlacesUnreadable
from geo.place import Datum, Place, PlaceKind, PlaceQuery, PlaceReject

__all__ = ["Datum", "Place", "PlaceKind", "PlaceQuery", "PlaceReject", "read_places"]


def read_places(path: Path) -> tuple[list[Place], list[PlaceReject]]:
    """Read a list of places; the header says whether they are blind spots or plans.

    Returns the places and the rows that are none, each with row, column and a sentence. Raises PlacesUnreadable
    where the file as a whole cannot be read.
    """
    if not path.is_file():
        raise PlacesUnreadable(f"{path} is not a file")
    return read_areas(path) if path.suffix.lower() in SUFFIXES else read_wkt_table(path)
