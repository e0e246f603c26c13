"""What does the combined look-up of a place (综合查询) ask of the store, and what does it find? All frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from geo.answer import Level
from geo.names import PlaceName
from geo.parse import ParsedAddress
from geo.place import Datum, Place
from triage.records import Page, TicketSummary

Asked = Literal["nothing", "number", "point", "address"]
How = Literal["number", "text", "distance", "words"]


@dataclass(frozen=True, slots=True)
class Vicinity:
    """Where tickets are looked for: by names within divisions, and around a point.

    names: canonical forms. cities, districts: full names; empty for any; tickets without one fit each. point: lon, lat
    WGS-84, with radius_m.
    """

    names: tuple[PlaceName, ...] = ()
    cities: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    point: tuple[float, float] | None = None
    radius_m: float = 0.0


@dataclass(frozen=True, slots=True)
class NearTicket:
    """A ticket in a vicinity. address: as decided. shared: the names it shares. distance_m: None where not known."""

    ticket: TicketSummary
    address: str
    shared: tuple[PlaceName, ...]
    distance_m: float | None


@dataclass(frozen=True, slots=True)
class NearTickets:
    """One page of tickets in a vicinity, the nearest kind first; total: how many there are."""

    items: tuple[NearTicket, ...]
    total: int


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A blind spot or plan that may be meant or lies near.

    how: found by its number, by what the text means, by distance, or by words in number, name or address. probability,
    level: where found by text. sentence: why, for staff. status: None where its word is unknown. distance_m: from what
    was asked, None where not known.
    """

    place: Place
    how: How
    probability: float | None
    level: Level | None
    sentence: str
    status: Literal["current", "over"] | None
    status_word: str
    distance_m: float | None


@dataclass(frozen=True, slots=True)
class PointAsked:
    """The point from which distances count. lon, lat: as given, in datum. of: the place it is of, empty if typed."""

    lon: float
    lat: float
    datum: Datum | None
    of: str = ""


@dataclass(frozen=True, slots=True)
class Around:
    """The answer to one look-up; page holds for both lists.

    note: what could not be used of the question. parsed: None where it is no address. counts: blind_spot, plan, ticket.
    """

    text: str
    asked: Asked
    note: str
    parsed: ParsedAddress | None
    point: PointAsked | None
    page: Page
    places: tuple[FoundPlace, ...]
    tickets: tuple[NearTicket, ...]
    counts: Mapping[str, int]
