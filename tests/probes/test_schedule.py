"""Do polls begin early, grow rarer, and end on the deadline?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.speed.schedule import LONGEST_MS, next_wait_ms

DEADLINE_MS = 300_000


def waits(deadline_ms: int) -> list[int]:
    """All waits of one test whose polls take no time."""
    found: list[int] = []
    while (wait := next_wait_ms(len(found), sum(found), deadline_ms)) is not None:
        found.append(wait)
    return found


def test_waits_grow_by_half_up_to_the_longest() -> None:
    assert waits(DEADLINE_MS)[:8] == [2_000, 3_000, 4_500, 6_750, 10_125, 15_187, 20_000, 20_000]


def test_five_minutes_take_nineteen_polls() -> None:
    assert len(waits(DEADLINE_MS)) == 19


@given(st.integers(1, 3_600_000))
def test_the_last_poll_falls_on_the_deadline(deadline_ms: int) -> None:
    assert sum(waits(deadline_ms)) == deadline_ms


def test_after_the_deadline_nobody_asks() -> None:
    assert next_wait_ms(3, DEADLINE_MS, DEADLINE_MS) is None


@given(st.integers(0, 10**6), st.integers(0, DEADLINE_MS - 1))
def test_a_wait_is_positive_and_bounded(polls: int, elapsed_ms: int) -> None:
    wait = next_wait_ms(polls, elapsed_ms, DEADLINE_MS)
    assert wait is not None
    assert 0 < wait <= LONGEST_MS


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="from 0"):
        next_wait_ms(-1, 0, DEADLINE_MS)
