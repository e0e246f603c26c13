"""What becomes of a test that is not finished yet, before its deadline and after it?

A platform that cannot be reached for a moment has not failed; one that has no result at the deadline has.
"""

from __future__ import annotations

from datetime import datetime

from probes.speed.measurement import Failed, Pending, Reading

EXPIRED = "测速超时：在限定时间内没有结果，请重新测速"


def until(deadline: datetime, at: datetime, reading: Reading) -> Reading:
    """Return reading, but pending where the platform could not be reached, and failed from the deadline on."""
    match reading:
        case Pending(note=known) | Failed(cause="unreachable", reason=known):
            detail = reading.detail if isinstance(reading, Failed) else known
            return Pending(known) if at < deadline else Failed("expired", EXPIRED, detail)
    return reading


def ran_out(reading: Reading) -> bool:
    """Return whether reading says that the deadline has passed, so that the test should be taken back."""
    return isinstance(reading, Failed) and reading.reason == EXPIRED
