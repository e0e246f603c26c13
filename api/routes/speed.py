"""Speed tests over JSON: press 测速, follow it, close the ticket, read the rate."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Header, Path, Query, Response

from api.house import Acting, InHouse
from api.routes.tickets import TicketId
from api.schemas_speed import (
    AttemptOut,
    AttemptsOut,
    CloseIn,
    ClosingOut,
    SpeedKpiOut,
    SpeedKpiQuery,
    SpeedTestIn,
)
from api.speed_tools import InSpeed
from triage.errors import NotFound

router = APIRouter(prefix="/api/v1", tags=["speed"])
AttemptId = Annotated[str, Path(max_length=64)]
Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="one a press: the same again is the same test",
    ),
]


@router.post("/tickets/{ticket_id}/speedtests", status_code=202, summary="Press 测速")
def press(
    speed: InSpeed,
    actor: Acting,
    response: Response,
    ticket_id: TicketId,
    key: Key,
    wanted: Annotated[SpeedTestIn | None, Body()] = None,
) -> AttemptOut:
    """Ask for a speed test; `Location` is where to follow it. While another one is under way the answer is 409."""
    method = None if wanted is None else wanted.method
    attempt, _ = speed.desk.press(ticket_id, key=key, method=method, actor=actor)
    response.headers["Location"] = f"/api/v1/tickets/{ticket_id}/speedtests/{attempt.id}"
    return AttemptOut.of(attempt, speed.desk)


@router.get("/tickets/{ticket_id}/speedtests", summary="Look at the speed tests of a ticket")
def attempts(speed: InSpeed, ticket_id: TicketId) -> AttemptsOut:
    """Return all of them, the first one first; the last one counts."""
    return AttemptsOut.of(speed.desk.attempts(ticket_id), speed.desk)


@router.get("/tickets/{ticket_id}/speedtests/{attempt_id}", summary="Follow one speed test")
def attempt(speed: InSpeed, ticket_id: TicketId, attempt_id: AttemptId) -> AttemptOut:
    """Return how a test stands, or how it ended."""
    found = speed.desk.attempt(attempt_id)
    if found.asked.ticket_id != ticket_id:
        raise NotFound("没有这次测速，请从工单的测速记录中打开")
    return AttemptOut.of(found, speed.desk)


@router.post("/tickets/{ticket_id}/close", summary="Close a ticket")
def close(
    speed: InSpeed,
    house: InHouse,
    actor: Acting,
    ticket_id: TicketId,
    wanted: Annotated[CloseIn | None, Body()] = None,
) -> ClosingOut:
    """Close a ticket, by the event `close` of its lifecycle where it is on one.

    409 where a speed test must be made first, a test that is no pass needs `confirm`, or the lifecycle allows no
    `close` now.
    """
    wanted = wanted or CloseIn()
    if house.flow_desk is not None:
        by_lifecycle = house.flow_desk.close(ticket_id, confirm=wanted.confirm, visit=wanted.visit, actor=actor)
        if by_lifecycle is not None:
            return ClosingOut.of(by_lifecycle)
    closing = speed.desk.close(ticket_id, confirm=wanted.confirm, visit=wanted.visit, actor=actor)
    return ClosingOut.of(closing)


@router.get("/kpi/speed", summary="Read the rate of passed speed tests")
def kpi(speed: InSpeed, query: Annotated[SpeedKpiQuery, Query()]) -> SpeedKpiOut:
    """Return 达标率 of the tickets closed in a period, with its interval and by team, tier, method, reason, hint."""
    return SpeedKpiOut.of(speed.desk.report(query.closed_from, query.closed_to))
