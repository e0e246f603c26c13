"""Which packets of a capture are RTP, of which stream, and what are the figures of all streams?

One walk over the packet table, a batch at a time (see rtp_batch). What no SDP names is a stream only once two packets
in a row have consecutive numbers of one SSRC (RFC 3550 appendix A.1); `sure` settles later whether it is kept. RTCP is
handed on by row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from diagnostics.compiled import compiled
from diagnostics.packet_table import PacketTable
from diagnostics.rtp_batch import (
    CLAIM,
    CLOCK,
    DESTINATION,
    FAX,
    KIND,
    PACKET,
    PORTS,
    PURPOSE,
    SEQUENCE,
    SIZE,
    SOURCE,
    SSRC,
    STAMP,
    TIME,
    Facts,
    read_batch,
)
from diagnostics.rtp_claims import COMFORT, EVENT, FOREIGN, STATIC, Claim, gather
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
from diagnostics.rtp_table import Records, find_stream, grown, new_streams

_SURE_PACKETS = 10
_SEATS = 1 << 16
_BATCH = 1 << 11  # packets; in a file out of order each may map 64 kB of its own, 128 MB together
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
    *,
    forget: Callable[[], None] = lambda: None,
) -> Walked:
    """Read all RTP of a capture.

    packets, data: of the capture. rows: of UDP datagrams in order of time, duplicates left out. claims: what SDP says.
    forget: gives the pages of data back that were read (Capture.forget); called after every batch.
    """
    table, ordered = gather(claims)
    n = np.zeros(5, np.int64)
    seats, rtcp = np.full((_SEATS, SIZE), -1, np.int64), np.empty(len(rows), np.int64)
    found = _Found(*new_streams(1024), np.zeros(1 << 14, SECOND), np.zeros(256, HOLE), seats, n)
    batch = np.empty((_BATCH, SIZE), np.int64)
    while n[AT] < len(rows):
        filled = read_batch(packets, data, rows, table, rtcp, n, batch)
        at = 0
        while at < filled:
            at = _count(batch, at, filled, *found, assumed)
            found = _roomy(found)
        forget()
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
        row = find_stream(streams, slots, p[SOURCE], p[DESTINATION], p[PORTS], p[SSRC], p[CLAIM], -1)
        if row < 0:
            seat = seats[_seat(p, len(seats))]
            if p[CLAIM] < 0 and not _goes_on(seat, p):
                continue
            row = find_stream(streams, slots, p[SOURCE], p[DESTINATION], p[PORTS], p[SSRC], p[CLAIM], int(n[STREAMS]))
            n[STREAMS] += 1
            if p[CLAIM] < 0:
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
    purpose, number = p[PURPOSE], p[KIND] & 127
    if purpose == EVENT:
        s["events"] += 1
    elif purpose == COMFORT:
        s["comfort"] += 1
    elif purpose != FAX:
        if s["payload_type"] < 0:
            s["payload_type"] = number
        elif s["payload_type"] != number:
            s["other_types"] += 1
        if purpose == FOREIGN:
            if s["foreign"] == 0:
                s["foreign_first"] = p[PACKET]
                s["foreign_pt"] = number
            s["foreign"] += 1
            s["foreign_last"] = p[PACKET]
    marker = p[KIND] >= 128
    count_packet(s, row, seconds, holes, n, p[PACKET], p[TIME], p[SEQUENCE], p[STAMP], p[CLOCK], marker, assumed)


@compiled
def _seat(p: NDArray[np.int64], size: int) -> int:
    mixed = p[SOURCE] * 0x9E3779B1 ^ p[DESTINATION] * 0x85EBCA77 ^ p[PORTS] * 0xC2B2AE3D
    return int(((mixed & 0x7FFFFFFFFFFFFFFF) >> 13) % size)


@compiled
def _goes_on(seat: NDArray[np.int64], p: NDArray[np.int64]) -> bool:
    """Return whether the last packet between these ends had the number before; if not, remember this one."""
    same = seat[SOURCE] == p[SOURCE] and seat[DESTINATION] == p[DESTINATION] and seat[PORTS] == p[PORTS]
    if same and seat[SSRC] == p[SSRC] and seat[SEQUENCE] == (p[SEQUENCE] - 1) & 0xFFFF:
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
