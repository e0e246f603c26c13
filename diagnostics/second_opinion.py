"""Does Wireshark's dissector read the messages that matter as we do?

The messages of suspicious dialogs, or all of a small capture, are written to a file of their own and dissected while
the media is being counted. What it says is quoted in the findings; where it differs, a note says so. Never changes a
finding's code.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from diagnostics.dissect import Dissected, Dissection, begin
from diagnostics.extract import fragments_of, write_packets
from diagnostics.findings import Finding
from diagnostics.packet_files import Note
from diagnostics.packets import Capture, Limits
from diagnostics.signalling import Signalling
from diagnostics.sip_messages import SipMessage

MOST_ASKED = 500  # messages that are dissected
_MOST_QUOTED = 3  # messages that one finding quotes


@dataclass(slots=True)
class SecondOpinion:
    """A dissection of some rows of a capture. asked: our messages by frame. rows: in the order of the small file."""

    dissection: Dissection
    seconds: float
    rows: NDArray[np.int64]
    asked: dict[int, list[SipMessage]]

    def take(self, findings: Sequence[Finding]) -> tuple[list[Finding], list[Note]]:
        """Return the findings with what the dissector says of their frames, and notes on what it reads otherwise."""
        said = self.dissection.result(self.seconds)
        if said is None:
            return list(findings), [_NO_ANSWER]
        by_frame: dict[int, list[Dissected]] = {}
        for one in said:
            by_frame.setdefault(int(self.rows[one.frame - 1]) + 1, []).append(one)
        quoted = [replace(finding, details=tuple(_quotes(finding, by_frame))) for finding in findings]
        return quoted, list(self._differences(by_frame))

    def _differences(self, by_frame: dict[int, list[Dissected]]) -> Iterator[Note]:
        for frame, dissected in sorted(by_frame.items()):
            ours = {message.call_id for message in self.asked.get(frame, ())}
            for one in dissected:
                if ours and one.call_id and one.call_id not in ours:
                    yield Note(
                        f"第 {frame} 帧：tshark 读出的 Call-ID 为 {one.call_id}，与本程序不同",
                        f"frame {frame}: tshark reads Call-ID {one.call_id}, unlike us",
                    )


_NO_ANSWER = Note("tshark 未能在时限内核对，结论仅依据本程序的解析", "tshark gave no second opinion in time")


@contextmanager
def second_opinion(capture: Capture, signalling: Signalling, limits: Limits) -> Iterator[SecondOpinion | None]:
    """Dissect the messages of suspicious sessions, or all of a capture with few, while the `with` lasts.

    Gives None where there is nothing to ask, nobody to ask (no tshark), or the limits leave it out.
    """
    chosen = _chosen(capture, signalling, limits) if limits.dissect_seconds > 0 else []
    if not chosen:
        yield None
        return
    rows = np.unique(np.array([frame - 1 for message in chosen for frame in message.frames or (message.frame,)]))
    rows = np.unique(np.concatenate((rows, fragments_of(capture, rows))))
    asked: dict[int, list[SipMessage]] = {}
    for message in chosen:
        asked.setdefault(message.frame, []).append(message)
    with tempfile.TemporaryDirectory(prefix="suyin-opinion-") as folder:
        small = Path(folder) / "asked.pcap"
        write_packets(capture, rows, small)
        dissection = begin(small, limits.dissect_seconds)
        if dissection is None:
            yield None
            return
        try:
            yield SecondOpinion(dissection, limits.dissect_seconds, rows, asked)
        finally:
            dissection.stop()


def _chosen(capture: Capture, signalling: Signalling, limits: Limits) -> list[SipMessage]:
    if len(signalling.traffic.messages) <= MOST_ASKED and len(capture.data) <= limits.dissect_bytes:
        return signalling.traffic.messages
    wanted = {seen.session for seen in signalling.sightings if not seen.code.endswith(".ok")}
    calls = [call.messages for call in signalling.calls if call.id in wanted]
    registrations = [registration.messages for registration in signalling.registrations if registration.id in wanted]
    return [message for messages in (*calls, *registrations) for message in messages][:MOST_ASKED]


def _quotes(finding: Finding, by_frame: dict[int, list[Dissected]]) -> Iterator[str]:
    for frame in [frame for frame in finding.frames if frame in by_frame][-_MOST_QUOTED:]:
        for one in by_frame[frame]:
            words = ", ".join(f"{name}={value}" for name, value in one.fields)
            yield f"{frame}: {one.start} [{words}]"[:300]
