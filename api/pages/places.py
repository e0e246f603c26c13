"""The page that looks up a place: blind spots, plans, and tickets near it."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.house import InHouse
from api.pages.templates import page
from triage.cases.look_around import how_near
from triage.places import KINDS
from triage.records import Page
from triage.sighting import metres

router = APIRouter()
PAGE_SIZE = 20
_LONGEST = 500


@router.get("/places")
def look_up(request: Request, house: InHouse) -> HTMLResponse:
    """Show what a typed place means, in three lists."""
    params = request.query_params
    text, typed = params.get("q", "")[:_LONGEST], params.get("page", "")
    number = int(typed) if typed.isascii() and typed.isdigit() and 0 < len(typed) < 6 else 1
    around = house.places.find(text, Page(max(1, number), PAGE_SIZE))
    counts = around.counts
    longest = max(counts["blind_spot"] + counts["plan"], counts["ticket"])
    pages = max(1, -(-longest // PAGE_SIZE))
    values = {
        "around": around,
        "lists": {kind: [one for one in around.places if one.place.kind == kind] for kind in KINDS},
        "how_near": how_near,
        "metres": metres,
        "number": number,
        "pages": pages,
        "previous": _address(text, number - 1) if number > 1 else None,
        "next": _address(text, number + 1) if number < pages else None,
    }
    return page(request, "places.html", values)


def _address(text: str, number: int) -> str:
    return "/places?" + urlencode({"q": text, "page": number})
