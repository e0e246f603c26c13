"""What does one more packet do to the figures of its stream?

Sequence numbers: RFC 3550 appendix A.1, with a window in which packets may come late. Jitter: RFC 3550 section 6.4.1.
Runs of losses give BurstR of ITU-T G.107. A hole is a gap whose length in sequence numbers fits the time that passed
(sender or path stood still), and is told apart from random loss. A packet is late where its transit time exceeds the
smallest one by more than an assumed playout buffer.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from diagnostics.compiled import compiled
from diagnostics.rtp_table import WINDOW, Records

SECOND_NS = 1_000_000_000
# Counters: next row to read, RTCP rows, streams, seconds, holes.
AT, RTCP, STREAMS, SECONDS, HOLES = 0, 1, 2, 3, 4
# Figures of one stream by second since its first packet. jitter: ns at its end.
SECOND = np.dtype(
    [("stream", np.int32), ("second", np.int32), ("packets", np.int32), ("lost", np.int32), ("late", np.int32),
     ("jitter", np.float32)], align=True,
)  # fmt: skip
# Long gaps. row: of the packet table, the first packet after it.
HOLE = np.dtype(
    [("stream", np.int64), ("start_ns", np.int64), ("length_ns", np.int64), ("lost", np.int64), ("row", np.int64)],
    align=True,
)
_KEEP = (1 << WINDOW) - 1
_DROPOUT = 3000  # RFC 3550 appendix A.1 MAX_DROPOUT
_MISORDER = 100  # RFC 3550 appendix A.1 MAX_MISORDER
_JUMP = 20  # from so many missing numbers on, the time that passed must fit
_FRAME_NS = 20_000_000  # before two packets have told
_SKEW = 2e-4  # a sender's clock may be slower by so much


class Assumed(NamedTuple):
    """What cannot be seen. buffer_ns: playout buffer of the receiver; hole_ns: shortest gap that is called a hole."""

    buffer_ns: int
    hole_ns: int


@compiled
def _leaves(s: np.void, received: bool) -> None:
    """Settle the oldest sequence number of the window: it can no longer arrive."""
    if received:
        s["run"] = 0
        return
    if s["run"] == 0:
        s["runs"] += 1
    s["run"] += 1
    s["lost"] += 1


@compiled
def settle(s: np.void) -> None:
    """Settle every sequence number that is still in the window and empty it."""
    for bit in range(s["valid"] - 1, -1, -1):
        _leaves(s, (s["mask"] >> bit) & 1 == 1)
    s["valid"] = 0
    s["mask"] = 0
    s["run"] = 0


@compiled
def close_second(s: np.void, row: int, seconds: Records, n: NDArray[np.int64]) -> None:
    """Put the open second of a stream into the series."""
    if s["second_packets"] == 0 and s["second_lost"] <= 0:
        return
    to = seconds[n[SECONDS]]
    n[SECONDS] += 1
    to["stream"] = row
    to["second"] = s["second"]
    to["packets"] = s["second_packets"]
    to["lost"] = max(0, s["second_lost"])
    to["late"] = s["second_late"]
    to["jitter"] = s["jitter"]
    s["second_packets"] = 0
    s["second_lost"] = 0
    s["second_late"] = 0


@compiled
def _restart(s: np.void, sequence: int, confirmed: int) -> None:
    if s["valid"] > 0:
        settle(s)
        s["restarts"] += 1
    s["highest"] = sequence
    s["mask"] = (1 << confirmed) - 1
    s["valid"] = confirmed
    s["bad"] = -1
    s["clock"] = 0


@compiled
def _advance(s: np.void, steps: int) -> None:
    """Move the window on by steps, the last of which is received."""
    for _ in range(steps):
        if s["valid"] == WINDOW:
            _leaves(s, (s["mask"] >> (WINDOW - 1)) & 1 == 1)
        else:
            s["valid"] += 1
        s["mask"] = (s["mask"] << 1) & _KEEP
    s["mask"] |= 1


@compiled
def _behind(s: np.void, back: int, sequence: int) -> bool:
    """Take in a packet whose number is not above the highest; return whether it is a new one."""
    if back < s["valid"]:
        if (s["mask"] >> back) & 1:
            s["duplicates"] += 1
            return False
        s["mask"] |= 1 << back
        s["reordered"] += 1
        s["second_lost"] -= 1
        return True
    if back <= _MISORDER:
        s["strays"] += 1
        return False
    return _stray(s, sequence)


@compiled
def _stray(s: np.void, sequence: int) -> bool:
    """Take in a number that does not fit; two in a row begin anew (RFC 3550 appendix A.1)."""
    if s["bad"] == sequence:
        _restart(s, sequence, 2)
        s["packets"] += 1  # the one before, which was not believed
        s["strays"] -= 1
        return True
    s["bad"] = (sequence + 1) & 0xFFFF
    s["strays"] += 1
    return False


@compiled
def _time(s: np.void, passed: int, ticks: int, clock: int, marker: bool, next_one: bool, assumed: Assumed) -> None:
    """Bring jitter, silences and lateness up to date for a packet in order. next_one: none is missing before it."""
    told = ticks * SECOND_NS // clock
    apart = passed - told
    spurt = marker or (next_one and ticks > 3 * s["frame_ns"] * clock // SECOND_NS)
    if spurt and passed > 3 * s["frame_ns"]:
        s["silences"] += 1
    if marker or abs(apart) > SECOND_NS or ticks == 0:
        if ticks != 0:
            s["transit"] = 0.0
            s["transit_base"] = 0.0
        return
    s["transit"] += apart
    s["transit_base"] = min(s["transit_base"] + passed * _SKEW, s["transit"])
    if s["transit"] - s["transit_base"] > assumed.buffer_ns:
        s["late"] += 1
        s["second_late"] += 1
    s["jitter"] += (abs(apart) - s["jitter"]) / 16.0
    s["jitter_sum"] += s["jitter"]
    s["jitter_count"] += 1
    s["jitter_max"] = max(s["jitter_max"], s["jitter"])


@compiled
def count_packet(
    s: np.void,
    row: int,
    seconds: Records,
    holes: Records,
    n: NDArray[np.int64],
    packet: int,
    time_ns: int,
    sequence: int,
    stamp: int,
    clock: int,
    marker: bool,
    assumed: Assumed,
) -> None:
    """Take one packet into the figures of its stream.

    s: the stream; row: its row. packet: row of the packet table. sequence: 16 bits; stamp: 32 bits; clock: ticks a
    second, 0 where time is not to be judged (events, T.38). Seconds and holes must have room for one more each.
    """
    if s["frame_ns"] == 0:
        _open(s, packet, time_ns, sequence, stamp, clock)
        return
    second = max(0, (time_ns - s["first_ns"]) // SECOND_NS)
    if second > s["second"]:
        close_second(s, row, seconds, n)
        s["second"] = second
    ahead = ((sequence - s["highest"] + 0x8000) & 0xFFFF) - 0x8000
    passed = time_ns - s["last_ns"]
    if ahead > 1 and ahead <= _DROPOUT and passed >= assumed.hole_ns and 2 * ahead * s["frame_ns"] >= passed:
        settle(s)
        _hole(s, row, holes, n, packet, passed, ahead - 1)
        s["mask"] = 1
        s["valid"] = 1
        s["highest"] = sequence
    elif not _placed(s, ahead, passed, sequence):
        return
    s["bad"] = -1
    s["packets"] += 1
    s["second_packets"] += 1
    s["last_row"] = packet
    s["last_ns"] = max(s["last_ns"], time_ns)
    if ahead <= 0 or clock == 0:
        return
    if s["clock"] == clock:
        ticks = ((stamp - s["stamp"] + 0x80000000) & 0xFFFFFFFF) - 0x80000000
        if ahead == 1:
            s["longest_pause_ns"] = max(s["longest_pause_ns"], passed)
            if 0 < ticks <= clock // 5 and not marker:
                s["frame_ns"] = ticks * SECOND_NS // clock
        _time(s, time_ns - s["stamp_ns"], ticks, clock, marker, ahead == 1, assumed)
    s["stamp"] = stamp
    s["stamp_ns"] = time_ns
    s["clock"] = clock


@compiled
def _open(s: np.void, packet: int, time_ns: int, sequence: int, stamp: int, clock: int) -> None:
    """Begin a stream with its first packet."""
    s["first_row"] = packet
    s["last_row"] = packet
    s["first_ns"] = time_ns
    s["last_ns"] = time_ns
    s["frame_ns"] = _FRAME_NS
    _restart(s, sequence, 1)
    s["packets"] = 1
    s["second_packets"] = 1
    s["stamp"] = stamp
    s["stamp_ns"] = time_ns
    s["clock"] = clock


@compiled
def _placed(s: np.void, ahead: int, passed: int, sequence: int) -> bool:
    """Put a sequence number into the window; return whether its packet counts."""
    if ahead <= 0:
        return _behind(s, -ahead, sequence)
    if ahead > _DROPOUT or (ahead > _JUMP and ahead * s["frame_ns"] > 4 * passed + SECOND_NS):
        return _stray(s, sequence)
    _advance(s, ahead)
    s["second_lost"] += ahead - 1
    s["highest"] = sequence
    return True


@compiled
def _hole(s: np.void, row: int, holes: Records, n: NDArray[np.int64], packet: int, passed: int, lost: int) -> None:
    s["holes"] += 1
    s["hole_lost"] += lost
    to = holes[n[HOLES]]
    n[HOLES] += 1
    to["stream"] = row
    to["start_ns"] = s["last_ns"]
    to["length_ns"] = passed
    to["lost"] = lost
    to["row"] = packet
