"""A fake 和家亲 that keeps the contract of docs/speed-probes.md: orders that are asked for, and signed pushes.

The installer is part of it: `measure` is what happens when the button is pressed in the customer's home.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx

from probes.errors import PushRefused
from probes.speed.signing import RecentNonces, sign, verify

SECRET = "fake-hejiaqin-secret"


@dataclass(slots=True)
class FakeOrder:
    """An order, and since when and with which result it is measured."""

    id: str
    wanted: dict[str, object]
    began: datetime | None = None
    result: dict[str, object] = field(default_factory=dict)


class FakeHejiaqin:
    """The platform. down_with: a status that every request gets, as when the platform is ill."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.orders: dict[str, FakeOrder] = {}
        self.down_with: int | None = None
        self._nonces = RecentNonces()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer a request."""
        if self.down_with is not None:
            return httpx.Response(self.down_with, text="out of order")
        purpose = f"{request.method} {request.url.raw_path.decode()}"
        headers = dict(request.headers)
        try:
            verify(SECRET.encode(), purpose, headers, request.content, nonces=self._nonces, at=self.clock())
        except PushRefused as refused:
            return httpx.Response(401, json={"error": refused.why})
        id_ = request.url.path.rpartition("/")[2]
        if request.method == "PUT":
            known = id_ in self.orders
            self.orders.setdefault(id_, FakeOrder(id_, json.loads(request.content)))
            return httpx.Response(200 if known else 201, json={"order": id_})
        if id_ not in self.orders:
            return httpx.Response(404, json={"error": "lost"})
        if request.method == "DELETE":
            del self.orders[id_]
            return httpx.Response(204)
        return httpx.Response(200, content=self._state(self.orders[id_]))

    def measure(self, id_: str, mbits: str = "95.6", changed: dict[str, object] | None = None) -> None:
        """Let the installer press the button. changed: fields of the result that differ from usual."""
        order = self.orders[id_]
        order.began = self.clock()
        duration = int(str(order.wanted["duration_ms"]))
        measured = {"rate": "RATE", "unit": "Mbit/s", "bytes": 119_500_000, "duration_ms": duration, "streams": 4}
        order.result = {
            "order": id_,
            "state": "done",
            "account": order.wanted["account"],
            "link": "wifi",
            "started_at": order.began.isoformat(),
            "ended_at": (order.began + timedelta(milliseconds=duration)).isoformat(),
            str(order.wanted["direction"]): measured,
            "mbits": mbits,
            **(changed or {}),
        }

    def push(self, id_: str, nonce: str = "nonce-of-the-push") -> tuple[dict[str, str], bytes]:
        """Headers and body that 和家亲 sends when an order is measured."""
        body = self._written(self.orders[id_])
        return sign(SECRET.encode(), "push", self.clock(), nonce, body), body

    def _state(self, order: FakeOrder) -> bytes:
        if order.began is None:
            return json.dumps({"order": order.id, "state": "waiting"}).encode()
        if self.clock() < datetime.fromisoformat(str(order.result["ended_at"])):
            return json.dumps({"order": order.id, "state": "running"}).encode()
        return self._written(order)

    def _written(self, order: FakeOrder) -> bytes:
        result = dict(order.result)
        mbits = str(result.pop("mbits"))
        return json.dumps(result).replace('"RATE"', mbits).encode()
