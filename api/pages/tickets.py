"""The list of tickets and the page of one ticket with its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.datastructures import QueryParams

from api.house import Acting, House, InHouse
from api.pages.templates import page
from triage.decisions import Action, Domain, Escalation, Outcome, Priority
from triage.errors import Refused
from triage.records import CorrectedField, Page, Sort, TicketFilter
from triage.tickets import CONTENT

router = APIRouter()
PAGE_SIZE = 50
_CHOICES = (
    "domain", "phenomenon", "specialty", "action", "centre", "priority", "escalation", "place_outcome", "city",
    "district",
)  # fmt: skip
_COUNTED = ("specialty", "action", "centre")
_SORTS: Mapping[str, Sort] = {
    "-taken_at": Sort("taken_at", descending=True),
    "taken_at": Sort("taken_at", descending=False),
    "priority": Sort("priority", descending=False),
    "confidence": Sort("confidence", descending=False),
}
_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "domain": get_args(Domain),
    "action": get_args(Action),
    "priority": get_args(Priority),
    "escalation": get_args(Escalation),
    "place_outcome": get_args(Outcome),
}
_FROM_CHOICES: tuple[CorrectedField, ...] = ("specialty", "phenomenon", "action", "centre")


@router.get("/")
def first_page(request: Request, house: InHouse) -> HTMLResponse:
    """Show the tickets that fit, with counts that lead on."""
    params = request.query_params
    filter_ = _filter(params)
    sort = params.get("sort", "-taken_at")
    number = _whole(params.get("page"), 1)
    with house.store.read() as work:
        found = work.tickets.list(filter_, _SORTS.get(sort, Sort()), Page(number, PAGE_SIZE))
        counts = work.tickets.counts(filter_, _COUNTED)
        any_ticket = found.total > 0 or work.tickets.list(TicketFilter(), Sort(), Page(1, 1)).total > 0
    pages = max(1, -(-found.total // PAGE_SIZE))
    values = {
        "items": found.items,
        "total": found.total,
        "counts": counts.by,
        "any_ticket": any_ticket,
        "params": params,
        "sorts": tuple(_SORTS),
        "options": {**_OPTIONS, "specialty": tuple(house.desk.choices("specialty"))},
        "names": _names(house),
        "number": number,
        "pages": pages,
        "previous": _address(params, page=number - 1) if number > 1 else None,
        "next": _address(params, page=number + 1) if number < pages else None,
        "without": lambda column: _address(params, **{column: None, "page": None}),
        "narrowed": lambda column, value: _address(params, **{column: "-" if value is None else value, "page": None}),
    }
    return page(request, "tickets.html", values)


@router.get("/tickets/{ticket_id}")
def one_ticket(request: Request, house: InHouse, ticket_id: Annotated[str, Path(max_length=64)]) -> HTMLResponse:
    """Show one ticket: what it says, what was decided, and why."""
    return page(request, "ticket.html", _ticket(house, ticket_id))


@router.post("/tickets/{ticket_id}/corrections", response_model=None)
def correct(
    request: Request,
    house: InHouse,
    actor: Acting,
    ticket_id: Annotated[str, Path(max_length=64)],
    choice: Annotated[str, Form(max_length=300)],
    why: Annotated[str, Form(max_length=2000)] = "",
    text: Annotated[str, Form(max_length=500)] = "",
) -> HTMLResponse | RedirectResponse:
    """Keep a correction. choice: `field:value`; the text counts where the value may be any."""
    name, _, value = choice.partition(":")
    try:
        if name not in get_args(CorrectedField):
            raise Refused("请选择要更正的内容", "choice")
        if not why.strip():
            raise Refused("请写明为什么更正，以后才能据此改进规则", "why")
        after = value if name in _FROM_CHOICES else text
        house.desk.correct(ticket_id, name, after.strip() or None, why.strip(), actor=actor)  # type: ignore[arg-type]
    except Refused as error:
        values = _ticket(house, ticket_id) | {"refusal": str(error), "typed": {"why": why, "text": text}}
        return page(request, "ticket.html", values, status=422)
    return RedirectResponse(f"/tickets/{ticket_id}#corrections", 303)


@router.post("/tickets/{ticket_id}/decide", response_model=None)
def decide_again(house: InHouse, actor: Acting, ticket_id: Annotated[str, Path(max_length=64)]) -> RedirectResponse:
    """Decide the ticket anew and show it."""
    house.desk.decide_again(ticket_id, actor=actor)
    return RedirectResponse(f"/tickets/{ticket_id}#decision", 303)


def _ticket(house: House, ticket_id: str) -> dict[str, Any]:
    with house.store.read() as work:
        summary = work.tickets.get(ticket_id)
        revisions = work.tickets.revisions(ticket_id)
        decisions = work.decisions.of(ticket_id)
        corrections = work.corrections.of(ticket_id)
    current, latest = revisions[-1], decisions[-1]
    others = {key: value for key, value in current.ticket.fields.items() if key != CONTENT}
    return {
        "ticket": summary,
        "content": current.ticket.fields.get(CONTENT, ""),
        "content_field": CONTENT,
        "others": {**others, **current.ticket.extra},
        "notes": (*current.ticket.notes, *latest.decision.notes),
        "revisions": revisions,
        "decisions": decisions,
        "latest": latest,
        "decision": latest.decision,
        "corrections": corrections,
        "choices": {field: house.desk.choices(field) for field in _FROM_CHOICES},
        "names": _names(house),
        "refusal": "",
        "typed": {"why": "", "text": ""},
    }


def _names(house: House) -> dict[str, Mapping[str, str]]:
    """What values are called whose names the rules give."""
    return {"phenomenon": house.desk.choices("phenomenon"), "centre": house.desk.choices("centre")}


def _filter(params: QueryParams) -> TicketFilter:
    """Read the filter form; what cannot be read is no condition."""
    chosen = {name: tuple(value for value in params.getlist(name) if value) for name in _CHOICES}
    until = _day(params.get("taken_to"))
    return TicketFilter(
        **chosen,
        confidence_from=_share(params.get("confidence_from")),
        confidence_to=_share(params.get("confidence_to")),
        taken_from=_day(params.get("taken_from")),
        taken_to=None if until is None else until + timedelta(days=1),
        corrected=True if params.get("corrected") == "1" else None,
        words=params.get("q", "")[:500],
    )


def _address(params: QueryParams, **changes: object) -> str:
    """Return the address of this list with other parameters; None takes one away."""
    kept = [(key, value) for key, value in params.multi_items() if value and key not in {*changes, "lang"}]
    return "/?" + urlencode([*kept, *((key, value) for key, value in changes.items() if value is not None)])


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 and int(text) else otherwise


def _share(text: str | None) -> float | None:
    """A percentage from 0 to 100 as a share."""
    try:
        share = float(text or "") / 100
    except ValueError:
        return None
    return share if 0 <= share <= 1 else None


def _day(text: str | None) -> datetime | None:
    """Midnight, where the server stands, at which the day begins."""
    try:
        return datetime.strptime(text or "", "%Y-%m-%d").astimezone()
    except ValueError:
        return None
