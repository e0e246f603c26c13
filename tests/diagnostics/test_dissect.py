from __future__ import annotations

import shutil
import subprocess
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
