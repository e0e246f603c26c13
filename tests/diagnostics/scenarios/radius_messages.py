"""What do RADIUS packets look like, with authenticators that are right or wrong on purpose (RFC 2865 3, 2866, 5176)?"""

from __future__ import annotations

import hashlib
import ipaddress
import struct

REQUEST, ACCEPT, REJECT, ACCOUNT, ACCOUNTED, CHALLENGE, DISCONNECT, DISCONNECTED = 1, 2, 3, 4, 5, 11, 40, 41
NOT_DISCONNECTED, COA, COA_DONE, COA_REFUSED = 42, 43, 44, 45


def attribute(kind: int, value: bytes | str | int) -> bytes:
    """Return one attribute; a number is four bytes."""
    data = value.encode() if isinstance(value, str) else struct.pack("!I", value) if isinstance(value, int) else value
    return bytes([kind, len(data) + 2]) + data


def address(kind: int, value: str) -> bytes:
    return attribute(kind, ipaddress.ip_address(value).packed)


def hidden(password: str, authenticator: bytes, secret: str) -> bytes:
    """Return a User-Password of at most 16 characters as RFC 2865 5.2 hides it."""
    key = hashlib.md5(secret.encode() + authenticator, usedforsecurity=False).digest()
    return bytes(one ^ two for one, two in zip(password.encode().ljust(16, b"\0"), key, strict=True))


def ask(code: int, number: int, attributes: bytes, *, secret: str, nonce: bytes = bytes(range(16))) -> bytes:
    """Return a request: Access-Request bears the nonce, all others the digest of themselves."""
    head = struct.pack("!BBH", code, number, 20 + len(attributes))
    if code != REQUEST:
        nonce = hashlib.md5(head + bytes(16) + attributes + secret.encode(), usedforsecurity=False).digest()
    return head + nonce + attributes


def answer(code: int, request: bytes, attributes: bytes, *, secret: str) -> bytes:
    """Return the response to a request, with the authenticator that the secret gives."""
    head = struct.pack("!BBH", code, request[1], 20 + len(attributes))
    digest = hashlib.md5(head + request[4:20] + attributes + secret.encode(), usedforsecurity=False).digest()
    return head + digest + attributes
