"""Which packets does the network report by ICMP as not delivered? Source: RFC 792, RFC 1122 3.2.2.1, RFC 4443 3."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from diagnostics.datagram import Endpoint
from diagnostics.packet_core import IcmpError
from diagnostics.packet_table import ICMPV6
from diagnostics.packets import Capture

MOST_ERRORS = 100_000
_V4 = {
    0: "network", 1: "host", 2: "protocol", 3: "port", 4: "too_big", 5: "other", 6: "network", 7: "host",
    9: "prohibited", 10: "prohibited", 11: "network", 12: "host", 13: "prohibited",
}  # fmt: skip
_V6 = {0: "network", 1: "prohibited", 3: "host", 4: "port", 5: "prohibited", 6: "prohibited"}


def icmp_errors(capture: Capture) -> Iterator[IcmpError]:
    """Give every destination-unreachable, packet-too-big and time-exceeded error with the packet that it quotes."""
    for row in capture.icmp[:MOST_ERRORS].tolist():
        kind, code = divmod(int(capture.packets.icmp[row]), 256)
        v6 = int(capture.packets.protocol[row]) == ICMPV6
        meaning = _meaning(kind, code, v6)
        quoted = _quoted(capture.payload(row)) if meaning else None
        if meaning is None or quoted is None:
            continue
        source, destination, protocol = quoted
        reporter = capture.address(int(capture.packets.source[row]))
        yield IcmpError(
            row + 1, int(capture.packets.time_ns[row]), reporter, source, destination, protocol, meaning,
            _mtu(capture, row, v6) if meaning == "too_big" else None,
        )  # fmt: skip


def _meaning(kind: int, code: int, v6: bool) -> str | None:
    if v6:
        return {1: _V6.get(code, "other"), 2: "too_big", 3: "other"}.get(kind)
    return {3: _V4.get(code, "other"), 11: "other"}.get(kind)


def _mtu(capture: Capture, row: int, v6: bool) -> int | None:
    at = int(capture.packets.transport[row])
    head = capture.raw(row)[at : at + 8]
    mtu = int.from_bytes(head[4:8] if v6 else head[6:8], "big")
    return mtu or None


def _quoted(packet: bytes) -> tuple[Endpoint, Endpoint, int] | None:
    """Return both ends and the protocol of the IP packet that an error quotes."""
    if len(packet) >= 20 and packet[0] >> 4 == 4:
        at, protocol = (packet[0] & 15) * 4, packet[9]
        ends = ".".join(map(str, packet[12:16])), ".".join(map(str, packet[16:20]))
    elif len(packet) >= 40 and packet[0] >> 4 == 6:
        at, protocol = 40, packet[6]
        ends = _v6(packet[8:24]), _v6(packet[24:40])
    else:
        return None
    ports: tuple[int | None, int | None] = (None, None)
    if protocol in (6, 17, 132) and len(packet) >= at + 4:
        ports = int.from_bytes(packet[at : at + 2], "big"), int.from_bytes(packet[at + 2 : at + 4], "big")
    return Endpoint(ends[0], ports[0]), Endpoint(ends[1], ports[1]), protocol


def _v6(raw: bytes) -> str:
    return str(ipaddress.IPv6Address(raw))
