"""Lists of places as files."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import geopandas
import openpyxl
import pytest
import shapely

from geo.errors import PlacesUnreadable
from geo.places import read_places

HEADER = "盲点编号,名称,地址,地市,区县,描述,原因,解决方式,经度,纬度,坐标系"
ROW = "MD1,红山家园,天府三街199号,成都市,武侯区,弱覆盖,站点少,新建,104.06,30.55,GCJ-02"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_of_blind_spots_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "盲点.csv"
    file.write_text(f"{HEADER}\n{ROW}\n", encoding)
    (place,), rejects = read_places(file)
    assert (place.kind, place.id, place.lon, place.datum, place.extra["原因"]) == (
        "blind_spot", "MD1", 104.06, "gcj02", "站点少",
    )  # fmt: skip
    assert rejects == []


def test_a_bad_row_is_a_reject_and_the_rest_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "p.csv"
    bad = ["MD2,甲,,,,,,,200,30,", "MD3,,,,,,,,,,", ",乙,,,,,,,,,", "MD4,丙,,,,,,,1,2,北京54", "MD1,丁,,,,,,,,,"]
    file.write_text("\n".join([HEADER, ROW, *bad, "MD9,戊,,,,,,,,,"]), "utf-8")
    places, rejects = read_places(file)
    assert [place.id for place in places] == ["MD1", "MD9"]
    assert [(reject.row, reject.field) for reject in rejects] == [
        (3, "经度"), (4, "名称"), (5, "编号"), (6, "坐标系"), (7, "编号"),
    ]  # fmt: skip


def test_a_spreadsheet_of_plans_under_a_title(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["2026年规划站点"])
    sheet.append(["规划编号", "名称", "地址", "地市", "区县", "站型", "计划开通时间", "状态", "经度", "纬度", "坐标系"])
    sheet.append([17, "翠云雅居", "棠湖西路", "成都市", "双流区", "宏站", "2026-12", "在建", 104.0, 30.5, None])
    file = tmp_path / "规划.xlsx"
    book.save(file)
    (place,), _ = read_places(file)
    assert (place.kind, place.id, place.lon, place.datum, place.extra["状态"]) == ("plan", "17", 104.0, None, "在建")


def test_a_file_without_a_header_says_what_is_missing(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(PlacesUnreadable, match="盲点编号"):
        read_places(file)


def test_an_area_of_a_geojson_becomes_a_boundary_and_a_point(tmp_path: Path) -> None:
    ring = "[[104,30],[104.1,30],[104.1,30.1],[104,30.1],[104,30]]"
    feature = (
        '{"type":"Feature","properties":{"规划编号":"GH1","名称":"甲村"},'
        f'"geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}'
    )
    file = tmp_path / "a.geojson"
    file.write_text(f'{{"type":"FeatureCollection","features":[{feature}]}}', "utf-8")
    (place,), rejects = read_places(file)
    assert (place.kind, place.datum, place.extra["边界"][:7], rejects) == ("plan", "wgs84", "POLYGON", [])
    assert place.lon == pytest.approx(104.05)


def test_a_bad_wkt_is_a_reject(tmp_path: Path) -> None:
    file = tmp_path / "w.csv"
    file.write_text('编号,名称,边界\n1,甲,POLYGON((\n2,乙,"POLYGON((1 1,2 1,2 2,1 1))"\n', "utf-8")
    places, rejects = read_places(file)
    assert ([place.id for place in places], [reject.field for reject in rejects]) == (["2"], ["边界"])


KML = """<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark>
<name>甲村</name><ExtendedData><Data name="盲点编号"><value>MD1</value></Data></ExtendedData><Polygon><outerBoundaryIs>
<LinearRing><coordinates>104,30 104.1,30 104.1,30.1 104,30.1 104,30</coordinates></LinearRing></outerBoundaryIs>
</Polygon></Placemark></Document></kml>"""


def test_a_kml_keeps_its_chinese_columns(tmp_path: Path) -> None:
    file = tmp_path / "盲点.kml"
    file.write_text(KML, "utf-8")
    (place,), rejects = read_places(file)
    assert (place.kind, place.id, place.name, place.datum, place.extra["边界"][:7], rejects) == (
        "blind_spot", "MD1", "甲村", "wgs84", "POLYGON", [],
    )  # fmt: skip


def test_a_kml_with_bad_coordinates_is_a_reject(tmp_path: Path) -> None:
    file = tmp_path / "盲点.kml"
    file.write_text(KML.replace("104.1,30.1", "东,北"), "utf-8")
    places, rejects = read_places(file)
    assert (places, [(reject.row, reject.field) for reject in rejects]) == ([], [(1, "coordinates")])


def test_a_shapefile_comes_in_a_zip(tmp_path: Path) -> None:
    frame = geopandas.GeoDataFrame({"编号": ["7"], "名称": ["甲"]}, geometry=[shapely.box(104, 30, 105, 31)], crs=4490)
    frame.to_file(tmp_path / "x.shp", encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as packed:
        for part in tmp_path.glob("x.[!z]*"):
            packed.write(part, part.name)
    (place,), _ = read_places(tmp_path / "x.zip")
    assert (place.id, place.datum) == ("7", "wgs84")
    assert place.lon == pytest.approx(104.5)


@pytest.mark.parametrize("name", ["a.kml", "a.geojson", "a.zip", "a.xlsx", "a.csv"])
def test_a_file_that_cannot_be_read_says_so_in_chinese(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\xff\xfe\x00 no list of places")
    with pytest.raises(PlacesUnreadable, match=rf"^{name} [\u4e00-\u9fff]"):
        read_places(tmp_path / name)


def test_a_table_needs_no_geopandas() -> None:
    asked = "import sys, geo.places, geo.cover; print('geopandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
