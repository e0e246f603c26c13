"""What is wrong with the media of the calls: one way, none, lost, late, interrupted, of a kind that nobody agreed on?

Source: RFC 3264 (who is to send what where), RFC 3550 (loss and jitter), RFC 1918 (private addresses). How bad a figure
is, and who must act, stands in rules content; here only what is not worth a word is left out. A call that has changed
to T.38 is not called silent, and where a capture holds no RTP at all nothing is blamed for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeGuard

import numpy as np

from diagnostics.calls import Call
from diagnostics.fax import FaxMedia, see_fax
from diagnostics.fax_tones import fax_tones
from diagnostics.media_lines import MediaLine, claims_of, media_lines
from diagnostics.media_private import see_private
from diagnostics.media_streams import TO_CALLEE, TO_CALLER, MediaStream, streams_of
from diagnostics.packet_core import SECOND_NS
from diagnostics.packets import Capture
from diagnostics.rtp_walk import walk
from diagnostics.sightings import Sighting
from rules.findings import Value

_SHORTEST_S = 2.0  # an epoch that is shorter says nothing of silence
_SOME = 10  # packets that make a direction certain
_LEAST_LOSS_PERCENT = 0.5
_LEAST_JITTER_MS = 20.0
_FOREIGN = 10
_LABELS = {TO_CALLER: ("被叫到主叫", "from callee to caller"), TO_CALLEE: ("主叫到被叫", "from caller to callee")}


@dataclass(frozen=True, slots=True)
class Media:
    """The media of a capture. spoilt: ids of calls that were answered but are not all right."""

    lines: tuple[MediaLine, ...]
    streams: tuple[MediaStream, ...]
    sightings: tuple[Sighting, ...]
    spoilt: frozenset[str]


def read_media(capture: Capture, calls: Sequence[Call]) -> Media:
    """Return the streams of a capture and what was seen of them. calls: with their offers and answers."""
    lines = media_lines(calls)
    walked = walk(capture.packets, capture.data, capture.udp, claims_of(lines, capture.book), forget=capture.forget)
    streams = streams_of(capture, walked, lines)
    end_ns = int(capture.packets.time_ns.max()) if len(capture) else 0
    by_line: dict[int, list[MediaStream]] = {}
    for stream in streams:
        if stream.line is not None:
            by_line.setdefault(stream.line.number, []).append(stream)
    by_call: dict[int, list[MediaLine]] = {}
    for line in lines:
        by_call.setdefault(id(line.call), []).append(line)
    silent = [
        sighting
        for call in calls
        for sighting in _silence(call, by_call.get(id(call), []), by_line, bool(streams), end_ns)
    ]
    mute = {str(sighting.session) for sighting in silent}
    numbers = np.unique(capture.packets.source)
    private = list(see_private(lines, by_line, mute, {capture.address(int(number)) for number in numbers}))
    flaws = [sighting for stream in streams for sighting in _flaws(stream)]
    if not streams:
        silent = _unseen(silent)
    spoiling = {str(seen.session): seen.code for seen in (*flaws, *private, *silent) if _spoils(seen)}
    for call in calls:
        if call.outcome == "call.ok":
            call.outcome = spoiling.get(call.id, call.outcome)
    faxes = list(_faxes(capture, calls, by_call, streams))
    return Media(tuple(lines), tuple(streams), (*silent, *private, *faxes, *flaws), frozenset(spoiling))


def _spoils(sighting: Sighting) -> bool:
    """Whether a call of which this was seen is not all right although it was answered."""
    if sighting.code == "media.private_address":
        return not sighting.values["works"]
    return sighting.code in {"media.one_way", "media.none", "media.payload_not_negotiated"}


def _faxes(
    capture: Capture, calls: Sequence[Call], lines: Mapping[int, list[MediaLine]], streams: Sequence[MediaStream]
) -> Iterator[Sighting]:
    own_streams: dict[int, list[MediaStream]] = {}
    for stream in streams:
        if stream.line is not None:
            own_streams.setdefault(id(stream.line.call), []).append(stream)
    tones = fax_tones(capture, [stream for stream in streams if stream.line is not None])
    for call in calls:
        if call.answered_ns is not None:
            media = FaxMedia(lines.get(id(call), []), own_streams.get(id(call), []), tones)
            yield from see_fax(call, media, bool(streams))


def _silence(
    call: Call, lines: Sequence[MediaLine], by_line: dict[int, list[MediaStream]], any_media: bool, end_ns: int
) -> Iterator[Sighting]:
    """Give at most one sighting of missing media for an answered call: of the first epoch where it shows."""
    if call.answered_ns is None:
        return
    own = [line for line in lines if line.kind == "audio" and _long(line, call, end_ns)]
    heard = [(line, _voices(by_line.get(line.number, []), call)) for line in own]
    some = [(line, ways) for line, ways in heard if ways]
    for line, ways in some:
        if not (line.expects(0) and line.expects(1)):
            continue  # on hold: neither side's media nor its lack proves anything
        lacking = [way for way in (TO_CALLER, TO_CALLEE) if way not in ways]
        if (
            len(lacking) == 1
            and len(ways) == 1
            and sum(stream.packets for stream in next(iter(ways.values()))) >= _SOME
        ):
            yield _one_way(call, line, lacking[0], next(iter(ways.values())))
            return
    expecting = [line for line in own if line.expects(0) or line.expects(1)]
    if own and expecting and (not some or (expecting[-1] not in [line for line, _ in some] and _sole(expecting))):
        line = expecting[-1] if some else expecting[0]
        values = _line_values(call, line) | {"signalling_only": not any_media, "after_reinvite": bool(some)}
        yield Sighting("media.none", _answer_frames(call, line), call.id, None, values)


def _sole(lines: Sequence[MediaLine]) -> bool:
    """Whether all lines are of one leg: legs whose media went past the capture point say nothing."""
    return len({line.agreement.call_id for line in lines}) == 1


def _long(line: MediaLine, call: Call, end_ns: int) -> bool:
    begin = max(line.agreed_ns, call.answered_ns or 0)
    end = min(line.stop_ns, end_ns, call.ended_ns or end_ns)
    return end - begin >= _SHORTEST_S * SECOND_NS


def _voices(streams: Sequence[MediaStream], call: Call) -> dict[str, list[MediaStream]]:
    """Return the streams that carry voice after the answer, by direction."""
    ways: dict[str, list[MediaStream]] = {}
    for stream in streams:
        if stream.direction and not stream.only_events and not stream.fax and stream.last_ns >= (call.answered_ns or 0):
            ways.setdefault(stream.direction, []).append(stream)
    return ways


def _one_way(call: Call, line: MediaLine, lacking: str, heard: Sequence[MediaStream]) -> Sighting:
    zh, en = _LABELS[lacking]
    values = _line_values(call, line) | {
        "lacking": lacking, "direction": zh, "direction_en": en, "packets": sum(stream.packets for stream in heard),
        "source": heard[0].source, "destination": heard[0].destination, "after_reinvite": not line.agreement.initial,
        "waiting": _waiting(line, lacking),
    }  # fmt: skip
    frames = (*_answer_frames(call, line), heard[0].first_frame, heard[0].last_frame)
    return Sighting("media.one_way", tuple(sorted(set(frames))), call.id, None, values)


def _waiting(line: MediaLine, lacking: str) -> str:
    end = line.ends[0 if lacking == TO_CALLER else 1]
    return f"{end[0]}:{end[1]}" if end else ""


def _line_values(call: Call, line: MediaLine) -> dict[str, Value]:
    ends = line.ends
    values: dict[str, Value] = {"caller": call.caller, "callee": call.callee}
    for name, end in zip(("caller_end", "callee_end"), ends, strict=True):
        if end is not None:
            values[name] = f"{end[0]}:{end[1]}"
    return values


def _answer_frames(call: Call, line: MediaLine) -> tuple[int, ...]:
    finals = [t.final.frame for t in call.invites() if t.final is not None and (t.status or 0) < 300][:1]
    if line.agreement.initial or line.agreement.answer_frame is None:
        return tuple(finals)
    return (line.agreement.answer_frame,)


def _unseen(silent: Sequence[Sighting]) -> list[Sighting]:
    """Say once that a capture of answered calls holds no RTP at all."""
    if not silent:
        return []
    frames = tuple(sorted(frame for sighting in silent for frame in sighting.frames))
    values: dict[str, Value] = {"signalling_only": True, "count": len(silent)}
    return [Sighting("media.none", frames, None, None, values)]


def _flaws(stream: MediaStream) -> Iterator[Sighting]:
    """Give what is wrong with the quality of one stream of voice."""
    if stream.fax or stream.only_events or stream.packets < _SOME:
        return
    frames = (stream.first_frame, stream.last_frame)
    session = stream.line.call.id if stream.line else stream.destination
    values = _stream_values(stream)
    reported = _reported_loss(stream)
    worst = max(stream.loss_percent, reported or 0.0)
    if worst >= _LEAST_LOSS_PERCENT:
        after = stream.loss_percent < _LEAST_LOSS_PERCENT
        place: dict[str, Value] = {"after": after, "loss_percent": round(worst, 2)}
        yield Sighting("media.loss", (*frames, *_report_frames(stream, after)), session, None, values | place)
    if max(stream.jitter_ms, _reported_jitter(stream)) >= _LEAST_JITTER_MS:
        jitter: dict[str, Value] = {"jitter_ms": max(stream.jitter_ms, _reported_jitter(stream))}
        yield Sighting("media.jitter", frames, session, None, values | jitter)
    if stream.holes:
        longest = max(stream.holes, key=lambda hole: hole.length_ns)
        said: dict[str, Value] = {
            "seconds": round(longest.length_ns / SECOND_NS, 1),
            "at_seconds": round((longest.start_ns - stream.first_ns) / SECOND_NS, 1),
            "holes": len(stream.holes), "hole_lost": stream.hole_lost,
        }  # fmt: skip
        yield Sighting("media.hole", tuple(hole.frame for hole in stream.holes), session, None, values | said)
    if _is_type(stream.foreign_type) and stream.foreign >= _FOREIGN:
        foreign: dict[str, Value] = {"payload_type": stream.foreign_type, "foreign": stream.foreign}
        foreign["offered"] = _offered(stream, stream.foreign_type)
        yield Sighting("media.payload_not_negotiated", stream.foreign_frames, session, None, values | foreign)


def _is_type(number: int | None) -> TypeGuard[int]:
    return number is not None


def _offered(stream: MediaStream, number: int) -> bool:
    """Whether the type stands in the description of either side, although the two did not agree on it."""
    sides = () if stream.line is None else (stream.line.caller, stream.line.callee)
    return any(str(number) in media.formats for media in sides if media is not None)


def _stream_values(stream: MediaStream) -> dict[str, Value]:
    values: dict[str, Value] = {
        "source": stream.source, "destination": stream.destination, "codec": stream.codec or "RTP",
        "packets": stream.packets, "lost": stream.lost, "loss_percent": stream.loss_percent,
        "burst_ratio": stream.burst_ratio, "jitter_ms": stream.jitter_ms, "jitter_max_ms": stream.jitter_max_ms,
        "late": stream.late, "burst": stream.burst_ratio >= 2.0, "claimed": stream.line is not None,
    }  # fmt: skip
    if stream.mos is not None:
        values["mos"] = stream.mos
    if stream.direction is not None:
        values["direction"], values["direction_en"] = _LABELS[stream.direction]
    return values


def _reported_loss(stream: MediaStream) -> float | None:
    """Return the share that the receiver reports as lost, percent; None where it reports nothing."""
    rated = [report.loss_percent for report in stream.reports if report.loss_percent is not None]
    if rated:
        return rated[-1]
    told = [report.lost for report in stream.reports if report.lost is not None]
    whole = stream.packets + stream.lost + stream.hole_lost
    return max(0.0, 100.0 * max(0, told[-1] - stream.hole_lost) / whole) if told and whole else None


def _reported_jitter(stream: MediaStream) -> float:
    """Return the jitter that the receiver reports at last, in ms, of a clock of 8000; 0 where it reports none."""
    told = [report.jitter for report in stream.reports if report.jitter is not None]
    return round(told[-1] / 8.0, 1) if told and stream.codec in {"PCMA", "PCMU", "G729", "AMR", "GSM"} else 0.0


def _report_frames(stream: MediaStream, after: bool) -> tuple[int, ...]:
    return (stream.reports[-1].frame,) if after and stream.reports else ()
