"""Which media streams does a capture hold, of which call and direction, and how good was each, second by second?

Loss, jitter and MOS are those at the capture point; what a receiver reports by RTCP XR outranks them (RFC 3611).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from diagnostics.media_lines import MediaLine, payload_types
from diagnostics.packets import Capture
from diagnostics.rtp_claims import STATIC
from diagnostics.rtp_quality import Floats, burst_ratio, impairments, mean_opinion
from diagnostics.rtp_reports import MOST_PACKETS, Report, read_reports
from diagnostics.rtp_table import UDPTL
from diagnostics.rtp_walk import Walked, sure

TO_CALLER, TO_CALLEE = "to_caller", "to_callee"
_DIRECTIONS = (TO_CALLER, TO_CALLEE)


@dataclass(frozen=True, slots=True)
class Hole:
    """One long gap. start_ns, length_ns; lost: packets; frame: the first packet after it."""

    start_ns: int
    length_ns: int
    lost: int
    frame: int


@dataclass(frozen=True, slots=True, eq=False)
class MediaStream:
    """One stream.

    row: of the table of streams. line: None where no SDP names it ("unclaimed"). direction: to_caller or to_callee.
    by_source: its destination is not what SDP names, its source is. source, destination: address and port. codec: name
    in upper case, `T38` for fax, None where unknown. packets: without duplicates. lost: outside of holes. late: that a
    playout buffer of 60 ms would have missed. jitter_ms: mean, jitter_max_ms: highest (RFC 3550). mos: None for
    codecs without figures. frames count from 1. reports: what the receiver says, in order of time.
    """

    row: int
    line: MediaLine | None
    direction: str | None
    by_source: bool
    source: str
    destination: str
    ssrc: int | None
    codec: str | None
    packets: int
    lost: int
    late: int
    loss_percent: float
    burst_ratio: float
    jitter_ms: float
    jitter_max_ms: float
    mos: float | None
    holes: tuple[Hole, ...]
    hole_lost: int
    events: int
    foreign: int
    foreign_type: int | None
    foreign_frames: tuple[int, ...]
    duplicates: int
    silences: int
    first_frame: int
    last_frame: int
    first_ns: int
    last_ns: int
    reports: tuple[Report, ...]
    series: Callable[[], list[dict[str, float | int | None]]]

    @property
    def only_events(self) -> bool:
        """Whether it carries nothing but RFC 4733 events, whose quality says nothing of the voice."""
        return self.events >= self.packets > 0

    @property
    def fax(self) -> bool:
        """Whether it is T.38."""
        return self.ssrc is None

    def to_json(self) -> dict[str, Any]:
        """Return the stream as the contract wants it; addresses are not masked."""
        return {
            "call_id": self.line.call.id if self.line else None,
            "leg": self.line.agreement.call_id if self.line else None,
            "direction": self.direction, "source": self.source, "destination": self.destination,
            "ssrc": None if self.ssrc is None else f"0x{self.ssrc:08x}", "codec": self.codec,
            "packets": self.packets, "lost": self.lost, "loss_percent": self.loss_percent,
            "burst_ratio": self.burst_ratio, "late": self.late, "jitter_ms": self.jitter_ms,
            "jitter_max_ms": self.jitter_max_ms, "mos": self.mos, "duplicates": self.duplicates,
            "events": self.events, "silences": self.silences,
            "holes": [
                {"start_s": round((hole.start_ns - self.first_ns) / 1e9, 2), "seconds": round(hole.length_ns / 1e9, 2),
                 "lost": hole.lost, "frame": hole.frame}
                for hole in self.holes
            ],
            "first_frame": self.first_frame, "last_frame": self.last_frame,
            "reported": [
                {"frame": report.frame, "lost": report.lost, "loss_percent": report.loss_percent, "mos": report.mos}
                for report in self.reports[-1:]
            ],
            "series": self.series(),
        }  # fmt: skip


def streams_of(capture: Capture, walked: Walked, lines: Sequence[MediaLine]) -> list[MediaStream]:
    """Return the streams that are certain, in order of their first packet."""
    kept = np.flatnonzero(sure(walked))
    kept = kept[np.argsort(walked.streams["first_ns"][kept], kind="stable")]
    maker = _Maker(capture, walked, lines)
    return [maker.stream(row) for row in kept.tolist()]


class _Maker:
    """Makes streams out of records: figures for all of them at once, names for each."""

    def __init__(self, capture: Capture, walked: Walked, lines: Sequence[MediaLine]) -> None:
        self._capture, self._walked, self._lines = capture, walked, lines
        records = walked.streams
        self._codecs = [self._codec(row) for row in range(len(records))]
        self._ie, self._bpl = impairments([codec or "" for codec in self._codecs])
        lost, packets = records["lost"].astype(np.float64), records["packets"].astype(np.float64)
        self._burst = burst_ratio(lost, records["runs"].astype(np.float64), lost + packets)
        self._loss = 100.0 * lost / np.maximum(1.0, lost + packets)
        missed = 100.0 * (lost + records["late"]) / np.maximum(1.0, lost + packets)
        self._mos = mean_opinion(self._ie, self._bpl, missed, self._burst)
        self._jitter = records["jitter_sum"] / np.maximum(1, records["jitter_count"]) / 1e6
        self._holes = _by_row(walked.holes["stream"])
        rows = np.arange(len(records))
        self._first_second = np.searchsorted(walked.seconds["stream"], rows, "left")
        self._last_second = np.searchsorted(walked.seconds["stream"], rows, "right")
        self._reports = _reports(capture, walked)

    def stream(self, row: int) -> MediaStream:
        """Return one stream."""
        record, line, direction = self._walked.streams[row], None, None
        claim_row = self._walked.claim_row(row)
        if claim_row >= 0:
            claim = self._walked.claims[claim_row]
            line = self._lines[claim.media]
            direction = _DIRECTIONS[claim.side ^ int(self._walked.by_source(row))]
        reports = self._reports_on(record)
        rated = next((report for report in reversed(reports) if report.mos is not None), None)
        return MediaStream(
            row, line, direction, self._walked.by_source(row),
            self._end(record["source"], record["source_port"]),
            self._end(record["destination"], record["destination_port"]),
            None if record["ssrc"] == UDPTL else int(record["ssrc"]), self._codecs[row],
            int(record["packets"]), int(record["lost"]), int(record["late"]), round(float(self._loss[row]), 2),
            round(float(self._burst[row]), 2), round(float(self._jitter[row]), 2),
            round(float(record["jitter_max"]) / 1e6, 2),
            rated.mos if rated else _figure(self._mos[row]),
            tuple(self._hole(at) for at in self._holes.get(row, ())), int(record["hole_lost"]), int(record["events"]),
            int(record["foreign"]), int(record["foreign_pt"]) if record["foreign"] else None,
            (int(record["foreign_first"]) + 1, int(record["foreign_last"]) + 1) if record["foreign"] else (),
            int(record["duplicates"]), int(record["silences"]), int(record["first_row"]) + 1,
            int(record["last_row"]) + 1, int(record["first_ns"]), int(record["last_ns"]), reports,
            lambda: self._series(row),
        )  # fmt: skip

    def _codec(self, row: int) -> str | None:
        record = self._walked.streams[row]
        if record["ssrc"] == UDPTL:
            return "T38"
        number, claim_row = int(record["payload_type"]), self._walked.claim_row(row)
        if number < 0:
            return "TELEPHONE-EVENT" if record["events"] else None
        if claim_row >= 0:
            line = self._lines[self._walked.claims[claim_row].media]
            for media in (line.caller, line.callee):
                named = payload_types(media).get(number) if media is not None else None
                if named is not None:
                    return named.name
        return STATIC[number][0] if number in STATIC else None

    def _end(self, address: int, port: int) -> str:
        text = self._capture.address(int(address))
        return f"[{text}]:{port}" if ":" in text else f"{text}:{port}"

    def _hole(self, at: int) -> Hole:
        hole = self._walked.holes[at]
        return Hole(int(hole["start_ns"]), int(hole["length_ns"]), int(hole["lost"]), int(hole["row"]) + 1)

    def _reports_on(self, record: np.void) -> tuple[Report, ...]:
        found = self._reports.get(int(record["ssrc"]), [])
        if not found:
            return ()
        receiver = self._capture.address(int(record["destination"]))
        return tuple(report for report in found if report.reporter == receiver)

    def _series(self, row: int) -> list[dict[str, float | int | None]]:
        seconds = self._walked.seconds[self._first_second[row] : self._last_second[row]]
        packets, lost = seconds["packets"].astype(np.float64), seconds["lost"].astype(np.float64)
        sent = np.maximum(1.0, packets + lost)
        missed: Floats = np.minimum(100.0, 100.0 * (lost + seconds["late"]) / sent)
        ones = np.ones(len(seconds))
        mos = mean_opinion(self._ie[row] * ones, self._bpl[row] * ones, missed, self._burst[row] * ones)
        return [
            {"second": int(second["second"]), "packets": int(second["packets"]), "lost": int(second["lost"]),
             "loss_percent": round(100.0 * int(second["lost"]) / float(whole), 2),
             "jitter_ms": round(float(second["jitter"]) / 1e6, 2), "mos": _figure(score)}
            for second, whole, score in zip(seconds, sent, mos, strict=True)
        ]  # fmt: skip


def _figure(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 2)


def _by_row(rows: Any) -> Mapping[int, list[int]]:
    found: dict[int, list[int]] = {}
    for at, row in enumerate(rows.tolist()):
        found.setdefault(row, []).append(at)
    return found


def _reports(capture: Capture, walked: Walked) -> dict[int, list[Report]]:
    found: dict[int, list[Report]] = {}
    for report in _all_reports(capture, walked):
        found.setdefault(report.ssrc, []).append(report)
    return found


def _all_reports(capture: Capture, walked: Walked) -> Iterator[Report]:
    for row in walked.rtcp[:MOST_PACKETS].tolist():
        yield from read_reports(capture.datagram(row))
