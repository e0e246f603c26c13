"""What do the receivers themselves report? RTCP sender and receiver reports, and the VoIP metrics of extended reports.

Source: RFC 3550 section 6.4 (SR, RR), RFC 3611 section 4.7 (XR VoIP metrics). What a receiver measured outranks what
can be computed at the capture point. Compound packets are walked by their lengths; what does not fit ends the walk.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from diagnostics.datagram import Datagram

_SR, _RR, _XR = 200, 201, 207
_VOIP_METRICS = 7
_UNKNOWN = 127  # RFC 3611 section 4.7.5: a rating or score that is not available
MOST_PACKETS = 200_000


@dataclass(frozen=True, slots=True)
class Report:
    """What one receiver says of one stream.

    frame: of the RTCP packet. reporter: its address. ssrc: of the stream. lost: packets lost since the beginning, None
    in XR. highest: extended highest sequence number. jitter: in timestamp units. loss_percent, discard_percent: of XR.
    rating: R of XR, 0 to 100. mos: MOS-CQ of XR, else MOS-LQ. Whatever was not said is None.
    """

    frame: int
    reporter: str
    ssrc: int
    lost: int | None = None
    highest: int | None = None
    jitter: int | None = None
    loss_percent: float | None = None
    discard_percent: float | None = None
    rating: int | None = None
    mos: float | None = None


def read_reports(datagram: Datagram) -> Iterator[Report]:
    """Give the reports in an RTCP datagram, in order."""
    payload, at = datagram.payload, 0
    while at + 8 <= len(payload) and payload[at] >> 6 == 2:
        size = 4 * (int.from_bytes(payload[at + 2 : at + 4], "big") + 1)
        packet = payload[at : at + size]
        if len(packet) < size:
            return
        if packet[1] in {_SR, _RR}:
            yield from _blocks(datagram, packet, 28 if packet[1] == _SR else 8)
        elif packet[1] == _XR:
            yield from _extended(datagram, packet)
        at += size


def _blocks(datagram: Datagram, packet: bytes, at: int) -> Iterator[Report]:
    for number in range(packet[0] & 31):
        block = packet[at + 24 * number : at + 24 * number + 24]
        if len(block) < 24:
            return
        yield Report(
            datagram.frame,
            datagram.source.address,
            int.from_bytes(block[:4], "big"),
            lost=int.from_bytes(block[5:8], "big", signed=True),
            highest=int.from_bytes(block[8:12], "big"),
            jitter=int.from_bytes(block[12:16], "big"),
        )


def _extended(datagram: Datagram, packet: bytes) -> Iterator[Report]:
    at = 8
    while at + 4 <= len(packet):
        size = 4 * (int.from_bytes(packet[at + 2 : at + 4], "big") + 1)
        block = packet[at : at + size]
        if block[0] == _VOIP_METRICS and len(block) >= 36:
            rating, quality, conversational = block[24], block[26], block[27]
            score = conversational if 10 <= conversational <= 50 else quality
            yield Report(
                datagram.frame,
                datagram.source.address,
                int.from_bytes(block[4:8], "big"),
                loss_percent=block[8] * 100 / 256,
                discard_percent=block[9] * 100 / 256,
                rating=rating if rating != _UNKNOWN and rating <= 100 else None,
                mos=score / 10 if 10 <= score <= 50 else None,
            )
        at += size
