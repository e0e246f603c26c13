"""Where 和家亲 pushes the result of an on-site test: beside the measuring endpoints, under the token of the test.

Source: 家宽投诉(报障)工单测速说明手册, part 2. The contract is in docs/speed-probes.md.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.concurrency import run_in_threadpool

from api.schemas_speed import AttemptOut
from api.speed_tools import InSpeed

router = APIRouter(prefix="/st/{token}")


@router.post("/hejiaqin")
async def push(request: Request, token: Annotated[str, Path(max_length=80)], speed: InSpeed) -> AttemptOut:
    """Take a signed result, judge it, and answer with the attempt."""
    body = await request.body()
    attempt = await run_in_threadpool(speed.desk.take_push, token, dict(request.headers), body)
    return AttemptOut.of(attempt, speed.desk)
