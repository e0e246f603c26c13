"""A fake of the services of docs/line-probes.md: subscriptions and registrations of a few numbers."""

from __future__ import annotations

import httpx

TOKEN = "fake-line"


class FakeLineServices:
    """Answers both contracts. down_with: a status that every request gets. asked: paths in their order."""

    def __init__(self) -> None:
        self.subscriptions: dict[str, object] = {"02887654321": {"ims.account": "opened", "ims.subscribed": True}}
        self.registrations: dict[str, dict[str, object]] = {"02887654321": {"registered": True}}
        self.down_with: int | None = None
        self.asked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer a request."""
        self.asked.append(request.url.raw_path.decode())
        if self.down_with is not None:
            return httpx.Response(self.down_with, text="ill")
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return httpx.Response(401)
        *_, kind, number = request.url.path.split("/")
        if kind == "subscriptions" and number in self.subscriptions:
            return httpx.Response(200, json={"number": number, "facts": self.subscriptions[number]})
        if kind == "registrations" and number in self.registrations:
            return httpx.Response(200, json={"number": number, **self.registrations[number]})
        return httpx.Response(404)
