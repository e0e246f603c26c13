"""Is the share of passed tickets shown with what it proves?"""

from __future__ import annotations

import pytest

from triage.speed_kpi import rate


@pytest.mark.parametrize(
    ("passed", "count", "lower", "upper"),
    [
        (0, 1, 0.0, 0.7935),
        (1, 1, 0.2065, 1.0),
        (46, 50, 0.8116, 0.9685),
        (92, 100, 0.8500, 0.9589),
        (920, 1000, 0.9015, 0.9353),
        (950, 1000, 0.9347, 0.9619),
        (9200, 10000, 0.9145, 0.9252),
    ],
)
def test_the_interval_is_wilson_s(passed: int, count: int, lower: float, upper: float) -> None:
    found = rate(passed, count, 92)
    assert found.lower == pytest.approx(lower, abs=5e-5)
    assert found.upper == pytest.approx(upper, abs=5e-5)


def test_no_tickets_are_neither_none_nor_all() -> None:
    found = rate(0, 0, 92)
    assert (found.share, found.lower, found.upper, found.colour) == (None, None, None, "too_few")


@pytest.mark.parametrize(
    ("passed", "count", "colour"),
    [
        (44, 44, "too_few"),
        (45, 45, "met"),
        (93, 100, "too_few"),
        (950, 1000, "met"),
        (900, 1000, "missed"),
        (0, 1, "missed"),
    ],
)
def test_a_colour_says_only_what_is_proved(passed: int, count: int, colour: str) -> None:
    assert rate(passed, count, 92).colour == colour


def test_more_passed_than_counted_is_refused() -> None:
    with pytest.raises(ValueError, match="2 of 1"):
        rate(2, 1, 92)
