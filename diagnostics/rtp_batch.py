"""Which packets look like RTP, RTCP or UDPTL, and what are the facts of each that a stream is counted by?

A packet belongs to the media line whose SDP names its destination, or else its source (symmetric RTP behind NAT, RFC
4961). Never looks at port numbers to tell what a packet is.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from diagnostics.compiled import compiled
from diagnostics.packet_table import REASSEMBLED, PacketTable
from diagnostics.rtp_claims import EVENT, FOREIGN, IMAGE, MEDIA, Claims, claim_at
from diagnostics.rtp_count import AT, RTCP
from diagnostics.rtp_table import UDPTL, Records

# Facts of one packet, one row of a batch. Compiled functions hand few arrays to one another: each costs at every call.
PACKET, TIME, SOURCE, DESTINATION, PORTS, CLAIM, SSRC, SEQUENCE, STAMP = 0, 1, 2, 3, 4, 5, 6, 7, 8
KIND, PURPOSE, CLOCK, SIZE = 9, 10, 11, 12
FAX = 4  # a purpose beside those of payload types
Facts = NDArray[np.int64]
_GRACE_NS = 500_000_000  # packets of the old agreement may still be under way
_NEVER = 1 << 62


@compiled
def read_batch(
    packets: PacketTable,
    data: NDArray[np.uint8],
    rows: NDArray[np.int64],
    claims: Claims,
    rtcp: NDArray[np.int64],
    n: NDArray[np.int64],
    batch: Facts,
) -> int:
    """Put the facts of RTP and UDPTL packets from n[AT] on into a batch; return how many. RTCP goes to rtcp."""
    ends, purposes, clocks, slots = claims
    filled = 0
    while n[AT] < len(rows) and filled < len(batch):
        packet = rows[n[AT]]
        n[AT] += 1
        size = np.int64(packets.length[packet])
        if size < 4 or packets.flags[packet] & REASSEMBLED:
            continue
        start = packets.offset[packet] + np.int64(packets.payload[packet])
        first, kind = np.int64(data[start]), np.int64(data[start + 1])
        if first >> 6 == 2 and 192 <= kind <= 223:
            rtcp[n[RTCP]] = packet
            n[RTCP] += 1
            continue
        p = batch[filled]
        p[PACKET], p[TIME], p[KIND] = packet, packets.time_ns[packet], kind
        p[SOURCE], p[DESTINATION] = packets.source[packet], packets.destination[packet]
        p[PORTS] = np.int64(packets.source_port[packet]) * 65536 + np.int64(packets.destination_port[packet])
        p[CLAIM] = _claim(ends, slots, p)
        if first >> 6 == 2 and size >= 12 + 4 * (first & 15):
            p[SEQUENCE], p[STAMP], p[SSRC] = _be(data, start + 2, 2), _be(data, start + 4, 4), _be(data, start + 8, 4)
            _sort(ends, purposes, clocks, p)
            filled += 1
        elif p[CLAIM] >= 0 and ends[p[CLAIM] >> 1]["kind"] == IMAGE:
            # UDPTL begins with a sequence number of 16 bits (T.38 section 9.1)
            p[SEQUENCE], p[STAMP], p[SSRC], p[PURPOSE], p[CLOCK] = _be(data, start, 2), 0, UDPTL, FAX, 0
            filled += 1
    return filled


@compiled
def _be(data: NDArray[np.uint8], at: int, size: int) -> int:
    value = np.int64(0)
    for i in range(size):
        value = (value << 8) | np.int64(data[at + i])
    return int(value)


@compiled
def _claim(ends: Records, slots: NDArray[np.int32], p: NDArray[np.int64]) -> int:
    """Return twice the row of the claim that a packet falls under, plus one if by its source; -1 for none.

    Where calls share an end (an SBC may use one port for several), the call both of whose ends fit has it.
    """
    if len(ends) == 0:
        return -1
    source = claim_at(ends, slots, p[SOURCE], p[PORTS] >> 16, p[TIME])
    if source >= 0:
        other = int(ends[source]["other"])
        if other >= 0 and ends[other]["address"] == p[DESTINATION] and ends[other]["port"] == p[PORTS] & 0xFFFF:
            return 2 * other
    to = claim_at(ends, slots, p[DESTINATION], p[PORTS] & 0xFFFF, p[TIME])
    if to >= 0:
        return 2 * to
    return 2 * source + 1 if source >= 0 else -1


@compiled
def _sort(ends: Records, purposes: NDArray[np.int32], clocks: NDArray[np.int32], p: NDArray[np.int64]) -> None:
    """Put down what an RTP packet's payload type is for by the agreement that it falls under."""
    profile, settled_ns, claim = len(purposes) - 1, _NEVER, p[CLAIM]
    if claim >= 0:
        end = claim >> 1 if claim & 1 == 0 else np.int64(ends[claim >> 1]["other"])
        settled_ns = ends[claim >> 1]["agreed_ns"] + _GRACE_NS
        if end >= 0:
            profile = ends[end]["profile"]
    number = p[KIND] & 127
    purpose = purposes[profile, number]
    p[PURPOSE] = MEDIA if purpose == FOREIGN and p[TIME] <= settled_ns else purpose
    p[CLOCK] = 0 if purpose == EVENT else clocks[profile, number]
