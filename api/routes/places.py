"""Places over JSON: the combined look-up of blind spots, plans and tickets (综合查询)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from api.house import InHouse
from api.schemas import Paging, Text
from api.schemas_places import AroundOut

router = APIRouter(prefix="/api/v1/places", tags=["places"])


class PlaceQuery(Paging):
    """What is looked up, and which stretch of the answer."""

    q: Text = Field(
        default="", description="an address, a name, a number of a list, or `lon,lat` with or without its datum"
    )


@router.get("", summary="Look up a place: blind spots, plans and tickets near it")
def look_up(house: InHouse, query: Annotated[PlaceQuery, Query()]) -> AroundOut:
    """Return what a typed place means and what is near it; an empty question lists all places."""
    return AroundOut.of(house.places.find(query.q, query.stretch()))
