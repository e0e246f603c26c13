"""How are captures read and written (classic pcap, microseconds or nanoseconds; gzip by the name's ending)?"""

from __future__ import annotations

import gzip
import struct
from collections.abc import Iterable
from pathlib import Path

from tests.diagnostics.scenarios.packets import ETHERNET, Packet


def read(path: Path) -> list[Packet]:
    """Read a little-endian pcap of either resolution, as tcpdump and `write` make them."""
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    unit = {0xA1B2C3D4: 1000, 0xA1B23C4D: 1}[struct.unpack("<I", data[:4])[0]]
    packets, at = [], 24
    while at + 16 <= len(data):
        seconds, part, length, wire = struct.unpack("<IIII", data[at : at + 16])
        time_ns = seconds * 1_000_000_000 + part * unit
        body = data[at + 16 : at + 16 + length]
        packets.append(Packet(time_ns, body, None if wire == length else wire))
        at += 16 + length
    return packets


def encode(
    packets: Iterable[Packet], *, link: int = ETHERNET, nanoseconds: bool = False, snaplen: int = 262_144
) -> bytes:
    """Return a whole pcap file in order of time."""
    unit = 1 if nanoseconds else 1000
    parts = [struct.pack("<IHHiIII", 0xA1B23C4D if nanoseconds else 0xA1B2C3D4, 2, 4, 0, 0, snaplen, link)]
    for packet in sorted(packets, key=lambda each: each.time_ns):
        seconds, rest = divmod(packet.time_ns, 1_000_000_000)
        kept = packet.data[:snaplen]
        parts.append(
            struct.pack("<IIII", seconds, rest // unit, len(kept), packet.wire_length or len(packet.data)) + kept
        )
    return b"".join(parts)


def write(path: Path, data: bytes) -> None:
    """Write an encoded capture; `.gz` bears no time of its own: the same packets give the same file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(data, 9, mtime=0) if path.suffix == ".gz" else data)
