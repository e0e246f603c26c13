"""What is an address and port for, at a time? SDP offers and answers as arrays that the walk over all packets can ask.

A claim is one end of one media line for as long as one offer and answer hold (RFC 3264): a re-INVITE that changes the
end, the codecs or the direction begins a new one, and so does another call on the same port.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from diagnostics.compiled import compiled
from diagnostics.rtp_count import SECOND_NS
from diagnostics.rtp_table import Records

# What a payload type is for.
FOREIGN, MEDIA, EVENT, COMFORT = 0, 1, 2, 3
AUDIO, IMAGE = 0, 1
_EARLY_NS = SECOND_NS  # media may be captured so long before the SDP that names its end
_FREE = -1
# One claim of the table. other: row of the media line's other end, -1 for none. profile: row of purposes and clocks.
# next: first row of another address or port.
CLAIM = np.dtype(
    [("address", np.int32), ("port", np.int32), ("start_ns", np.int64), ("stop_ns", np.int64), ("agreed_ns", np.int64),
     ("kind", np.int32), ("other", np.int32), ("profile", np.int32), ("next", np.int32)], align=True,
)  # fmt: skip
# Static payload types (RFC 3551 table 4 and 5): name, clock rate.
STATIC = {
    0: ("PCMU", 8000), 3: ("GSM", 8000), 4: ("G723", 8000), 5: ("DVI4", 8000), 6: ("DVI4", 16000), 7: ("LPC", 8000),
    8: ("PCMA", 8000), 9: ("G722", 8000), 10: ("L16", 44100), 11: ("L16", 44100), 12: ("QCELP", 8000), 13: ("CN", 8000),
    14: ("MPA", 90000), 15: ("G728", 8000), 16: ("DVI4", 11025), 17: ("DVI4", 22050), 18: ("G729", 8000),
    25: ("CelB", 90000), 26: ("JPEG", 90000), 28: ("nv", 90000), 31: ("H261", 90000), 32: ("MPV", 90000),
    33: ("MP2T", 90000), 34: ("H263", 90000),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PayloadType:
    """One payload type of an agreement. name: encoding in upper case, e.g. `PCMA`; clock: ticks a second."""

    name: str
    clock: int

    @property
    def purpose(self) -> int:
        """MEDIA, EVENT (RFC 4733) or COMFORT (RFC 3389)."""
        return EVENT if self.name == "TELEPHONE-EVENT" else COMFORT if self.name == "CN" else MEDIA


@dataclass(frozen=True, slots=True)
class Claim:
    """One end of a media line.

    media: number of the media line's epoch, shared by its two ends. side: 0 for the caller's end, 1 for the callee's.
    address: number in the capture's book. start_ns, stop_ns: while it holds. agreed_ns: when the answer settled it.
    kind: AUDIO (anything of RTP) or IMAGE (T.38). types: what may be sent to it; empty where not known.
    """

    media: int
    side: int
    address: int
    port: int
    start_ns: int
    stop_ns: int
    agreed_ns: int
    kind: int
    types: Mapping[int, PayloadType]


class Claims(NamedTuple):
    """Claims in order of address, port and start.

    ends: records of CLAIM. purposes, clocks: int32 (profiles, 128) by payload type; the last profile is for streams
    that nobody claimed. slots: int32 hash of address and port → first row.
    """

    ends: Records
    purposes: NDArray[np.int32]
    clocks: NDArray[np.int32]
    slots: NDArray[np.int32]


def gather(claims: Sequence[Claim]) -> tuple[Claims, list[Claim]]:
    """Lay claims out as arrays; also return them in the order of the rows."""
    ordered = sorted(claims, key=lambda claim: (claim.address, claim.port, claim.start_ns))
    profiles: dict[tuple[tuple[int, PayloadType], ...], int] = {}
    chosen = [profiles.setdefault(tuple(sorted(c.types.items(), key=lambda p: p[0])), len(profiles)) for c in ordered]
    purposes = np.zeros((len(profiles) + 1, 128), np.int32)
    clocks = np.full((len(profiles) + 1, 128), 8000, np.int32)
    for number, (_, rate) in STATIC.items():
        clocks[:, number] = rate
    purposes[-1] = MEDIA
    purposes[:, 13] = COMFORT
    for types, row in profiles.items():
        for number, payload_type in types:
            purposes[row, number] = payload_type.purpose
            clocks[row, number] = payload_type.clock
        if not types:
            purposes[row] = purposes[-1]
    ends = {(claim.media, claim.side): row for row, claim in enumerate(ordered)}
    size = 16
    while size < 4 * len(ordered):
        size *= 2
    records = np.zeros(len(ordered), CLAIM)
    for row, claim in enumerate(ordered):
        other = ends.get((claim.media, 1 - claim.side), -1)
        times = (claim.start_ns, claim.stop_ns, claim.agreed_ns)
        records[row] = (claim.address, claim.port, *times, claim.kind, other, chosen[row], 0)
    slots = np.full(size, _FREE, np.int32)
    _enter(records, slots)
    return Claims(records, purposes, clocks, slots), ordered


@compiled
def _slot(ends: Records, slots: NDArray[np.int32], address: int, port: int) -> int:
    last = len(slots) - 1
    slot = (((address * 65536 + port) * 0x9E3779B97F4A7C1) >> 20) & last
    while True:
        row = slots[slot]
        if row < 0 or (ends[row]["address"] == address and ends[row]["port"] == port):
            return slot
        slot = (slot + 1) & last


@compiled
def _enter(ends: Records, slots: NDArray[np.int32]) -> None:
    for row in range(len(ends) - 1, -1, -1):
        last = row + 1 == len(ends) or (
            ends[row + 1]["address"] != ends[row]["address"] or ends[row + 1]["port"] != ends[row]["port"]
        )
        ends[row]["next"] = row + 1 if last else ends[row + 1]["next"]
        slots[_slot(ends, slots, ends[row]["address"], ends[row]["port"])] = row


@compiled
def claim_at(ends: Records, slots: NDArray[np.int32], address: int, port: int, time_ns: int) -> int:
    """Return the row of the claim that holds for an end at a time, -1 for none.

    The last one that has begun; before the first one, the first if it begins within a second.
    """
    first = slots[_slot(ends, slots, address, port)]
    if first < 0:
        return -1
    if ends[first]["start_ns"] > time_ns:
        return first if ends[first]["start_ns"] - time_ns <= _EARLY_NS else -1
    low, high = first, int(ends[first]["next"])
    while high - low > 1:
        middle = (low + high) // 2
        if ends[middle]["start_ns"] <= time_ns:
            low = middle
        else:
            high = middle
    return low if time_ns <= ends[low]["stop_ns"] else -1
