"""A gateway of short messages, as docs/notifications.md describes it: checks signatures, knows keys it has had."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@dataclass
class Gateway:
    """secret: that signatures must be made with. answers: statuses of the next calls, then 200. delivered: by key."""

    secret: str = ""
    answers: list[int] = field(default_factory=list)
    delivered: dict[str, dict[str, object]] = field(default_factory=dict)
    calls: int = 0
    url: str = ""

    def take(self, headers: dict[str, str], body: bytes) -> int:
        self.calls += 1
        if self.secret:
            signed = headers.get("X-Suyin-Timestamp", "").encode() + b"." + body
            right = hmac.new(self.secret.encode(), signed, hashlib.sha256).hexdigest()
            if not hmac.compare_digest(right, headers.get("X-Suyin-Signature", "")):
                return 401
        status = self.answers.pop(0) if self.answers else 200
        if status == 200:
            self.delivered.setdefault(headers["Idempotency-Key"], json.loads(body))
        return status


@contextmanager
def gateway(secret: str = "", answers: list[int] | None = None) -> Iterator[Gateway]:
    """Run a gateway on a free port of loopback."""
    fake = Gateway(secret, answers or [])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(fake.take(dict(self.headers.items()), body))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.url = f"http://127.0.0.1:{server.server_port}/send"
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
