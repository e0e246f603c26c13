"""Does a shaped line carry what it was shaped to, and is nothing left of it afterwards?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.netlab import open_line, serving

pytestmark = pytest.mark.slow
SERVER = ("iperf3", "-s", "-p", "5201")


def test_each_direction_is_shaped_by_itself() -> None:
    with open_line(down_bps=100_000_000, up_bps=20_000_000) as line, serving(line.centre, *SERVER, port=5201):
        run = ["iperf3", "-c", line.centre.ip, "-p", "5201", "-t", "2", "-O", "1", "-J"]
        down, up = (json.loads(line.line.run(*run, *more)) for more in (["-R"], []))
    assert 0.93 < down["end"]["sum_received"]["bits_per_second"] / 100_000_000 < 0.97
    assert 0.90 < up["end"]["sum_received"]["bits_per_second"] / 20_000_000 < 1.0


def test_nothing_outlives_the_block() -> None:
    with open_line() as line, serving(line.centre, *SERVER, port=5201) as server:
        pids = (line.centre.pid, line.line.pid, server.pid)
        assert all(Path(f"/proc/{pid}").exists() for pid in pids)
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


def test_a_server_that_does_not_start_is_said_to_be_so() -> None:
    with (
        open_line() as line,
        pytest.raises(RuntimeError, match="before it listened on port 1"),
        serving(line.centre, "false", port=1),
    ):
        raise AssertionError


def test_the_line_is_apart_from_this_machine() -> None:
    with open_line() as line:
        namespaces = {Path(f"/proc/{pid}/ns/net").readlink() for pid in ("self", line.centre.pid, line.line.pid)}
    assert len(namespaces) == 3
