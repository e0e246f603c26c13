"""Captures written as a script of SIP messages: who sends what to whom, in order; the rest is filled in."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.diagnostics.scenarios import packets as make
from tests.diagnostics.scenarios.pcap import encode

PHONE, SBC, CORE = "10.20.30.41", "183.221.5.10", "10.186.2.20"
START_NS = 1_772_000_000 * 10**9


@dataclass(frozen=True, slots=True)
class Said:
    """One message. start: request or status line without the version. headers: besides those that are filled in."""

    source: str
    destination: str
    start: str
    cseq: str
    headers: tuple[str, ...] = ()
    body: str = ""
    ms: int = 20


def message(said: Said, *, call_id: str, caller: str, callee: str) -> bytes:
    """Return the bytes of a message."""
    request = not said.start[:3].isdigit()
    first = f"{said.start} SIP/2.0" if request else f"SIP/2.0 {said.start}"
    names = {line.partition(":")[0].lower() for line in said.headers}
    given = [f"Via: SIP/2.0/UDP {said.source}:5060;branch=z9hG4bK-{said.cseq.split()[0]}"] if "via" not in names else []
    given += [f"From: <sip:{caller}@ims.sc>;tag=a"]
    given += [] if "to" in names else [f"To: <sip:{callee}@ims.sc>{'' if request else ';tag=b'}"]
    given += [f"Call-ID: {call_id}", f"CSeq: {said.cseq}", *said.headers]
    if said.body:
        given.append("Content-Type: application/sdp")
    given.append(f"Content-Length: {len(said.body)}")
    return ("\r\n".join((first, *given, "", "")) + said.body).encode()


def rtp(
    source: str, destination: str, ports: tuple[int, int], start_ms: int, count: int, ssrc: int
) -> list[make.Packet]:
    """Return a stream of G.711 A-law: 20 ms a packet, from so many milliseconds after the start."""
    packets = []
    for n in range(count):
        payload = struct.pack("!BBHII", 0x80, 8, n, 160 * n, ssrc) + b"\xd5" * 160
        time_ns = START_NS + (start_ms + 20 * n) * 1_000_000
        packets.append(make.datagram(time_ns, (source, ports[0]), (destination, ports[1]), payload, n))
    return packets


def write(
    path: Path,
    script: Iterable[Said],
    *,
    caller: str = "02886630001",
    callee: str = "02886630002",
    media: Iterable[make.Packet] = (),
) -> Path:
    """Write a script, and media beside it, as a capture and return its path."""
    now, packets = START_NS, list(media)
    for said in script:
        now += said.ms * 1_000_000
        payload = message(said, call_id="c1@lab", caller=caller, callee=callee)
        packets.append(make.datagram(now, (said.source, 5060), (said.destination, 5060), payload))
    path.write_bytes(encode(sorted(packets, key=lambda packet: packet.time_ns)))
    return path
