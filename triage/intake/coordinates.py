"""Which coordinate does a ticket give, and in which datum?

A labelled one in 投诉内容 (经度…纬度…, 坐标：104.0612,30.5521, the block included) beats the fields 经度, 纬度 and
坐标, as the address there beats the field. Degrees with decimals, or with minutes and seconds; in one text either
order, because China's longitudes and latitudes never overlap. What cannot be used becomes a sentence for people.
Never converts and never guesses a datum.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from geo.coordinates import datum_named
from geo.place import Datum
from rules.text import Span
from triage.tickets import CONTENT, COORDINATE, DATUM, LATITUDE, LONGITUDE, CoordinateMention, Ticket

_WEST, _EAST, _SOUTH, _NORTH = 73.0, 136.0, 3.0, 54.0  # China, the sea included
_PART = r"\d{1,2}(?:\.\d{1,6})?"
_NUMBER = rf"[-+]?\d{{1,3}}(?:\.\d{{1,15}})?(?:\s*[°度]\s*(?:{_PART}\s*[′'’分]\s*(?:{_PART}\s*[″\"”秒])?)?)?"
_AS = r"\s*(?:坐标|数值|值)?\s*(?:[:：=]|为|是)?\s*"
_LON = re.compile(rf"(?:经度|东经|(?<![a-z])(?:longitude|lon|lng)){_AS}({_NUMBER})", re.IGNORECASE)
_LAT = re.compile(rf"(?:纬度|北纬|(?<![a-z])(?:latitude|lat)){_AS}({_NUMBER})", re.IGNORECASE)
_SIDE = r"(?:东经|北纬|[NEne])?"
_PAIR = rf"{_SIDE}\s*({_NUMBER})\s*{_SIDE}\s*[,、;/|\s]\s*{_SIDE}\s*({_NUMBER})\s*{_SIDE}"
_LABELLED = re.compile(
    rf"(?:经纬度|坐标(?!系)|GPS定位|GPS|coordinates?)(?:\([^()]{{0,16}}\))?{_AS}[(\[]?\s*{_PAIR}(?!\d)", re.IGNORECASE
)
_ALONE = re.compile(
    rf"\s*(?:POINT)?\s*[(\[]?\s*{_PAIR}\s*[)\]]?\s*(?:[(\[]?\s*(?P<datum>[^\d,()\[\]][^,()\[\]]{{1,15}})[)\]]?)?\s*",
    re.IGNORECASE,
)
_PARTS = re.compile(r"[-+]?\d+(?:\.\d+)?")
_DATUM = re.compile(r"坐标系(?:统)?\s*(?:[:：=]|为|是)?\s*([^\s,;。)]{2,16})")
_DATUM_WORD = re.compile(r"WGS-?84|GCJ-?02|BD-?09|CGCS-?2000|百度|高德|火星坐标|腾讯地图", re.IGNORECASE)
_AROUND = 24  # characters beside a coordinate in which a datum is its own
_HINT = re.compile(r"经度|纬度|经纬|坐标|东经|北纬|GPS|lon|lat|lng|coord", re.IGNORECASE)
_HALF_WIDTH: dict[int, int | str] = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_HALF_WIDTH |= {ord("º"): "°", ord("˚"): "°"}  # one character for one, so that places stay

Read = tuple[CoordinateMention | None, tuple[str, ...]]
_NOTHING: Read = (None, ())


class _Given(NamedTuple):
    """Two numbers as written, where they stand, and what says the datum."""

    lon: str
    lat: str
    spans: tuple[Span, ...]
    datum: str
    source: Literal["template", "field"]
    either_order: bool


def read_coordinate(ticket: Ticket) -> Read:
    """Return the coordinate that counts, None where there is none, and sentences about what could not be used."""
    found, notes = _in_content(ticket)
    if found is None:
        found, more = _in_fields(ticket)
        notes += more
    return found, notes


def read_point(text: str) -> tuple[CoordinateMention | None, str]:
    """Return the coordinate that a typed text is, with or without its datum; and a sentence where it is a bad one."""
    pair = _ALONE.fullmatch(text.translate(_HALF_WIDTH))
    if pair is None:
        return None, ""
    whole = (Span(COORDINATE, 0, len(text)),)
    found, notes = _checked(_Given(pair[1], pair[2], whole, pair["datum"] or "", "field", True))
    return found, "；".join(notes)


def _in_content(ticket: Ticket) -> Read:
    content = ticket.fields.get(CONTENT, "")
    if _HINT.search(content) is None:
        return _NOTHING
    text = content.translate(_HALF_WIDTH)
    given = [*_pairs(text), *_halves(text)]
    if len({(one.lon, one.lat) for one in given}) > 1:
        return None, ("投诉内容里写了不止一个坐标，都没有采用，请核实是哪一处",)
    if not given and bool(_LON.search(text)) != bool(_LAT.search(text)):
        return None, ("投诉内容里只有经度或只有纬度，坐标没有采用",)
    return _checked(given[0]) if given else _NOTHING


def _pairs(text: str) -> list[_Given]:
    return [
        _Given(pair[1], pair[2], (Span(CONTENT, *pair.span()),), _datum_beside(text, *pair.span()), "template", True)
        for pair in _LABELLED.finditer(text)
    ]


def _halves(text: str) -> list[_Given]:
    """Longitudes and latitudes with a label each; the n-th of one belongs to the n-th of the other."""
    found = []
    for lon, lat in zip(_LON.finditer(text), _LAT.finditer(text), strict=False):
        spans = tuple(sorted((Span(CONTENT, *lon.span()), Span(CONTENT, *lat.span()))))
        beside = _datum_beside(text, spans[0].start, spans[-1].end)
        found.append(_Given(lon[1], lat[1], spans, beside, "template", False))
    return found


def _datum_beside(text: str, start: int, end: int) -> str:
    said = _DATUM.search(text)
    if said:
        return said[1]
    beside = f"{text[max(0, start - _AROUND) : start]} {text[start:end]} {text[end : end + _AROUND]}"
    words = {word.lower() for word in _DATUM_WORD.findall(beside)}
    return words.pop() if len(words) == 1 else ""


def _in_fields(ticket: Ticket) -> Read:
    fields = ticket.fields
    lon, lat, both = (fields.get(name, "").translate(_HALF_WIDTH) for name in (LONGITUDE, LATITUDE, COORDINATE))
    datum = fields.get(DATUM, "")
    if lon or lat:
        if not (lon and lat):
            return None, (f"只有{LONGITUDE if lon else LATITUDE}，没有{LATITUDE if lon else LONGITUDE}，坐标没有采用",)
        spans = (Span(LONGITUDE, 0, len(lon)), Span(LATITUDE, 0, len(lat)))
        return _checked(_Given(_bare(lon), _bare(lat), spans, datum, "field", False))
    if not both:
        return _NOTHING
    pair = _ALONE.fullmatch(both)
    if pair is None:
        return None, (f"坐标“{both[:40]}”读不出，没有采用；应写成“经度,纬度”，如 104.0612,30.5521",)
    span = (Span(COORDINATE, 0, len(both)),)
    return _checked(_Given(pair[1], pair[2], span, datum or pair["datum"] or "", "field", True))


def _bare(text: str) -> str:
    return re.sub(r"^(?:东经|北纬|[NEne])\s*|\s*[NEne]$", "", text.strip())


def _checked(given: _Given) -> Read:
    first, second = _degrees(given.lon), _degrees(given.lat)
    shown = f"坐标“{given.lon},{given.lat}”"
    if first is None or second is None:
        return None, (f"{shown[:60]}不是以度为单位的数，没有采用",)
    if given.either_order and _inside(second, first):
        first, second = second, first
    if not _inside(first, second):
        why = "经度和纬度好像填反了" if _inside(second, first) else "不在中国境内"
        return None, (f"{shown}{why}，没有采用，请核实",)
    datum: Datum | None = datum_named(given.datum) if given.datum else None
    notes = (f"不认识坐标系“{given.datum[:20]}”，坐标只作参考",) if given.datum and datum is None else ()
    return CoordinateMention(first, second, datum, given.source, given.spans), notes


def _inside(lon: float, lat: float) -> bool:
    return _WEST <= lon <= _EAST and _SOUTH <= lat <= _NORTH


def _degrees(text: str) -> float | None:
    """Degrees from 104.0612 or 104°3′40″, with no more decimals than what was written is worth."""
    if re.fullmatch(_NUMBER, text.strip()) is None:
        return None
    parts = [float(part) for part in _PARTS.findall(text)]
    if len(parts) == 1:
        return parts[0]
    coarse = len(parts) == 2 and parts[1].is_integer()
    return round(parts[0] + parts[1] / 60 + (parts[2] / 3600 if len(parts) > 2 else 0.0), 2 if coarse else 4)
