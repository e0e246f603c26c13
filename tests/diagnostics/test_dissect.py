from __future__ import annotations

import os
import select
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from diagnostics.dissect import begin
from diagnostics.packets import Limits, open_capture
from diagnostics.sip_messages import SipMessage, sip_traffic

FOLDER = Path("tests/data/captures")
SIP = sorted(path for path in FOLDER.glob("*.pcap*") if path.name.startswith(("call-", "registration-", "transport-")))
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed (.ci/debian-packages)"),
]


def start(message: SipMessage) -> str:
    return (
        f"{message.method} {message.uri} SIP/2.0"
        if message.is_request
        else f"SIP/2.0 {message.status} {message.phrase}"
    )


@pytest.mark.parametrize("path", SIP, ids=lambda path: path.name)
def test_splitter_and_dissector_read_the_same_messages(path: Path) -> None:
    with open_capture(path) as capture:
        ours = {(m.frame, start(m).strip(), m.call_id) for m in sip_traffic(capture, Limits()).messages}
    dissection = begin(path, 30)
    assert dissection is not None
    said = dissection.result(60)
    assert said is not None
    theirs = {(one.frame, one.start.strip(), one.call_id) for one in said}

    # The dissector counts copies of mirror ports, and names one message of a segment that holds several.
    assert {frame for frame, *_ in ours} <= {frame for frame, *_ in theirs}
    assert theirs - ours <= copies(path, theirs)


def copies(path: Path, theirs: set[tuple[int, str, str]]) -> set[tuple[int, str, str]]:
    with open_capture(path) as capture:
        return {one for one in theirs if int(capture.packets.flags[one[0] - 1]) & 8}


def test_a_dissection_out_of_time_gives_nothing_and_leaves_no_process(tmp_path: Path) -> None:
    dissection = begin(SIP[0], 30)
    assert dissection is not None

    assert dissection.result(0.01) is None
    assert dissection.worker.poll() is not None
    group = subprocess.run(["ps", "-o", "pid=", "-g", str(dissection.worker.pid)], capture_output=True, check=False)
    assert group.stdout.strip() == b""


WILD = {
    "hangs": "echo $$ > {fifo}; tail -f /dev/null & exec tail -f /dev/null",
    "never stops counting": "echo $$ > {fifo}; while :; do :; done",
    "never stops talking": "echo $$ > {fifo}; exec yes '{{\"_source\": 1}}'",
    "wants all memory": 'echo $$ > {fifo}; exec {python} -c \'open("{got}", "wb").write(bytearray(4 << 30)[:1])\'',
}


@pytest.mark.parametrize("habit", WILD)
def test_a_dissector_gone_wild_is_ended_within_its_limits(
    habit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fifo, got = tmp_path / "fifo", tmp_path / "got"
    os.mkfifo(fifo)
    program = tmp_path / "tshark"
    body = WILD[habit].format(fifo=fifo, got=got, python=sys.executable)
    program.write_text(f"#!/bin/sh\n[ \"$1\" = -v ] && echo 'TShark (Wireshark) 4.0.17' && exit\n{body}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    dissection = begin(SIP[0], 2)
    assert dissection is not None
    wild = os.pidfd_open(int(fifo.read_text()))

    assert not dissection.result(5)

    assert select.select([wild], [], [], 10)[0] == [wild]
    os.close(wild)
    assert not got.exists() or got.stat().st_size == 0
    assert [state for state in states("-s", dissection.worker.pid) if not state.startswith("Z")] == []
    assert [state for state in states("--ppid", os.getpid()) if state.startswith("Z")] == []


def states(of: str, number: int) -> list[str]:
    """Return the states of the processes of a session, or of a parent; Z is one that has ended."""
    listed = subprocess.run(["ps", "-o", "stat=", of, str(number)], capture_output=True, text=True, check=False)
    return listed.stdout.split()


def test_the_home_of_the_dissector_is_gone_afterwards() -> None:
    dissection = begin(SIP[0], 30)
    assert dissection is not None
    home = Path(dissection.home.name)
    dissection.stop()

    assert not home.exists()


def test_what_is_no_capture_gives_nothing(tmp_path: Path) -> None:
    (tmp_path / "rubbish.pcap").write_bytes(b"rubbish" * 100)
    dissection = begin(tmp_path / "rubbish.pcap", 30)
    assert dissection is not None

    assert not dissection.result(30)
