"""What is a place of a list, what is asked, and what is answered?

Never reads a file and never compares anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

PlaceKind = Literal["blind_spot", "plan"]
BOUNDARY_COLUMN = "边界"  # in Place.extra: the area as WKT, in the place's datum
Datum = Literal["wgs84", "gcj02", "bd09"]


@dataclass(frozen=True, slots=True)
class Place:
    """One blind spot (盲点) or planned site (规划).

    id: 盲点编号 or 规划编号. lon, lat: degrees in datum, both or neither. datum: None where the list did not say it;
    such a coordinate has low trust. extra: the other columns by their Chinese name (描述, 原因, 解决方式, 站型 …);
    `边界` (WKT, in datum) where the list gives an area.
    """

    kind: PlaceKind
    id: str
    name: str
    address: str = ""
    city: str = ""
    district: str = ""
    lon: float | None = None
    lat: float | None = None
    datum: Datum | None = None
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlaceReject:
    """A row that could not be read: file, row (1 = first row of the file), column, and what to do about it."""

    file: str
    row: int
    field: str
    sentence: str


@dataclass(frozen=True, slots=True)
class PlaceQuery:
    """What is looked for.

    text: an address as someone wrote it. city, district: what the ticket's fields say, a prior that the text may
    overrule; None where unknown. lon, lat, datum: as in Place.
    """

    text: str
    city: str | None = None
    district: str | None = None
    lon: float | None = None
    lat: float | None = None
    datum: Datum | None = None
