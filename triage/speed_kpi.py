"""Does a team reach the target of 达标率? The share with its Wilson interval, and one of three colours.

The denominator is every closed ticket that is subject to testing, each once with the attempt that counted; offline
accounts, other accounts and tickets closed all the same are in it as misses (家宽投诉(报障)工单测速说明手册,
notes 1 and 2). An interval, because 93 of 100 proves nothing about 92 %. Never decides about a single ticket.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Literal

Colour = Literal["met", "missed", "too_few"]
COLOURS: dict[Colour, str] = {"met": "达标", "missed": "未达标", "too_few": "样本不足"}
_Z = 1.959964  # two-sided 95 %


@dataclass(frozen=True, slots=True)
class Rate:
    """passed of count tickets. lower, upper: Wilson 95 %, 0 to 1; None, as is share, where there are no tickets."""

    passed: int
    count: int
    share: float | None
    lower: float | None
    upper: float | None
    colour: Colour


def rate(passed: int, count: int, target_percent: int) -> Rate:
    """Return the share of passed tickets. Raises ValueError where passed is not 0 to count."""
    if not 0 <= passed <= count:
        raise ValueError(f"{passed} of {count} tickets cannot have passed")
    if count == 0:
        return Rate(0, 0, None, None, None, "too_few")
    lower, upper = wilson(passed, count)
    target = target_percent / 100
    colour: Colour = "met" if lower >= target else "missed" if upper < target else "too_few"
    return Rate(passed, count, passed / count, lower, upper, colour)


def wilson(passed: int, count: int) -> tuple[float, float]:
    """Return the Wilson score interval at 95 %. count: above 0. Source: E. B. Wilson, JASA 22 (1927), 209."""
    share, square = passed / count, _Z * _Z
    scale = 1 + square / count
    centre = (share + square / (2 * count)) / scale
    half = _Z * sqrt(share * (1 - share) / count + square / (4 * count * count)) / scale
    return max(0.0, centre - half), min(1.0, centre + half)
