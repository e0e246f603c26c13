"""Does iperf3 measure a line as it is shaped, and does whatever goes wrong with it come back as a reason?"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from probes.errors import ProbeMisconfigured
from probes.speed.iperf3 import Iperf3Probe
from probes.speed.measurement import Done, Failed, Handle, Measurement, Pending, Reading, SpeedRequest
from tests.netlab import Line, open_line, serving

NOW = datetime.now(UTC).replace(microsecond=0)
CONTRACT_BPS = 100_000_000
REQUEST = SpeedRequest("gz01", "down", 5_000, 4, NOW + timedelta(seconds=300), CONTRACT_BPS)
RESULT = {
    "start": {"timestamp": {"timesecs": int(NOW.timestamp())}},
    "intervals": [{"sum": {"bytes": 10_000_000, "seconds": 1.0, "omitted": True}}],
    "end": {
        "sum_received": {"bytes": 59_750_000, "seconds": 5.000001},
        "cpu_utilization_percent": {"remote_total": 12.7, "host_total": 3.1},
    },
}


def saying(text: str, *, code: int = 0) -> tuple[str, ...]:
    """A command that says text as iperf3 would and ignores iperf3's options."""
    return ("sh", "-c", f"printf %s '{text}'; exit {code}")


def measured(probe: Iperf3Probe, request: SpeedRequest = REQUEST) -> Measurement | Failed:
    """Run a test to its end; the process is waited for, nobody sleeps."""
    handle = probe.start(request, "k1", NOW)
    if isinstance(handle, Failed):
        return handle
    probe.wait(handle, 60)
    reading = probe.poll(handle, NOW)
    assert not isinstance(reading, Pending)
    return reading.measurement if isinstance(reading, Done) else reading


def at_line(folder: Path, command: Sequence[str], server: str = "10.99.0.1") -> Iperf3Probe:
    return Iperf3Probe(folder, stands_at="line", server=server, command=command)


def test_the_receivers_bytes_over_its_time_are_the_rate(tmp_path: Path) -> None:
    found = measured(at_line(tmp_path, saying(json.dumps(RESULT))))
    assert isinstance(found, Measurement)
    assert found.bits_per_second == 59_750_000 * 8 * 1_000_000 // 5_000_001
    assert (found.duration_ms, found.streams, found.server_load_percent) == (5_000, 4, 12)
    assert (found.first_second_bps, found.tested_account) == (80_000_000, None)
    assert found.ended_at - found.started_at == timedelta(seconds=6, microseconds=1)


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        ("error - the server is busy running a test. try again later", "refused"),
        ("error - unable to connect to server: Connection refused", "offline"),
        ("error - control socket has closed unexpectedly", "faulted"),
    ],
)
def test_an_error_of_iperf3_has_its_cause(tmp_path: Path, error: str, cause: str) -> None:
    failed = measured(at_line(tmp_path, saying(json.dumps({"error": error}), code=1)))
    assert isinstance(failed, Failed)
    assert (failed.cause, failed.detail) == (cause, error)


@pytest.mark.parametrize("text", ["", "Segmentation fault", '{"end": '])
def test_an_end_without_a_result_is_a_fault(tmp_path: Path, text: str) -> None:
    failed = measured(at_line(tmp_path, saying(text, code=139)))
    assert isinstance(failed, Failed)
    assert failed.cause == "faulted"


@pytest.mark.parametrize("end", [{}, {"sum_received": {"bytes": -1, "seconds": 5}}, {"sum_received": {"bytes": 1}}])
def test_a_result_without_bytes_or_time_is_invalid(tmp_path: Path, end: dict[str, object]) -> None:
    failed = measured(at_line(tmp_path, saying(json.dumps({**RESULT, "end": end}))))
    assert isinstance(failed, Failed)
    assert failed.cause == "invalid"


def test_a_result_is_found_after_a_restart_and_the_test_is_not_run_again(tmp_path: Path) -> None:
    measured(at_line(tmp_path, saying(json.dumps(RESULT))))
    restarted = at_line(tmp_path, saying("ran again"))
    handle = restarted.start(REQUEST, "k1", NOW)
    assert isinstance(handle, Handle)
    assert isinstance(restarted.poll(handle, NOW), Done)


def test_a_test_that_died_with_the_machine_ends_when_it_is_overdue(tmp_path: Path) -> None:
    probe = at_line(tmp_path, saying(""))
    handle = probe.start(REQUEST, "k1", NOW)
    assert isinstance(handle, Handle)
    probe.wait(handle, 60)
    restarted = at_line(tmp_path, saying(""))
    readings: list[Reading] = [restarted.poll(handle, NOW + timedelta(seconds=s)) for s in (15, 16)]
    assert readings[0] == Pending("测速中")
    assert isinstance(readings[1], Failed)


def test_a_result_that_was_removed_is_lost(tmp_path: Path) -> None:
    failed = at_line(tmp_path, ("true",)).poll(Handle("0" * 32, NOW, REQUEST), NOW)
    assert isinstance(failed, Failed)
    assert failed.cause == "lost"


def test_results_are_kept_for_a_day(tmp_path: Path) -> None:
    for name, hours in (("iperf3-old.json", 25), ("iperf3-new.json", 23), ("other.json", 99)):
        (tmp_path / name).touch()
        when = (NOW - timedelta(hours=hours)).timestamp()
        os.utime(tmp_path / name, (when, when))
    measured(at_line(tmp_path, saying("")))
    assert {file.name for file in tmp_path.iterdir()} >= {"iperf3-new.json", "other.json"}
    assert not (tmp_path / "iperf3-old.json").exists()


def test_a_missing_program_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    failed = measured(at_line(tmp_path, ("no-such-iperf3",)))
    assert isinstance(failed, Failed)
    assert (failed.cause, failed.reason) == ("refused", "本系统没有安装 iperf3，请联系系统管理员")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("framed_ip", [None, "", "-c", "speed.example", "10.0.0.1 -F /etc/passwd"])
def test_only_an_address_of_aaa_is_a_target(tmp_path: Path, framed_ip: str | None) -> None:
    failed = measured(Iperf3Probe(tmp_path, stands_at="centre"), replace(REQUEST, framed_ip=framed_ip))
    assert isinstance(failed, Failed)
    assert failed.cause == "offline"


@pytest.mark.parametrize(
    ("stands_at", "server", "port"),
    [("line", None, 1), ("centre", "10.0.0.1", 1), ("line", "-s", 1), ("line", "a b", 1), ("line", "host", 0)],
)
def test_settings_that_cannot_work_are_refused_at_once(tmp_path: Path, stands_at: str, server: str, port: int) -> None:
    with pytest.raises(ProbeMisconfigured, match="iperf3"):
        Iperf3Probe(tmp_path, stands_at="line" if stands_at == "line" else "centre", server=server, port=port)


@pytest.fixture(scope="module")
def line() -> Iterator[Line]:
    """A line with an iperf3 server at both ends."""
    with (
        open_line(down_bps=CONTRACT_BPS, up_bps=20_000_000) as line,
        serving(line.centre, "iperf3", "-s", port=5201),
        serving(line.line, "iperf3", "-s", port=5201),
    ):
        yield line


def over(line: Line, folder: Path, *, server: str | None = None) -> Iperf3Probe:
    return at_line(folder, line.line.argv("iperf3"), server or line.centre.ip)


@pytest.mark.slow
@pytest.mark.parametrize(("down_bps", "passes"), [(100_000_000, True), (85_000_000, False)])
def test_a_line_of_a_hundred_passes_and_one_of_eighty_five_does_not(
    line: Line, tmp_path: Path, down_bps: int, passes: bool
) -> None:
    line.centre.shape(down_bps)
    found = measured(over(line, tmp_path))
    assert isinstance(found, Measurement)
    assert found.bits_per_second is not None
    assert (found.bits_per_second * 10 > CONTRACT_BPS * 9) is passes
    assert 0.93 < found.bits_per_second / down_bps < 0.97


@pytest.mark.slow
def test_one_stream_measures_the_same_and_says_that_it_was_one(line: Line, tmp_path: Path) -> None:
    line.centre.shape(CONTRACT_BPS)
    found = measured(over(line, tmp_path), replace(REQUEST, streams=1))
    assert isinstance(found, Measurement)
    assert found.bits_per_second is not None
    assert (found.streams, found.bits_per_second > 90_000_000) == (1, True)


@pytest.mark.slow
@pytest.mark.parametrize("stands_at", ["line", "centre"])
@pytest.mark.parametrize("direction", ["down", "up"])
def test_down_is_towards_the_customer_wherever_one_stands(
    line: Line, tmp_path: Path, stands_at: str, direction: str
) -> None:
    line.centre.shape(CONTRACT_BPS)
    probe = over(line, tmp_path)
    if stands_at == "centre":
        probe = Iperf3Probe(tmp_path, stands_at="centre", command=line.centre.argv("iperf3"))
    request = replace(REQUEST, direction="down" if direction == "down" else "up", framed_ip=line.line.ip)
    found = measured(probe, replace(request, duration_ms=2_000, streams=1))
    assert isinstance(found, Measurement)
    assert found.bits_per_second is not None
    assert (found.bits_per_second > 40_000_000) is (direction == "down")  # 100 Mbit/s down, 20 up


@pytest.mark.slow
def test_a_server_that_is_not_there_is_offline(line: Line, tmp_path: Path) -> None:
    failed = measured(
        Iperf3Probe(tmp_path, stands_at="line", server=line.centre.ip, port=5999, command=line.line.argv("iperf3"))
    )
    assert isinstance(failed, Failed)
    assert failed.cause == "offline"
