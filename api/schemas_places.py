"""Which JSON does the look-up of a place give out?"""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from api.schemas import PlaceOut
from geo.parse import ParsedAddress
from triage.cases.look_around import how_near
from triage.records_places import Around, FoundPlace, NearTicket


class DivisionsOut(BaseModel):
    """The typed address taken apart. candidates: every possible province, city and district; several if unclear."""

    province: str
    city: str
    district: str
    town: str
    rest: str
    candidates: list[tuple[str, str, str]]

    @classmethod
    def of(cls, parsed: ParsedAddress) -> Self:
        """Return the outer form of an address taken apart."""
        return cls(
            province=parsed.province, city=parsed.city, district=parsed.district, town=parsed.town, rest=parsed.rest,
            candidates=list(parsed.candidates),
        )  # fmt: skip


class PointOut(BaseModel):
    """The point from which distances count. of: number of the place whose point it is, empty where it was typed."""

    model_config = ConfigDict(from_attributes=True)
    lon: float
    lat: float
    datum: str | None
    of: str


class FoundPlaceOut(PlaceOut):
    """A blind spot or a plan, with why it is shown."""

    how: Literal["number", "text", "distance", "words"]
    probability: float | None = Field(description="that this place is meant, where the text says so")
    level: str | None
    sentence: str
    status: Literal["current", "over"] | None = Field(description="whether it may still be told; null if unknown")
    status_word: str
    distance_m: float | None

    @classmethod
    def of(cls, found: FoundPlace) -> Self:
        """Return the outer form of a place that was found."""
        return cls(
            **PlaceOut.model_validate(found.place).model_dump(), how=found.how, probability=found.probability,
            level=found.level, sentence=found.sentence, status=found.status, status_word=found.status_word,
            distance_m=None if found.distance_m is None else round(found.distance_m, 1),
        )  # fmt: skip


class NearTicketOut(BaseModel):
    """A ticket near the place. sentence: why it counts as near."""

    id: str
    number: str
    title: str
    phenomenon: str | None
    specialty: str | None
    action: str
    place_outcome: str
    city: str
    district: str
    address: str
    taken_at: datetime
    distance_m: float | None
    sentence: str

    @classmethod
    def of(cls, near: NearTicket) -> Self:
        """Return the outer form of a ticket near a place."""
        names = (
            "id", "number", "title", "phenomenon", "specialty", "action", "place_outcome", "city", "district",
            "taken_at",
        )  # fmt: skip
        return cls(
            **{name: getattr(near.ticket, name) for name in names},
            address=near.address,
            distance_m=None if near.distance_m is None else round(near.distance_m, 1),
            sentence=how_near(near),
        )


class AroundOut(BaseModel):
    """The answer to a look-up. total: places; page and size hold for items and for tickets alike."""

    query: str
    asked: Literal["nothing", "number", "point", "address"]
    note: str
    parsed: DivisionsOut | None
    point: PointOut | None
    counts: dict[str, int] = Field(
        description="blind_spot, plan and ticket", examples=[{"blind_spot": 2, "plan": 1, "ticket": 9}]
    )
    total: int
    page: int
    size: int
    items: list[FoundPlaceOut] = Field(description="blind spots and plans, the likeliest first")
    tickets: list[NearTicketOut]

    @classmethod
    def of(cls, around: Around) -> Self:
        """Return the outer form of an answer."""
        return cls(
            query=around.text,
            asked=around.asked,
            note=around.note,
            parsed=DivisionsOut.of(around.parsed) if around.parsed else None,
            point=PointOut.model_validate(around.point) if around.point else None,
            counts=dict(around.counts),
            total=around.counts["blind_spot"] + around.counts["plan"],
            page=around.page.number,
            size=around.page.size,
            items=[FoundPlaceOut.of(found) for found in around.places],
            tickets=[NearTicketOut.of(near) for near in around.tickets],
        )
