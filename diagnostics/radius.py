"""What does a RADIUS message say, and was it signed with the secret that both ends should share?

Source: RFC 2865 and RFC 2866 sections 3 and 5, RFC 2869 section 5.14, RFC 5176 sections 2 and 3, TS 29.061 section 16.4
(3GPP attributes; numbers agree with FreeRADIUS's dictionary.3gpp). A message is known by its shape (code, length,
attributes that fill it exactly), the port only settles what is too short to tell.
A secret that somebody types is used at once and never kept.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass

from diagnostics.datagram import Datagram

PORTS = frozenset({1812, 1813, 1645, 1646, 3799, 1700})
CODES = {
    1: "access", 2: "access", 3: "access", 11: "access", 4: "accounting", 5: "accounting", 12: "status",
    40: "disconnect", 41: "disconnect", 42: "disconnect", 43: "coa", 44: "coa", 45: "coa",
}  # fmt: skip
REQUESTS = frozenset({1, 4, 12, 40, 43})
_3GPP = 10415
_TEXTS = {1: "user_name", 18: "reply_message", 30: "called_station", 31: "calling_station", 44: "acct_session"}


@dataclass(frozen=True, slots=True)
class RadiusMessage:
    """One RADIUS message.

    code: its number. kind: `access`, `accounting`, `status`, `disconnect` or `coa`. number: identifier, 0 to 255.
    authenticator: 16 bytes. texts: user_name, reply_message, called_station (the APN, TS 29.061), calling_station
    (the MSISDN), acct_session, imsi. figures: acct_status, terminate_cause, error_cause, session_seconds.
    address: Framed-IP-Address. Whatever the message does not say is missing.
    """

    datagram: Datagram
    code: int
    kind: str
    number: int
    authenticator: bytes
    texts: Mapping[str, str]
    figures: Mapping[str, int]
    address: str | None

    @property
    def is_request(self) -> bool:
        return self.code in REQUESTS

    @property
    def token(self) -> bytes:
        """What a repetition shares with its request (RFC 2865 section 3, RFC 2866 section 4.1)."""
        return bytes((self.code,)) + self.authenticator


def read_radius(datagram: Datagram) -> RadiusMessage | None:
    """Return the RADIUS message in a UDP datagram of any port; None where it is none or is damaged.

    Away from the usual ports at least one attribute that every such message carries is asked for.
    """
    payload = datagram.payload
    if len(payload) < 20 or payload[0] not in CODES:
        return None
    length = int.from_bytes(payload[2:4], "big")
    usual = datagram.source.port in PORTS or datagram.destination.port in PORTS
    if length < 20 or length > len(payload) or length > 4096 or (length != len(payload) and not usual):
        return None
    attributes = _attributes(payload[:length])
    if attributes is None or (not usual and not _characteristic(payload[0], attributes)):
        return None
    texts = {_TEXTS[kind]: _text(body) for kind, body in reversed(attributes) if kind in _TEXTS and kind != 18 and body}
    replies = [_text(body) for kind, body in attributes if kind == 18 and body]
    if replies:
        texts["reply_message"] = " ".join(replies)
    imsi = next((body for kind, body in attributes if kind == 26 and _vendor(body) == (_3GPP, 1)), None)
    if imsi is not None and _text(imsi[6:]).isdigit():
        texts["imsi"] = _text(imsi[6:])
    return RadiusMessage(
        datagram,
        payload[0],
        CODES[payload[0]],
        payload[1],
        payload[4:20],
        texts,
        _figures(attributes),
        _framed(attributes),
    )


def _attributes(payload: bytes) -> list[tuple[int, bytes]] | None:
    found: list[tuple[int, bytes]] = []
    at = 20
    while at < len(payload):
        if at + 2 > len(payload) or payload[at + 1] < 2 or at + payload[at + 1] > len(payload):
            return None
        found.append((payload[at], payload[at + 2 : at + payload[at + 1]]))
        at += payload[at + 1]
    return found


def _characteristic(code: int, attributes: list[tuple[int, bytes]]) -> bool:
    kinds = {kind for kind, _ in attributes}
    if code == 1:
        return bool(kinds & {2, 3, 79}) or {1, 4} <= kinds
    if code == 4:
        return 40 in kinds and 44 in kinds
    if code in {40, 43}:
        return bool(kinds & {1, 4, 31, 44, 55})
    return code not in REQUESTS  # an answer counts only where its request was found


def _vendor(body: bytes) -> tuple[int, int] | None:
    return (int.from_bytes(body[:4], "big"), body[4]) if len(body) >= 6 else None


def _text(body: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError:
            continue
        return "".join(letter for letter in text if letter.isprintable())
    return body.hex()


def _figures(attributes: list[tuple[int, bytes]]) -> dict[str, int]:
    names = {40: "acct_status", 49: "terminate_cause", 101: "error_cause", 46: "session_seconds"}
    return {
        names[kind]: int.from_bytes(body, "big")
        for kind, body in reversed(attributes)
        if kind in names and len(body) == 4
    }


def _framed(attributes: list[tuple[int, bytes]]) -> str | None:
    body = next((body for kind, body in attributes if kind == 8 and len(body) == 4), None)
    return None if body is None or body in {b"\xff" * 4, b"\xff\xff\xff\xfe"} else str(ipaddress.IPv4Address(body))


def signed_with(message: RadiusMessage, secret: bytes, request: RadiusMessage | None = None) -> bool | None:
    """Say whether a message was signed with the secret; None where it carries no proof.

    message: an answer (then `request` is what it answers), or a request for accounting, CoA or disconnection.
    An Access-Request proves it only by a Message-Authenticator.
    Source: RFC 2865 section 3, RFC 2866 section 3, RFC 5176 section 2.3, RFC 2869 section 5.14.
    """
    payload = message.datagram.payload
    payload = payload[: int.from_bytes(payload[2:4], "big")]
    if message.code in {1, 12}:
        return _authenticated(payload, payload[4:20], secret)
    before = bytes(16) if message.is_request else request.authenticator if request is not None else None
    if before is None:
        return None
    digest = hashlib.md5(payload[:4] + before + payload[20:] + secret, usedforsecurity=False).digest()
    return hmac.compare_digest(digest, message.authenticator)


def _authenticated(payload: bytes, authenticator: bytes, secret: bytes) -> bool | None:
    at = 20
    while at + 2 <= len(payload):
        if payload[at] == 80 and payload[at + 1] == 18:
            blank = payload[:4] + authenticator + payload[20 : at + 2] + bytes(16) + payload[at + 18 :]
            expected = hmac.new(secret, blank, "md5").digest()
            return hmac.compare_digest(expected, payload[at + 2 : at + 18])
        at += max(2, payload[at + 1])
    return None
