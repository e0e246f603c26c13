"""What is in a capture file? A table of its packets, their bytes, and their datagrams.

`open_capture` reads the whole file once (400 MB in well under a second) into `Capture.packets`, a table of numpy
arrays (see packet_table.PacketTable for every column). Analysers that look at many packets work on the columns and on
`Capture.data` in compiled code; those that look at few take `Capture.datagram(row)`. Fragments are already put
together. Never keeps a copy of the file, never raises for damage inside it: what is wrong becomes a note.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from diagnostics import packet_table as table_of
from diagnostics import reading
from diagnostics.address_book import AddressBook, text_of
from diagnostics.datagram import Datagram, Endpoint
from diagnostics.fragments import join_fragments
from diagnostics.packet_files import Note, mapped, pcap_header
from diagnostics.packet_table import PacketTable, tunnel_names

Rows = NDArray[np.int64]
READS_BETWEEN = 1000  # packets that are read between two times that pages are given back
_PIECE = 1 << 11  # rows that compiled code walks over before; out of order each may map 64 kB, 128 MB together


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a capture is looked at. What lies beyond is left out with a note, never refused.

    packets: rows of the table (62 bytes each). unpacked_bytes: what gzip may unpack to. fragments: fragments that are
    put together. messages: SIP messages read. stream_bytes: of one TCP connection. dissect_bytes: the largest file
    that goes whole to the dissector. dissect_seconds: what the dissector may take; 0 leaves it out.
    """

    packets: int = 100_000_000
    unpacked_bytes: int = 8 << 30
    fragments: int = 500_000
    messages: int = 2_000_000
    stream_bytes: int = 64 << 20
    dissect_bytes: int = 2 << 20
    dissect_seconds: float = 20.0


@dataclass(eq=False)
class Capture:
    """One capture, open for reading. Close it by leaving the `with` of open_capture.

    packets: one row a packet, in the file's order; frame number = row + 1. data: uint8, the file's bytes; packet r is
    data[offset[r]:offset[r] + captured[r]]. extra: uint8, bytes of rows with the flag REASSEMBLED (their offset counts
    from the start of extra, their payload is 0). notes: what should be known about the file. link_types: of all
    interfaces. originals: where the last fragment of a reassembled row stands in data.
    forget: gives the pages of the file that were read back to the system (they stay cached and come back when asked
    for); what walks over the bytes of all packets takes `pieces` of its rows or calls it as often, so that memory
    stays flat.
    reads: packets read so far. texts, ends: what was already written out.
    """

    path: Path
    packets: PacketTable
    data: NDArray[np.uint8]
    extra: NDArray[np.uint8]
    book: AddressBook
    link_types: tuple[int, ...]
    notes: list[Note] = field(default_factory=list)
    originals: dict[int, int] = field(default_factory=dict)
    forget: Callable[[], None] = lambda: None
    reads: int = 0
    texts: dict[int, str] = field(default_factory=dict)
    ends: dict[tuple[int, int | None], Endpoint] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.packets.time_ns)

    def address(self, number: int) -> str:
        """Return an address of the columns source, destination, outer_* as text; "" for -1."""
        text = self.texts.get(number)
        if text is None:
            text = self.texts[number] = "" if number < 0 else text_of(self.book, number)
        return text

    def raw(self, row: int) -> bytes:
        """Return all captured bytes of a packet, link header first; of a reassembled one those of its last fragment."""
        start = int(self._raw_offset(row))
        self._count_read()
        return self.data[start : start + int(self.packets.captured[row])].tobytes()

    def payload(self, row: int) -> bytes:
        """Return what the innermost transport protocol carries: whole datagrams for reassembled rows."""
        packets = self.packets
        start, length = int(packets.offset[row]) + int(packets.payload[row]), int(packets.length[row])
        source = self.extra if packets.flags[row] & table_of.REASSEMBLED else self.data
        self._count_read()
        return source[start : start + length].tobytes()

    def datagram(self, row: int) -> Datagram:
        """Return a packet as a Datagram: innermost addresses, ports (None unless UDP, TCP, SCTP), payload, tunnel."""
        packets = self.packets
        ported = int(packets.protocol[row]) in (table_of.UDP, table_of.TCP, table_of.SCTP)
        source = self.endpoint(int(packets.source[row]), int(packets.source_port[row]) if ported else None)
        destination = self.endpoint(
            int(packets.destination[row]), int(packets.destination_port[row]) if ported else None
        )
        return Datagram(
            int(row) + 1, int(packets.time_ns[row]), source, destination, self.payload(row),
            tunnel_names(int(packets.tunnel[row])),
        )  # fmt: skip

    def endpoint(self, number: int, port: int | None) -> Endpoint:
        """Return the end that an address number and a port name; the same object for the same end."""
        end = self.ends.get((number, port))
        if end is None:
            end = self.ends[number, port] = Endpoint(self.address(number), port)
        return end

    def rows(self, protocol: int) -> Rows:
        """Return the rows of an IP protocol number that count: no duplicates, no fragments, in order of time."""
        packets = self.packets
        return self._sorted((packets.protocol == protocol) & (packets.flags & table_of.IGNORED == 0))

    def pieces(self, rows: Rows) -> Iterator[Rows]:
        """Give rows in pieces to look at the bytes of; after each piece the pages that were read are given back."""
        for at in range(0, len(rows), _PIECE):
            yield rows[at : at + _PIECE]
            self.forget()

    @cached_property
    def udp(self) -> Rows:
        """Rows of whole UDP datagrams with a payload, duplicates left out, in order of time."""
        packets = self.packets
        return self._sorted(
            (packets.protocol == table_of.UDP) & (packets.flags & table_of.IGNORED == 0) & (packets.length > 0)
        )

    @cached_property
    def icmp(self) -> Rows:
        """Rows of ICMP and ICMPv6. Their payload begins after the eight bytes of ICMP header: the quoted IP packet."""
        packets = self.packets
        return self._sorted((packets.protocol == table_of.ICMP) | (packets.protocol == table_of.ICMPV6))

    @cached_property
    def tunnelled(self) -> Rows:
        """Rows that came through a tunnel (outer_source and outer_destination say between whom), in order of time."""
        return self._sorted(self.packets.tunnel != 0)

    @cached_property
    def order(self) -> Rows | None:
        """Rows in order of time where the file is not in order; None where it is."""
        times = self.packets.time_ns
        if len(times) < 2 or bool(np.all(times[1:] >= times[:-1])):
            return None
        return np.argsort(times, kind="stable")

    def _sorted(self, wanted: NDArray[np.bool_]) -> Rows:
        if self.order is None:
            return np.flatnonzero(wanted)
        return self.order[wanted[self.order]]

    def _count_read(self) -> None:
        """Give pages back now and then: each packet that is read maps 64 kB around it into this process."""
        self.reads += 1
        if self.reads % READS_BETWEEN == 0:
            self.forget()

    def _raw_offset(self, row: int) -> int:
        return self.originals.get(row, int(self.packets.offset[row]))


@contextmanager
def open_capture(path: Path, limits: Limits | None = None) -> Iterator[Capture]:
    """Read a capture's packets into a table and keep the file mapped while the `with` lasts.

    path: pcap or pcapng, gzip or plain. Raises CaptureUnreadable where it is neither; never for damage further on.
    """
    limits = limits or Limits()
    notes: list[Note] = []
    with mapped(path, limits.unpacked_bytes, notes) as file:
        header = pcap_header(file, path.name)
        data = np.frombuffer(file, np.uint8)

        def forget() -> None:
            file.madvise(mmap.MADV_DONTNEED)

        if header:
            read = reading.pcap(data, header, limits.packets, forget)
        else:
            read = reading.pcapng(data, limits.packets, forget)
        whole = join_fragments(read, data, limits.fragments)
        yield Capture(
            path, read.table, data, whole.extra, read.book, read.links, [*notes, *read.notes, *whole.notes],
            whole.originals, forget,
        )  # fmt: skip
