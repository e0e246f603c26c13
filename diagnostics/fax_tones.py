"""Does the audio of a stream begin with the tones of a fax machine?

CED is 2100 Hz from the called machine for 2.6 to 4 s, CNG is 1100 Hz from the calling one for 0.5 s every 3 s (ITU-T
T.30 section 4.1). Looked for in G.711 only, by Goertzel's filter over every fifth packet of the first seconds; a tone
counts where nearly all energy of a packet stands at its frequency, several times. A modem also answers with 2100 Hz.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, pi

import numpy as np
from numpy.typing import NDArray

from diagnostics.compiled import compiled
from diagnostics.media_streams import MediaStream
from diagnostics.packet_table import REASSEMBLED, PacketTable
from diagnostics.packets import Capture
from diagnostics.rtp_table import Records

CED, CNG = 1, 2
_EVERY = 5
_FIRST_NS = 30_000_000_000
_CED_TIMES, _CNG_TIMES = 8, 4  # of every fifth packet of 20 ms: 0.8 s and 0.4 s
_CED_HZ, _CNG_HZ, _RATE = 2100.0, 1100.0, 8000.0
_SHARE = 0.8  # of the energy of a packet
_QUIET = 2500.0  # mean square below which nothing counts, of 32768 * 32768


def _mu_law() -> NDArray[np.float64]:
    codes = ~np.arange(256, dtype=np.int64) & 0xFF
    values = (((codes & 0x0F) << 3) + 0x84 << ((codes >> 4) & 7)) - 0x84
    return np.where(codes & 0x80, -values, values).astype(np.float64)


def _a_law() -> NDArray[np.float64]:
    codes = np.arange(256, dtype=np.int64) ^ 0x55
    exponent, mantissa = (codes >> 4) & 7, (codes & 0x0F) << 4
    values = np.where(exponent == 0, mantissa + 8, (mantissa + 0x108) << np.maximum(exponent - 1, 0))
    return np.where(codes & 0x80, values, -values).astype(np.float64)


EXPANSIONS = {"PCMU": _mu_law(), "PCMA": _a_law()}  # ITU-T G.711
_LAWS = np.stack(list(EXPANSIONS.values()))
# A stream to be listened to. first, last: rows of the packet table. next: another between the same ends, -1 for none.
# seen: its packets so far. ced, cng: packets that held the tone.
TALK = np.dtype(
    [("source", np.int64), ("destination", np.int64), ("source_port", np.int64), ("destination_port", np.int64),
     ("first", np.int64), ("last", np.int64), ("stop_ns", np.int64), ("law", np.int64), ("next", np.int64),
     ("seen", np.int64), ("ced", np.int64), ("cng", np.int64)],
)  # fmt: skip


def fax_tones(capture: Capture, streams: Sequence[MediaStream]) -> dict[int, frozenset[str]]:
    """Return the tones that were heard by row of the stream: `ced`, `cng`. Streams without any are missing."""
    wanted = [stream for stream in streams if stream.codec in EXPANSIONS and stream.packets >= _EVERY * _CNG_TIMES]
    if not wanted:
        return {}
    talks, slots = _laid_out(capture, wanted)
    for rows in capture.pieces(capture.udp):
        _listen(capture.packets, capture.data, rows, talks, slots, _LAWS)
    heard: dict[int, frozenset[str]] = {}
    for stream, talk in zip(wanted, talks, strict=True):
        often = (("ced", talk["ced"] >= _CED_TIMES), ("cng", talk["cng"] >= _CNG_TIMES))
        tones = frozenset(tone for tone, enough in often if enough)
        if tones:
            heard[stream.row] = tones
    return heard


def _laid_out(capture: Capture, streams: Sequence[MediaStream]) -> tuple[Records, NDArray[np.int32]]:
    """Return a record of TALK for each stream, and hash slots that find the first of those with the same ends."""
    packets = capture.packets
    first = np.array([stream.first_frame - 1 for stream in streams])
    talks = np.zeros(len(streams), TALK)
    talks["source"], talks["destination"] = packets.source[first], packets.destination[first]
    talks["source_port"], talks["destination_port"] = packets.source_port[first], packets.destination_port[first]
    talks["first"], talks["last"] = first, [stream.last_frame - 1 for stream in streams]
    talks["stop_ns"] = [stream.first_ns + _FIRST_NS for stream in streams]
    talks["law"] = [list(EXPANSIONS).index(stream.codec or "") for stream in streams]
    slots = np.full(1 << (4 * len(streams)).bit_length(), -1, np.int32)
    _enter(talks, slots)
    return talks, slots


@compiled
def _slot(
    talks: Records, slots: NDArray[np.int32], source: int, destination: int, source_port: int, destination_port: int
) -> int:
    """Return the slot of streams between two ends, or the free one where they belong."""
    last = len(slots) - 1
    mixed = source * 0x9E3779B1 ^ destination * 0x85EBCA77 ^ source_port * 0xC2B2AE3D ^ destination_port * 0x27D4EB2F
    slot = (mixed >> 11) & last
    while True:
        at = slots[slot]
        if at < 0:
            return slot
        t = talks[at]
        same_ports = t["source_port"] == source_port and t["destination_port"] == destination_port
        if same_ports and t["source"] == source and t["destination"] == destination:
            return slot
        slot = (slot + 1) & last


@compiled
def _enter(talks: Records, slots: NDArray[np.int32]) -> None:
    for at in range(len(talks)):
        t = talks[at]
        slot = _slot(talks, slots, t["source"], t["destination"], t["source_port"], t["destination_port"])
        t["next"] = slots[slot]
        slots[slot] = at


@compiled
def _listen(
    packets: PacketTable,
    data: NDArray[np.uint8],
    rows: NDArray[np.int64],
    talks: Records,
    slots: NDArray[np.int32],
    laws: NDArray[np.float64],
) -> None:
    """Count the tones in every fifth packet of each stream."""
    for row in rows:
        source_port, destination_port = int(packets.source_port[row]), int(packets.destination_port[row])
        ends = int(packets.source[row]), int(packets.destination[row])
        at = slots[_slot(talks, slots, ends[0], ends[1], source_port, destination_port)]
        if at < 0 or packets.flags[row] & REASSEMBLED:
            continue
        start, size = int(packets.offset[row]) + int(packets.payload[row]), int(packets.length[row])
        while at >= 0:
            t = talks[at]
            at = t["next"]
            if not t["first"] <= row <= t["last"] or packets.time_ns[row] > t["stop_ns"]:
                continue
            if t["seen"] % _EVERY == 0:
                tone = tone_of(data, start, size, laws[t["law"]])
                t["ced"] += tone == CED
                t["cng"] += tone == CNG
            t["seen"] += 1


@compiled
def _power(samples: NDArray[np.float64], frequency: float) -> float:
    """Return the energy of samples at a frequency (Goertzel), as a share of what they have altogether."""
    twice = 2.0 * cos(2.0 * pi * frequency / _RATE)
    before = last = total = 0.0
    for sample in samples:
        before, last = last, sample + twice * last - before
        total += sample * sample
    if total <= 0.0:
        return 0.0
    return (last * last + before * before - twice * last * before) * 2.0 / (total * len(samples))


@compiled
def tone_of(data: NDArray[np.uint8], start: int, size: int, law: NDArray[np.float64]) -> int:
    """Return CED, CNG or 0 for what an RTP packet of G.711 holds. start, size: where it stands in data."""
    header = 12 + 4 * (np.int64(data[start]) & 15) if size >= 12 else 0
    length = size - header
    if header == 0 or length < 80 or length > 640:
        return 0
    samples = np.empty(length, np.float64)
    energy = 0.0
    for k in range(length):
        samples[k] = law[data[start + header + k]]
        energy += samples[k] * samples[k]
    if energy / length < _QUIET:
        return 0
    if _power(samples, _CED_HZ) > _SHARE:
        return CED
    return CNG if _power(samples, _CNG_HZ) > _SHARE else 0
