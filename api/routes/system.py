"""Is the process well, which rules are in force, and what does it count?"""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.house import InHouse
from api.metrics import Metrics
from api.schemas import HealthOut, RulesOut

router = APIRouter(prefix="/api/v1", tags=["system"])


@router.get("/health", summary="Is the process well?")
def health(house: InHouse) -> HealthOut:
    """Answer once the database answers."""
    with house.store.read() as work:
        queued, running = work.jobs.in_state("queued"), work.jobs.in_state("running")
    return HealthOut(status="ok", jobs_queued=len(queued), jobs_running=len(running))


@router.get("/rules/hash", summary="Which rules are in force?")
def rules(house: InHouse) -> RulesOut:
    """Return the hash of the rules in force and of all that decided something here."""
    with house.store.read() as work:
        return RulesOut(hash=house.desk.rules_hash(), used=list(work.rule_sets.hashes()))


@router.get(
    "/metrics",
    summary="Figures for Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}}},
)
def metrics(request: Request) -> Response:
    """Return requests by route and status, and how long they took."""
    kept: Metrics = request.app.state.metrics
    return Response(kept.text(), media_type="text/plain; version=0.0.4; charset=utf-8")
