"""What whole number of bit/s does a written rate mean?

Decimal multiples only, exact to the bit, read from text, never through a float: 0.9 × a rate may be 1 bit off in
binary, and one bit decides (家宽投诉(报障)工单测速说明手册: 大于带宽90%).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from rules.errors import RateUnreadable

_WRITTEN = re.compile(r"(?P<number>[0-9]{1,15}(?:\.[0-9]{1,15})?)(?P<multiple>[kMG]?)", re.ASCII)
_MULTIPLES = {"": 1, "k": 1_000, "M": 1_000_000, "G": 1_000_000_000}
UNITS: Mapping[str, int] = MappingProxyType(
    {
        "bit/s": 1, "kbit/s": 1_000, "Mbit/s": 1_000_000, "Gbit/s": 1_000_000_000,
        "kB/s": 8_000, "MB/s": 8_000_000, "GB/s": 8_000_000_000,
        "Kibit/s": 1 << 10, "Mibit/s": 1 << 20, "Gibit/s": 1 << 30,
    }
)  # fmt: skip
"""Unit → bit/s. M is 10^6; binary multiples only under their own names (IEC 80000-13)."""
_NUMBER = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,15})?", re.ASCII)
MOST_BPS = 10**15


def parse_rate(text: str) -> int:
    """Return the bit/s of `90000001`, `90000.001k`, `90M` or `1G`.

    Raises RateUnreadable for anything else: a sign, a unit, NaN, more than 10^15, less than a whole bit.
    """
    found = _WRITTEN.fullmatch(text)
    if found is None:
        raise RateUnreadable(text)
    return _whole(Decimal(found["number"]) * _MULTIPLES[found["multiple"]], text)


def rate_in(number: str, unit: str) -> int:
    """Return the bit/s of a number of units, rounded down to a whole bit.

    number: digits with at most one point. unit: a key of UNITS; there is no default, because 11.95 may be 95.6 Mbit/s.
    Raises RateUnreadable.
    """
    if unit not in UNITS or not _NUMBER.fullmatch(number):
        raise RateUnreadable(f"{number} {unit}".strip())
    return _whole(Decimal(int(Decimal(number) * UNITS[unit])), f"{number} {unit}")


def show_rate(bps: int) -> str:
    """Return a rate in Mbit/s as people read it, rounded down to one decimal: 89 999 999 bit/s is 89.9."""
    tenths = bps // 100_000
    return f"{tenths // 10}.{tenths % 10}"


def _whole(bps: Decimal, text: str) -> int:
    whole = int(bps)
    if whole != bps or whole > MOST_BPS:
        raise RateUnreadable(text)
    return whole
