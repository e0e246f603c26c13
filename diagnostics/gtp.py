"""What does a GTP control message say: which procedure, which cause, whose subscriber, which APN?

Source: TS 29.060 sections 6 (header) and 7.7 (version 1 elements), TS 29.274 sections 5 and 8 (version 2);
type numbers agree with Wireshark 4.0's tables, the documents themselves were not at hand.
A message is known by its shape (version, type, length, elements that fill it exactly), never by the port alone.
User traffic (G-PDU) is not looked into here.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass

from diagnostics.datagram import Datagram

# Request type → (response type, procedure). Version 1: TS 29.060 table 1; version 2: TS 29.274 table 6.1-1.
REQUESTS_V1 = {
    1: (2, "echo"),
    16: (17, "create"),
    18: (19, "update"),
    20: (21, "delete"),
    22: (23, "initiate"),
    27: (28, "notify"),
    48: (49, "identify"),
    50: (51, "context"),
    53: (54, "relocate"),
}
REQUESTS_V2 = {
    1: (2, "echo"),
    32: (33, "create"),
    34: (35, "update"),
    36: (37, "delete"),
    38: (39, "change"),
    95: (96, "create_bearer"),
    97: (98, "update_bearer"),
    99: (100, "delete_bearer"),
    128: (129, "identify"),
    130: (131, "context"),
    133: (134, "relocate"),
}
_ANSWERS_V1 = {answer: (request, name) for request, (answer, name) in REQUESTS_V1.items()}
_ANSWERS_V2 = {answer: (request, name) for request, (answer, name) in REQUESTS_V2.items()}
# Lengths of the version 1 elements that carry none (types below 128). Source: TS 29.060 section 7.7, table 37.
_FIXED = {
    1: 1, 2: 8, 3: 6, 4: 4, 5: 4, 8: 1, 9: 28, 11: 1, 12: 3, 13: 1, 14: 1, 15: 1, 16: 4, 17: 4, 18: 5, 19: 1, 20: 1,
    21: 1, 22: 9, 23: 1, 24: 1, 25: 2, 26: 2, 27: 2, 28: 2, 29: 1, 117: 10, 118: 9, 119: 1, 120: 9, 121: 5, 126: 1,
    127: 4,
}  # fmt: skip
_PDP_TYPES = {0x21: "IPv4", 0x57: "IPv6", 0x8D: "IPv4v6", 0x01: "PPP", 0x02: "PPP"}
_PDN_TYPES = {1: "IPv4", 2: "IPv6", 3: "IPv4v6", 4: "Non-IP"}
_MOST_ELEMENTS = 200


@dataclass(frozen=True, slots=True)
class GtpMessage:
    """One GTP-C message.

    version: 1 or 2. type: its number. procedure: `create`, `update`, `delete`, `echo` …. number: sequence number.
    cause: of an answer, None where it has none. imsi, msisdn: digits. apn: without changes, None where not said.
    pdp_type: `IPv4`, `IPv6`, `IPv4v6`, `PPP`, `Non-IP`. address: what the subscriber was given. nodes: addresses of
    GSNs, MME, SGW or PGW that it names. selection_mode: 0 verified by subscription, 1 chosen by the terminal and
    2 chosen by the network without being verified (TS 29.060 section 7.7.12).
    """

    datagram: Datagram
    version: int
    type: int
    procedure: str
    number: int
    is_request: bool
    cause: int | None = None
    imsi: str | None = None
    msisdn: str | None = None
    apn: str | None = None
    pdp_type: str | None = None
    address: str | None = None
    nodes: tuple[str, ...] = ()
    selection_mode: int | None = None

    @property
    def token(self) -> bytes:
        """What a repetition shares with its request: the whole message (TS 29.060 section 7.6)."""
        return self.datagram.payload


def read_gtp(datagram: Datagram) -> GtpMessage | None:
    """Return the GTP control message in a datagram; None where it is none or is damaged.

    datagram: UDP on any port.
    """
    payload = datagram.payload
    if len(payload) < 8:
        return None
    version = payload[0] >> 5
    if version == 1 and payload[0] & 0x10:
        return _read_v1(datagram)
    if version == 2:
        return _read_v2(datagram)
    return None


def _read_v1(datagram: Datagram) -> GtpMessage | None:
    payload = datagram.payload
    kind = payload[1]
    known = kind in REQUESTS_V1 or kind in _ANSWERS_V1
    if not known or int.from_bytes(payload[2:4], "big") != len(payload) - 8 or not payload[0] & 0x02:
        return None
    if len(payload) < 12:
        return None
    start = _after_extensions(payload) if payload[0] & 0x04 else 12
    elements = None if start is None else list(_elements_v1(payload, start))
    if elements is None or (elements and elements[-1][0] < 0):
        return None
    found = dict(reversed(elements))
    nodes = tuple(text for kind_, body in elements if kind_ == 133 if (text := _address(body)) is not None)
    pdp_type, address = _end_user_address(found.get(128))
    return GtpMessage(
        datagram,
        version=1,
        type=kind,
        procedure=REQUESTS_V1[kind][1] if kind in REQUESTS_V1 else _ANSWERS_V1[kind][1],
        number=int.from_bytes(payload[8:10], "big"),
        is_request=kind in REQUESTS_V1,
        cause=found[1][0] if 1 in found else None,
        imsi=_digits(found.get(2)),
        msisdn=_digits(found[134][1:]) if 134 in found else None,
        apn=_apn(found.get(131)),
        pdp_type=pdp_type,
        address=address,
        nodes=nodes,
        selection_mode=found[15][0] & 3 if 15 in found else None,
    )


def _after_extensions(payload: bytes) -> int | None:
    at, following = 12, payload[11]
    while following:
        if at >= len(payload) or payload[at] == 0 or at + 4 * payload[at] > len(payload):
            return None
        at += 4 * payload[at]
        following = payload[at - 1]
    return at


def _elements_v1(payload: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Give (type, body) of each element; (-1, …) last where they do not fill the message."""
    for _ in range(_MOST_ELEMENTS):
        if at >= len(payload):
            return
        kind = payload[at]
        if kind < 128:
            length, at = _FIXED.get(kind, -1), at + 1
        elif at + 3 <= len(payload):
            length, at = int.from_bytes(payload[at + 1 : at + 3], "big"), at + 3
        else:
            length = -1
        if length < 0 or at + length > len(payload):
            yield -1, b""
            return
        yield kind, payload[at : at + length]
        at += length


def _read_v2(datagram: Datagram) -> GtpMessage | None:
    payload = datagram.payload
    kind, length = payload[1], int.from_bytes(payload[2:4], "big") + 4
    known = kind in REQUESTS_V2 or kind in _ANSWERS_V2
    piggybacked = bool(payload[0] & 0x10)
    if not known or length > len(payload) or (length != len(payload) and not piggybacked):
        return None
    start = 12 if payload[0] & 0x08 else 8
    if length < start:
        return None
    elements = list(_elements_v2(payload, start, length))
    if elements and elements[-1][0] < 0:
        return None
    found = dict(reversed(elements))
    pdp_type, address = _allocation(found.get(79), found.get(99))
    return GtpMessage(
        datagram,
        version=2,
        type=kind,
        procedure=REQUESTS_V2[kind][1] if kind in REQUESTS_V2 else _ANSWERS_V2[kind][1],
        number=int.from_bytes(payload[start - 4 : start - 1], "big"),
        is_request=kind in REQUESTS_V2,
        cause=found[2][0] if found.get(2) else None,
        imsi=_digits(found.get(1)),
        msisdn=_digits(found.get(76)),
        apn=_apn(found.get(71)),
        pdp_type=pdp_type,
        address=address,
        nodes=tuple(text for kind_, body in elements if kind_ == 87 if (text := _tunnel_end(body)) is not None),
        selection_mode=found[128][0] & 3 if found.get(128) else None,
    )


def _elements_v2(payload: bytes, at: int, end: int) -> Iterator[tuple[int, bytes]]:
    for _ in range(_MOST_ELEMENTS):
        if at >= end:
            return
        length = int.from_bytes(payload[at + 1 : at + 3], "big") if at + 4 <= end else end
        if at + 4 + length > end:
            yield -1, b""
            return
        yield payload[at], payload[at + 4 : at + 4 + length]
        at += 4 + length


def _digits(packed: bytes | None) -> str | None:
    """Read swapped half bytes, 0xF as filler (TS 29.060 section 7.7.2)."""
    if not packed:
        return None
    text = "".join(f"{byte & 15:x}{byte >> 4:x}" for byte in packed).rstrip("f")
    return text if text.isdigit() else None


def _apn(labels: bytes | None) -> str | None:
    """Read length-prefixed labels (TS 23.003 section 9.1); a plain text as some nodes write it is taken as it is."""
    if not labels:
        return None
    parts, at = [], 0
    while at < len(labels):
        length = labels[at]
        if at + 1 + length > len(labels):
            parts = [labels]
            break
        parts.append(labels[at + 1 : at + 1 + length])
        at += 1 + length
    text = b".".join(parts).decode("ascii", errors="replace")
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _address(packed: bytes) -> str | None:
    return str(ipaddress.ip_address(packed)) if len(packed) in {4, 16} else None


def _end_user_address(body: bytes | None) -> tuple[str | None, str | None]:
    if body is None or len(body) < 2:
        return None, None
    rest = body[2:]
    return _PDP_TYPES.get(body[1]), _address(rest[:4] if len(rest) in {4, 20} else rest)


def _allocation(body: bytes | None, kind: bytes | None) -> tuple[str | None, str | None]:
    """Read PDN address allocation (TS 29.274 section 8.14), or PDN type alone (section 8.34)."""
    if not body:
        return (_PDN_TYPES.get(kind[0] & 7) if kind else None), None
    pdn = body[0] & 7
    rest = body[1:5] if pdn == 1 else body[2:18] if pdn == 2 else body[18:22]
    return _PDN_TYPES.get(pdn), _address(rest)


def _tunnel_end(body: bytes) -> str | None:
    """Read the address of an F-TEID (TS 29.274 section 8.22)."""
    if len(body) < 5:
        return None
    return _address(body[5:9]) if body[0] & 0x80 else _address(body[5:21]) if body[0] & 0x40 else None
