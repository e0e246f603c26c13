"""How are places with an area read from KML?

The names in ExtendedData are the columns; `name` stands for 名称 and `description` for 描述 where no column does. KML
is always WGS-84; a column 坐标系 says otherwise. Read here and not by GDAL, which turns Chinese column names into
underscores. Document types and entities are refused.
Source: OGC KML 2.2, 9.11 Placemark, 9.2 ExtendedData, 10 geometries.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

import shapely
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from shapely.geometry.base import BaseGeometry

from geo.errors import PlacesUnreadable
from geo.place import Place, PlaceReject
from geo.tables import kind_of, place_of
from geo.wkt import with_area

Ring = list[tuple[float, float]]


def read_kml(path: Path) -> tuple[list[Place], list[PlaceReject]]:
    """Read the placemarks of a file; a reject's row counts placemarks from 1. Raises PlacesUnreadable."""
    try:
        root = fromstring(path.read_bytes(), forbid_dtd=True)
    except (OSError, ParseError, DefusedXmlException, ValueError) as error:
        raise PlacesUnreadable(f"{path.name} 不是完整的 KML；请重新导出，KMZ 请先解开") from error
    places: list[Place] = []
    rejects: list[PlaceReject] = []
    seen: set[str] = set()
    for number, mark in enumerate(_all(root, "Placemark"), 1):
        found = _place(mark, path.name, number)
        if isinstance(found, Place) and found.id in seen:
            found = PlaceReject(path.name, number, "编号", f"编号 {found.id} 在前面已经出现，请改为唯一的编号")
        if isinstance(found, Place):
            seen.add(found.id)
            places.append(found)
        else:
            rejects.append(found)
    return places, rejects


def _place(mark: Element, file: str, number: int) -> Place | PlaceReject:
    row = _columns(mark)
    found = place_of(row, kind_of(row), file, number)
    if isinstance(found, PlaceReject):
        return found
    try:
        shapes = list(_shapes(mark))
    except (ValueError, shapely.errors.GEOSException):
        return PlaceReject(file, number, "coordinates", f"编号 {found.id} 的坐标读不出，应为“经度,纬度 经度,纬度 …”")
    datum = None if "坐标系" in row else "wgs84"
    shape = shapely.union_all(shapes) if len(shapes) > 1 else next(iter(shapes), None)
    return with_area(found, shape, datum, file, number)  # type: ignore[arg-type]


def _columns(mark: Element) -> dict[str, str]:
    row = {data.get("name", ""): _text(_first(data, "value")) for data in _all(mark, "Data")}
    row |= {data.get("name", ""): _text(data) for data in _all(mark, "SimpleData")}
    for tag, column in (("name", "名称"), ("description", "描述")):
        row.setdefault(column, _text(_first(mark, tag)))
    return {name: text for name, text in row.items() if name and text}


def _shapes(mark: Element) -> Iterator[BaseGeometry]:
    for polygon in _all(mark, "Polygon"):
        outer = [ring for edge in _all(polygon, "outerBoundaryIs") for ring in _rings(edge)]
        inner = [ring for edge in _all(polygon, "innerBoundaryIs") for ring in _rings(edge)]
        yield shapely.Polygon(outer[0], inner) if outer else shapely.Polygon()
    for line in _all(mark, "LineString"):
        yield from (shapely.LineString(ring) for ring in _rings(line))
    for point in _all(mark, "Point"):
        yield from (shapely.Point(*ring[0]) for ring in _rings(point) if ring)


def _rings(element: Element) -> Iterator[Ring]:
    for coordinates in _all(element, "coordinates"):
        tuples = (entry.split(",") for entry in (coordinates.text or "").split())
        yield [(float(entry[0]), float(entry[1])) for entry in tuples if len(entry) > 1]


def _all(element: Element, tag: str) -> Iterator[Element]:
    return (found for found in element.iter() if isinstance(found.tag, str) and found.tag.rpartition("}")[2] == tag)


def _first(element: Element, tag: str) -> Element | None:
    return next((found for found in element if found.tag.rpartition("}")[2] == tag), None)


def _text(element: Element | None) -> str:
    return (element.text or "").strip() if element is not None else ""
