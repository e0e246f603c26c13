"""Is the answer to damaged captures clear, and never a traceback? Seeded, so that a failure comes back."""

from __future__ import annotations

import gzip
import random
import struct
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from diagnostics.diagnose import diagnose
from diagnostics.errors import CaptureUnreadable
from diagnostics.packets import Limits
from rules.loader import load_rules
from rules.ruleset import RuleSet
from tests.diagnostics.scenarios import packets as make
from tests.diagnostics.scenarios.pcap import encode

CAPTURES = sorted(Path("tests/data/captures").glob("*.pcap*"))
BOUNDED = Limits(dissect_seconds=0, unpacked_bytes=32 << 20)
START = 1_700_000_000_000_000_000
ENDS = ("10.1.1.1", 5060), ("10.2.2.2", 5060)


@cache
def rules() -> RuleSet:
    return load_rules()


def answered(path: Path) -> bool:
    """Diagnose a file; True for a diagnosis, False for a refusal with a sentence. Anything else is raised."""
    try:
        return bool(diagnose(path, rules(), limits=BOUNDED).verdict.sentence)
    except CaptureUnreadable as refused:
        return not refused.sentence


def flipped(data: bytes, chance: random.Random) -> bytes:
    damaged = bytearray(data)
    for _ in range(chance.randint(1, 40)):
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    return bytes(damaged)


def truncated(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def lying(data: bytes, chance: random.Random) -> bytes:
    """Put huge and odd numbers where lengths may stand."""
    damaged = bytearray(data)
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(24, len(damaged) - 4)
        damaged[at : at + 4] = struct.pack("<I", chance.choice((0, 1, 7, 255, 65535, 1 << 20, 1 << 31, (1 << 32) - 1)))
    return bytes(damaged)


def shuffled(data: bytes, chance: random.Random) -> bytes:
    """Move pieces about, so that headers meet bodies that are not theirs."""
    cuts = sorted(chance.randrange(24, len(data)) for _ in range(6))
    pieces = [data[a:b] for a, b in zip([24, *cuts], [*cuts, len(data)], strict=True)]
    chance.shuffle(pieces)
    return data[:24] + b"".join(pieces)


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("damage", [flipped, truncated, lying, shuffled])
def test_damaged_captures_get_an_answer(
    damage: Callable[[bytes, random.Random], bytes], seed: int, tmp_path: Path
) -> None:
    chance = random.Random(f"{damage.__name__} {seed}")
    path = chance.choice(CAPTURES)
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    (tmp_path / "damaged.pcap").write_bytes(damage(data, chance))

    assert answered(tmp_path / "damaged.pcap") in (True, False)


@pytest.mark.parametrize("seed", range(10))
def test_damaged_gzip_gets_an_answer(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    data = bytearray(gzip.compress(chance.choice(CAPTURES).read_bytes(), mtime=0))
    for _ in range(5):
        data[chance.randrange(10, len(data))] ^= 1 << chance.randrange(8)
    (tmp_path / "damaged.pcap.gz").write_bytes(bytes(data))

    assert answered(tmp_path / "damaged.pcap.gz") in (True, False)


def over_tcp(payload: bytes, size: int = 1400) -> list[make.Packet]:
    (source, port), (destination, to) = ENDS
    return [
        make.Packet(START + at, make.ethernet(source, destination, make.ip(source, destination, make.TCP, make.tcp(
            source, destination, (port, to), (1 + at & 0xFFFFFFFF, 1), 24, payload[at : at + size]))))
        for at in range(0, len(payload), size)
    ]  # fmt: skip


def sip(*lines: bytes, body: bytes = b"") -> bytes:
    head = [b"INVITE sip:b@example.com SIP/2.0", b"Via: SIP/2.0/UDP a;branch=z9hG4bK1", b"From: <sip:a@x>;tag=1",
            b"To: <sip:b@x>", b"Call-ID: c", b"CSeq: 1 INVITE", *lines]  # fmt: skip
    return b"\r\n".join(head) + b"\r\n\r\n" + body


@pytest.mark.parametrize(
    "sent",
    [
        [make.datagram(START, *ENDS, sip(b"c: application/sdp", body=b"v=0\r\n" + b"m=audio 4 RTP/AVP 0\r\n" * 2900))],
        over_tcp(sip(b"Content-Type: application/sdp", body=b"v=0\r\n" + b"m=audio 4 RTP/AVP 0\r\n" * 10_000)),
        over_tcp(sip(*(b"X-%d: y" % i for i in range(200_000)))),
        over_tcp(sip(b"X: " + b"y" * 3_000_000)),
        over_tcp(b"INVITE " + b"SIP/2.0" * 200_000),
        over_tcp(sip(b"Content-Length: 4000000000") * 300),
        over_tcp(sip(b"Content-Length: 0") * 3000, 7),
        [make.datagram(START, *ENDS, sip(b"X: \x00\x00\x00", b"Content-Length: \x00"))],
        [make.datagram(START + i, *ENDS, sip(b"Via: " + b"<\"," * 9000)) for i in range(20)],
        [make.datagram(START + i, *ENDS, b"\x00" * i + b" SIP/2.0\r\n") for i in range(600)],
    ],
)  # fmt: skip
def test_hostile_messages_are_answered_in_time(sent: list[make.Packet], tmp_path: Path) -> None:
    (tmp_path / "hostile.pcap").write_bytes(encode(sent, nanoseconds=True))
    begun = time.process_time()

    assert answered(tmp_path / "hostile.pcap")
    assert time.process_time() - begun < 10


def test_fragments_that_overlap_and_never_end_are_left(tmp_path: Path) -> None:
    parts = [
        make.Packet(
            START + i, make.ip("1.1.1.1", "2.2.2.2", 17, b"x" * 64, ident=i % 7, fragment=0x2000 | i * 3 % 8190)
        )
        for i in range(3000)
    ]
    (tmp_path / "parts.pcap").write_bytes(encode(parts, link=101, nanoseconds=True))

    assert answered(tmp_path / "parts.pcap")


def test_wrappers_inside_wrappers_come_to_an_end(tmp_path: Path) -> None:
    packet = b"end"
    for _ in range(200):
        packet = make.ip("1.1.1.1", "2.2.2.2", 4, packet)
    (tmp_path / "deep.pcap").write_bytes(encode([make.Packet(START, packet)], link=101))

    assert answered(tmp_path / "deep.pcap")
