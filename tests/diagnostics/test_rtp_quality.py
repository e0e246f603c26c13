"""Are MOS and BurstR those of G.107 for figures that can be computed by hand, and are receivers' reports read?"""

from __future__ import annotations

import math

import numpy as np
import pytest

from diagnostics.datagram import Datagram, Endpoint
from diagnostics.rtp_quality import burst_ratio, impairments, mean_opinion
from diagnostics.rtp_reports import read_reports

ONE = np.ones(1)


def score(codec: str, loss: float, burst: float = 1.0) -> float:
    ie, bpl = impairments([codec])
    return float(mean_opinion(ie, bpl, loss * ONE, burst * ONE)[0])


def report(payload: bytes) -> Datagram:
    return Datagram(5, 0, Endpoint("10.0.0.2", 20001), Endpoint("10.0.0.1", 10001), payload)


def test_g711_without_loss_is_what_r_93_gives() -> None:
    rating = 93.2
    assert score("PCMA", 0.0) == pytest.approx(1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6)


def test_five_percent_of_random_loss_with_concealment() -> None:
    rating = 93.2 - 95 * 5 / (5 + 25.1)
    assert score("PCMA", 5.0) == pytest.approx(1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6)


def test_bursts_are_worse_than_random_loss() -> None:
    assert score("G729", 5.0, burst=4.0) < score("G729", 5.0)


def test_all_lost_is_the_worst_score() -> None:
    assert score("PCMU", 100.0) == pytest.approx(1.0, abs=0.2)


def test_a_codec_without_figures_has_no_score() -> None:
    assert math.isnan(score("OPUS", 0.0))


@pytest.mark.parametrize(("lost", "runs", "expected"), [(10.0, 10.0, 1.0), (10.0, 2.0, 4.5), (0.0, 0.0, 1.0)])
def test_burst_ratio_is_mean_run_over_random_run(lost: float, runs: float, expected: float) -> None:
    assert burst_ratio(lost * ONE, runs * ONE, 100 * ONE)[0] == pytest.approx(expected)


def test_a_receiver_report_tells_loss_and_jitter() -> None:
    block = (7).to_bytes(4, "big") + b"\x10" + (25).to_bytes(3, "big") + bytes(4) + (80).to_bytes(4, "big") + bytes(8)
    (found,) = read_reports(report(bytes((0x81, 201, 0, 7)) + bytes(4) + block))
    assert (found.ssrc, found.lost, found.jitter, found.reporter) == (7, 25, 80, "10.0.0.2")


def test_reports_of_a_compound_packet_are_all_read() -> None:
    block = (7).to_bytes(4, "big") + bytes(20)
    sender = bytes((0x81, 200, 0, 12)) + bytes(24) + block
    metrics = (
        bytes((7, 0, 0, 8)) + (7).to_bytes(4, "big") + bytes((64, 0)) + bytes(14) + bytes((88, 127, 41, 39)) + bytes(8)
    )
    extended = bytes((0x80, 207, 0, 10)) + bytes(4) + metrics
    first, second = read_reports(report(sender + extended))
    assert first.lost == 0
    assert (second.loss_percent, second.rating, second.mos) == (25.0, 88, 3.9)


@pytest.mark.parametrize(
    "payload", [b"", b"\x81\xc9", bytes((0x9F, 201, 0, 7)) + bytes(28), bytes((0x81, 201, 255, 255))]
)
def test_lengths_that_lie_end_the_walk(payload: bytes) -> None:
    assert len(list(read_reports(report(payload)))) <= 1
