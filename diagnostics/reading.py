"""How does a capture file become a table of packets? Drives the compiled walk and gives it room when it asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from diagnostics import packet_records as walk
from diagnostics.address_book import AddressBook, grown, new_book
from diagnostics.packet_files import Note, PcapHeader
from diagnostics.packet_layers import DONE, first_layer
from diagnostics.packet_records import Memory, new_memory, walk_pcap, walk_pcapng
from diagnostics.packet_table import PacketTable, first_rows, new_table, resized
from diagnostics.pcapng import Section

Bytes = NDArray[np.uint8]
_BYTES_A_PACKET = 100  # first guess, on the small side: rows that are not written take no memory
PAUSE = 64 << 20  # bytes after which the pages of the mapped file are given back
_LINK_NAMES = {105: "802.11", 127: "802.11 radiotap", 147: "USER0", 195: "802.15.4", 189: "USB", 252: "exported PDU"}


@dataclass(slots=True)
class Reading:
    """A table that is being filled. most: rows that it may have. forget: gives the pages of the file back."""

    most: int
    forget: Callable[[], None]
    table: PacketTable
    book: AddressBook
    memory: Memory
    rows: int = 0
    links: tuple[int, ...] = ()
    notes: list[Note] = field(default_factory=list)

    def go(self, at: int, step: Callable[[int, int], tuple[int, int, int]]) -> tuple[int, int]:
        """Repeat a walk from a byte until it stops for another reason than room; return (next byte, that reason).

        step: walks from a byte, given how many packets it may read. Pages that were walked over are given back.
        """
        given_back = at
        while True:
            room = min(walk.BATCH, self.most - self.rows)
            at, count, why = step(at, room)
            if self.rows + count > len(self.table.time_ns):
                self.table = resized(self.table, min(self.most, self.rows * 3 // 2 + walk.BATCH), self.rows)
            walk.store(self.table, self.rows, self.memory.buffer, count)
            self.rows += count
            if at - given_back > PAUSE:
                self.forget()
                given_back = at
            if why == walk.BOOK_FULL:
                self.book = grown(self.book)
            elif why != walk.NO_ROOM or self.rows >= self.most:
                return at, why

    def finish(self, at: int, why: int, links: list[int]) -> Reading:
        """Cut the table to its rows and say how the file ended."""
        self.table = first_rows(self.table, self.rows)
        self.links = tuple(dict.fromkeys(links))
        if why == walk.CUT_OFF:
            self.notes.append(
                Note(
                    f"文件在第 {self.rows} 帧处被截断，之前的包已分析",
                    f"the file is cut off at frame {self.rows}; what is before it was read",
                    "cut",
                )
            )
        elif why == walk.SENSELESS:
            self.notes.append(
                Note(
                    f"第 {self.rows} 帧之后（字节 {at}）文件已损坏，之后的内容无法读取",
                    f"the file is damaged after frame {self.rows} (byte {at}); the rest cannot be read",
                    "damaged",
                )
            )
        elif why == walk.NO_ROOM:
            self.notes.append(
                Note(
                    f"超过 {self.most} 帧，其余未分析", f"more than {self.most} frames; the rest was not read", "limit"
                )
            )
        for link in self.links:
            if first_layer(link) == DONE:
                name = _LINK_NAMES.get(link, str(link))
                self.notes.append(
                    Note(
                        f"链路类型 {name} 不支持，这些包未分析；请用 tcpdump 在网口上重新抓包",
                        f"link type {name} is not supported and its packets were not read; capture on the network port",
                        "link",
                    )
                )
        return self


def _new(data: Bytes, most: int, forget: Callable[[], None]) -> Reading:
    table = new_table(min(most, len(data) // _BYTES_A_PACKET + 1024))
    return Reading(most, forget, table, new_book(), new_memory())


def pcap(data: Bytes, header: PcapHeader, most: int, forget: Callable[[], None]) -> Reading:
    """Return the packets of a pcap. most: rows at most. forget: called every PAUSE bytes."""
    reading = _new(data, most, forget)

    def step(at: int, room: int) -> tuple[int, int, int]:
        return walk_pcap(
            data, at, header.big, header.record, header.scale, header.link, reading.book, reading.memory, room
        )

    return reading.finish(*reading.go(24, step), [header.link])


def pcapng(data: Bytes, most: int, forget: Callable[[], None]) -> Reading:
    """Return the packets of a pcapng file. most: rows at most. forget: called every PAUSE bytes."""
    reading, section, links = _new(data, most, forget), Section(), list[int]()
    at, why = 0, walk.NEEDS_PYTHON

    def step(at: int, room: int) -> tuple[int, int, int]:
        return walk_pcapng(data, at, section.big, section.interfaces(), reading.book, reading.memory, room)

    while why == walk.NEEDS_PYTHON:
        after = section.read_block(data, at)
        if after is None:
            why = walk.CUT_OFF if len(data) - at < 64 else walk.SENSELESS
            break
        links.extend(section.links[-1:])
        at, why = reading.go(after, step)
    return reading.finish(at, why, links)
