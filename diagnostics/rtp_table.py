"""What is kept of every RTP stream while a capture is read once? One record a stream.

A stream is one SSRC from one address and port to another (RFC 3550 section 3), within one claim: the time in which one
SDP offer and its answer say what an address and port are for. A new claim (re-INVITE, port used by the next call)
begins a new record, so that nothing of two calls is ever mixed.

Compiled functions take records, not tuples of arrays: numba counts a reference for each array at every call.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from diagnostics.compiled import compiled

Records = NDArray[np.void]

WINDOW = 62  # sequence numbers within which a packet may be late; about 1.2 s of 20 ms frames
UDPTL = -1  # stands in place of an SSRC where T.38 is carried (it has none)
_K = 0x9E3779B97F4A7C15 - (1 << 64)

# source, destination: address numbers. ssrc: UDPTL for T.38. claim: -1 where no SDP names the stream. *_row: of the
# packet table. packets: each sequence number once. lost, runs: outside of holes, and in how many runs. late: what a
# playout buffer would have missed. silences: talk spurts after a pause (DTX). events: of RFC 4733. foreign: packets
# with a payload type outside the agreement. jitter: ns, RFC 3550 section 6.4.1. longest_pause_ns: without a gap in
# sequence numbers. payload_type: of the first packet that carries media.
_FACTS = [
    ("source", np.int32), ("destination", np.int32), ("source_port", np.int32), ("destination_port", np.int32),
    ("ssrc", np.int64), ("claim", np.int32), ("payload_type", np.int32), ("first_row", np.int64),
    ("last_row", np.int64),
    ("first_ns", np.int64), ("last_ns", np.int64), ("packets", np.int64), ("lost", np.int64), ("runs", np.int64),
    ("hole_lost", np.int64), ("holes", np.int32), ("silences", np.int32), ("duplicates", np.int64),
    ("reordered", np.int64), ("strays", np.int64), ("restarts", np.int64), ("late", np.int64), ("events", np.int64),
    ("comfort", np.int64), ("foreign", np.int64), ("foreign_pt", np.int64), ("foreign_first", np.int64),
    ("foreign_last", np.int64), ("other_types", np.int64), ("longest_pause_ns", np.int64), ("jitter", np.float64),
    ("jitter_sum", np.float64), ("jitter_max", np.float64), ("jitter_count", np.int64),
]  # fmt: skip
# highest: last number in order. bad: number that would confirm a restart. mask: bit k says that highest - k came,
# valid: how many bits count. run: losses in a row that have just left the window. stamp, stamp_ns, clock: timestamp,
# arrival and clock rate that the next jitter is judged by. frame_ns: time between packets. second…: the open second.
_STATE = [
    ("highest", np.int64), ("bad", np.int64), ("mask", np.int64), ("valid", np.int64), ("run", np.int64),
    ("stamp", np.int64), ("stamp_ns", np.int64), ("clock", np.int64), ("frame_ns", np.int64), ("transit", np.float64),
    ("transit_base", np.float64), ("second", np.int64), ("second_packets", np.int64), ("second_lost", np.int64),
    ("second_late", np.int64),
]  # fmt: skip
STREAM = np.dtype(_FACTS + _STATE, align=True)


def new_streams(rows: int) -> tuple[Records, NDArray[np.int32]]:
    """Return room for that many streams, a power of two, and the hash slots that find them."""
    return np.zeros(rows, STREAM), np.full(2 * rows, -1, np.int32)


def grown(streams: Records, count: int) -> tuple[Records, NDArray[np.int32]]:
    """Return twice the room with the same count records."""
    bigger, slots = new_streams(2 * len(streams))
    bigger[:count] = streams[:count]
    _enter_all(bigger, slots, count)
    return bigger, slots


@compiled
def _slot(
    streams: Records, slots: NDArray[np.int32], source: int, destination: int, ports: int, ssrc: int, claim: int
) -> int:
    """Return the slot that holds the stream of the key, or the free one where it belongs."""
    mixed = (source ^ (destination << 32)) * _K
    mixed = (mixed ^ (mixed >> 31) ^ ports) * _K
    mixed = (mixed ^ (mixed >> 29) ^ (ssrc * 2 + 1) ^ (claim << 34)) * _K
    last = len(slots) - 1
    slot = (mixed >> 32) & last
    while True:
        row = slots[slot]
        if row < 0:
            return slot
        s = streams[row]
        if (
            s["ssrc"] == ssrc
            and s["source"] == source
            and s["destination"] == destination
            and s["source_port"] * 65536 + s["destination_port"] == ports
            and s["claim"] == claim
        ):
            return slot
        slot = (slot + 1) & last


@compiled
def _enter_all(streams: Records, slots: NDArray[np.int32], count: int) -> None:
    for row in range(count):
        s = streams[row]
        ports = s["source_port"] * 65536 + s["destination_port"]
        slots[_slot(streams, slots, s["source"], s["destination"], ports, s["ssrc"], s["claim"])] = row


@compiled
def find_stream(
    streams: Records,
    slots: NDArray[np.int32],
    source: int,
    destination: int,
    ports: int,
    ssrc: int,
    claim: int,
    fresh: int,
) -> int:
    """Return the row of a stream. ports: source port * 65536 + destination port.

    fresh: row that a new stream gets, which then has packets 0; -1 where none is to be made (and -1 is returned).
    """
    slot = _slot(streams, slots, source, destination, ports, ssrc, claim)
    row = int(slots[slot])
    if row >= 0 or fresh < 0:
        return row
    slots[slot] = fresh
    s = streams[fresh]
    s["source"] = source
    s["destination"] = destination
    s["source_port"] = ports >> 16
    s["destination_port"] = ports & 0xFFFF
    s["ssrc"] = ssrc
    s["claim"] = claim
    s["bad"] = -1
    s["payload_type"] = -1
    return fresh
