"""Which datagrams came in several IP fragments, and what do they say as a whole?

The row of the fragment that completes a datagram becomes the row of the whole (flag REASSEMBLED, payload in `extra`),
as other tools number it; the other fragments keep the flag FRAGMENT. Fragments of a tunnel's outer packet are decoded
anew, so that what is inside comes out. Overlapping or unfinished ones are left. RFC 791 3.2, RFC 8200 4.5.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from diagnostics import packet_table as table_of
from diagnostics.address_book import grown, has_room
from diagnostics.packet_files import Note
from diagnostics.packet_records import put, store
from diagnostics.packet_table import PacketTable
from diagnostics.reading import Reading

Bytes = NDArray[np.uint8]
_RAW_IP = 101
_MOST_BYTES = 65535
_PATIENCE_NS = 30_000_000_000  # RFC 1122 3.3.2: 60 to 120 s; ids come round again in busy networks, so less
_CHAIN = 128


@dataclass(slots=True)
class Joined:
    """extra: bytes of all joined packets, one after the other. originals: row → offset of its last fragment in data."""

    extra: Bytes
    originals: dict[int, int] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)


@dataclass(slots=True)
class _Pieces:
    """The fragments of one datagram so far. parts: offset in bytes → row. end: total length, None until known."""

    first_ns: int
    parts: dict[int, int]
    end: int | None = None


def join_fragments(reading: Reading, data: Bytes, most: int) -> Joined:
    """Put fragments together and change the rows that complete a datagram. most: fragments looked at."""
    table = reading.table
    rows = np.flatnonzero((table.flags & table_of.FRAGMENT != 0) & (table.flags & table_of.DUPLICATE == 0))
    joined = Joined(np.empty(0, np.uint8))
    if len(rows) > most:
        joined.notes.append(
            Note(f"分片超过 {most} 个，其余未重组", f"more than {most} fragments; the rest was not put together")
        )
    chunks: list[bytes] = []
    open_: dict[tuple[int, int, int, int], _Pieces] = {}
    for row in rows[:most].tolist():
        whole = _add(open_, table, data, row)
        if whole is not None:
            chunks.append(whole)
            joined.originals[row] = int(table.offset[row])
    joined.extra = np.frombuffer(b"".join(chunks), np.uint8)
    at = 0
    for row, chunk in zip(joined.originals, chunks, strict=True):
        _replace(reading, joined.extra, row, at, len(chunk))
        at += len(chunk)
    return joined


def _add(open_: dict[tuple[int, int, int, int], _Pieces], table: PacketTable, data: Bytes, row: int) -> bytes | None:
    """Add one fragment; return the whole IP packet if that completes it."""
    key = (int(table.source[row]), int(table.destination[row]), int(table.ip_id[row]), int(table.protocol[row]))
    time_ns = int(table.time_ns[row])
    pieces = open_.get(key)
    if pieces is None or time_ns - pieces.first_ns > _PATIENCE_NS:
        pieces = open_[key] = _Pieces(time_ns, {})
    begin = int(table.fragment[row]) * 8
    if len(pieces.parts) >= _CHAIN or begin in pieces.parts:
        return None
    pieces.parts[begin] = row
    network = int(table.offset[row]) + int(table.network[row])
    if not _more_follow(table, data, row, network):
        pieces.end = begin + len(_body(table, data, row))
    whole = _assemble(pieces, table, data)
    if whole is not None:
        del open_[key]
    return whole


def _more_follow(table: PacketTable, data: Bytes, row: int, network: int) -> bool:
    if table.flags[row] & table_of.IPV6:
        return bool(data[int(table.offset[row]) + int(table.transport[row]) - 5] & 1)
    return bool(data[network + 6] & 0x20)


def _body(table: PacketTable, data: Bytes, row: int) -> bytes:
    start = int(table.offset[row]) + int(table.transport[row])
    end = int(table.offset[row]) + int(table.payload[row]) + int(table.length[row])
    return data[start:end].tobytes()


def _assemble(pieces: _Pieces, table: PacketTable, data: Bytes) -> bytes | None:
    if pieces.end is None or 0 not in pieces.parts or pieces.end > _MOST_BYTES:
        return None
    body = bytearray()
    for begin in sorted(pieces.parts):
        if begin > len(body):
            return None
        body[begin:] = _body(table, data, pieces.parts[begin])
    if len(body) != pieces.end:
        return None
    return _header(table, data, pieces.parts[0], len(body)) + bytes(body)


def _header(table: PacketTable, data: Bytes, row: int, size: int) -> bytes:
    """Return an IP header for the whole, made from the first fragment's."""
    at = int(table.offset[row]) + int(table.network[row])
    if table.flags[row] & table_of.IPV6:
        header = bytearray(data[at : at + 40].tobytes())
        header[4:6] = size.to_bytes(2, "big")
        header[6] = int(table.protocol[row])
        return bytes(header)
    header = bytearray(data[at : at + 20].tobytes())
    header[0], header[6:8] = 0x45, b"\0\0"
    header[2:4] = min(size + 20, _MOST_BYTES).to_bytes(2, "big")
    return bytes(header)


def _replace(reading: Reading, extra: Bytes, row: int, at: int, size: int) -> None:
    """Decode a joined packet into the row of its last fragment, keeping time, size and the tunnel it came in."""
    if not has_room(reading.book):
        reading.book = grown(reading.book)
    table = reading.table
    time_ns, captured, tunnel = int(table.time_ns[row]), int(table.captured[row]), int(table.tunnel[row])
    outer = int(table.outer_source[row]), int(table.outer_destination[row])
    put(extra, at, size, size, time_ns, _RAW_IP, reading.book, reading.memory, 0)
    store(table, row, reading.memory.buffer, 1)
    table.captured[row] = captured
    table.flags[row] |= table_of.REASSEMBLED
    if tunnel:
        inner = int(table.tunnel[row])
        table.tunnel[row] = int(f"{tunnel:o}{inner:o}" if inner else f"{tunnel:o}", 8) & 0xFFFF
        table.outer_source[row], table.outer_destination[row] = outer
