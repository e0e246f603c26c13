"""Which number stands for an address, so that a packet needs four bytes for it?

IPv4 and IPv6 addresses share one book; equal addresses have equal numbers within one capture. An open-addressing hash
table; `room` says when it must grow, which only Python does (`grown`).
"""

from __future__ import annotations

import ipaddress
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from diagnostics.compiled import compiled

_V4 = np.uint64(0x0000FFFF00000000)  # low half of an IPv4-mapped IPv6 address
_MIX = np.uint64(0x9E3779B97F4A7C15)
_FIRST = 4096
FIELDS_PER_PACKET = 4  # inner and outer source and destination


class AddressBook(NamedTuple):
    """high, low: uint64 halves of each address, by number. slots: int32, -1 where free. used: int64 (1,), how many."""

    high: NDArray[np.uint64]
    low: NDArray[np.uint64]
    slots: NDArray[np.int32]
    used: NDArray[np.int64]


def new_book(size: int = _FIRST) -> AddressBook:
    """Return an empty book for size addresses, a power of two."""
    return AddressBook(
        np.empty(size, np.uint64), np.empty(size, np.uint64), np.full(2 * size, -1, np.int32), np.zeros(1, np.int64)
    )


def grown(book: AddressBook) -> AddressBook:
    """Return a book with twice the room; every address keeps its number."""
    bigger = new_book(2 * len(book.high))
    for number in range(int(book.used[0])):
        enter(bigger, book.high[number], book.low[number])
    return bigger


def text_of(book: AddressBook, number: int) -> str:
    """Return the address of a number as text. Raises IndexError where there is no such number."""
    if not 0 <= number < int(book.used[0]):
        raise IndexError(f"the capture has no address {number}")
    high, low = int(book.high[number]), int(book.low[number])
    if high == 0 and low >> 32 == 0xFFFF:
        return str(ipaddress.IPv4Address(low & 0xFFFFFFFF))
    return str(ipaddress.IPv6Address(high << 64 | low))


@compiled
def has_room(book: AddressBook) -> bool:
    """Return whether one more packet's addresses fit."""
    return bool(book.used[0] + FIELDS_PER_PACKET < len(book.high))


@compiled
def enter(book: AddressBook, high: np.uint64, low: np.uint64) -> int:
    """Return the number of an address, a new one if it is new. The book must have room."""
    mixed = (high ^ (low * _MIX)) * _MIX
    mask = np.uint64(len(book.slots) - 1)
    slot = (mixed >> np.uint64(32)) & mask
    while True:
        number = book.slots[slot]
        if number < 0:
            number = book.used[0]
            book.high[number] = high
            book.low[number] = low
            book.slots[slot] = number
            book.used[0] += 1
            return int(number)
        if book.high[number] == high and book.low[number] == low:
            return int(number)
        slot = (slot + np.uint64(1)) & mask


@compiled
def enter_v4(book: AddressBook, data: NDArray[np.uint8], at: int) -> int:
    """Return the number of the IPv4 address whose four bytes stand at data[at]."""
    low = np.uint64(0)
    for i in range(4):
        low = (low << np.uint64(8)) | np.uint64(data[at + i])
    return enter(book, np.uint64(0), low | _V4)


@compiled
def enter_v6(book: AddressBook, data: NDArray[np.uint8], at: int) -> int:
    """Return the number of the IPv6 address whose sixteen bytes stand at data[at]."""
    high = low = np.uint64(0)
    for i in range(8):
        high = (high << np.uint64(8)) | np.uint64(data[at + i])
        low = (low << np.uint64(8)) | np.uint64(data[at + 8 + i])
    return enter(book, high, low)
