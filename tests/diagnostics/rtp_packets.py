"""How do tests write RTP packets without a capture file? Straight into a packet table and its bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from diagnostics.packet_table import UDP, PacketTable, new_table
from diagnostics.rtp_claims import Claim, PayloadType
from diagnostics.rtp_walk import Walked, walk

MS = 1_000_000
START = 1_700_000_000_000 * MS
PCMA = {8: PayloadType("PCMA", 8000), 101: PayloadType("TELEPHONE-EVENT", 8000)}


@dataclass(frozen=True)
class Rtp:
    """One packet. at_ms: after START. source, destination: numbers of addresses."""

    at_ms: float
    sequence: int
    stamp: int
    ssrc: int = 7
    kind: int = 8
    marker: bool = False
    source: int = 1
    destination: int = 2
    port: int = 20000
    body: bytes = b"\xd5" * 160

    def written(self) -> bytes:
        """Return the packet's bytes (RFC 3550 section 5.1)."""
        head = bytes((0x80, self.kind | (128 if self.marker else 0)))
        numbers = (self.sequence & 0xFFFF).to_bytes(2, "big") + (self.stamp & 0xFFFFFFFF).to_bytes(4, "big")
        return head + numbers + self.ssrc.to_bytes(4, "big") + self.body


def talk(count: int, *, ssrc: int = 7, source: int = 1, destination: int = 2) -> list[Rtp]:
    """Return count packets of 20 ms, 160 ticks each, from sequence number 100 on."""
    return [Rtp(20.0 * k, 100 + k, 160 * k, ssrc, source=source, destination=destination) for k in range(count)]


def moved(packet: Rtp, ms: float) -> Rtp:
    """Return a packet that arrives so many milliseconds later."""
    return replace(packet, at_ms=packet.at_ms + ms)


def claim(side: int = 1, media: int = 0, **fields: int) -> Claim:
    """Return a claim on the destination that packets go to unless told otherwise."""
    given = {"address": 2, "port": 20000, "start_ns": 0, "stop_ns": 1 << 62, "agreed_ns": 0, "kind": 0, **fields}
    return Claim(media, side, **given, types=PCMA)


def table_of(payloads: Sequence[tuple[Rtp, bytes]]) -> tuple[PacketTable, np.ndarray[tuple[int], np.dtype[np.uint8]]]:
    """Return a packet table and the bytes that it points into."""
    table = new_table(len(payloads))
    for column in table:
        column[:] = 0
    offset, data = 0, bytearray()
    for row, (packet, payload) in enumerate(payloads):
        table.time_ns[row] = START + int(packet.at_ms * MS)
        table.offset[row], table.length[row], table.captured[row] = offset, len(payload), len(payload)
        table.source[row], table.destination[row] = packet.source, packet.destination
        table.source_port[row], table.destination_port[row] = 10000, packet.port
        table.protocol[row] = UDP
        data += payload
        offset += len(payload)
    return table, np.frombuffer(bytes(data), np.uint8)


def walked(packets: Sequence[Rtp], claims: Sequence[Claim] = ()) -> Walked:
    """Walk over packets in the order of their arrival."""
    in_order = sorted(packets, key=lambda packet: packet.at_ms)
    table, data = table_of([(packet, packet.written()) for packet in in_order])
    return walk(table, data, np.arange(len(in_order)), claims)
