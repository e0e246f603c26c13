"""Where does a capture of any size come from: `python -m bench.captures_make OUT.pcap --megabytes 400`?

Clones the repository's own recorded calls and registrations. Each clone has a Call-ID, tags, branches, SSRCs, a
telephone address and times of its own; up to 64 run at once, so that packets of many calls lie mixed as on a real
port. UDP checksums are left out (0, RFC 768), IP checksums are right. Written as a stream: memory does not grow.
"""

from __future__ import annotations

import argparse
import re
import struct
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Rows = NDArray[np.int64]

CAPTURES = Path(__file__).parent.parent / "tests" / "data" / "captures"
MIX = (
    *(("call-ok-rtp",) * 8),
    *(("call-ok-g729",) * 2),
    "media-loss-random",
    "media-one-way",
    "media-hole",
    "media-jitter",
    "call-busy-486",
    "call-404",
    "registration-ok",
    "registration-bad-password-401",
    "fax-t38-refused-488",
)
PHONE = b"10.20.30.41"
TOKEN = re.compile(rb"(?:z9hG4bK|tag=|Call-ID: )([0-9a-f]{12})")
BASE_S = 1_795_400_000
TOGETHER = 64


@dataclass(frozen=True, slots=True)
class Template:
    """A capture ready to be cloned. data: its records. The rest are offsets into it, int64.

    records: where each record begins; ends: where it ends; times_us: from its first packet. text: the telephone's
    address in texts. tokens: by token, where it stands. source, destination: telephone addresses in IP headers;
    sums: IP checksums of those packets. ssrcs: of RTP. udp_sums: UDP checksums.
    """

    data: Bytes
    records: Rows
    ends: Rows
    times_us: Rows
    text: Rows
    tokens: tuple[Rows, ...]
    addresses: Rows
    sums: Rows
    ssrcs: Rows
    udp_sums: Rows


def read(path: Path) -> Template:
    """Read a classic little-endian pcap of Ethernet frames in microseconds; everything but IPv4 over UDP is dropped."""
    raw = path.read_bytes()[24:]
    kept, times, starts = bytearray(), [], []
    marks: dict[str, list[int]] = {"text": [], "address": [], "sum": [], "ssrc": [], "udp": []}
    tokens: dict[bytes, list[int]] = {}
    at = 0
    while at + 16 <= len(raw):
        seconds, part, length, _ = struct.unpack_from("<IIII", raw, at)
        record = raw[at : at + 16 + length]
        at += 16 + length
        if record[28:30] != b"\x08\x00" or record[39] != 17:
            continue
        here = len(kept)
        starts.append(here)
        times.append(seconds * 1_000_000 + part)
        kept += record
        _mark(record, here, marks, tokens)
    rows = {name: np.array(values, dtype=np.int64) for name, values in marks.items()}
    first = np.array(starts, dtype=np.int64)
    stamps = np.array(times, dtype=np.int64)
    return Template(
        data=np.frombuffer(bytes(kept), dtype=np.uint8),
        records=first,
        ends=np.append(first[1:], len(kept)),
        times_us=stamps - stamps.min(),
        text=rows["text"],
        tokens=tuple(np.array(found, dtype=np.int64) for found in tokens.values()),
        addresses=rows["address"],
        sums=rows["sum"],
        ssrcs=rows["ssrc"],
        udp_sums=rows["udp"],
    )


def _mark(record: bytes, here: int, marks: dict[str, list[int]], tokens: dict[bytes, list[int]]) -> None:
    phone = bytes(int(part) for part in PHONE.split(b"."))
    for offset in (42, 46):
        if record[offset : offset + 4] == phone:
            marks["address"].append(here + offset)
            marks["sum"].append(here + 40)
    marks["udp"].append(here + 56)
    payload = record[58:]
    if payload[:1] == b"\x80" and len(payload) > 12:
        marks["ssrc"].append(here + 66)
        return
    marks["text"] += [here + 58 + found.start() for found in re.finditer(re.escape(PHONE), payload)]
    for found in TOKEN.finditer(payload):
        tokens.setdefault(found.group(1), []).append(here + 58 + found.start(1))


def _put(data: Bytes, rows: Rows, value: bytes) -> None:
    if len(rows):
        data[rows[:, None] + np.arange(len(value))] = np.frombuffer(value, dtype=np.uint8)


def clone(template: Template, number: int, start_us: int) -> tuple[Rows, Bytes]:
    """Return the times (µs since 1970) and the bytes of one clone. number: its own, below 729,000."""
    data = template.data.copy()
    times = template.times_us + start_us
    stamp = np.stack([times // 1_000_000, times % 1_000_000], axis=1).astype("<u4").view(np.uint8).reshape(-1, 8)
    data[template.records[:, None] + np.arange(8)] = stamp
    parts = (10, 10 + number // 8100 % 90, 10 + number // 90 % 90, 10 + number % 90)
    _put(data, template.text, b"%d.%d.%d.%d" % parts)
    for place, rows in enumerate(template.tokens):
        _put(data, rows, b"%012x" % (number * 16 + place + (1 << 44)))
    old, new = (
        sum(struct.unpack("!HH", bytes(int(part) for part in PHONE.split(b".")))),
        sum(struct.unpack("!HH", bytes(parts))),
    )
    sums = data[template.sums].astype(np.int64) << 8 | data[template.sums + 1]
    # RFC 1624: the new checksum follows from the old one and the words that changed.
    total = (~sums & 0xFFFF) + (new - old) + 0x1FFFE
    total = (total & 0xFFFF) + (total >> 16)
    total = (total & 0xFFFF) + (total >> 16)
    fresh = ~total & 0xFFFF
    data[template.sums], data[template.sums + 1] = fresh >> 8, fresh & 0xFF
    _put(data, template.addresses, bytes(parts))
    _put(data, template.udp_sums, b"\0\0")
    high = np.frombuffer(struct.pack("!I", number + 1), dtype=np.uint8)
    data[template.ssrcs[:, None] + np.arange(4)] ^= high
    return times, data


def batches(templates: list[Template], size: int, spread_us: int = 5_000_000) -> Iterator[bytes]:
    """Yield mixed batches of clones until `size` bytes are reached; each batch begins after the one before it."""
    number, made, start = 0, 0, BASE_S * 1_000_000
    while made < size:
        pieces: list[tuple[int, memoryview]] = []
        for place in range(TOGETHER):
            template = templates[number % len(templates)]
            times, data = clone(template, number, start + place * spread_us // TOGETHER)
            view = memoryview(data.tobytes())
            bounds = zip(times.tolist(), template.records.tolist(), template.ends.tolist(), strict=True)
            pieces += [(moment, view[low:high]) for moment, low, high in bounds]
            number += 1
        pieces.sort(key=lambda piece: piece[0])
        start = pieces[-1][0] + 1000
        block = b"".join(piece for _, piece in pieces)
        made += len(block)
        yield block


def write(out: Path, megabytes: int) -> tuple[int, float]:
    """Write a capture of about so many million bytes; return its size and the seconds it took."""
    begun = time.perf_counter()
    templates = [read(CAPTURES / f"{name}.pcap") for name in MIX]
    with out.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 1))
        for block in batches(templates, megabytes * 1_000_000):
            file.write(block)
    return out.stat().st_size, time.perf_counter() - begun


def main() -> int:
    """Write the file that the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--megabytes", type=int, default=400)
    args = parser.parse_args()
    size, seconds = write(args.out, args.megabytes)
    sys.stdout.write(f"{args.out}: {size / 1e6:.0f} MB in {seconds:.1f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
