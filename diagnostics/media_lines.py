"""Which media did each call agree on, on which addresses and ports, from when to when?

From the offers and answers of a call (RFC 3264) come media lines: one epoch of one m= line, which ends with the next
agreement that changes it. A refused offer changes nothing. Lines become claims for the walk over all RTP.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from diagnostics.address_book import AddressBook
from diagnostics.calls import Call
from diagnostics.negotiation import Agreement
from diagnostics.rtp_claims import AUDIO, IMAGE, STATIC, Claim, PayloadType
from diagnostics.sdp import Media

_AFTER_NS = 2_000_000_000  # packets may still arrive after the call has ended
NEVER_NS = 1 << 62


@dataclass(frozen=True, slots=True)
class MediaLine:
    """One epoch of one media line of one leg of a call.

    number: position among all lines. agreement: the offer and answer that began it. caller, callee: what the two sides
    want to receive and where; None where it was not seen. start_ns: of the offer. agreed_ns: of the answer, NEVER_NS
    where none was seen. stop_ns: next agreement of the line or end of the call.
    """

    number: int
    call: Call
    agreement: Agreement
    kind: str
    caller: Media | None
    callee: Media | None
    start_ns: int
    agreed_ns: int
    stop_ns: int

    @property
    def ends(self) -> tuple[tuple[str, int] | None, tuple[str, int] | None]:
        """Address and port of the caller's and the callee's end."""
        return _end(self.caller), _end(self.callee)

    def expects(self, side: int) -> bool:
        """Return whether the side (0 caller, 1 callee) is to receive media by what both have said."""
        receiver, sender = (self.caller, self.callee) if side == 0 else (self.callee, self.caller)
        if receiver is None or sender is None or not receiver.port or not sender.port or _held(receiver):
            return False
        return receiver.direction in {"sendrecv", "recvonly"} and sender.direction in {"sendrecv", "sendonly"}


def _end(media: Media | None) -> tuple[str, int] | None:
    return (media.address, media.port) if media is not None and media.port and media.address else None


def _held(media: Media) -> bool:
    """Whether the old sign of a call on hold is there (RFC 3264 section 8.4)."""
    return media.address in {"0.0.0.0", "::"}  # noqa: S104  # an address in SDP, nothing is bound


def media_lines(calls: Sequence[Call]) -> list[MediaLine]:
    """Return the media lines of calls, in order of call and time."""
    lines: list[MediaLine] = []
    for call in calls:
        legs: dict[str, list[Agreement]] = {}
        for agreement in call.agreements:
            legs.setdefault(agreement.call_id, []).append(agreement)
        known: set[tuple[object, ...]] = set()
        for agreements in legs.values():
            for line in _of_leg(call, agreements, len(lines)):
                face = (*line.ends, line.kind, line.agreed_ns // 1_000_000_000) if all(line.ends) else (line.number,)
                if face not in known:  # a B2BUA that passes descriptions on makes no second line
                    known.add(face)
                    lines.append(line)
    return lines


def _of_leg(call: Call, agreements: Sequence[Agreement], number: int) -> Iterator[MediaLine]:
    accepted = [agreement for agreement in agreements if agreement.refused is None or agreement.initial]
    ends_ns = NEVER_NS if call.ended_ns is None else call.ended_ns + _AFTER_NS
    if call.ended_ns is None and call.answered_ns is None:
        ends_ns = call.end_ns + _AFTER_NS
    open_lines: list[tuple[Agreement, int, tuple[object, ...]]] = []
    for agreement in accepted:
        for position in range(len(agreement.offer.media)):
            face = _face(agreement, position)
            previous = next((entry for entry in reversed(open_lines) if entry[1] == position), None)
            if previous is None or previous[2] != face:
                open_lines.append((agreement, position, face))
    for index, (agreement, position, _) in enumerate(open_lines):
        following = next((later for later, place, _ in open_lines[index + 1 :] if place == position), None)
        stop_ns = ends_ns if following is None else following.answered_ns or following.offered_ns
        line = _line(call, agreement, position, number, stop_ns)
        if line is not None:
            number += 1
            yield line


def _face(agreement: Agreement, position: int) -> tuple[object, ...]:
    both = (agreement.offer, agreement.answer)
    sides = both if agreement.from_caller else both[::-1]
    seen: list[object] = []
    for sdp in sides:
        media = sdp.media[position] if sdp is not None and position < len(sdp.media) else None
        seen.append(media and (media.kind, media.address, media.port, media.formats, media.direction))
    return tuple(seen)


def _line(call: Call, agreement: Agreement, position: int, number: int, stop_ns: int) -> MediaLine | None:
    offered = agreement.offer.media[position]
    answered = None
    if agreement.answer is not None and position < len(agreement.answer.media):
        answered = agreement.answer.media[position]
    if not offered.port or (answered is not None and not answered.port):
        return None
    caller, callee = (offered, answered) if agreement.from_caller else (answered, offered)
    agreed_ns = NEVER_NS if agreement.answered_ns is None else agreement.answered_ns
    start_ns = agreement.offered_ns
    if not agreement.initial and agreement.answered_ns is not None:
        start_ns = agreement.answered_ns
    return MediaLine(number, call, agreement, offered.kind, caller, callee, start_ns, agreed_ns, stop_ns)


def claims_of(lines: Iterable[MediaLine], book: AddressBook) -> list[Claim]:
    """Return a claim for each end of each line whose address occurs in the capture."""
    count = int(book.used[0])
    halves = zip(book.high[:count].tolist(), book.low[:count].tolist(), strict=True)
    numbers: dict[tuple[int, int] | None, int] = dict(zip(halves, range(count), strict=True))
    claims = []
    for line in lines:
        for side, media in enumerate((line.caller, line.callee)):
            other = line.callee if side == 0 else line.caller
            end = _end(media)
            number = None if end is None else numbers.get(_halves(end[0]))
            if media is None or end is None or number is None:
                continue
            types: Mapping[int, PayloadType] = {} if line.kind == "image" else _agreed(media, other)
            kind = IMAGE if line.kind == "image" else AUDIO
            claims.append(
                Claim(line.number, side, number, end[1], line.start_ns, line.stop_ns, line.agreed_ns, kind, types)
            )
    return claims


def _agreed(receiver: Media, sender: Media | None) -> Mapping[int, PayloadType]:
    """Return the payload types that may be sent to a receiver: those it lists whose codec the sender lists too."""
    listed = payload_types(receiver)
    if sender is None:
        return listed
    common = {payload_type.name for payload_type in payload_types(sender).values()}
    return {number: kind for number, kind in listed.items() if kind.name in common} or listed


def payload_types(media: Media) -> Mapping[int, PayloadType]:
    """Return the payload types that a media line lists, with the static names of RFC 3551 where it names none."""
    return _listed(media.formats, tuple(media.codecs.items()))


@lru_cache(maxsize=4096)
def _listed(formats: tuple[str, ...], codecs: tuple[tuple[int, tuple[str, int]], ...]) -> Mapping[int, PayloadType]:
    named, found = dict(codecs), {}
    for text in formats:
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 128
        if number < 128:
            name, clock = named.get(number) or STATIC.get(number, ("", 8000))
            name = "G729" if name.startswith("G729") else name
            found[number] = PayloadType(name or f"PT{number}", 8000 if name == "G722" else clock)
    return found


@lru_cache(maxsize=1 << 16)
def _halves(address: str) -> tuple[int, int] | None:
    try:
        packed = ipaddress.ip_address(address)
    except ValueError:
        return None  # a host name; its packets are found by the other end
    if packed.version == 4:
        return 0, 0xFFFF << 32 | int(packed)
    return int(packed) >> 64, int(packed) & (1 << 64) - 1
