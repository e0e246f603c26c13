"""Is a download believed only where the server sent it, and an upload counted where it arrives?"""

from __future__ import annotations

import pytest

from triage.line_tally import BIN_MS, SLACK_BYTES, SLACK_MS, LineTally

SECOND = 12_500_000  # bytes a second of a 100 Mbit/s line


def steady(seconds: int) -> LineTally:
    tally = LineTally()
    for n in range(seconds * 10):
        tally.add_sent(SECOND // 10, n * BIN_MS)
        tally.add_received(SECOND // 20, n * BIN_MS)
    return tally


def test_what_was_sent_is_believed() -> None:
    assert steady(10).believes(10 * SECOND, 10_000)


def test_more_than_was_sent_is_not_believed() -> None:
    assert not steady(10).believes(10 * SECOND + 1, 60_000)


@pytest.mark.parametrize(("seconds", "believed"), [(10, True), (5, False), (2, False)])
def test_all_bytes_in_less_time_are_not_believed(seconds: int, believed: bool) -> None:
    """A client that names half of the time would double its rate."""
    assert steady(10).believes(10 * SECOND, seconds * 1000) is believed


def test_a_stretch_in_the_middle_is_believed() -> None:
    assert steady(10).believes(4 * SECOND, 4_000)


def test_the_slack_is_what_sockets_hold() -> None:
    most = 4 * SECOND + (SLACK_MS // BIN_MS + 1) * SECOND // 10 + SLACK_BYTES
    assert steady(10).believes(most, 4_000)
    assert not steady(10).believes(most + 1, 4_000)


def test_nothing_sent_means_nothing_is_believed() -> None:
    assert not LineTally().believes(1, 10_000)


def test_an_upload_is_what_arrived_after_its_first_second() -> None:
    count, took_ms = steady(10).upload() or (0, 1)
    assert (count * 8_000 // took_ms, took_ms) == (50_000_000, 8_900)


def test_a_short_upload_is_none() -> None:
    assert steady(1).upload() is None


def test_streams_are_those_open_at_once() -> None:
    tally = LineTally()
    for _ in range(3):
        tally.opened("down")
    tally.closed("down")
    tally.opened("down")
    assert (tally.down_streams, tally.up_streams) == (3, 0)
