"""How does a fake listen on loopback, for tests over real HTTP and for a demonstration?

`python -m tests.probes.fakes.serve softprobe 9101` serves the fake of that platform until it is interrupted.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

from tests.probes.fakes.genieacs import FakeGenieAcs
from tests.probes.fakes.hejiaqin import FakeHejiaqin
from tests.probes.fakes.softprobe import FakeSoftProbe

Platform = Callable[[httpx.Request], httpx.Response]


def server(platform: Platform, port: int = 0) -> ThreadingHTTPServer:
    """Return a server on 127.0.0.1 that answers as platform does; port 0 takes a free one."""

    class Bridge(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            url = f"http://{self.headers.get('Host')}{self.path}"
            response = platform(httpx.Request(self.command, url, headers=dict(self.headers), content=content))
            self.send_response(response.status_code, response.reason_phrase)
            for name, value in response.headers.items():
                if name.lower() != "content-length":
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(response.content)))
            self.end_headers()
            self.wfile.write(response.content)

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - names that http.server asks for

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing; the base class writes to standard error."""

    return ThreadingHTTPServer(("127.0.0.1", port), Bridge)


@contextmanager
def serving(platform: Platform) -> Iterator[str]:
    """Serve platform in a thread until the block ends; give its address."""
    with server(platform) as listening:
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.server_address[1]}"
        finally:
            listening.shutdown()
            thread.join()


def main(name: str, port: int) -> None:
    """Serve the fake called name until it is interrupted."""

    def clock() -> datetime:
        return datetime.now(UTC)

    platforms: dict[str, Platform] = {
        "softprobe": FakeSoftProbe(clock),
        "genieacs": FakeGenieAcs(clock),
        "hejiaqin": FakeHejiaqin(clock),
    }
    with server(platforms[name], port) as listening:
        listening.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
