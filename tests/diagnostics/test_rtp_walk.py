"""Are the figures of RTP streams those of RFC 3550, and are pauses, events and restarts not taken for loss?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from diagnostics.rtp_claims import IMAGE
from diagnostics.rtp_walk import sure, walk
from tests.diagnostics.rtp_packets import MS, START, Rtp, claim, moved, table_of, talk, walked


def test_a_steady_stream_has_neither_loss_nor_jitter() -> None:
    stream = walked(talk(100)).streams[0]
    assert (stream["packets"], stream["lost"], stream["jitter"]) == (100, 0, 0.0)


def test_a_missing_number_is_one_loss_in_one_run() -> None:
    stream = walked([p for p in talk(100) if p.sequence != 150]).streams[0]
    assert (stream["packets"], stream["lost"], stream["runs"]) == (99, 1, 1)


def test_missing_numbers_in_a_row_are_one_run() -> None:
    stream = walked([p for p in talk(100) if p.sequence not in {150, 151, 152, 160}]).streams[0]
    assert (stream["lost"], stream["runs"], stream["silences"]) == (4, 2, 0)


def test_a_packet_that_comes_late_is_not_lost() -> None:
    packets = [moved(p, 30) if p.sequence == 150 else p for p in talk(100)]
    stream = walked(packets).streams[0]
    assert (stream["packets"], stream["lost"], stream["reordered"]) == (100, 0, 1)


def test_a_packet_seen_twice_counts_once() -> None:
    packets = talk(100)
    stream = walked([*packets, moved(packets[50], 1)]).streams[0]
    assert (stream["packets"], stream["duplicates"], stream["lost"]) == (100, 1, 0)


def test_sequence_numbers_wrap_around() -> None:
    packets = [Rtp(20.0 * k, 65500 + k, 160 * k) for k in range(100)]
    stream = walked(packets).streams[0]
    assert (stream["packets"], stream["lost"], stream["restarts"]) == (100, 0, 0)


def test_jitter_is_that_of_rfc_3550() -> None:
    packets = [moved(p, 8 if p.sequence % 2 else 0) for p in talk(200)]
    expected = 0.0
    for _ in range(199):
        expected += (8 * MS - expected) / 16
    assert walked(packets).streams[0]["jitter"] == pytest.approx(expected)


def test_a_gap_that_fits_the_time_is_a_hole_and_not_random_loss() -> None:
    result = walked([p for p in talk(200) if not 150 <= p.sequence < 200])
    stream, hole = result.streams[0], result.holes[0]
    assert (stream["lost"], stream["hole_lost"]) == (0, 50)
    assert (hole["lost"], hole["length_ns"]) == (50, 1020 * MS)


def test_a_gap_shorter_than_a_hole_is_loss() -> None:
    result = walked([p for p in talk(200) if not 150 <= p.sequence < 160])
    assert (result.streams[0]["lost"], len(result.holes)) == (10, 0)


def test_silence_suppression_is_neither_loss_nor_jitter() -> None:
    packets = talk(50) + [Rtp(3000 + 20.0 * k, 150 + k, 160 * (150 + k), marker=k == 0) for k in range(50)]
    result = walked(packets)
    stream = result.streams[0]
    assert (stream["lost"], len(result.holes), stream["silences"]) == (0, 0, 1)
    assert stream["jitter_max"] == 0.0


def test_events_with_the_same_ssrc_are_neither_loss_nor_jitter() -> None:
    packets = talk(100)
    for k in range(40, 50):
        packets[k] = replace(packets[k], kind=101, stamp=160 * 40, body=b"\x05\x0a\x00\xa0")
    stream = walked(packets, [claim()]).streams[0]
    assert (stream["lost"], stream["events"], stream["jitter_max"], stream["foreign"]) == (0, 10, 0.0, 0)


def test_events_with_their_own_ssrc_are_a_stream_of_their_own() -> None:
    events = [Rtp(400 + 20.0 * k, 7000 + 9 * k, 640, ssrc=8, kind=101, body=b"\x05\x0a\x00\xa0") for k in range(5)]
    voice = walked([*talk(100), *events], [claim()]).streams[0]
    assert (voice["ssrc"], voice["lost"], voice["events"]) == (7, 0, 0)


def test_a_sender_that_starts_anew_has_lost_nothing() -> None:
    packets = talk(100) + [Rtp(2000 + 20.0 * k, 40000 + k, 9_000_000 + 160 * k) for k in range(100)]
    stream = walked(packets).streams[0]
    assert (stream["packets"], stream["lost"], stream["restarts"]) == (200, 0, 1)


def test_one_stray_number_begins_nothing() -> None:
    stream = walked([*talk(100), Rtp(1001, 30000, 0)]).streams[0]
    assert (stream["packets"], stream["strays"], stream["lost"]) == (100, 1, 0)


def test_a_new_ssrc_is_a_new_stream() -> None:
    later = [moved(p, 1000) for p in talk(50, ssrc=9)]
    assert len(walked([*talk(50), *later]).streams) == 2


def test_one_ssrc_both_ways_is_two_streams() -> None:
    back = [replace(p, source=2, destination=1, sequence=p.sequence + 500) for p in talk(50)]
    assert [int(s["lost"]) for s in walked([*talk(50), *back]).streams] == [0, 0]


def test_a_port_that_the_next_call_takes_begins_anew() -> None:
    first, second = claim(stop_ns=START + 900 * MS), claim(media=1, start_ns=START + 1000 * MS)
    result = walked([*talk(40), *(moved(p, 1200) for p in talk(40))], [first, second])
    assert [(int(s["packets"]), int(s["duplicates"])) for s in result.streams] == [(40, 0), (40, 0)]


def test_calls_that_share_an_end_are_told_apart_by_the_other() -> None:
    shared = [claim(), claim(media=1, start_ns=1), claim(side=0, address=1, port=10000)]
    other = claim(media=1, side=0, address=5, port=10000)
    result = walked([*talk(40), *talk(40, source=5, ssrc=9)], [*shared, other])
    media = {int(s["source"]): result.claims[result.claim_row(row)].media for row, s in enumerate(result.streams)}
    assert media == {1: 0, 5: 1}


def test_packets_from_behind_nat_belong_to_whom_they_are_sent_to() -> None:
    result = walked(talk(40, destination=77), [claim(side=0, address=1, port=10000)])
    assert (result.claim_row(0), result.by_source(0)) == (0, True)


@pytest.mark.parametrize(("grace_ms", "foreign"), [(400, 5), (500, 0)])
def test_a_type_outside_the_agreement_counts_half_a_second_after_it(grace_ms: int, foreign: int) -> None:
    old = [Rtp(20.0 * k, 100 + k, 160 * k, kind=0) for k in range(50)]  # until 980 ms
    agreed = START + 480 * MS if grace_ms == 500 else START + 380 * MS
    stream = walked(old, [claim(agreed_ns=agreed)]).streams[0]
    assert stream["foreign"] == foreign


def test_t38_packets_are_counted_by_their_own_numbers() -> None:
    packets = [(Rtp(20.0 * k, 0, 0), (k).to_bytes(2, "big") + b"\x01\x00") for k in range(30) if k != 10]
    table, data = table_of(packets)
    stream = walk(table, data, np.arange(29), [claim(kind=IMAGE)]).streams[0]
    assert (stream["ssrc"], stream["packets"], stream["lost"]) == (-1, 29, 1)


def test_what_no_sdp_names_needs_ten_packets_to_be_sure() -> None:
    assert not sure(walked(talk(9))).any()
    assert sure(walked(talk(10))).all()


def test_random_payloads_are_no_stream() -> None:
    numbers = np.random.default_rng(5).integers(0, 1 << 16, (3000, 3))
    packets = [Rtp(float(k), int(a), int(b), ssrc=int(c)) for k, (a, b, c) in enumerate(numbers)]
    assert not sure(walked(packets)).any()


def test_the_series_adds_up_to_the_stream() -> None:
    result = walked([p for p in talk(300) if p.sequence % 10])
    assert result.seconds["packets"].sum() == result.streams[0]["packets"]
    assert result.seconds["lost"].sum() == result.streams[0]["lost"]
    assert result.seconds["second"].tolist() == list(range(6))


def test_tables_grow_with_the_number_of_streams() -> None:
    packets = [p for ssrc in range(1500) for p in talk(2, ssrc=ssrc + 1, source=ssrc + 10)]
    assert len(walked(packets).streams) == 1500
