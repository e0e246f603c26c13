"""How is a list of places read from CSV or XLSX, row by row?

A title may stand above the header; the header decides the kind (盲点编号 or 规划编号; a plain 编号 is taken for the
kind that its other columns show). A bad row is a reject and never stops the rest. Never reads a geometry.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from geo.coordinates import datum_named
from geo.errors import PlacesUnreadable
from geo.place import Place, PlaceKind, PlaceReject
from rules.text import normalise

_TITLE_ROWS = 10  # rows in which the header must stand
_CELL = 20_000  # characters a cell may hold
_UNPACKED = 1_000_000_000  # bytes a spreadsheet may unpack to
_NUMBERS: Mapping[str, PlaceKind | None] = {"盲点编号": "blind_spot", "规划编号": "plan", "编号": None}
_PLAN_COLUMNS = frozenset(("站型", "计划开通时间"))
_FIXED = frozenset((*_NUMBERS, "名称", "地址", "地市", "区县", "经度", "纬度", "坐标系"))

Row = tuple[int, Sequence[str]]


def read_table(path: Path) -> tuple[list[Place], list[PlaceReject]]:
    """Read a list of places. Raises PlacesUnreadable where the file cannot be read or has no header of places."""
    rows = _spreadsheet(path) if path.suffix.lower() in {".xlsx", ".xls", ".ods"} else _csv(path)
    header, rest = _header(path, rows)
    kind = kind_of(header)
    places: list[Place] = []
    rejects: list[PlaceReject] = []
    seen: set[str] = set()
    for number, cells in rest:
        if not any(cells):
            continue
        row = {name: cell.strip() for name, cell in zip(header, cells, strict=False) if name and cell.strip()}
        found = place_of(row, kind, path.name, number)
        if isinstance(found, Place) and found.id in seen:
            found = PlaceReject(path.name, number, "编号", f"编号 {found.id} 在前面的行已经出现，请改为唯一的编号")
        if isinstance(found, Place):
            seen.add(found.id)
            places.append(found)
        else:
            rejects.append(found)
    return places, rejects


def kind_of(header: Iterable[str]) -> PlaceKind:
    """Return which kind of places a header announces."""
    names = set(header)
    for name, kind in _NUMBERS.items():
        if name in names and kind is not None:
            return kind
    return "plan" if names & _PLAN_COLUMNS else "blind_spot"


def place_of(row: Mapping[str, str], kind: PlaceKind, file: str, number: int) -> Place | PlaceReject:
    """Return the place of one row, or why it cannot be one. row: column → text, without empty cells."""
    identity = next((row[name] for name in _NUMBERS if name in row), "")
    if not identity:
        return PlaceReject(file, number, "编号", "编号为空，请补上唯一的编号")
    if not (row.get("名称") or row.get("地址")):
        return PlaceReject(file, number, "名称", "名称和地址都为空，至少填写其中一项")
    long = next((name for name, cell in row.items() if len(cell) > _CELL), None)
    if long is not None:
        return PlaceReject(file, number, long, f"单元格超过 {_CELL} 个字符，请缩短")
    point = _point(row)
    if isinstance(point, str):
        return PlaceReject(file, number, "经度", point)
    label = row.get("坐标系", "")
    datum = datum_named(label)
    if label and datum is None:
        return PlaceReject(file, number, "坐标系", f"不认识坐标系“{label[:20]}”，请填写 WGS84、GCJ02 或 BD09")
    extra = {name: cell for name, cell in row.items() if name not in _FIXED}
    texts = (row.get("名称", ""), row.get("地址", ""), row.get("地市", ""), row.get("区县", ""))
    lon, lat = point
    return Place(kind, identity, *texts, lon, lat, datum, extra)


def _point(row: Mapping[str, str]) -> tuple[float | None, float | None] | str:
    """Longitude and latitude, or a sentence about what is wrong with them."""
    texts = row.get("经度", ""), row.get("纬度", "")
    if not any(texts):
        return None, None
    try:
        lon, lat = (float(text) for text in texts)
    except ValueError:
        return "经度和纬度必须都是以度为单位的数字，或都为空"
    if not (-180.0 <= lon <= 180.0 and -90.0 <= lat <= 90.0):
        return f"经度 {lon:g}、纬度 {lat:g} 超出范围，请检查是否填反"
    return lon, lat


def _header(path: Path, rows: Iterator[Row]) -> tuple[list[str], Iterator[Row]]:
    for number, cells in rows:
        names = [normalise(cell)[0].replace(" ", "") for cell in cells]
        if set(names) & set(_NUMBERS) and {"名称", "地址"} & set(names):
            return names, rows
        if number >= _TITLE_ROWS:
            break
    raise PlacesUnreadable(
        f"{path.name} 的前 {_TITLE_ROWS} 行里没有表头；表头应有“盲点编号”“规划编号”或“编号”，以及“名称”或“地址”"
    )


def _csv(path: Path) -> Iterator[Row]:
    text = decode(path)
    first = text[:4096]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise PlacesUnreadable(f"{path.name} 第 {reader.line_num} 行读不出，请核对引号和分隔符") from error
        yield reader.line_num, cells


def decode(path: Path) -> str:
    """Return the text of a file in UTF-8 (with or without BOM) or GB18030. Raises PlacesUnreadable."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise PlacesUnreadable(f"{path.name} 打不开，请核对路径和读权限") from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding).replace("\0", "")
        except UnicodeDecodeError:
            continue
    raise PlacesUnreadable(f"{path.name} 既不是 UTF-8 也不是 GB18030 编码的文字；请另存为 CSV UTF-8 后再导入")


def _spreadsheet(path: Path) -> Iterator[Row]:
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                if sum(entry.file_size for entry in packed.infolist()) > _UNPACKED:
                    raise PlacesUnreadable(f"{path.name} 解开后超过 {_UNPACKED} 字节，请分成几个文件导入")
        workbook = CalamineWorkbook.from_path(path)
        sheet = workbook.get_sheet_by_index(0)
    except (OSError, zipfile.BadZipFile, CalamineError) as error:
        raise PlacesUnreadable(f"{path.name} 不是能读的表格，可能已损坏或加了密；请在表格软件里另存为 .xlsx") from error
    for number, cells in enumerate(sheet.iter_rows(), 1 + (sheet.start[0] if sheet.start else 0)):
        yield number, [_cell(cell) for cell in cells]


def _cell(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
