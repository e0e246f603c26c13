"""Lives of tickets over JSON: make one, look where it stands, fire events, take, hand over, merge, close children."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Path, Query, Response

from api.house import Acting, House, InHouse
from api.routes.tickets import TicketId
from api.schemas_flow import (
    ChildOut,
    ErasedOut,
    EraseIn,
    EventIn,
    FlowOut,
    HandOverIn,
    LifecycleOut,
    MergeIn,
    NewTicketIn,
    SameOut,
)
from triage.cases.begin import NewTicket
from triage.cases.move import Event
from triage.flow_desk import Life

router = APIRouter(prefix="/api/v1", tags=["flow"])
Name = Annotated[str, Path(max_length=64, pattern=r"^[a-z0-9_.-]+$")]


@router.get("/lifecycles", summary="List the lifecycles")
def lifecycles(house: InHouse, actor: Acting) -> list[LifecycleOut]:
    """Return the lifecycles of now with their states."""
    return [LifecycleOut.of(life, may) for life, may in house.flow.lifecycles(actor)]


@router.post("/tickets/new/{lifecycle}", status_code=201, summary="Make a ticket by hand")
def make(house: InHouse, actor: Acting, response: Response, lifecycle: Name, given: NewTicketIn) -> FlowOut:
    """Make a general, group or escalation ticket, or any other, and begin its lifecycle."""
    new = NewTicket(given.title, given.content, given.fields, given.parent)
    life = house.flow.new(lifecycle, new, actor=actor)
    response.headers["Location"] = f"/api/v1/tickets/{life.standing.flow.ticket_id}/flow"
    return _out(house, life)


@router.get("/tickets/{ticket_id}/flow", summary="Look where a ticket stands")
def look(house: InHouse, actor: Acting, ticket_id: TicketId) -> FlowOut:
    """Return state, fields, allowed events, clocks with what is left, and the history."""
    return _out(house, house.flow.look(ticket_id, actor))


@router.post("/tickets/{ticket_id}/events/{event}", summary="Fire an event")
def fire(
    house: InHouse,
    actor: Acting,
    ticket_id: TicketId,
    event: Name,
    given: Annotated[EventIn | None, Body()] = None,
) -> FlowOut:
    """Move a ticket, or do something to it where it stands; 409 names the events that are allowed now."""
    given = given or EventIn()
    return _out(house, house.flow.fire(ticket_id, Event(event, given.fields, given.version), actor=actor))


@router.post("/tickets/{ticket_id}/take", summary="Take a ticket that nobody holds")
def take(house: InHouse, actor: Acting, ticket_id: TicketId) -> FlowOut:
    """接单：the person holds the ticket from now on."""
    return _out(house, house.flow.take(ticket_id, actor=actor))


@router.post("/tickets/{ticket_id}/hand-over", summary="Hand a ticket over")
def hand_over(house: InHouse, actor: Acting, ticket_id: TicketId, given: HandOverIn) -> FlowOut:
    """转交、指派：somebody else holds the ticket from now on."""
    return _out(house, house.flow.hand_over(ticket_id, given.to, actor=actor))


@router.post("/tickets/{ticket_id}/merge", summary="Merge a ticket into another one")
def merge(house: InHouse, actor: Acting, ticket_id: TicketId, given: MergeIn) -> FlowOut:
    """End a ticket that is about the same as another one; it becomes that one's child."""
    return _out(house, house.flow.merge(ticket_id, given.into, actor=actor))


@router.post("/tickets/{ticket_id}/children/events/{event}", summary="Fire an event in all open children")
def fire_in_children(
    house: InHouse,
    actor: Acting,
    ticket_id: TicketId,
    event: Name,
    given: Annotated[EventIn | None, Body()] = None,
) -> list[ChildOut]:
    """Close all children, or move them otherwise; each has its own outcome."""
    given = given or EventIn()
    done = house.flow.move_children(ticket_id, Event(event, given.fields), actor=actor)
    return [ChildOut.of(child) for child in done]


@router.put("/tickets/{ticket_id}/follow", status_code=204, summary="Follow a ticket")
def follow(house: InHouse, actor: Acting, ticket_id: TicketId) -> None:
    """Put a ticket on the person's list of followed ones (跟踪)."""
    house.flow.follow(ticket_id, on=True, actor=actor)


@router.delete("/tickets/{ticket_id}/follow", status_code=204, summary="Follow a ticket no more")
def unfollow(house: InHouse, actor: Acting, ticket_id: TicketId) -> None:
    """Take a ticket off the person's list of followed ones."""
    house.flow.follow(ticket_id, on=False, actor=actor)


@router.post("/tickets/{ticket_id}/erase-personal", summary="Erase personal values")
def erase(house: InHouse, actor: Acting, ticket_id: TicketId, given: EraseIn) -> ErasedOut:
    """Erase what the fields say of persons; the history stays whole without it."""
    return ErasedOut(erased=house.flow.erase_personal(ticket_id, given.why, actor=actor))


@router.get("/same-number", summary="Look for tickets about a business number")
def same_number(
    house: InHouse,
    actor: Acting,
    number: Annotated[str, Query(min_length=5, max_length=64)],
    without: Annotated[str, Query(max_length=64)] = "",
) -> list[SameOut]:
    """Return tickets under way (在途单) and past ones (历史单) about a number, for whoever types it."""
    return [SameOut.of(same) for same in house.flow.same_number(number, actor=actor, without=without)]


def _out(house: House, life: Life) -> FlowOut:
    return FlowOut.of(life, life.locked, house.now())
