"""What do the sections and interfaces of a pcapng file say about its packets: byte order, link type, clock?

Packet blocks are walked in machine code (packet_records); this reads the rare blocks between them.
Source: draft-ietf-opsawg-pcapng 4.1 and 4.2.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from diagnostics.packet_records import Interfaces

SECTION, INTERFACE = 0x0A0D0D0A, 1
_MOST_INTERFACES = 4096
_NANO = 1_000_000_000


@dataclass(slots=True)
class Section:
    """The section that is being read: its byte order and its interfaces so far."""

    big: bool = False
    links: list[int] = field(default_factory=list)
    units: list[int] = field(default_factory=list)
    offsets_ns: list[int] = field(default_factory=list)
    snaps: list[int] = field(default_factory=list)

    def interfaces(self) -> Interfaces:
        """Return the interfaces for the walk."""
        return Interfaces(*(_column(values) for values in (self.links, self.units, self.offsets_ns, self.snaps)))

    def read_block(self, data: NDArray[np.uint8], at: int) -> int | None:
        """Read the section header or interface block at data[at]; return where the next begins, None if senseless."""
        if at + 12 > len(data):
            return None
        if int.from_bytes(data[at : at + 4].tobytes(), "big") == SECTION:
            order = data[at + 8 : at + 12].tobytes()
            if order not in (b"\x1a\x2b\x3c\x4d", b"\x4d\x3c\x2b\x1a"):
                return None
            self.big = order == b"\x1a\x2b\x3c\x4d"
            for values in (self.links, self.units, self.offsets_ns, self.snaps):
                values.clear()
        length = self._number("I", data[at + 4 : at + 8].tobytes())
        if length < 12 or length & 3 or at + length > len(data):
            return None
        if self._number("I", data[at : at + 4].tobytes()) == INTERFACE:
            if length < 20 or len(self.links) >= _MOST_INTERFACES:
                return None
            self._interface(data[at + 8 : at + length - 4].tobytes())
        return at + length

    def _number(self, code: str, raw: bytes) -> int:
        return int(struct.unpack((">" if self.big else "<") + code, raw)[0])

    def _interface(self, body: bytes) -> None:
        self.links.append(self._number("H", body[:2]))
        self.snaps.append(self._number("I", body[4:8]))
        units, offset_s, at = 1_000_000, 0, 8
        while at + 4 <= len(body):
            code, size = self._number("H", body[at : at + 2]), self._number("H", body[at + 2 : at + 4])
            value = body[at + 4 : at + 4 + size]
            if code == 0:
                break
            if code == 9 and len(value) == 1:
                base, power = (2, value[0] & 127) if value[0] & 128 else (10, value[0])
                units = base**power if base**power <= 10**18 else 10**9
            elif code == 14 and len(value) == 8:
                offset_s = self._number("q", value)
            at += 4 + size + (-size) % 4
        self.units.append(units)
        self.offsets_ns.append(offset_s * _NANO if abs(offset_s) < 1 << 33 else 0)


def _column(values: list[int]) -> NDArray[np.int64]:
    return np.asarray(values, np.int64)
