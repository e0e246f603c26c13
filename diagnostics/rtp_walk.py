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
from diagnostics.rtp_claims import COMFORT, EVENT, FOREIGN, IMAGE, STATIC, Claim, Claims, claim_at, gather
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
# Facts of the packet that is looked at, in one scratch array.
_PACKET, _START, _TIME, _SOURCE, _DESTINATION, _PORTS, _CLAIM, _SSRC, _SEQUENCE = 0, 1, 2, 3, 4, 5, 6, 7, 8
_FACTS = 9
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


class _Seen(NamedTuple):
    """The columns of the packet table that the walk needs, and the capture's bytes."""

    time_ns: NDArray[np.int64]
    offset: NDArray[np.int64]
    source: NDArray[np.int32]
    destination: NDArray[np.int32]
    length: NDArray[np.uint32]
    source_port: NDArray[np.uint16]
    destination_port: NDArray[np.uint16]
    payload: NDArray[np.uint16]
    flags: NDArray[np.uint8]
    data: NDArray[np.uint8]


class _Found(NamedTuple):
    """The tables that the walk fills. seats: of streams that are not yet believed; n: counters, see rtp_count."""

    streams: Records
    slots: NDArray[np.int32]
    seconds: Records
    holes: Records
    seats: NDArray[np.int64]
    rtcp: NDArray[np.int64]
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
    seen = _Seen(
        packets.time_ns, packets.offset, packets.source, packets.destination, packets.length, packets.source_port,
        packets.destination_port, packets.payload, packets.flags, data,
    )  # fmt: skip
    seats, rtcp = np.full((_SEATS, 6), -1, np.int64), np.empty(len(rows), np.int64)
    n = np.zeros(5, np.int64)
    found = _Found(*new_streams(1024), np.zeros(1 << 14, SECOND), np.zeros(256, HOLE), seats, rtcp, n)
    while True:
        _walk(seen, rows, table, assumed, found)
        if n[AT] >= len(rows):
            break
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
def _walk(seen: _Seen, rows: NDArray[np.int64], claims: Claims, assumed: Assumed, found: _Found) -> None:
    """Walk on from n[AT] until the end or until a table is full."""
    n = found.n
    streams, seconds, holes = len(found.streams) - 1, len(found.seconds) - 2, len(found.holes) - 2
    p = np.zeros(_FACTS, np.int64)
    while n[AT] < len(rows) and n[STREAMS] < streams and n[SECONDS] < seconds and n[HOLES] < holes:
        packet = int(rows[n[AT]])
        n[AT] += 1
        if seen.length[packet] < 4 or seen.flags[packet] & REASSEMBLED:
            continue
        start = int(seen.offset[packet]) + int(np.int64(seen.payload[packet]))
        first, kind = _be(seen.data, start, 1), _be(seen.data, start + 1, 1)
        if first >> 6 == 2 and 192 <= kind <= 223:
            found.rtcp[n[RTCP]] = packet
            n[RTCP] += 1
            continue
        rtp = first >> 6 == 2 and seen.length[packet] >= 12 + 4 * (first & 15)
        if not rtp and len(claims.ends) == 0:
            continue
        p[_PACKET], p[_START], p[_TIME] = packet, start, seen.time_ns[packet]
        p[_SOURCE], p[_DESTINATION] = seen.source[packet], seen.destination[packet]
        p[_PORTS] = np.int64(seen.source_port[packet]) * 65536 + np.int64(seen.destination_port[packet])
        p[_CLAIM] = _claim(claims, p)
        p[_SSRC], p[_SEQUENCE] = (_be(seen.data, start + 8, 4), _be(seen.data, start + 2, 2)) if rtp else (UDPTL, 0)
        if rtp:
            row = _stream_of(seen, claims, assumed, found, p)
            if row >= 0:
                _take(seen, claims, assumed, found, p, row)
        elif p[_CLAIM] >= 0 and claims.ends[p[_CLAIM] >> 1]["kind"] == IMAGE:
            row = _stream_of(seen, claims, assumed, found, p)
            number = _be(seen.data, start, 2)  # UDPTL begins with a sequence number of 16 bits (T.38 section 9.1)
            count_packet(
                found.streams[row], row, found.seconds, found.holes, n, packet, p[_TIME], number, 0, 0, False, assumed
            )


@compiled
def _claim(claims: Claims, p: NDArray[np.int64]) -> int:
    """Return twice the row of the claim that a packet falls under, plus one if by its source; -1 for none.

    Where calls share an end (an SBC may use one port for several), the call both of whose ends fit has it.
    """
    if len(claims.ends) == 0:
        return -1
    ends, slots = claims.ends, claims.slots
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
def _stream_of(seen: _Seen, claims: Claims, assumed: Assumed, found: _Found, p: NDArray[np.int64]) -> int:
    """Return the row of a packet's stream, made if it is claimed or goes on with the packet before; else -1."""
    n, streams = found.n, found.streams
    known = find_stream(streams, found.slots, p[_SOURCE], p[_DESTINATION], p[_PORTS], p[_SSRC], p[_CLAIM], -1)
    if known >= 0:
        return known
    seat = found.seats[_seat(p, len(found.seats))]
    if p[_CLAIM] < 0 and not _goes_on(seat, p):
        return -1
    row = find_stream(
        streams, found.slots, p[_SOURCE], p[_DESTINATION], p[_PORTS], p[_SSRC], p[_CLAIM], int(n[STREAMS])
    )
    n[STREAMS] += 1
    if p[_CLAIM] < 0:
        before = p.copy()
        before[_PACKET] = seat[5]
        before[_TIME] = seen.time_ns[seat[5]]
        before[_START] = seen.offset[seat[5]] + np.int64(seen.payload[seat[5]])
        before[_SEQUENCE] = seat[4]
        _take(seen, claims, assumed, found, before, row)
    return row


@compiled
def _take(seen: _Seen, claims: Claims, assumed: Assumed, found: _Found, p: NDArray[np.int64], row: int) -> None:
    """Count an RTP packet to its stream."""
    s = found.streams[row]
    profile, settled_ns, claim = len(claims.purposes) - 1, _NEVER, p[_CLAIM]
    if claim >= 0:
        end = claim >> 1 if claim & 1 == 0 else np.int64(claims.ends[claim >> 1]["other"])
        settled_ns = claims.ends[claim >> 1]["agreed_ns"] + _GRACE_NS
        if end >= 0:
            profile = claims.ends[end]["profile"]
    kind = _be(seen.data, p[_START] + 1, 1)
    number = kind & 127
    purpose, clock = claims.purposes[profile, number], int(claims.clocks[profile, number])
    _sort(s, purpose, number, p[_PACKET], p[_TIME] > settled_ns)
    stamp = _be(seen.data, p[_START] + 4, 4)
    if purpose == EVENT:
        clock = 0
    count_packet(
        s,
        row,
        found.seconds,
        found.holes,
        found.n,
        p[_PACKET],
        p[_TIME],
        p[_SEQUENCE],
        stamp,
        clock,
        kind >= 128,
        assumed,
    )


@compiled
def _sort(s: np.void, purpose: int, number: int, packet: int, settled: bool) -> None:
    """Count a packet by what its payload type is for. settled: the agreement holds, so that it may be judged by it."""
    if purpose == EVENT:
        s["events"] += 1
        return
    if purpose == COMFORT:
        s["comfort"] += 1
        return
    if s["payload_type"] < 0:
        s["payload_type"] = number
    elif s["payload_type"] != number:
        s["other_types"] += 1
    if purpose == FOREIGN and settled:
        if s["foreign"] == 0:
            s["foreign_first"] = packet
            s["foreign_pt"] = number
        s["foreign"] += 1
        s["foreign_last"] = packet


@compiled
def _seat(p: NDArray[np.int64], size: int) -> int:
    mixed = p[_SOURCE] * 0x9E3779B1 ^ p[_DESTINATION] * 0x85EBCA77 ^ p[_PORTS] * 0xC2B2AE3D
    return int(((mixed & 0x7FFFFFFFFFFFFFFF) >> 13) % size)


@compiled
def _goes_on(seat: NDArray[np.int64], p: NDArray[np.int64]) -> bool:
    """Return whether the last packet between these ends had the number before; if not, remember this one."""
    same = seat[0] == p[_SOURCE] and seat[1] == p[_DESTINATION] and seat[2] == p[_PORTS]
    if same and seat[3] == p[_SSRC] and seat[4] == (p[_SEQUENCE] - 1) & 0xFFFF:
        return True
    seat[0], seat[1], seat[2] = p[_SOURCE], p[_DESTINATION], p[_PORTS]
    seat[3], seat[4], seat[5] = p[_SSRC], p[_SEQUENCE], p[_PACKET]
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
