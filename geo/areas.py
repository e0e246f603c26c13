"""How are places with an area read from GeoJSON, Shapefile or GeoPackage?

The columns are those of a table. A file with a CRS is brought to WGS-84; without one, 坐标系 says the datum, or nobody
does. The only module of this room that uses geopandas, and the only one that imports it: that takes two seconds.
"""

from __future__ import annotations

import math
from pathlib import Path

import geopandas
import pandas
from pyproj.exceptions import CRSError

from geo.errors import PlacesUnreadable
from geo.place import Datum, Place, PlaceReject
from geo.tables import kind_of, place_of
from geo.wkt import with_area


def read_areas(path: Path) -> tuple[list[Place], list[PlaceReject]]:
    """Read a file of areas. Raises PlacesUnreadable where it cannot be read or holds no areas."""
    frame, datum = _frame(path)
    names = [str(name) for name in frame.columns if name != frame.geometry.name]
    kind = kind_of(names)
    places: list[Place] = []
    rejects: list[PlaceReject] = []
    seen: set[str] = set()
    for number, (cells, geometry) in enumerate(zip(frame[names].to_numpy(), frame.geometry, strict=True), 2):
        row = {name: text for name, cell in zip(names, cells, strict=True) if (text := _text(cell))}
        found = place_of(row, kind, path.name, number)
        if isinstance(found, Place) and found.id in seen:
            found = PlaceReject(path.name, number, "编号", f"编号 {found.id} 在前面已经出现，请改为唯一的编号")
        if isinstance(found, Place):
            found = with_area(found, geometry, datum, path.name, number)
        if isinstance(found, Place):
            seen.add(found.id)
            places.append(found)
        else:
            rejects.append(found)
    return places, rejects


def _frame(path: Path) -> tuple[geopandas.GeoDataFrame, Datum | None]:
    """The file's rows, and the datum of their geometry; None where the column 坐标系 or nobody says it."""
    try:
        frame = geopandas.read_file(path)
    except (OSError, ValueError, RuntimeError) as error:
        raise PlacesUnreadable(
            f"{path.name} 不能作为区域文件读出，可能已损坏或与后缀不符；请重新导出为 GeoJSON、KML 或 Shapefile（zip）"
        ) from error
    if not isinstance(frame, geopandas.GeoDataFrame):
        raise PlacesUnreadable(f"{path.name} 里没有区域或点；没有几何图形的列表请存为 CSV 或 XLSX")
    if frame.crs is None or "坐标系" in frame.columns:
        return frame, None
    try:
        return frame.to_crs(4326), "wgs84"
    except CRSError as error:
        raise PlacesUnreadable(
            f"{path.name} 的坐标参考系不能换算为 WGS-84；请以 EPSG:4326 重新导出，或加一列“坐标系”写明"
        ) from error


def _text(cell: object) -> str:
    if cell is None or (isinstance(cell, float) and math.isnan(cell)) or cell is pandas.NaT:
        return ""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()
