"""How are bytes sent to and taken from an installer's device so that the line, and not the server, is the limit?

LibreSpeed's backend (garbage, empty, getIP) and ndt7, below an address that ends with the attempt's token; whoever has
none gets nothing. One megabyte a chunk and a Content-Length; no compression, no body limit: an upload that is cut off
early would look like a fast one. Measuring itself is triage/line_tally.py.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import AsyncIterator
from threading import Lock
from time import monotonic_ns

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from triage.line_tally import LineTally

CHUNK = os.urandom(1 << 20)  # random once: what is sent must not compress, it need not be new
MOST_CHUNKS, USUAL_CHUNKS = 1024, 4
NDT7 = "net.measurementlab.ndt.v7"
_NDT7_FIRST, _NDT7_MOST = 1 << 13, 1 << 20  # bytes a message; the specification allows up to 1 << 24
_NDT7_RUN_MS, _NDT7_CUT_MS, _NDT7_SAY_MS = 10_000, 13_000, 250
_NO_STORE = {"Cache-Control": "no-store, no-cache, must-revalidate, max-age=0, s-maxage=0", "Pragma": "no-cache"}
_DIGITS = re.compile(r"[0-9]{1,9}", re.ASCII)
_MOST_TALLIES = 1000


class Tallies:
    """The tallies of the on-site tests that this process serves, by attempt; the oldest go first."""

    def __init__(self) -> None:
        """Begin with none."""
        self._kept: dict[str, LineTally] = {}
        self._lock = Lock()

    def of(self, attempt_id: str) -> LineTally:
        """Return the tally of an attempt, a new one where there is none."""
        with self._lock:
            while len(self._kept) >= _MOST_TALLIES and attempt_id not in self._kept:
                del self._kept[next(iter(self._kept))]
            return self._kept.setdefault(attempt_id, LineTally())

    def drop(self, attempt_id: str) -> None:
        """Forget the tally of an attempt that is over."""
        with self._lock:
            self._kept.pop(attempt_id, None)


def now_ms() -> int:
    """Return milliseconds of the clock that tallies go by."""
    return monotonic_ns() // 1_000_000


def server_load_percent() -> int:
    """Return how busy this machine was over the last minute, against all of its processors."""
    return int(os.getloadavg()[0] * 100) // (os.cpu_count() or 1)


def chunks_asked(text: str | None) -> int:
    """Return how many chunks `ckSize` asks for: 1 to 1024; what is no number, or 0, means LibreSpeed's 4."""
    if text is None or not _DIGITS.fullmatch(text) or int(text) == 0:
        return USUAL_CHUNKS
    return min(int(text), MOST_CHUNKS)


def cors(request: Request, *, upload: bool = False) -> dict[str, str]:
    """Return the headers that LibreSpeed's backend adds where a page of another origin asks with `?cors=`."""
    if "cors" not in request.query_params:
        return {}
    headers = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "GET, POST"}
    return headers | {"Access-Control-Allow-Headers": "Content-Encoding, Content-Type"} if upload else headers


def send_garbage(request: Request, tally: LineTally) -> Response:
    """Answer with random bytes, counted as they leave."""
    count = chunks_asked(request.query_params.get("ckSize"))

    async def chunks() -> AsyncIterator[bytes]:
        tally.opened("down")
        try:
            for _ in range(count):
                yield CHUNK
                tally.add_sent(len(CHUNK), now_ms())
        finally:
            tally.closed("down")

    headers = {
        **_NO_STORE, **cors(request),
        "Content-Length": str(count * len(CHUNK)),
        "Content-Encoding": "identity",
        "Content-Description": "File Transfer",
    }  # fmt: skip
    return StreamingResponse(chunks(), headers=headers, media_type="application/octet-stream")


async def take_upload(request: Request, tally: LineTally) -> Response:
    """Count what comes in and answer with nothing; the client cuts its last upload off, which is no error."""
    tally.opened("up")
    try:
        async for block in request.stream():
            tally.add_received(len(block), now_ms())
    except ClientDisconnect:
        pass
    finally:
        tally.closed("up")
    return Response(headers={**_NO_STORE, **cors(request, upload=True), "Connection": "keep-alive"})


async def accept_ndt7(socket: WebSocket) -> bool:
    """Accept a client that speaks ndt7 and refuse any other; return whether it was accepted."""
    if NDT7 not in socket.scope.get("subprotocols", []):
        await socket.close(1002)
        return False
    await socket.accept(subprotocol=NDT7)
    return True


async def ndt7_download(socket: WebSocket, tally: LineTally, uuid: str) -> None:
    """Send for ten seconds, messages that grow with the rate, and say now and then how much."""
    begun = said = now_ms()
    size, total = _NDT7_FIRST, 0
    tally.opened("down")
    try:
        while (at := now_ms()) - begun < _NDT7_RUN_MS:
            await socket.send_bytes(CHUNK[:size])
            total += size
            tally.add_sent(size, now_ms())
            if size < _NDT7_MOST and total >= 16 * size:
                size *= 2
            if at - said >= _NDT7_SAY_MS:
                text = _said(socket, uuid, "download", total, at - begun)
                await socket.send_text(text)
                tally.add_sent(len(text), now_ms())  # clients count these, too
                said = at
        await socket.close(1000)
    except (WebSocketDisconnect, RuntimeError):
        pass  # an early end is a warning, not a failure (ndt7, section 2.3)
    finally:
        tally.closed("down")


async def ndt7_upload(socket: WebSocket, tally: LineTally, uuid: str) -> None:
    """Count what comes in until the client stops, at most thirteen seconds, and tell it now and then how much."""
    begun = said = now_ms()
    total = 0
    tally.opened("up")
    try:
        while (at := now_ms()) - begun < _NDT7_CUT_MS:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            count = len(message.get("bytes") or b"")
            total += count
            tally.add_received(count, now_ms())
            if at - said >= _NDT7_SAY_MS:
                await socket.send_text(_said(socket, uuid, "upload", total, at - begun))
                said = at
        await socket.close(1000)
    except (WebSocketDisconnect, RuntimeError):
        pass
    finally:
        tally.closed("up")


def _said(socket: WebSocket, uuid: str, test: str, total: int, elapsed_ms: int) -> str:
    client, server = socket.scope.get("client") or ("", 0), socket.scope.get("server") or ("", 0)
    ends = {"Client": f"{client[0]}:{client[1]}", "Server": f"{server[0]}:{server[1]}", "UUID": uuid}
    app = {"ElapsedTime": elapsed_ms * 1000, "NumBytes": total}
    return json.dumps({"AppInfo": app, "ConnectionInfo": ends, "Origin": "server", "Test": test})
