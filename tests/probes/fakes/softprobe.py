"""A fake soft-probe platform that keeps the contract of docs/speed-probes.md.

Which line an account has follows from `lines`; an account without one has no probe. A test is queued, runs and ends
by the clock alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx

TOKEN = "fake-soft-probe"
QUEUED = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class FakeLine:
    """What a test of an account ends in. rate: Mbit/s as JSON writes it. changed: fields that differ from usual."""

    rate: str = "95.6"
    changed: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FakeTest:
    """A test that was handed over."""

    id: str
    key: str
    wanted: dict[str, object]
    at: datetime


class FakeSoftProbe:
    """The platform. down_with: a status that every request gets, as when the platform is ill."""

    def __init__(self, clock: Callable[[], datetime], lines: dict[str, FakeLine] | None = None) -> None:
        self.clock = clock
        self.lines = {"13800000000": FakeLine(), "13800000085": FakeLine("81.3")} if lines is None else lines
        self.tests: dict[str, FakeTest] = {}
        self.taken_back: list[str] = []
        self.down_with: int | None = None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer a request."""
        if self.down_with is not None:
            return httpx.Response(self.down_with, text="out of order")
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return httpx.Response(401, json={"error": "unauthorised"})
        id_ = request.url.path.partition("/tests")[2].strip("/")
        if request.method == "POST" and not id_:
            return self._start(request.headers.get("Idempotency-Key", ""), json.loads(request.content))
        if id_ not in self.tests:
            return httpx.Response(404, json={"error": "lost"})
        if request.method == "DELETE":
            self.taken_back.append(id_)
            return httpx.Response(204)
        return self._state(self.tests[id_])

    def _start(self, key: str, wanted: dict[str, object]) -> httpx.Response:
        for test in self.tests.values():
            if test.key == key:
                return httpx.Response(200, json={"id": test.id})
        if wanted["account"] not in self.lines:
            return httpx.Response(404, json={"error": "no-probe"})
        if any(test.wanted["account"] == wanted["account"] and not self._ended(test) for test in self.tests.values()):
            return httpx.Response(409, json={"error": "busy"})
        id_ = f"t{len(self.tests) + 1}"
        self.tests[id_] = FakeTest(id_, key, wanted, self.clock())
        return httpx.Response(201, json={"id": id_})

    def _duration(self, test: FakeTest) -> timedelta:
        return timedelta(milliseconds=int(str(test.wanted["duration_ms"])))

    def _ended(self, test: FakeTest) -> bool:
        return self.clock() >= test.at + QUEUED + self._duration(test)

    def _state(self, test: FakeTest) -> httpx.Response:
        if self._ended(test):
            return httpx.Response(200, text=self._result(test), headers={"Content-Type": "application/json"})
        state = "queued" if self.clock() < test.at + QUEUED else "running"
        return httpx.Response(200, json={"id": test.id, "state": state})

    def _result(self, test: FakeTest) -> str:
        line = self.lines[str(test.wanted["account"])]
        began = test.at + QUEUED
        measured = {
            "rate": "RATE",
            "unit": "Mbit/s",
            "bytes": 119_500_000,
            "duration_ms": test.wanted["duration_ms"],
            "streams": test.wanted["streams"],
        }
        result = {
            "id": test.id,
            "state": "done",
            "account": test.wanted["account"],
            "link": "wired",
            "started_at": began.isoformat(),
            "ended_at": (began + self._duration(test)).isoformat(),
            "server_load_percent": 12,
            str(test.wanted["direction"]): measured,
        }
        for name, value in line.changed.items():
            target, key = (measured, name[9:]) if name.startswith("measured.") else (result, name)
            target[key] = value
        return json.dumps(result).replace('"RATE"', line.rate)
