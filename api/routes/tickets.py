"""Tickets over JSON: hand in one, list, look at one, correct, decide again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Path, Query, Response
from pydantic import StringConstraints

from api.house import Acting, InHouse
from api.schemas import (
    TICKET_EXAMPLE,
    CorrectionIn,
    CorrectionOut,
    DecisionOut,
    SummaryOut,
    TakenOut,
    TicketFields,
    TicketOut,
    TicketQuery,
    TicketsOut,
)
from triage.errors import Refused

router = APIRouter(prefix="/api/v1/tickets", tags=["tickets"])
Source = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,32}$")]
TicketId = Annotated[str, Path(max_length=64)]


@router.post(
    "",
    status_code=201,
    summary="Hand in one ticket and get its decision",
    description="201 for a new ticket or revision of one, 200 where exactly this content is known already.",
    responses={200: {"model": TakenOut, "description": "This content is known already"}},
)
def hand_in(
    house: InHouse,
    actor: Acting,
    response: Response,
    fields: Annotated[TicketFields, Body(examples=[TICKET_EXAMPLE])],
    source: Annotated[Source, Query(description="upstream system; with 工单流水号 it is the key")] = "eoms",
) -> TakenOut:
    """Take in one ticket by the upstream system's Chinese or English field names."""
    for name, value in fields.items():
        if not _encodable(name) or (isinstance(value, str) and not _encodable(value)):
            raise Refused("含有无法保存的字符（孤立的代理字符），请按 UTF-8 重新导出", "body")
    taken = house.desk.take_in(fields, source=source, actor=actor)
    if taken.outcome != "new":
        response.status_code = 200
    response.headers["Location"] = f"/api/v1/tickets/{taken.id}"
    return TakenOut.of(taken)


@router.get("", summary="List tickets")
def list_tickets(house: InHouse, query: Annotated[TicketQuery, Query()]) -> TicketsOut:
    """Return one page of the tickets that fit, the newest first unless asked otherwise."""
    with house.store.read() as work:
        found = work.tickets.list(query.filter(), query.order(), query.stretch())
    items = [SummaryOut.model_validate(item) for item in found.items]
    return TicketsOut(total=found.total, page=query.page, size=query.size, items=items)


@router.get("/{ticket_id}", summary="Look at one ticket with its revisions, decisions, trace and corrections")
def look_at(house: InHouse, ticket_id: TicketId) -> TicketOut:
    """Return everything known about a ticket."""
    with house.store.read() as work:
        return TicketOut.of(
            work.tickets.get(ticket_id),
            work.tickets.revisions(ticket_id),
            work.decisions.of(ticket_id),
            work.corrections.of(ticket_id),
        )


@router.post("/{ticket_id}/corrections", status_code=201, summary="Put a decision right")
def correct(house: InHouse, actor: Acting, ticket_id: TicketId, correction: CorrectionIn) -> CorrectionOut:
    """Keep a person's word against the decision; the decision itself stays as it was made."""
    kept = house.desk.correct(ticket_id, correction.field, correction.after, correction.why, actor=actor)
    return CorrectionOut.model_validate(kept)


@router.post("/{ticket_id}/decide", summary="Decide again with the rules and places of now")
def decide_again(house: InHouse, actor: Acting, ticket_id: TicketId) -> DecisionOut:
    """Decide the current revision anew; earlier decisions are kept."""
    return DecisionOut.of(house.desk.decide_again(ticket_id, actor=actor))


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
