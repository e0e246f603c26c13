"""Which packets of a capture are RTP, of which stream, and what are the figures of all streams?

One compiled walk over the packet table. A packet belongs to the media line whose SDP names its destination, or else its
source (symmetric RTP behind NAT, RFC 4961). What no SDP names is a stream only once two packets in a row have
consecutive numbers of one SSRC (RFC 3550 appendix A.1); `sure` settles later whether it is kept. RTCP is handed on by
row. Never looks at port numbers to tell what a packet is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from diagnostics.compiled import compiled
from diagnostics.packet_table import REASSEMBLED, PacketTable
from diagnostics.rtp_claims import COMFORT, EVENT, FOREIGN, IMAGE, MEDIA, STATIC, Claim, claim_at, gather
from diagnostics.rtp_count import (
    AT,
    HOLE,
    HOLES,
    RTCP,
    SECOND,
    SECONDS,
    STREAMS,
    Assumed,
    close_second,
    count_packet,
    settle,
)
from diagnostics.rtp_table import UDPTL, Records, find_stream, grown, new_streams

_GRACE_NS = 500_000_000  # packets of the old agreement may still be under way
_SURE_PACKETS = 10
_SEATS = 1 << 16
_NEVER = 1 << 62
_BATCH = 1 << 14
# Facts of one packet, one row of a batch. Compiled functions hand few arrays to one another: each costs at every call.
_PACKET, _TIME, _SOURCE, _DESTINATION, _PORTS, _CLAIM, _SSRC, _SEQUENCE, _STAMP = 0, 1, 2, 3, 4, 5, 6, 7, 8
_KIND, _PURPOSE, _CLOCK, _SIZE = 9, 10, 11, 12
_FAX = 4  # a purpose beside those of payload types
Facts = NDArray[np.int64]
USUAL = Assumed(buffer_ns=60_000_000, hole_ns=400_000_000)


@dataclass(frozen=True)
class Walked:
    """All streams of a capture.

    streams: records of STREAM. seconds: of SECOND, by stream and second. holes: of HOLE. claims: in the order of the
    rows that claim_row gives. rtcp: rows of the packet table.
    """

    streams: Records
    seconds: Records
    holes: Records
    claims: list[Claim]
    rtcp: NDArray[np.int64]

    def claim_row(self, stream: int) -> int:
        """Return the row of the claim that a stream belongs to, -1 for none."""
        return int(self.streams["claim"][stream]) >> 1

    def by_source(self, stream: int) -> bool:
        """Return whether a stream was claimed by where it comes from, its destination being named by no SDP."""
        claim = int(self.streams["claim"][stream])
        return claim >= 0 and bool(claim & 1)


class _Found(NamedTuple):
    """The tables that are filled. seats: facts of packets whose streams are not yet believed; n: counters."""

    streams: Records
    slots: NDArray[np.int32]
    seconds: Records
    holes: Records
    seats: Facts
    n: NDArray[np.int64]


def walk(
    packets: PacketTable,
    data: NDArray[np.uint8],
    rows: NDArray[np.int64],
    claims: Sequence[Claim],
    assumed: Assumed = USUAL,
) -> Walked:
    """Read all RTP of a capture.

    packets, data: of the capture. rows: of UDP datagrams in order of time, duplicates left out. claims: what SDP says.
    """
    table, ordered = gather(claims)
    n = np.zeros(5, np.int64)
    seats, rtcp = np.full((_SEATS, _SIZE), -1, np.int64), np.empty(len(rows), np.int64)
    found = _Found(*new_streams(1024), np.zeros(1 << 14, SECOND), np.zeros(256, HOLE), seats, n)
    batch = np.empty((_BATCH, _SIZE), np.int64)
    columns = (
        packets.time_ns, packets.offset, packets.source, packets.destination, packets.length, packets.source_port,
        packets.destination_port, packets.payload, packets.flags,
    )  # fmt: skip
    while n[AT] < len(rows):
        filled = _read(*columns, data, rows, *table, rtcp, n, batch)
        at = 0
        while at < filled:
            at = _count(batch, at, filled, *found, assumed)
            found = _roomy(found)
    found = found._replace(seconds=_roomier(found.seconds, int(n[SECONDS]), int(n[STREAMS])))
    _finish(found.streams, found.seconds, n)
    seconds = found.seconds[: n[SECONDS]]
    seconds = seconds[np.lexsort((seconds["second"], seconds["stream"]))]
    return Walked(found.streams[: n[STREAMS]], seconds, found.holes[: n[HOLES]], ordered, rtcp[: n[RTCP]].copy())


def _roomy(found: _Found) -> _Found:
    """Return tables with room for at least one more packet."""
    n = found.n
    streams, slots = found.streams, found.slots
    if n[STREAMS] >= len(streams) - 1:
        streams, slots = grown(streams, int(n[STREAMS]))
    seconds = _roomier(found.seconds, int(n[SECONDS]), 3)
    return found._replace(streams=streams, slots=slots, seconds=seconds, holes=_roomier(found.holes, int(n[HOLES]), 3))


def _roomier(records: Records, filled: int, more: int) -> Records:
    if filled + more <= len(records):
        return records
    bigger = np.zeros(2 * len(records) + more, records.dtype)
    bigger[:filled] = records[:filled]
    return bigger


@compiled
def _be(data: NDArray[np.uint8], at: int, size: int) -> int:
    value = np.int64(0)
    for i in range(size):
        value = (value << 8) | np.int64(data[at + i])
    return int(value)


@compiled
def _read(
    time_ns: NDArray[np.int64],
    offset: NDArray[np.int64],
    source: NDArray[np.int32],
    destination: NDArray[np.int32],
    length: NDArray[np.uint32],
    source_port: NDArray[np.uint16],
    destination_port: NDArray[np.uint16],
    payload: NDArray[np.uint16],
    flags: NDArray[np.uint8],
    data: NDArray[np.uint8],
    rows: NDArray[np.int64],
    ends: Records,
    purposes: NDArray[np.int32],
    clocks: NDArray[np.int32],
    end_slots: NDArray[np.int32],
    rtcp: NDArray[np.int64],
    n: NDArray[np.int64],
    batch: Facts,
) -> int:
    """Put the facts of RTP and UDPTL packets from n[AT] on into a batch; return how many. RTCP goes to rtcp."""
    filled = 0
    while n[AT] < len(rows) and filled < len(batch):
        packet = rows[n[AT]]
        n[AT] += 1
        size = np.int64(length[packet])
        if size < 4 or flags[packet] & REASSEMBLED:
            continue
        start = offset[packet] + np.int64(payload[packet])
        first, kind = np.int64(data[start]), np.int64(data[start + 1])
        rtp = first >> 6 == 2 and size >= 12 + 4 * (first & 15)
        if first >> 6 == 2 and 192 <= kind <= 223:
            rtcp[n[RTCP]] = packet
            n[RTCP] += 1
            continue
        if not rtp and len(ends) == 0:
            continue
        p = batch[filled]
        p[_PACKET], p[_TIME] = packet, time_ns[packet]
        p[_SOURCE], p[_DESTINATION] = source[packet], destination[packet]
        p[_PORTS] = np.int64(source_port[packet]) * 65536 + np.int64(destination_port[packet])
        claim = _claim(ends, end_slots, p)
        p[_CLAIM], p[_KIND] = claim, kind
        if rtp:
            p[_SEQUENCE], p[_STAMP], p[_SSRC] = (
                _be(data, start + 2, 2),
                _be(data, start + 4, 4),
                _be(data, start + 8, 4),
            )
            _sort(ends, purposes, clocks, p)
        elif claim >= 0 and ends[claim >> 1]["kind"] == IMAGE:
            # UDPTL begins with a sequence number of 16 bits (T.38 section 9.1)
            p[_SEQUENCE], p[_STAMP], p[_SSRC], p[_PURPOSE], p[_CLOCK] = _be(data, start, 2), 0, UDPTL, _FAX, 0
        else:
            continue
        filled += 1
    return filled


@compiled
def _claim(ends: Records, slots: NDArray[np.int32], p: NDArray[np.int64]) -> int:
    """Return twice the row of the claim that a packet falls under, plus one if by its source; -1 for none.

    Where calls share an end (an SBC may use one port for several), the call both of whose ends fit has it.
    """
    if len(ends) == 0:
        return -1
    source = claim_at(ends, slots, p[_SOURCE], p[_PORTS] >> 16, p[_TIME])
    if source >= 0:
        other = int(ends[source]["other"])
        if other >= 0 and ends[other]["address"] == p[_DESTINATION] and ends[other]["port"] == p[_PORTS] & 0xFFFF:
            return 2 * other
    to = claim_at(ends, slots, p[_DESTINATION], p[_PORTS] & 0xFFFF, p[_TIME])
    if to >= 0:
        return 2 * to
    return 2 * source + 1 if source >= 0 else -1


@compiled
def _sort(ends: Records, purposes: NDArray[np.int32], clocks: NDArray[np.int32], p: NDArray[np.int64]) -> None:
    """Put down what an RTP packet's payload type is for by the agreement that it falls under."""
    profile, settled_ns, claim = len(purposes) - 1, _NEVER, p[_CLAIM]
    if claim >= 0:
        end = claim >> 1 if claim & 1 == 0 else np.int64(ends[claim >> 1]["other"])
        settled_ns = ends[claim >> 1]["agreed_ns"] + _GRACE_NS
        if end >= 0:
            profile = ends[end]["profile"]
    number = p[_KIND] & 127
    purpose = purposes[profile, number]
    p[_PURPOSE] = MEDIA if purpose == FOREIGN and p[_TIME] <= settled_ns else purpose
    p[_CLOCK] = 0 if purpose == EVENT else clocks[profile, number]


@compiled
def _count(
    batch: Facts,
    at: int,
    filled: int,
    streams: Records,
    slots: NDArray[np.int32],
    seconds: Records,
    holes: Records,
    seats: Facts,
    n: NDArray[np.int64],
    assumed: Assumed,
) -> int:
    """Count the packets of a batch from `at` on to their streams; return where a table was full, or the end."""
    while at < filled and n[STREAMS] < len(streams) - 1 and n[SECONDS] < len(seconds) - 2 and n[HOLES] < len(holes) - 2:
        p = batch[at]
        at += 1
        row = find_stream(streams, slots, p[_SOURCE], p[_DESTINATION], p[_PORTS], p[_SSRC], p[_CLAIM], -1)
        if row < 0:
            seat = seats[_seat(p, len(seats))]
            if p[_CLAIM] < 0 and not _goes_on(seat, p):
                continue
            row = find_stream(
                streams, slots, p[_SOURCE], p[_DESTINATION], p[_PORTS], p[_SSRC], p[_CLAIM], int(n[STREAMS])
            )
            n[STREAMS] += 1
            if p[_CLAIM] < 0:
                _take(streams[row], row, seconds, holes, n, seat, assumed)
        _take(streams[row], row, seconds, holes, n, p, assumed)
    return at


@compiled
def _take(
    s: np.void,
    row: int,
    seconds: Records,
    holes: Records,
    n: NDArray[np.int64],
    p: NDArray[np.int64],
    assumed: Assumed,
) -> None:
    """Count one packet to its stream: first by what its payload type is for, then by number and time."""
    purpose, number = p[_PURPOSE], p[_KIND] & 127
    if purpose == EVENT:
        s["events"] += 1
    elif purpose == COMFORT:
        s["comfort"] += 1
    elif purpose != _FAX:
        if s["payload_type"] < 0:
            s["payload_type"] = number
        elif s["payload_type"] != number:
            s["other_types"] += 1
        if purpose == FOREIGN:
            if s["foreign"] == 0:
                s["foreign_first"] = p[_PACKET]
                s["foreign_pt"] = number
            s["foreign"] += 1
            s["foreign_last"] = p[_PACKET]
    marker = p[_KIND] >= 128
    count_packet(s, row, seconds, holes, n, p[_PACKET], p[_TIME], p[_SEQUENCE], p[_STAMP], p[_CLOCK], marker, assumed)


@compiled
def _seat(p: NDArray[np.int64], size: int) -> int:
    mixed = p[_SOURCE] * 0x9E3779B1 ^ p[_DESTINATION] * 0x85EBCA77 ^ p[_PORTS] * 0xC2B2AE3D
    return int(((mixed & 0x7FFFFFFFFFFFFFFF) >> 13) % size)


@compiled
def _goes_on(seat: NDArray[np.int64], p: NDArray[np.int64]) -> bool:
    """Return whether the last packet between these ends had the number before; if not, remember this one."""
    same = seat[_SOURCE] == p[_SOURCE] and seat[_DESTINATION] == p[_DESTINATION] and seat[_PORTS] == p[_PORTS]
    if same and seat[_SSRC] == p[_SSRC] and seat[_SEQUENCE] == (p[_SEQUENCE] - 1) & 0xFFFF:
        return True
    seat[:] = p
    return False


@compiled
def _finish(streams: Records, seconds: Records, n: NDArray[np.int64]) -> None:
    for row in range(n[STREAMS]):
        s = streams[row]
        settle(s)
        close_second(s, row, seconds, n)


def sure(walked: Walked) -> NDArray[np.bool_]:
    """Say of each stream whether it is certainly one: all that SDP names, and others that look it throughout.

    At least ten packets, few strays or restarts, fewer losses than packets, one payload type that RFC 3551 allows.
    Returns bool (streams,).
    """
    streams = walked.streams
    packets = streams["packets"]
    usual = np.isin(streams["payload_type"], list(STATIC)) | (streams["payload_type"] >= 96)
    steady = (streams["strays"] + streams["restarts"]) * 20 <= packets
    whole = streams["lost"] <= packets
    alone = streams["other_types"] * 5 <= packets
    looks = (packets >= _SURE_PACKETS) & usual & steady & whole & alone
    return np.asarray((streams["claim"] >= 0) | looks, np.bool_)
