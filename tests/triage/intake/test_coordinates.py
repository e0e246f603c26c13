"""Coordinates in fields and in the text: which counts, in which datum, and what is said of one that cannot be used."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from triage.intake import parse, read_file, ticket_from_mapping
from triage.tickets import CONTENT, CoordinateMention, ParsedTicket, Ticket


def parsed(**fields: object) -> ParsedTicket:
    ticket = ticket_from_mapping({"工单流水号": "T-1", **fields})
    assert isinstance(ticket, Ticket)
    return parse(ticket)


def given(found: CoordinateMention | None) -> tuple[float, float, str | None, str] | None:
    return (found.lon, found.lat, found.datum, found.source) if found else None


@pytest.mark.parametrize(
    ("fields", "datum"),
    [
        ({"经度": 104.0612, "纬度": 30.5521, "坐标系": "GCJ-02"}, "gcj02"),
        ({"经度": "104.0612", "纬度": "30.5521", "坐标系": "百度"}, "bd09"),
        ({"lon": "104.0612", "lat": "30.5521", "datum": "WGS84"}, "wgs84"),
        ({"longitude": "１０４．０６１２", "latitude": "３０．５５２１"}, None),
        ({"坐标": "104.0612,30.5521"}, None),
        ({"坐标": "30.5521，104.0612"}, None),
        ({"坐标": "(104.0612 30.5521) WGS84"}, "wgs84"),
        ({"经纬度": "E104.0612, N30.5521", "坐标系": "高德坐标"}, "gcj02"),
        ({"坐标": "[104.0612,30.5521]", "坐标系": "北京54"}, None),
    ],
)
def test_a_coordinate_in_fields(fields: dict[str, object], datum: str | None) -> None:
    assert given(parsed(**fields).coordinate) == (104.0612, 30.5521, datum, "field")


@pytest.mark.parametrize(
    ("content", "datum"),
    [
        ("在天府三街199号（经度104.0612，纬度30.5521，GCJ-02）信号很差", "gcj02"),
        ("故障地址：成都市武侯区天府三街199号 坐标：104.0612,30.5521 坐标系：百度 现象：信号差", "bd09"),
        ("#同步要素#故障详细地址：天府三街199号 经度：104.0612 纬度：30.5521 坐标系：WGS-84#同步要素#信号差", "wgs84"),
        ("客户定位 GPS:N30.5521 E104.0612 信号差", None),
        ("纬度：30.5521，经度：104.0612，信号差", None),
    ],
)
def test_a_labelled_coordinate_in_the_text(content: str, datum: str | None) -> None:
    assert given(parsed(**{CONTENT: content}).coordinate) == (104.0612, 30.5521, datum, "template")


def test_a_coordinate_ends_the_address_before_it() -> None:
    found = parsed(**{CONTENT: "故障地址：成都市武侯区天府三街199号 坐标：104.0612,30.5521 现象：信号差"})
    assert [mention.text for mention in found.addresses] == ["成都市武侯区天府三街199号"]


def test_the_text_beats_the_fields() -> None:
    found = parsed(**{CONTENT: "坐标为104.0612、30.5521，信号差", "经度": "105.1", "纬度": "31.2"})
    assert given(found.coordinate) == (104.0612, 30.5521, None, "template")


def test_the_spans_point_at_what_was_written() -> None:
    content = "在天府三街（经度104.0612，纬度30.5521）信号很差"
    found = parsed(**{CONTENT: content}).coordinate
    assert found is not None
    assert [content[span.start : span.end] for span in found.spans] == ["经度104.0612", "纬度30.5521"]


def test_minutes_and_seconds_are_read() -> None:
    found = parsed(经度="东经104°03′40″", 纬度="北纬30°33′10″").coordinate
    assert found is not None
    assert (found.lon, found.lat) == (104.0611, 30.5528)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"经度": "30.55", "纬度": "104.06"}, "填反"),
        ({"经度": "0", "纬度": "0"}, "不在中国境内"),
        ({"经度": "2.35", "纬度": "48.86"}, "不在中国境内"),
        ({"经度": "104.06"}, "没有纬度"),
        ({"经度": "abc", "纬度": "30"}, "不是以度为单位"),
        ({"坐标": "天府广场"}, "读不出"),
        ({CONTENT: "坐标：104.06,30.65，后来又说坐标：104.1,30.6，信号差"}, "不止一个坐标"),
        ({CONTENT: "经度：104.06，信号差"}, "只有经度或只有纬度"),
    ],
)
def test_a_bad_coordinate_is_a_sentence_and_the_ticket_stays(fields: dict[str, object], said: str) -> None:
    found = parsed(**fields)
    assert found.coordinate is None
    assert said in found.coordinate_notes[0]


@pytest.mark.parametrize("content", ["客户坐标成都，经常没信号，flat 5", "13800000000 信号差", "在5号楼30层信号差"])
def test_a_text_without_a_coordinate_says_nothing(content: str) -> None:
    found = parsed(**{CONTENT: content})
    assert (found.coordinate, found.coordinate_notes) == (None, ())


def test_every_format_of_file_brings_the_coordinate(tmp_path: Path) -> None:
    names, values = ["工单流水号", "投诉内容", "经度", "纬度", "坐标系"], ["T-1", "信号差", 104.0612, 30.5521, "WGS84"]
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(names)
    book.active.append(values)
    book.save(tmp_path / "t.xlsx")
    texts = [str(value) for value in values]
    (tmp_path / "t.csv").write_text(f"{','.join(names)}\n{','.join(texts)}\n", "utf-8")
    cells = "".join(
        f"<fieldInfo><fieldChName>{name}</fieldChName><fieldContent>{text}</fieldContent></fieldInfo>"
        for name, text in zip(names, texts, strict=True)
    )
    (tmp_path / "t.xml").write_text(f"<opDetail><recordInfo>{cells}</recordInfo></opDetail>", "utf-8")
    (tmp_path / "t.json").write_text(
        '{"工单流水号":"T-1","投诉内容":"信号差","lon":104.0612,"lat":30.5521,"坐标系":"WGS84"}'
    )
    for file in sorted(tmp_path.iterdir()):
        (ticket,) = read_file(file)
        assert isinstance(ticket, Ticket)
        assert given(parse(ticket).coordinate) == (104.0612, 30.5521, "wgs84", "field"), file.name
