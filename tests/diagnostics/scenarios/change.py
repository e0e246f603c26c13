"""How is a recorded capture changed into another: wrapped, stretched, doubled, cut, sent by other hosts?

What comes out says of itself in scenarios.yaml that the scenario script changed it.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from dataclasses import replace

from tests.diagnostics.scenarios.packets import (
    GRE,
    IPIP,
    TCP,
    UDP,
    Packet,
    Segment,
    checksum,
    ethernet,
    ip,
    ip_destination,
    ip_part,
    ip_source,
    rebuilt,
    segment,
    tcp,
    udp,
)

MS = 1_000_000


def stretched(packets: list[Packet], *, gap_ms: int, by_s: float) -> list[Packet]:
    """Make every gap that is longer than `gap_ms` longer by `by_s`."""
    ordered = sorted(packets, key=lambda each: each.time_ns)
    made, shift, last = [], 0, ordered[0].time_ns
    for packet in ordered:
        if packet.time_ns - last > gap_ms * MS:
            shift += int(by_s * 1000) * MS
        last = packet.time_ns
        made.append(packet.later(shift))
    return made


def only_ip(packets: list[Packet]) -> list[tuple[Packet, bytes]]:
    """Return the IP packets with their frames; ARP is left out."""
    return [(packet, inner) for packet in packets if (inner := ip_part(packet)) is not None]


def in_vlans(packets: list[Packet], *vlans: int) -> list[Packet]:
    """Return the packets with VLAN tags, outermost first."""
    return [
        replace(packet, data=ethernet(ip_source(inner), ip_destination(inner), inner, vlans=vlans))
        for packet, inner in only_ip(packets)
    ]


def in_ip(packets: list[Packet], near: str, far: str, wrap: Callable[[bytes], bytes], protocol: int) -> list[Packet]:
    """Put every IP packet into an outer one between two tunnel ends; what flows back is sent by the far end.

    wrap: what is put between the outer and the inner header.
    """
    home = ip_source(only_ip(packets)[0][1])
    made = []
    for number, (packet, inner) in enumerate(only_ip(packets)):
        ends = (near, far) if ip_source(inner) == home else (far, near)
        made.append(replace(packet, data=ethernet(*ends, ip(*ends, protocol, wrap(inner), ident=number + 1))))
    return made


def in_gre(packets: list[Packet], near: str, far: str, *, key: int | None = None) -> list[Packet]:
    """Wrap in GRE (RFC 2784), with a key where one is given (RFC 2890)."""
    head = struct.pack("!HH", 0, 0x0800) if key is None else struct.pack("!HHI", 0x2000, 0x0800, key)
    return in_ip(packets, near, far, lambda inner: head + inner, GRE)


def in_ipip(packets: list[Packet], near: str, far: str) -> list[Packet]:
    """Wrap in IP-in-IP (RFC 2003)."""
    return in_ip(packets, near, far, lambda inner: inner, IPIP)


def in_gtp_u(packets: list[Packet], near: str, far: str, teids: tuple[int, int]) -> list[Packet]:
    """Wrap in GTP-U G-PDUs (TS 29.281), one tunnel each way."""
    home = ip_source(only_ip(packets)[0][1])
    made = []
    for number, (packet, inner) in enumerate(only_ip(packets)):
        out = ip_source(inner) == home
        ends, teid = ((near, far), teids[0]) if out else ((far, near), teids[1])
        body = struct.pack("!BBHI", 0x30, 255, len(inner), teid) + inner
        outer = ip(*ends, UDP, udp(ends[0], 2152, ends[1], 2152, body), ident=number + 1)
        made.append(replace(packet, data=ethernet(*ends, outer)))
    return made


def mirrored(packets: list[Packet]) -> list[Packet]:
    """Return every packet twice, as two mirrored ports give: the same IP packet, other hardware addresses, 40 µs on."""
    again = []
    for packet, inner in only_ip(packets):
        frame = b"\x02\x99" + packet.data[2:6] + b"\x02\x98" + packet.data[8:12] + packet.data[12:14]
        routed = inner[:8] + bytes([inner[8] - 1]) + inner[9:10] + b"\0\0" + inner[12:]
        routed = routed[:10] + struct.pack("!H", checksum(routed[:20])) + routed[12:]
        again.append(Packet(packet.time_ns + 40_000, frame + routed))
    return [*packets, *again]


def text_changed(packets: list[Packet], change: Callable[[Segment], Segment | None]) -> list[Packet]:
    """Rewrite UDP datagrams; None drops one. Content-Length is set anew where a SIP body changed its size."""
    made = []
    for number, packet in enumerate(packets):
        part = segment(packet)
        if part is None or part.protocol != UDP:
            made.append(packet)
            continue
        new = change(part)
        if new is not None:
            made.append(rebuilt(replace(new, payload=_right_length(new.payload)), ident=number + 100))
    return made


def _right_length(message: bytes) -> bytes:
    head, gap, body = message.partition(b"\r\n\r\n")
    if not gap or b"Content-Length:" not in head:
        return message
    lines = [
        b"Content-Length: %d" % len(body) if line.startswith(b"Content-Length:") else line
        for line in head.split(b"\r\n")
    ]
    return b"\r\n".join(lines) + gap + body


def renumbered(packets: list[Packet], addresses: dict[str, str]) -> list[Packet]:
    """Let other hosts say the same: addresses are changed in headers and in texts."""

    def other(part: Segment) -> Segment:
        text = part.payload
        for old, new in addresses.items():
            text = text.replace(old.encode(), new.encode())
        ends = addresses.get(part.source, part.source), addresses.get(part.destination, part.destination)
        return replace(part, source=ends[0], destination=ends[1], payload=text)

    return text_changed([packet for packet, _ in only_ip(packets)], other)


def lossy(packets: list[Packet], percent: float, seed: int = 7) -> list[Packet]:
    """Drop packets at random."""
    chance = random.Random(seed)
    return [packet for packet in packets if chance.random() * 100 >= percent]


def bursty(packets: list[Packet], bursts: int, length: int, seed: int = 7) -> list[Packet]:
    """Drop `bursts` runs of `length` packets each, spread evenly with a seeded wobble."""
    chance = random.Random(seed)
    step = len(packets) // (bursts + 1)
    starts = [step * (number + 1) + chance.randrange(step // 3) for number in range(bursts)]
    gone = {start + offset for start in starts for offset in range(length)}
    return [packet for number, packet in enumerate(packets) if number not in gone]


def jittered(packets: list[Packet], most_ms: float, seed: int = 7) -> list[Packet]:
    """Delay packets by up to `most_ms` as a queue does: none overtakes another."""
    chance = random.Random(seed)
    made: list[Packet] = []
    for packet in packets:
        late = packet.later(int(chance.random() ** 3 * most_ms * MS))
        if made and late.time_ns <= made[-1].time_ns:
            late = replace(late, time_ns=made[-1].time_ns + MS // 5)
        made.append(late)
    return made


def tcp_talk(
    packets: list[Packet], pieces: Callable[[int, bytes], list[bytes]], *, joined: frozenset[int] = frozenset()
) -> list[Packet]:
    """Send the messages of a recorded TCP talk again in other segments.

    pieces: by the number of the message, how its bytes are cut. joined: numbers of messages that travel in one
    segment with the next one of the same direction.
    """
    parts = [part for packet in packets if (part := segment(packet)) and part.protocol == TCP and part.payload]
    first = parts[0]
    client, server = (first.source, first.source_port), (first.destination, first.destination_port)
    numbers = {client: 1_000_001, server: 5_000_001}
    start = first.time_ns - 2 * MS
    made = [
        _tcp_packet(start, client, server, (1_000_000, 0), 2, b""),
        _tcp_packet(start + MS // 5, server, client, (5_000_000, 1_000_001), 18, b""),
        _tcp_packet(start + MS // 3, client, server, (1_000_001, 5_000_001), 16, b""),
    ]
    waiting, time_ns = b"", start + MS
    for number, part in enumerate(parts):
        ends = (part.source, part.source_port), (part.destination, part.destination_port)
        if number in joined:
            waiting += part.payload
            continue
        cut = pieces(number, waiting + part.payload)
        waiting = b""
        for piece in cut:
            time_ns = max(time_ns + MS // 20, part.time_ns)
            made.append(_tcp_packet(time_ns, *ends, (numbers[ends[0]], numbers[ends[1]]), 24, piece))
            numbers[ends[0]] += len(piece)
        time_ns += MS // 20
        made.append(_tcp_packet(time_ns, ends[1], ends[0], (numbers[ends[1]], numbers[ends[0]]), 16, b""))
    return made


def _tcp_packet(
    time_ns: int, a: tuple[str, int], b: tuple[str, int], numbers: tuple[int, int], flags: int, data: bytes
) -> Packet:
    inner = tcp(a[0], b[0], (a[1], b[1]), numbers, flags, data)
    return Packet(time_ns, ethernet(a[0], b[0], ip(a[0], b[0], TCP, inner, ident=numbers[0])))
