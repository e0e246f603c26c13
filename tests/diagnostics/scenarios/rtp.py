"""What do voice, tones and their reports look like on the wire (RFC 3550, 3551, 4733, 3611; G.711)?

Streams are built packet by packet on an exact clock with a seeded wobble, so that a loaded machine does not put
jitter into a healthy call; loss, holes and the like are cut into them afterwards.
"""

from __future__ import annotations

import math
import random
import struct
from collections.abc import Callable
from dataclasses import dataclass

from tests.diagnostics.scenarios.packets import Packet, Segment, datagram, segment

MS = 1_000_000
Payload = Callable[[int], bytes]
SAMPLES = 160


def alaw(sample: int) -> int:
    """Return one 16-bit sample as A-law (G.711)."""
    sign, level = (0x80, sample) if sample >= 0 else (0x00, -sample - 1)
    level = min(level, 32767) >> 4
    if level >= 32:
        exponent = level.bit_length() - 5
        code = (exponent << 4) | ((level >> exponent) & 15)
    else:
        code = level >> 1
    return (code | sign) ^ 0x55


def tone(
    *hertz: float, level: int = 6000, on: Callable[[float], bool] = lambda _second: True, ulaw: bool = False
) -> Payload:
    """Return 20 ms payloads of A-law (or mu-law) with the tones where `on(second)`; elsewhere silence."""

    def frame(number: int) -> bytes:
        codes = bytearray()
        for at in range(number * SAMPLES, (number + 1) * SAMPLES):
            second = at / 8000
            value = (
                sum(math.sin(2 * math.pi * each * second) for each in hertz) / max(len(hertz), 1) if on(second) else 0.0
            )
            codes.append(mulaw(int(value * level)) if ulaw else alaw(int(value * level)))
        return bytes(codes)

    return frame


def mulaw(sample: int) -> int:
    """Return one 16-bit sample as mu-law (G.711)."""
    sign, level = (0x80, -sample) if sample < 0 else (0, sample)
    level = min(level, 32635) + 132
    exponent = level.bit_length() - 8
    return ~(sign | (exponent << 4) | ((level >> (exponent + 3)) & 15)) & 0xFF


def voice(seed: int = 1, *, ulaw: bool = False) -> Payload:
    """Return payloads that sound like syllables: tones of a seeded pitch with pauses between, as small when zipped."""
    chance = random.Random(seed)
    pitches = [chance.choice([180.0, 220.0, 260.0, 330.0]) for _ in range(16)]
    frames: dict[int, bytes] = {}

    def frame(number: int) -> bytes:
        key = number % 80
        if key not in frames:
            pitch = pitches[key // 5 % 16]
            frames[key] = tone(pitch, pitch * 3, level=9000 if key % 10 < 8 else 200, ulaw=ulaw)(key)
        return frames[key]

    return frame


def rtp(pt: int, seq: int, ts: int, ssrc: int, payload: bytes, *, marker: bool = False) -> bytes:
    """Return an RTP packet without extension or contributors."""
    return struct.pack("!BBHII", 0x80, (0x80 if marker else 0) | pt, seq & 0xFFFF, ts & 0xFFFFFFFF, ssrc) + payload


@dataclass(frozen=True, slots=True)
class Way:
    """One direction of media: who sends to whom, and with which numbers it begins."""

    source: tuple[str, int]
    destination: tuple[str, int]
    ssrc: int
    pt: int = 8
    seq: int = 4711
    ts: int = 160_000


def stream(
    way: Way,
    start_ns: int,
    end_ns: int,
    *,
    payload: Payload | None = None,
    ptime_ms: int = 20,
    clock: int = 8000,
    wobble_ns: int = 250_000,
    pt_at: Callable[[int], int] | None = None,
    silent: Callable[[int], bool] | None = None,
    skip: int = 0,
) -> list[Packet]:
    """Return the packets of one direction between two times.

    payload: by the number of the packet; None is A-law voice. pt_at: payload type by number. silent: numbers not sent
    because of silence (DTX: the time stamp goes on, the sequence does not; the next packet bears the marker).
    skip: start with this number (sequence and time stamp go on from there).
    """
    chance = random.Random(way.ssrc)
    make = payload or (voice(way.ssrc, ulaw=way.pt == 0))
    packets, number, sent, quiet = [], skip, skip, skip == 0
    while start_ns + (number - skip) * ptime_ms * MS < end_ns:
        if silent and silent(number):
            quiet = True
        else:
            at = start_ns + (number - skip) * ptime_ms * MS + int(abs(chance.gauss(0, wobble_ns)))
            body = rtp(
                pt_at(number) if pt_at else way.pt,
                way.seq + sent,
                way.ts + number * clock * ptime_ms // 1000,
                way.ssrc,
                make(number),
                marker=quiet,
            )
            packets.append(datagram(at, way.source, way.destination, body, ident=way.ssrc + number))
            sent, quiet = sent + 1, False
        number += 1
    return packets


def first(packets: list[Packet], begins: bytes, *, after_ns: int = 0) -> Segment:
    """Return the first datagram whose payload begins so. Raises LookupError where there is none."""
    for packet in packets:
        part = segment(packet)
        if part and part.time_ns >= after_ns and part.payload.startswith(begins):
            return part
    raise LookupError(f"no datagram begins with {begins!r}")


def talk_time(packets: list[Packet]) -> tuple[int, int]:
    """Return when the ACK and the BYE of a recorded call were sent."""
    return first(packets, b"ACK ").time_ns + 5 * MS, first(packets, b"BYE ").time_ns - 5 * MS


def both_ways(
    packets: list[Packet], a: tuple[str, int], b: tuple[str, int], *, pt: int = 8
) -> tuple[list[Packet], list[Packet]]:
    """Return the two directions of a talk that lasts from ACK to BYE."""
    start, end = talk_time(packets)
    there = stream(Way(a, b, 0x3A5F10C1, pt), start, end)
    back = stream(Way(b, a, 0x71C2D9E4, pt, 20_100, 8_000), start + 12 * MS, end)
    return there, back
