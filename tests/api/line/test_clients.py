"""Do real clients, over lines shaped to 100 and 85 Mbit/s, get the verdict that the line deserves?"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.api.line.server import open_desk
from tests.netlab import Line, open_line, serving
from tests.triage.speed_fakes import keep_ticket, take_on
from triage.actors import LOCAL_OPERATOR

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[3]
NODE = shutil.which("node")
LIBRESPEED = shutil.which("librespeed-cli", path=f"{ROOT}/.cache/librespeed-cli/usr/bin:{os.environ.get('PATH', '')}")
PORT = 8765
M = 1_000_000


@contextmanager
def onsite(template: Path, folder: Path, *, down_bps: int, up_bps: int) -> Iterator[tuple[Line, str]]:
    """Give a shaped line with our service at its far end, and the address where an on-site test measures."""
    file = folder / "suyin.db"
    shutil.copy(template, file)
    store, desk = open_desk(file)
    ticket = keep_ticket(store, 是否上门="是")
    attempt, _ = desk.press(ticket, key="tap", method=None, actor=LOCAL_OPERATOR)
    attempt = take_on(desk.means, attempt.id)
    command = (sys.executable, "-m", "tests.api.line.server", str(file), "0.0.0.0", str(PORT))
    with open_line(down_bps=down_bps, up_bps=up_bps) as line, serving(line.centre, *command, port=PORT):
        yield line, f"{line.centre.ip}:{PORT}/st/{desk.token(attempt)}"
    store.close()


@pytest.mark.skipif(NODE is None, reason="node is missing; install it to try the ndt7 client")
@pytest.mark.skipif(not (ROOT / "node_modules/@m-lab/ndt7").is_dir(), reason="run `npm ci` for the ndt7 client")
@pytest.mark.parametrize(("rate", "verdict"), [(100 * M, "pass"), (85 * M, "fail")])
def test_the_ndt7_client_of_m_lab(sqlite_template: Path, tmp_path: Path, rate: int, verdict: str) -> None:
    with onsite(sqlite_template, tmp_path, down_bps=rate, up_bps=20 * M) as (line, address):
        client = str(ROOT / "tests/api/line/ndt7_client.cjs")
        told: dict[str, Any] = json.loads(line.line.run(str(NODE), client, address, timeout_s=60))
    attempt = told["attempt"]
    assert told["status"] == 200, told
    assert attempt["outcome"]["verdict"] == verdict, attempt
    assert attempt["download"]["tool"] == "ndt7"
    assert 0.88 * rate < attempt["download"]["bits_per_second"] < 0.96 * rate
    assert 0.80 * 20 * M < attempt["upload"]["bits_per_second"] < 0.97 * 20 * M


@pytest.mark.parametrize(("rate", "verdict"), [(100 * M, "pass"), (85 * M, "fail")])
def test_four_streams_of_curl(sqlite_template: Path, tmp_path: Path, rate: int, verdict: str) -> None:
    """What LibreSpeed does in a browser: several downloads at once, begun again until the time is up."""
    seconds = 8
    with onsite(sqlite_template, tmp_path, down_bps=rate, up_bps=20 * M) as (line, address):
        script = (
            f"for n in 1 2 3 4; do curl -s -m {seconds} -o /dev/null -w '%{{size_download}}\\n'"
            f" 'http://{address}/garbage?ckSize=1024' & done; wait; true"
        )
        counts = [int(count) for count in line.line.run("sh", "-c", script, timeout_s=60).split()]
        body = json.dumps(
            {"tool": "librespeed", "down_bytes": sum(counts), "duration_ms": seconds * 1000, "link": "wired"}
        )
        post = ("curl", "-s", "-H", "Content-Type: application/json", "-d", body, f"http://{address}/result")
        attempt = json.loads(line.line.run(*post))
    assert attempt["outcome"]["verdict"] == verdict, attempt
    assert attempt["download"]["streams"] == 4
    assert 0.93 * rate < attempt["download"]["bits_per_second"] < 0.96 * rate


@pytest.mark.skipif(LIBRESPEED is None, reason="librespeed-cli is missing; run .ci/fetch-librespeed-cli")
@pytest.mark.parametrize(("rate", "verdict"), [(100 * M, "pass"), (85 * M, "fail")])
def test_the_librespeed_command_line(sqlite_template: Path, tmp_path: Path, rate: int, verdict: str) -> None:
    seconds = 8
    with onsite(sqlite_template, tmp_path, down_bps=rate, up_bps=20 * M) as (line, address):
        server = {
            "id": 1, "name": "suyin", "server": f"http://{address}/", "dlURL": "garbage", "ulURL": "empty",
            "pingURL": "empty", "getIpURL": "getIP",
        }  # fmt: skip
        (tmp_path / "servers.json").write_text(json.dumps([server]), "utf-8")
        command = [str(LIBRESPEED), "--local-json", str(tmp_path / "servers.json"), "--server", "1", "--json"]
        more = ["--duration", str(seconds), "--concurrent", "4", "--telemetry-level", "disabled", "--no-icmp"]
        told = json.loads(line.line.run(*command, *more, timeout_s=60))[0]
        body = json.dumps(
            {
                "tool": "librespeed", "link": "wired", "duration_ms": seconds * 1000,
                "down_bytes": int(told["download"] * seconds * M / 8),
            }
        )  # fmt: skip
        post = ("curl", "-s", "-H", "Content-Type: application/json", "-d", body, f"http://{address}/result")
        attempt = json.loads(line.line.run(*post))
    assert attempt["outcome"]["verdict"] == verdict, attempt
    assert 0.93 * rate < attempt["download"]["bits_per_second"] < 0.97 * rate
    assert attempt["upload"]["bits_per_second"] < 0.97 * 20 * M  # although this client reports more
