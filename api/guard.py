"""Which requests are turned away before anything reads them, and what does every answer carry?

Until accounts exist everyone who reaches the server may do everything. So it answers on loopback only, to loopback
names only (a page elsewhere cannot reach it by a name of its own: DNS rebinding), and takes changes only from its
own pages and from programs (CSRF). Bodies have a limit. Never looks into a body.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import problem
from triage.errors import SettingsInvalid

LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
SMALL_BODY = 1 << 20  # bytes: a ticket, a correction
_MULTIPART_EXTRA = 1 << 16  # bytes of headers and boundaries around an uploaded file
_UPLOADS = frozenset({"/api/v1/imports", "/api/v1/places/imports", "/api/v1/captures"})
# An on-site speed test: its device comes from the customer's line, its uploads have no end, and the one-time token in
# its address is what lets it in.
LINE = "/st/"
ENDLESS = ("/empty", "/empty.php")
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
        " form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def refuse_beyond_loopback(host: str) -> None:
    """Raise SettingsInvalid where host is not a loopback address: without accounts nobody else may come in."""
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise SettingsInvalid(
            f"SUYIN_HOST is {host!r}; until accounts exist only 127.0.0.1, ::1 or localhost may be served"
        )


class Guard:
    """ASGI middleware around the whole app. most_upload_bytes: largest file that may be handed in."""

    def __init__(self, app: ASGIApp, *, most_upload_bytes: int) -> None:
        """Guard app."""
        self._app = app
        self._most_upload_bytes = most_upload_bytes + _MULTIPART_EXTRA

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Turn the request away, or let it through with a counted body and the security headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["path"].startswith(LINE):
            unlimited = scope["path"].endswith(ENDLESS)
            await self._app(scope, receive if unlimited else _counting(receive, SMALL_BODY), _protecting(send))
            return
        headers = Headers(scope=scope)
        limit = self._most_upload_bytes if scope["path"] in _UPLOADS else SMALL_BODY
        refusal = _refusal(scope["method"], headers, limit)
        if refusal is not None:
            status, sentence = refusal
            await problem(status, sentence, path=scope["path"])(scope, receive, _protecting(send))
            return
        await self._app(scope, _counting(receive, limit), _protecting(send))


def _refusal(method: str, headers: Headers, limit: int) -> tuple[int, str] | None:
    """Return status and sentence where the request is turned away."""
    if _host_name(headers.get("host", "")) not in LOOPBACK_NAMES:
        return 403, "只能在本机用 127.0.0.1 或 localhost 访问。"
    if method not in _READING and not _from_here(headers):
        return 403, "修改只能从本系统自己的页面提交；请直接打开本系统后再操作。"
    length = headers.get("content-length", "0")
    if not (length.isascii() and length.isdigit()) or int(length) > limit:
        return 413, _too_large(limit)
    return None


def _too_large(limit: int) -> str:
    return f"内容超过 {limit // (1 << 20)} MiB 的上限，请拆小后再提交。"


def _host_name(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _from_here(headers: Headers) -> bool:
    """Browsers say where a request comes from; programs say nothing and are let through."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = headers.get("origin")
    return origin is None or origin.lower() == f"http://{headers.get('host', '')}".lower()


def _counting(receive: Receive, limit: int) -> Receive:
    """Count a body that did not say its length, and stop it at the limit."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise HTTPException(413, _too_large(limit))
        return message

    return counted


def _protecting(send: Send) -> Send:
    async def protected(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(_HEADERS)
        await send(message)

    return protected
