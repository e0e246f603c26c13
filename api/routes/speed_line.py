"""The measuring endpoints of an on-site test: /st/{token}/…, for LibreSpeed and ndt7 clients, and the result.

They stand outside the loopback guard: an installer's device comes from the customer's line, and the token is what lets
it in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response, WebSocket
from starlette.concurrency import run_in_threadpool

from api.schemas_speed import AttemptOut, LineResultIn
from api.speed_line import (
    accept_ndt7,
    ndt7_download,
    ndt7_upload,
    send_garbage,
    server_load_percent,
    take_upload,
)
from api.speed_tools import InSpeed, SpeedTools, speed_tools
from probes.speed.measurement import Direction, Failed, Measurement
from triage.errors import NotFound, Refused
from triage.line_tally import LineTally
from triage.records_speed import Attempt

router = APIRouter(prefix="/st/{token}")
Token = Annotated[str, Path(max_length=80)]


def _measured(token: Token, speed: InSpeed) -> tuple[Attempt, LineTally]:
    attempt = speed.desk.of_token(token)
    return attempt, speed.tallies.of(attempt.id)


Measured = Annotated[tuple[Attempt, LineTally], Depends(_measured)]


@router.get("/garbage")
@router.get("/garbage.php", include_in_schema=False)
def garbage(request: Request, measured: Measured) -> Response:
    """Send random bytes: `ckSize` mebibytes, 4 by default."""
    return send_garbage(request, measured[1])


@router.api_route("/empty", methods=["GET", "POST"])
@router.api_route("/empty.php", methods=["GET", "POST"], include_in_schema=False)
async def empty(request: Request, measured: Measured) -> Response:
    """Take an upload, or answer a ping, with an empty body."""
    return await take_upload(request, measured[1])


@router.get("/getIP")
@router.get("/getIP.php", include_in_schema=False)
def get_ip(request: Request, measured: Measured) -> dict[str, str]:  # noqa: ARG001 - only whoever has the token
    """Return the address that the client comes from."""
    return {"processedString": request.client.host if request.client else "", "rawIspInfo": ""}


@router.websocket("/ndt/v7/{direction}")
async def ndt7(socket: WebSocket, token: str, direction: str) -> None:
    """Run an ndt7 download or upload test."""
    speed = speed_tools(socket)
    try:
        attempt = await run_in_threadpool(speed.desk.of_token, token)
    except NotFound:
        await socket.close(1008)
        return
    run = {"download": ndt7_download, "upload": ndt7_upload}.get(direction)
    if run is None:
        await socket.close(1008)
    elif await accept_ndt7(socket):
        await run(socket, speed.tallies.of(attempt.id), attempt.id)


@router.post("/result")
def result(reported: LineResultIn, measured: Measured, speed: InSpeed) -> AttemptOut:
    """Take what the client received, check it against what was sent, add what arrived here, and judge."""
    attempt, tally = measured
    found = _measurement(reported, attempt, tally, speed)
    done = speed.desk.settle(attempt, found, _uploads(reported, attempt, tally, speed))
    speed.tallies.drop(attempt.id)
    return AttemptOut.of(done, speed.desk)


def _measurement(reported: LineResultIn, attempt: Attempt, tally: LineTally, speed: SpeedTools) -> Measurement | Failed:
    if not tally.down_streams:
        raise Refused("还没有下载测速，请先测速再提交结果", "down_bytes")
    if not tally.believes(reported.down_bytes, reported.duration_ms):
        return Failed("invalid", "上报的下载量大于服务器在这段时间内发出的数据，结果不可信", str(reported.down_bytes))
    first = None if reported.first_second_bytes is None else reported.first_second_bytes * 8
    carried = _Carried("down", reported.down_bytes, reported.duration_ms, tally.down_streams, first)
    return carried.measurement(reported, attempt, speed.desk.means.now())


def _uploads(reported: LineResultIn, attempt: Attempt, tally: LineTally, speed: SpeedTools) -> tuple[Measurement, ...]:
    up = tally.upload()
    if up is None:
        return ()
    carried = _Carried("up", up[0], up[1], tally.up_streams)
    return (carried.measurement(reported, attempt, speed.desk.means.now()),)


@dataclass(frozen=True, slots=True)
class _Carried:
    """What one direction carried."""

    direction: Direction
    count: int
    took_ms: int
    streams: int
    first_second_bps: int | None = None

    def measurement(self, reported: LineResultIn, attempt: Attempt, at: datetime) -> Measurement:
        return Measurement(
            method=reported.tool,
            direction=self.direction,
            bits_per_second=self.count * 8_000 // self.took_ms,
            bytes=self.count,
            duration_ms=self.took_ms,
            streams=self.streams,
            link=reported.link,
            tested_account=None,  # a browser cannot know on which account its line is
            started_at=at - timedelta(milliseconds=self.took_ms),
            ended_at=at,
            reference=attempt.id,
            raw=reported.model_dump_json(),
            server_load_percent=server_load_percent(),
            first_second_bps=self.first_second_bps,
        )
