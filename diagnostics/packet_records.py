"""Where does each packet of a capture file begin, and what is in it? The walk over all records, in machine code.

A walk stops where something must be decided in Python: the table or the address book is full, a pcapng section or
interface begins, the file ends or makes no sense. It is then called again from where it stopped.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from diagnostics import packet_layers as layer
from diagnostics import packet_table as field
from diagnostics.address_book import AddressBook, enter_v4, enter_v6, has_room
from diagnostics.compiled import compiled
from diagnostics.packet_layers import Bytes, State, be32, decode
from diagnostics.packet_table import PacketTable

Buffer = NDArray[np.int64]
# columns of the buffer, as in PacketTable
TIME, OFFSET, CAPTURED, SOURCE, DESTINATION, OUTER_SOURCE, OUTER_DESTINATION, LENGTH, IP_ID = range(9)
SOURCE_PORT, DESTINATION_PORT, NETWORK, TRANSPORT, PAYLOAD, OUTER, FRAGMENT, TUNNEL, ICMP = range(9, 18)
PROTOCOL, FLAGS = 18, 19

# why a walk stopped
ENDED, NO_ROOM, BOOK_FULL, CUT_OFF, SENSELESS, NEEDS_PYTHON = 0, 1, 2, 3, 4, 5
BATCH = 4096  # packets that one walk reads at most

MOST_CAPTURED = 1 << 26  # bytes of one packet; more is a damaged length
_RECENT = 1 << 17  # remembered packets, for finding duplicates
_WINDOW_NS = 100_000_000  # a copy of a mirror port comes at once; a SIP retransmission after 500 ms (RFC 3261 17.1.1.2)
_SIP = np.frombuffer(b"SIP/2.0", np.uint8)


class Memory(NamedTuple):
    """What the walk remembers. state: scratch of packet_layers. keys, times: recent packets. skip: search table.

    buffer: int64 (BATCH, 20), packets until they are stored; a compiled call that takes the table itself would count
    references to twenty arrays for each packet, which costs more than decoding it.
    """

    state: State
    keys: NDArray[np.uint64]
    times: NDArray[np.int64]
    skip: NDArray[np.uint8]
    buffer: Buffer


class Interfaces(NamedTuple):
    """pcapng interfaces of one section. link: LINKTYPE_. units: ticks a second, 10 ** n or 2 ** n. offset_ns: added."""

    link: NDArray[np.int64]
    units: NDArray[np.int64]
    offset_ns: NDArray[np.int64]
    snap: NDArray[np.int64]


def new_memory() -> Memory:
    """Return a memory of nothing."""
    skip = np.full(256, len(_SIP), np.uint8)
    for place, letter in enumerate(_SIP[:-1]):
        skip[letter] = len(_SIP) - 1 - place
    state, buffer = np.zeros(layer.STATE_SIZE, np.int64), np.zeros((BATCH, FLAGS + 1), np.int64)
    return Memory(state, np.zeros(_RECENT, np.uint64), np.zeros(_RECENT, np.int64), skip, buffer)


@compiled
def number(data: Bytes, at: int, big: bool) -> int:
    """Return the four bytes at data[at] in the file's byte order."""
    if big:
        return be32(data, at)
    return int((np.int64(data[at + 3]) << 24) | (np.int64(data[at + 2]) << 16)
               | (np.int64(data[at + 1]) << 8) | np.int64(data[at]))  # fmt: skip


@compiled
def has_sip(data: Bytes, at: int, end: int, skip: NDArray[np.uint8]) -> bool:
    """Return whether data[at:end] has `SIP/2.0` in it (Horspool's search)."""
    last = at + 6
    while last < end:
        letter = data[last]
        if letter == 48:  # the 0 at its end
            same = True
            for back in range(7):
                if data[last - back] != _SIP[6 - back]:
                    same = False
                    break
            if same:
                return True
        last += int(skip[letter])
    return False


@compiled
def walk_pcap(
    data: Bytes, at: int, big: bool, header: int, scale: int, link: int, book: AddressBook, memory: Memory, room: int
) -> tuple[int, int, int]:
    """Return (next byte, packets read into the buffer, why it stopped) after reading pcap records from data[at].

    room: packets at most.

    header: bytes before each packet, 16 or 24. scale: nanoseconds a unit of the second time field. link: LINKTYPE_.
    """
    size, row = len(data), 0
    while at + header <= size:
        if row >= room:
            return at, row, NO_ROOM
        if not has_room(book):
            return at, row, BOOK_FULL
        seconds, part = number(data, at, big), number(data, at + 4, big)
        captured, wire = number(data, at + 8, big), number(data, at + 12, big)
        if captured > MOST_CAPTURED or part * scale > 10_000_000_000:
            return at, row, SENSELESS
        cut = at + header + captured > size
        if cut:
            captured = size - at - header
        put(data, at + header, captured, wire, seconds * 1_000_000_000 + part * scale, link, book, memory, row)
        row += 1
        if cut:
            return at, row, CUT_OFF
        at += header + captured
    return at, row, ENDED if at == size else CUT_OFF


@compiled
def walk_pcapng(
    data: Bytes, at: int, big: bool, interfaces: Interfaces, book: AddressBook, memory: Memory, room: int
) -> tuple[int, int, int]:
    """Return (next byte, packets read into the buffer, why it stopped) after reading blocks of one pcapng section."""
    size, row = len(data), 0
    while at + 12 <= size:
        if row >= room:
            return at, row, NO_ROOM
        if not has_room(book):
            return at, row, BOOK_FULL
        kind, length = number(data, at, big), number(data, at + 4, big)
        if kind in (0x0A0D0D0A, 1):
            return at, row, NEEDS_PYTHON
        if length < 12 or length & 3 or length > MOST_CAPTURED + 4096:
            return at, row, SENSELESS
        end = min(at + length, size)
        if kind in (2, 3, 6) and _block(data, at, end, kind, big, interfaces, book, memory, row):
            row += 1
        if at + length > size:
            return at, row, CUT_OFF
        at += length
    return at, row, ENDED if at == size else CUT_OFF


@compiled
def _block(
    data: Bytes, at: int, end: int, kind: int, big: bool, interfaces: Interfaces, book: AddressBook, memory: Memory,
    row: int,
) -> bool:  # fmt: skip
    """Put the packet of an enhanced (6), simple (3) or old (2) packet block; False where it has no packet."""
    which, time_ns, start, captured = 0, 0, at + 12, 0
    if kind == 3:
        if start > end or len(interfaces.link) == 0:
            return False
        wire = number(data, at + 8, big)
        captured = min(wire, int(interfaces.snap[0])) if interfaces.snap[0] else wire
        if row:
            time_ns = memory.buffer[row - 1, TIME]  # a simple block has no time
    else:
        start = at + 28
        if start > end:
            return False
        which = number(data, at + 8, big)
        if kind == 2:
            which = which >> 16 if big else which & 0xFFFF
        ticks = (number(data, at + 12, big) << 32) | number(data, at + 16, big)
        captured, wire = number(data, at + 20, big), number(data, at + 24, big)
        if which >= len(interfaces.link):
            return False
        time_ns = _nanoseconds(ticks, interfaces.units[which]) + interfaces.offset_ns[which]
    captured = max(0, min(captured, end - start))
    put(data, start, captured, wire, time_ns, interfaces.link[which], book, memory, row)
    return True


@compiled
def _nanoseconds(ticks: int, units: int) -> int:
    seconds = ticks // units
    rest = ticks - seconds * units
    if units <= 1_000_000_000:
        return int(seconds * 1_000_000_000 + rest * 1_000_000_000 // units)
    return int(seconds * 1_000_000_000 + np.int64(rest / units * 1e9))


@compiled
def put(
    data: Bytes, start: int, captured: int, wire: int, time_ns: int, link: int, book: AddressBook, memory: Memory,
    k: int,
) -> None:  # fmt: skip
    """Decode the packet data[start:start + captured] into row k of the buffer."""
    s, out = memory.state, memory.buffer
    decode(data, start, start + captured, link, s)
    flags = field.SNAPPED if captured < wire else 0
    if s[layer.BROKEN_LENGTH] and captured >= wire:
        flags |= field.BROKEN
    if s[layer.IS_FRAGMENT]:
        flags |= field.FRAGMENT
    out[k, TIME], out[k, OFFSET], out[k, CAPTURED] = time_ns, start, captured
    out[k, SOURCE], out[k, DESTINATION], out[k, OUTER_SOURCE], out[k, OUTER_DESTINATION] = -1, -1, -1, -1
    out[k, LENGTH] = max(0, s[layer.END] - s[layer.PAYLOAD])
    out[k, IP_ID], out[k, FRAGMENT] = s[layer.IP_ID], s[layer.FRAGMENT_AT]
    out[k, SOURCE_PORT], out[k, DESTINATION_PORT] = s[layer.SOURCE_PORT], s[layer.DESTINATION_PORT]
    out[k, NETWORK], out[k, OUTER] = 0, 0
    out[k, TRANSPORT] = min(s[layer.TRANSPORT] - start, 65535)
    out[k, PAYLOAD] = min(s[layer.PAYLOAD] - start, 65535)
    out[k, TUNNEL], out[k, ICMP], out[k, PROTOCOL] = s[layer.TUNNEL], s[layer.ICMP_TYPE], s[layer.PROTOCOL]
    if s[layer.NETWORK] >= 0:
        flags |= _addresses(data, start, s, out, k, book)
        if s[layer.PROTOCOL] == 6 or s[layer.PROTOCOL] == 17:
            flags |= _content(data, s, out, k, memory)
    else:
        out[k, PROTOCOL] = out[k, LENGTH] = 0
    out[k, FLAGS] = flags


@compiled
def _addresses(data: Bytes, start: int, s: State, out: Buffer, k: int, book: AddressBook) -> int:
    at, outer = s[layer.NETWORK], s[layer.OUTER]
    out[k, NETWORK], out[k, OUTER] = min(at - start, 65535), min(outer - start, 65535)
    v6 = data[at] >> 4 == 6
    if v6:
        out[k, SOURCE], out[k, DESTINATION] = enter_v6(book, data, at + 8), enter_v6(book, data, at + 24)
    else:
        out[k, SOURCE], out[k, DESTINATION] = enter_v4(book, data, at + 12), enter_v4(book, data, at + 16)
    if s[layer.TUNNEL]:
        if data[outer] >> 4 == 6:
            out[k, OUTER_SOURCE] = enter_v6(book, data, outer + 8)
            out[k, OUTER_DESTINATION] = enter_v6(book, data, outer + 24)
        else:
            out[k, OUTER_SOURCE] = enter_v4(book, data, outer + 12)
            out[k, OUTER_DESTINATION] = enter_v4(book, data, outer + 16)
    return field.IPV6 if v6 else 0


@compiled
def _content(data: Bytes, s: State, out: Buffer, k: int, memory: Memory) -> int:
    """Return the flags that the payload of UDP or TCP gives: SIP text, and whether it was here a moment ago."""
    at, end, time_ns = s[layer.PAYLOAD], s[layer.END], out[k, TIME]
    flags = 0
    media = s[layer.PROTOCOL] == 17 and at < end and data[at] & 0xC0 == 0x80  # RTP and RTCP begin with version 2
    if not media and has_sip(data, at, end, memory.skip):
        flags = field.SIP_TEXT
    prime = np.uint64(1099511628211)
    key = np.uint64(1469598103934665603) ^ np.uint64(out[k, SOURCE] << 32 | out[k, DESTINATION])
    key = (key * prime) ^ np.uint64(s[layer.IP_ID] << 32 | s[layer.FRAGMENT_AT] << 16 | (end - at) & 0xFFFF)
    for place in range(s[layer.TRANSPORT], min(end, s[layer.TRANSPORT] + 32)):
        key = (key * prime) ^ np.uint64(data[place])
    for place in range(max(at, end - 16), end):
        key = (key * prime) ^ np.uint64(data[place])
    key *= prime
    slot = np.int64((key >> np.uint64(20)) % np.uint64(_RECENT))
    if memory.keys[slot] == key and 0 <= time_ns - memory.times[slot] <= _WINDOW_NS:
        flags |= field.DUPLICATE
    memory.keys[slot], memory.times[slot] = key, time_ns
    return flags


@compiled
def store(table: PacketTable, row: int, buffer: Buffer, count: int) -> None:
    """Write the first rows of the buffer into the table from a row on."""
    for k in range(count):
        table.time_ns[row + k] = buffer[k, TIME]
        table.offset[row + k] = buffer[k, OFFSET]
        table.captured[row + k] = buffer[k, CAPTURED]
        table.source[row + k] = buffer[k, SOURCE]
        table.destination[row + k] = buffer[k, DESTINATION]
        table.outer_source[row + k] = buffer[k, OUTER_SOURCE]
        table.outer_destination[row + k] = buffer[k, OUTER_DESTINATION]
        table.length[row + k] = buffer[k, LENGTH]
        table.ip_id[row + k] = buffer[k, IP_ID]
        table.source_port[row + k] = buffer[k, SOURCE_PORT]
        table.destination_port[row + k] = buffer[k, DESTINATION_PORT]
        table.network[row + k] = buffer[k, NETWORK]
        table.transport[row + k] = buffer[k, TRANSPORT]
        table.payload[row + k] = buffer[k, PAYLOAD]
        table.outer[row + k] = buffer[k, OUTER]
        table.fragment[row + k] = buffer[k, FRAGMENT]
        table.tunnel[row + k] = buffer[k, TUNNEL]
        table.icmp[row + k] = buffer[k, ICMP]
        table.protocol[row + k] = buffer[k, PROTOCOL]
        table.flags[row + k] = buffer[k, FLAGS]
