"""How do tests write GTP and RADIUS messages? Smallest forms of TS 29.060, TS 29.274 and RFC 2865."""

from __future__ import annotations

import hashlib
import hmac

from diagnostics.datagram import Datagram, Endpoint
from diagnostics.packet_core import SECOND_NS

SGSN, GGSN = Endpoint("10.1.1.1", 2123), Endpoint("10.2.2.2", 2123)
NAS, AAA = Endpoint("10.3.3.3", 40000), Endpoint("10.4.4.4", 1812)
SECRET = b"testing123"
IMSI = bytes.fromhex("64000421436587f9")  # 460040123456789


def datagram(frame: int, seconds: float, source: Endpoint, destination: Endpoint, payload: bytes) -> Datagram:
    """Return a datagram; frame numbers stand for themselves."""
    return Datagram(frame, int(seconds * SECOND_NS), source, destination, payload)


def gtp1(kind: int, number: int, elements: bytes = b"") -> bytes:
    """Return a version 1 message with a sequence number."""
    body = number.to_bytes(2, "big") + b"\0\0" + elements
    return bytes((0x32, kind)) + len(body).to_bytes(2, "big") + bytes(4) + body


def gtp2(kind: int, number: int, elements: bytes = b"") -> bytes:
    """Return a version 2 message with a TEID."""
    body = bytes(4) + number.to_bytes(3, "big") + b"\0" + elements
    return bytes((0x48, kind)) + len(body).to_bytes(2, "big") + body


def tlv1(kind: int, body: bytes) -> bytes:
    """Return a version 1 element of type 128 and above."""
    return bytes((kind,)) + len(body).to_bytes(2, "big") + body


def tlv2(kind: int, body: bytes) -> bytes:
    """Return a version 2 element."""
    return bytes((kind,)) + len(body).to_bytes(2, "big") + b"\0" + body


def apn(text: str) -> bytes:
    """Return an APN as labels."""
    return b"".join(bytes((len(label),)) + label.encode() for label in text.split("."))


def create1(number: int, name: str = "wlw.sc", *, selection: int = 0) -> bytes:
    """Return a Create PDP Context Request for IPv4."""
    asked = b"\x02" + IMSI + bytes((15, 0xFC | selection)) + tlv1(128, b"\xf1\x21") + tlv1(131, apn(name))
    return gtp1(16, number, asked)


def created1(number: int, cause: int, extra: bytes = b"") -> bytes:
    """Return a Create PDP Context Response."""
    return gtp1(17, number, bytes((1, cause)) + extra)


def attribute(kind: int, body: bytes) -> bytes:
    """Return a RADIUS attribute."""
    return bytes((kind, len(body) + 2)) + body


def access(number: int, user: str = "meter01", authenticator: bytes = bytes(range(16)), extra: bytes = b"") -> bytes:
    """Return an Access-Request with a Message-Authenticator signed with SECRET."""
    attributes = attribute(1, user.encode()) + attribute(2, bytes(16)) + extra
    blank = bytes((1, number)) + (20 + len(attributes) + 18).to_bytes(2, "big") + authenticator + attributes
    signature = hmac.new(SECRET, blank + bytes((80, 18)) + bytes(16), "md5").digest()
    return blank + attribute(80, signature)


def answered(code: int, request: bytes, attributes: bytes = b"", secret: bytes = SECRET) -> bytes:
    """Return the answer to a request, signed with a secret (RFC 2865 section 3)."""
    head = bytes((code, request[1])) + (20 + len(attributes)).to_bytes(2, "big")
    digest = hashlib.md5(head + request[4:20] + attributes + secret).digest()
    return head + digest + attributes


def accounting(number: int, attributes: bytes, secret: bytes = SECRET) -> bytes:
    """Return an Accounting-Request (RFC 2866 section 3)."""
    head = bytes((4, number)) + (20 + len(attributes)).to_bytes(2, "big")
    return head + hashlib.md5(head + bytes(16) + attributes + secret).digest() + attributes
