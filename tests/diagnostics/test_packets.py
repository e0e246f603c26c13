from __future__ import annotations

import gzip
import struct
from collections.abc import Sequence
from pathlib import Path

import pytest

from diagnostics.errors import CaptureUnreadable
from diagnostics.packet_table import DUPLICATE, FRAGMENT, REASSEMBLED, SIP_TEXT, SNAPPED, UDP
from diagnostics.packets import Capture, Limits, open_capture
from tests.diagnostics.scenarios import packets as make
from tests.diagnostics.scenarios.pcap import encode

A, B, START = "10.1.1.1", "10.2.2.2", 1_700_000_000_000_000_000
HELLO = b"OPTIONS sip:a@b SIP/2.0\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n\r\n"
INNER = make.ip(A, B, UDP, make.udp(A, 5060, B, 5061, HELLO))


def stored(tmp_path: Path, data: bytes, name: str = "one.pcap") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


def record(data: bytes, time_ns: int = START) -> make.Packet:
    return make.Packet(time_ns, data)


def first(path: Path, limits: Limits | None = None) -> tuple[str, str, bytes, tuple[str, ...], int]:
    with open_capture(path, limits) as capture:
        seen = capture.datagram(0)
        return str(seen.source), str(seen.destination), seen.payload, seen.tunnel, seen.time_ns


PLAIN = ("10.1.1.1:5060", "10.2.2.2:5061", HELLO)


@pytest.mark.parametrize(
    ("data", "link", "tunnel"),
    [
        (make.ethernet(A, B, INNER), 1, ()),
        (make.ethernet(A, B, INNER, vlans=(7, 9)), 1, ()),
        (INNER, 101, ()),
        (b"\x02\0\0\0" + INNER, 0, ()),
        (bytes(14) + b"\x08\x00" + INNER, 113, ()),
        (b"\x08\x00" + bytes(18) + INNER, 276, ()),
        (make.mac(A) + make.mac(B) + b"\x88\x64\x11\x00\x00\x01\x00\x40\x00\x21" + INNER, 1, ()),
        (make.mac(A) + make.mac(B) + b"\x88\x47\x00\x01\x01\x40" + INNER, 1, ()),
        (make.ip("1.1.1.1", "2.2.2.2", 47, b"\0\0\x08\0" + INNER), 101, ("gre",)),
        (make.ip("1.1.1.1", "2.2.2.2", 47, b"\x20\0\x08\0\0\0\0\x05" + INNER), 101, ("gre",)),
        (make.ip("1.1.1.1", "2.2.2.2", 4, INNER), 101, ("ip-in-ip",)),
        (make.ip("1::1", "1::2", 4, INNER), 101, ("ip-in-ip",)),
        (
            make.ip("1.1.1.1", "2.2.2.2", UDP, make.udp("1.1.1.1", 9, "2.2.2.2", 2152,
                    b"\x30\xff" + struct.pack("!HI", len(INNER), 7) + INNER)),
            101, ("gtp-u",),
        ),
        (make.ip("1.1.1.1", "2.2.2.2", 47, b"\0\0\x08\0" + make.ip("3.3.3.3", "4.4.4.4", 4, INNER)), 101,
         ("gre", "ip-in-ip")),
    ],
)  # fmt: skip
def test_the_innermost_datagram_is_found_below_every_wrapper(
    data: bytes, link: int, tunnel: tuple[str, ...], tmp_path: Path
) -> None:
    path = stored(tmp_path, encode([record(data)], link=link))

    assert first(path) == (*PLAIN, tunnel, START)


def swapped(data: bytes) -> bytes:
    """Return a pcap of one record in the other byte order."""
    head = struct.pack(">IHHiIII", *struct.unpack("<IHHiIII", data[:24]))
    return head + struct.pack(">IIII", *struct.unpack("<IIII", data[24:40])) + data[40:]


def block(kind: int, body: bytes, order: str = "<") -> bytes:
    body += bytes(-len(body) % 4)
    size = 12 + len(body)
    return struct.pack(f"{order}II", kind, size) + body + struct.pack(f"{order}I", size)


def section(order: str = "<") -> bytes:
    return block(0x0A0D0D0A, struct.pack(f"{order}IHHq", 0x1A2B3C4D, 1, 0, -1), order)


def interface(link: int = 101, options: bytes = b"", order: str = "<") -> bytes:
    return block(1, struct.pack(f"{order}HHI", link, 0, 0) + options, order)


def enhanced(data: bytes, ticks: int, order: str = "<", which: int = 0) -> bytes:
    head = struct.pack(f"{order}IIIII", which, ticks >> 32, ticks & 0xFFFFFFFF, len(data), len(data))
    return block(6, head + data, order)


def old_block(data: bytes, ticks: int) -> bytes:
    return block(2, struct.pack("<HHIIII", 0, 0, ticks >> 32, ticks & 0xFFFFFFFF, len(data), len(data)) + data)


NANO = struct.pack("<HHB3x", 9, 1, 9)
BINARY = struct.pack("<HHB3x", 9, 1, 0x80 | 20)
MICRO = START // 1000
ONE = encode([record(INNER)], link=101)


@pytest.mark.parametrize(
    "data",
    [
        ONE,
        swapped(ONE),
        encode([record(INNER)], link=101, nanoseconds=True),
        swapped(encode([record(INNER)], link=101, nanoseconds=True)),
        gzip.compress(ONE, mtime=0),
        gzip.compress(ONE[:30], mtime=0) + gzip.compress(ONE[30:]),
        section() + interface() + enhanced(INNER, MICRO),
        section(">") + interface(order=">") + enhanced(INNER, MICRO, ">"),
        section() + interface(options=NANO) + enhanced(INNER, START),
        section() + interface(options=BINARY) + enhanced(INNER, (START // 10**9) << 20),
        section() + interface(147) + section() + interface() + enhanced(INNER, MICRO),
        section() + interface() + block(4, bytes(8)) + block(5, bytes(12)) + enhanced(INNER, MICRO),
        section() + interface() + old_block(INNER, MICRO),
    ],
)
def test_every_file_format_gives_the_same_packet(data: bytes, tmp_path: Path) -> None:
    assert first(stored(tmp_path, data)) == (*PLAIN, (), START)


def test_a_simple_packet_block_takes_the_time_of_the_one_before(tmp_path: Path) -> None:
    data = section() + interface() + enhanced(INNER, MICRO) + block(3, struct.pack("<I", len(INNER)) + INNER)

    with open_capture(stored(tmp_path, data)) as capture:
        assert [capture.payload(1), int(capture.packets.time_ns[1])] == [HELLO, START]


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "0 字节"),
        (b"GMBU" + bytes(100), "NetMon"),
        (b"PK\x03\x04" + bytes(100), "不是抓包文件"),
        (b"\x1f\x8b\x08" + b"rubbish" * 30, "损坏的 gzip"),
        (gzip.compress(b"<html>" * 100, mtime=0), "不是抓包文件"),
    ],
)
def test_what_is_no_capture_is_refused_with_a_sentence(data: bytes, word: str, tmp_path: Path) -> None:
    with pytest.raises(CaptureUnreadable) as refused, open_capture(stored(tmp_path, data)):
        pass

    assert word in refused.value.sentence


def test_a_file_that_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CaptureUnreadable, match="cannot be read"), open_capture(tmp_path / "nowhere.pcap"):
        pass


def many(count: int) -> list[make.Packet]:
    return [make.datagram(START + i * 10**9, (A, 5060), (B, 5061), b"x%d" % i, i) for i in range(count)]


@pytest.mark.parametrize(
    ("data", "rows", "kind"),
    [
        (encode(many(3))[:-5], 3, "cut"),
        (encode(many(3)) + bytes(7), 3, "cut"),
        (encode(many(3)) + b"\xff" * 40, 3, "damaged"),
        (gzip.compress(encode(many(3)), mtime=0)[:-6], 3, "cut"),
        (section() + interface() + enhanced(INNER, MICRO) + b"\x06\0\0\0\xff\xff\xff\xff" + bytes(16), 1, "damaged"),
        (section() + interface() + enhanced(INNER, MICRO) + enhanced(INNER, MICRO)[:-30], 2, "cut"),
    ],
)
def test_damage_at_the_end_is_a_note_and_keeps_what_is_before(
    data: bytes, rows: int, kind: str, tmp_path: Path
) -> None:
    with open_capture(stored(tmp_path, data)) as capture:
        assert (len(capture), [note.kind for note in capture.notes]) == (rows, [kind])


def test_more_packets_than_the_limit_are_left_out_with_a_note(tmp_path: Path) -> None:
    with open_capture(stored(tmp_path, encode(many(3))), Limits(packets=2)) as capture:
        assert (len(capture), [note.kind for note in capture.notes]) == (2, ["limit"])


def test_gzip_that_unpacks_to_too_much_is_read_up_to_the_limit(tmp_path: Path) -> None:
    path = stored(tmp_path, gzip.compress(encode(many(5000))))

    with open_capture(path, Limits(unpacked_bytes=10_000)) as capture:
        assert (0 < len(capture) < 200, capture.notes[0].kind) == (True, "limit")


def test_the_table_grows_beyond_its_first_guess(tmp_path: Path) -> None:
    tiny = [make.Packet(START + i, bytes(14)) for i in range(20_000)]

    with open_capture(stored(tmp_path, encode(tiny, nanoseconds=True))) as capture:
        assert (len(capture), int(capture.packets.time_ns[-1])) == (20_000, START + 19_999)


def test_more_addresses_than_the_book_begins_with_keep_their_text(tmp_path: Path) -> None:
    sent = [make.datagram(START + i * 1000, (f"10.{i >> 8}.{i & 255}.1", 1), (B, 2), b"x") for i in range(9000)]

    with open_capture(stored(tmp_path, encode(sent))) as capture:
        assert [capture.datagram(row).source.address for row in (0, 4242, 8999)] == [
            "10.0.0.1", "10.16.146.1", "10.35.39.1",
        ]  # fmt: skip


def fragments(payload: bytes, size: int, ident: int = 9) -> list[bytes]:
    whole = make.udp(A, 5060, B, 5061, payload)
    return [
        make.ip(A, B, UDP, whole[at : at + size], ident=ident,
                fragment=at // 8 | (0x2000 if at + size < len(whole) else 0))
        for at in range(0, len(whole), size)
    ]  # fmt: skip


LONG = HELLO + b"long " * 600


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (1, 3, 0, 2)])
def test_fragments_are_put_together_in_any_order(order: Sequence[int], tmp_path: Path) -> None:
    parts = fragments(LONG, 800)
    data = encode([record(parts[i], START + n * 10**6) for n, i in enumerate(order)], link=101)

    with open_capture(stored(tmp_path, data)) as capture:
        assert [capture.datagram(row).payload for row in capture.udp.tolist()] == [LONG]
        assert capture.datagram(3).frame == 4


def test_fragments_of_a_tunnel_are_opened(tmp_path: Path) -> None:
    outer = b"\0\0\x08\0" + make.ip(A, B, UDP, make.udp(A, 5060, B, 5061, LONG))
    parts = [
        make.ip("1.1.1.1", "2.2.2.2", 47, outer[at : at + 1600], ident=3, fragment=at // 8 | (0x2000 if at == 0 else 0))
        for at in (0, 1600)
    ]

    data = encode([record(part, START + i * 1000) for i, part in enumerate(parts)], link=101)

    with open_capture(stored(tmp_path, data)) as capture:
        seen = capture.datagram(1)
        assert (seen.payload, seen.tunnel, capture.packets.flags[1] & SIP_TEXT) == (LONG, ("gre",), SIP_TEXT)


def flags(capture: Capture, bit: int) -> list[bool]:
    return [bool(value & bit) for value in capture.packets.flags]


def test_a_missing_fragment_leaves_the_others_as_they_are(tmp_path: Path) -> None:
    data = encode([record(part, START + i) for i, part in enumerate(fragments(LONG, 800)[:3])], link=101)

    with open_capture(stored(tmp_path, data)) as capture:
        assert (flags(capture, FRAGMENT), flags(capture, REASSEMBLED), len(capture.udp)) == ([True] * 3, [False] * 3, 0)


def test_the_copy_of_a_mirror_port_is_marked_and_a_retransmission_is_not(tmp_path: Path) -> None:
    one = make.datagram(START, (A, 5060), (B, 5061), HELLO, 5)
    again = make.datagram(START + 500_000_000, (A, 5060), (B, 5061), HELLO, 6)

    with open_capture(stored(tmp_path, encode([one, one.later(20_000), again]))) as capture:
        assert (flags(capture, DUPLICATE), capture.udp.tolist()) == ([False, True, False], [0, 2])


def test_packets_that_were_cut_short_are_marked(tmp_path: Path) -> None:
    with open_capture(stored(tmp_path, encode(many(1), snaplen=43))) as capture:
        assert (flags(capture, SNAPPED), capture.payload(0)) == ([True], b"x")


def test_rows_are_given_in_order_of_time_even_if_the_file_is_not(tmp_path: Path) -> None:
    late, early = encode(many(2)[1:]), encode(many(1))

    with open_capture(stored(tmp_path, late + early[24:])) as capture:
        assert [capture.datagram(row).payload for row in capture.udp.tolist()] == [b"x0", b"x1"]


def test_a_link_type_that_is_not_read_is_named(tmp_path: Path) -> None:
    with open_capture(stored(tmp_path, encode([record(bytes(60))], link=127))) as capture:
        assert (len(capture), capture.notes[0].kind, "802.11" in capture.notes[0].sentence) == (1, "link", True)
