"""Which bytes of a file are a capture, and in which format? Maps it into memory; unpacks gzip into a temporary file.

pcap (both byte orders, micro- and nanoseconds, the modified form with 24-byte records) and pcapng. NetMon, snoop and
others are refused with the command that converts them. Never decides by a file's name.
Source: draft-ietf-opsawg-pcap 4, draft-ietf-opsawg-pcapng 4, RFC 1952 2.3.1.
"""

from __future__ import annotations

import mmap
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from diagnostics.errors import CaptureUnreadable

PCAPNG = b"\x0a\x0d\x0d\x0a"
_PCAP = {  # magic: (big endian, nanoseconds a unit, bytes before each packet)
    b"\xd4\xc3\xb2\xa1": (False, 1000, 16), b"\xa1\xb2\xc3\xd4": (True, 1000, 16),
    b"\x4d\x3c\xb2\xa1": (False, 1, 16), b"\xa1\xb2\x3c\x4d": (True, 1, 16),
    b"\x34\xcd\xb2\xa1": (False, 1000, 24), b"\xa1\xb2\xcd\x34": (True, 1000, 24),
}  # fmt: skip
_FOREIGN = {b"GMBU": "Microsoft NetMon", b"RTSS": "Microsoft NetMon 1", b"snoop": "snoop", b"TRSNIFF": "Sniffer",
            b"XCP\x00": "NetXRay"}  # fmt: skip
_STEP = 1 << 20


@dataclass(frozen=True, slots=True)
class Note:
    """Something about a capture that is no finding but should be known, in Chinese and English.

    kind: `cut` where the file ends too early, `damaged`, `limit`, `link`, or `other`.
    """

    sentence: str
    sentence_en: str
    kind: str = "other"


@dataclass(frozen=True, slots=True)
class PcapHeader:
    """What the file header of a pcap says. scale: nanoseconds a unit. record: bytes before each packet."""

    big: bool
    scale: int
    record: int
    link: int
    snap: int


@contextmanager
def mapped(path: Path, most_unpacked: int, notes: list[Note]) -> Iterator[mmap.mmap]:
    """Give the bytes of a capture, unpacked if they are gzip, as a read-only map.

    most_unpacked: bytes that gzip may unpack to; what is beyond is left out with a note.
    Raises CaptureUnreadable.
    """
    try:
        with path.open("rb") as file, _plain(file, path, most_unpacked, notes) as plain:
            size = plain.seek(0, 2)
            if size < 24:
                raise CaptureUnreadable(
                    f"{path.name} 只有 {size} 字节，不是抓包文件；请重新导出后上传",
                    f"{path.name} has only {size} bytes and is no capture; export it again",
                )
            yield mmap.mmap(plain.fileno(), 0, access=mmap.ACCESS_READ)  # closed with the last array over it
    except OSError as error:
        raise CaptureUnreadable(
            f"{path.name} 无法读取（{error.strerror}）；请检查文件是否存在和权限",
            f"{path.name} cannot be read ({error.strerror}); check that it exists and may be read",
        ) from error


@contextmanager
def _plain(file: BinaryIO, path: Path, most: int, notes: list[Note]) -> Iterator[BinaryIO]:
    head = file.read(2)
    file.seek(0)
    if head != b"\x1f\x8b":
        yield file
        return
    with tempfile.TemporaryFile(prefix="suyin-capture-") as unpacked:
        _unpack(file, unpacked, path, most, notes)
        yield unpacked


def _unpack(file: BinaryIO, to: BinaryIO, path: Path, most: int, notes: list[Note]) -> None:
    """Write what a gzip file of one or several members holds, until it ends, is damaged, or is too much."""
    written, inside, unpacker = 0, False, zlib.decompressobj(wbits=31)
    for packed in iter(lambda: file.read(_STEP), b""):
        rest = packed
        while rest:
            try:
                part = unpacker.decompress(rest, 4 * _STEP)
            except zlib.error as error:
                if not written:
                    raise _damaged(path, error) from error
                notes.append(_INCOMPLETE)
                return
            written += to.write(part[: most - written])
            if written >= most:
                notes.append(_too_much(most))
                return
            rest, inside = unpacker.unconsumed_tail, True
            if unpacker.eof:
                rest, inside, unpacker = unpacker.unused_data, False, zlib.decompressobj(wbits=31)
    if inside:
        notes.append(_INCOMPLETE)


_INCOMPLETE = Note(
    "gzip 文件不完整，只分析了能解压的部分", "the gzip file is incomplete; what could be unpacked was read", "cut"
)


def _too_much(most: int) -> Note:
    return Note(
        f"解压后超过 {most} 字节，只分析了前面的部分",
        f"unpacks to more than {most} bytes; only the beginning was read",
        "limit",
    )


def _damaged(path: Path, error: zlib.error) -> CaptureUnreadable:
    return CaptureUnreadable(
        f"{path.name} 是损坏的 gzip 文件；请重新压缩或直接上传未压缩的抓包",
        f"{path.name} is damaged gzip ({error}); pack it again or give the capture unpacked",
    )


def pcap_header(data: mmap.mmap, name: str) -> PcapHeader | None:
    """Return the header of a pcap; None where the file is pcapng. Raises CaptureUnreadable where it is neither."""
    magic = data[:4]
    if magic == PCAPNG:
        return None
    if magic in _PCAP:
        big, scale, record = _PCAP[magic]
        order: Literal["big", "little"] = "big" if big else "little"
        snap = int.from_bytes(data[16:20], order)
        return PcapHeader(big, scale, record, int.from_bytes(data[20:24], order) & 0xFFFF, snap)
    for start, kind in _FOREIGN.items():
        if data[: len(start)] == start:
            raise CaptureUnreadable(
                f"{name} 是 {kind} 格式；请先用 editcap -F pcapng 转换后再上传",
                f"{name} is in {kind} format; convert it with `editcap -F pcapng` first",
            )
    raise CaptureUnreadable(
        f"{name} 不是抓包文件（开头为 {magic.hex()}）；请上传 pcap 或 pcapng，可用 gzip 压缩",
        f"{name} is no capture (it begins with {magic.hex()}); give pcap or pcapng, gzip allowed",
    )
