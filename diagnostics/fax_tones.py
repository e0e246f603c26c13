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
from diagnostics.packets import Capture

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


def fax_tones(capture: Capture, streams: Sequence[MediaStream]) -> dict[int, frozenset[str]]:
    """Return the tones that were heard by row of the stream: `ced`, `cng`. Streams without any are missing."""
    wanted = [stream for stream in streams if stream.codec in EXPANSIONS and stream.packets >= _EVERY * _CNG_TIMES]
    if not wanted:
        return {}
    packets, udp = capture.packets, capture.udp
    heard: dict[int, frozenset[str]] = {}
    keys = _flow_keys(capture, udp)
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    for stream in wanted:
        first = stream.first_frame - 1
        key = _flow_key(*(int(column[first]) for column in _flow_columns(capture)))
        rows = udp[order[np.searchsorted(keys, key, "left") : np.searchsorted(keys, key, "right")]]
        rows = rows[(rows >= first) & (rows < stream.last_frame)]
        rows = rows[packets.time_ns[rows] <= stream.first_ns + _FIRST_NS][::_EVERY]
        counts = np.zeros(2, np.int64)
        starts = packets.offset[rows] + packets.payload[rows]
        sizes = packets.length[rows].astype(np.int64)
        count_tones(capture.data, starts, sizes, EXPANSIONS[stream.codec or ""], counts)
        tones = [tone for tone, often in (("ced", counts[0] >= _CED_TIMES), ("cng", counts[1] >= _CNG_TIMES)) if often]
        if tones:
            heard[stream.row] = frozenset(tones)
    return heard


def _flow_columns(capture: Capture) -> tuple[NDArray[np.generic], ...]:
    packets = capture.packets
    return packets.source, packets.destination, packets.source_port, packets.destination_port


def _flow_keys(capture: Capture, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    source, destination, source_port, destination_port = (
        column[rows].astype(np.int64) for column in _flow_columns(capture)
    )
    return (source * 2_147_483_629 + destination) * 65_521 + (source_port << 20) + destination_port


def _flow_key(source: int, destination: int, source_port: int, destination_port: int) -> int:
    key = (source * 2_147_483_629 + destination) * 65_521 + (source_port << 20) + destination_port
    return (key + (1 << 63)) % (1 << 64) - (1 << 63)


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
def count_tones(
    data: NDArray[np.uint8],
    starts: NDArray[np.int64],
    sizes: NDArray[np.int64],
    expansion: NDArray[np.float64],
    counts: NDArray[np.int64],
) -> None:
    """Count the packets that hold a tone. starts, sizes: RTP packets within data; counts: CED, CNG."""
    for i in range(len(starts)):
        header = 12 + 4 * (np.int64(data[starts[i]]) & 15) if sizes[i] >= 12 else 0
        size = sizes[i] - header
        if header == 0 or size < 80 or size > 640:
            continue
        samples = np.empty(size, np.float64)
        energy = 0.0
        for k in range(size):
            samples[k] = expansion[data[starts[i] + header + k]]
            energy += samples[k] * samples[k]
        if energy / size < _QUIET:
            continue
        if _power(samples, _CED_HZ) > _SHARE:
            counts[0] += 1
        elif _power(samples, _CNG_HZ) > _SHARE:
            counts[1] += 1
