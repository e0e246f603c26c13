"""How did a fax go: over T.38, refused T.38, or as tones in G.711?

Source: ITU-T T.38 annex D (m=image in SDP, switched to by re-INVITE), RFC 3264 section 6 (port 0 refuses a line),
RFC 3261 sections 21.4.13 and 21.4.26 (415, 488), ITU-T T.30 section 4.1 (tones). A refused switch that the call
survives in G.711 is both a refusal and a fallback.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from diagnostics.calls import Call
from diagnostics.media_lines import MediaLine
from diagnostics.media_streams import MediaStream
from diagnostics.negotiation import Agreement
from diagnostics.packet_core import SECOND_NS
from diagnostics.sightings import Sighting
from rules.findings import Value

_NOT_ABOUT_MEDIA = frozenset({401, 407, 408, 481, 487, 491})  # the offer itself was not judged, or is made again
_GOES_ON_NS = 2 * SECOND_NS


@dataclass(frozen=True, slots=True)
class FaxMedia:
    """What a call's media shows. streams: of the call. tones: heard, by row of the stream."""

    lines: Sequence[MediaLine]
    streams: Sequence[MediaStream]
    tones: Mapping[int, frozenset[str]]


def see_fax(call: Call, media: FaxMedia, any_media: bool) -> Iterator[Sighting]:
    """Give what was seen of a fax in a call.

    media: of this call alone. any_media: whether the capture holds any RTP or T.38, so that its lack says something.
    """
    offers = [agreement for agreement in call.agreements if "image" in agreement.kinds]
    accepted = [line for line in media.lines if line.kind == "image" and line.agreed_ns < 1 << 62]
    refused = [agreement for agreement in offers if _refused(agreement)]
    values = _values(call, media)
    carried = [stream for stream in media.streams if stream.fax]
    if accepted and (carried or not any_media):
        yield _switched(call, accepted[0], carried, values)
        return
    after = refused[-1].refused_frame or refused[-1].answer_frame or refused[-1].offer_frame if refused else 0
    going_on = refused and any(
        stream.last_ns - _refused_ns(refused[-1]) >= _GOES_ON_NS and not stream.only_events for stream in media.streams
    )
    if refused:
        status = refused[-1].refused
        frames = (refused[-1].offer_frame, after)
        said: dict[str, Value] = {**values, "fallback": bool(going_on), "answerer": str(refused[-1].answerer)}
        if status is not None:
            said["status"] = status
        yield Sighting("fax.t38_refused", frames, call.id, status, said)
    if going_on or (not offers and _machine(media)):
        yield _fallback(call, media, after, {**values, "refused": bool(refused)})


def _refused(agreement: Agreement) -> bool:
    if agreement.refused is not None:
        return agreement.refused not in _NOT_ABOUT_MEDIA
    image = agreement.answer.of("image") if agreement.answer is not None else None
    return agreement.answer is not None and (image is None or not image.port)


def _refused_ns(agreement: Agreement) -> int:
    return agreement.answered_ns or agreement.offered_ns


def _machine(media: FaxMedia) -> bool:
    """Whether a machine was heard on both sides, or an answer tone at least."""
    return any("ced" in media.tones.get(stream.row, ()) for stream in media.streams)


def _switched(call: Call, line: MediaLine, carried: Sequence[MediaStream], values: dict[str, Value]) -> Sighting:
    agreement = line.agreement
    frames = [agreement.offer_frame, agreement.answer_frame or agreement.offer_frame]
    frames += [stream.first_frame for stream in carried]
    packets = sum(stream.packets for stream in carried)
    return Sighting("fax.t38_ok", tuple(sorted(set(frames))), call.id, None, {**values, "packets": packets})


def _fallback(call: Call, media: FaxMedia, after: int, values: dict[str, Value]) -> Sighting:
    voices = [stream for stream in media.streams if not stream.only_events and not stream.fax]
    heard = [stream for stream in voices if stream.row in media.tones] or voices
    codecs = {stream.codec for stream in voices if stream.codec}
    frames = {after, *(stream.last_frame if after else stream.first_frame for stream in heard)} - {0}
    said: dict[str, Value] = {**values, "codec": "/".join(sorted(codecs)), "g711": codecs <= {"PCMA", "PCMU"}}
    return Sighting("fax.audio_fallback", tuple(sorted(frames)), call.id, None, said)


def _values(call: Call, media: FaxMedia) -> dict[str, Value]:
    heard = {tone for stream in media.streams for tone in media.tones.get(stream.row, ())}
    values: dict[str, Value] = {"caller": call.caller, "callee": call.callee}
    if heard:
        values["tones"] = "、".join(sorted(tone.upper() for tone in heard))
    return values
