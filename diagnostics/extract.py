"""Which packets of a capture are one call? Its messages on every leg, and the media that its sides agreed on.

Written as a pcap of its own, so that a colleague gets the call and nobody else's. Never changes a packet.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from diagnostics import packet_table as table_of
from diagnostics.calls import Call
from diagnostics.packets import Capture, Limits, open_capture
from diagnostics.registrations import Registration
from diagnostics.sdp import Sdp
from diagnostics.signalling import read_signalling
from diagnostics.sip_messages import SipMessage
from rules.ruleset import RuleSet

_BEFORE_NS, _AFTER_NS = 1_000_000_000, 5_000_000_000  # media that starts before its answer, or is still on its way
_MAGIC_NS = 0xA1B23C4D
_LINKTYPE_RAW = 101  # the packet begins with its IP header
_MOST_SNAP = 262_144

End = tuple[str, int]


def save_call(path: Path, call_id: str, out: Path, rules: RuleSet, *, limits: Limits | None = None) -> int:
    """Write the packets of one call or registration to a pcap; return how many there are.

    call_id: of any of its legs. out: is overwritten. Raises KeyError where the capture has no such call,
    CaptureUnreadable where path is no capture, OSError where out cannot be written.
    """
    limits = limits or Limits()
    with open_capture(path, limits) as capture:
        signalling = read_signalling(capture, limits, rules)
        found = _find(call_id, signalling.calls, signalling.registrations)
        rows = _rows(capture, found)
        write_packets(capture, rows, out)
    return len(rows)


def _find(call_id: str, calls: Sequence[Call], registrations: Sequence[Registration]) -> Call | Registration:
    for call in calls:
        if call_id in call.call_ids:
            return call
    for registration in registrations:
        if call_id == registration.id:
            return registration
    raise KeyError(call_id)


def _rows(capture: Capture, found: Call | Registration) -> NDArray[np.int64]:
    messages = found.messages
    rows = np.array(sorted({frame - 1 for m in messages for frame in (m.frames or (m.frame,))}), np.int64)
    wanted = [rows, fragments_of(capture, rows)]
    if isinstance(found, Call):
        wanted.append(_media(capture, found, messages))
    return np.unique(np.concatenate(wanted))


def fragments_of(capture: Capture, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the other fragments of messages that came in several."""
    packets = capture.packets
    whole = rows[packets.flags[rows] & table_of.REASSEMBLED != 0]
    parts = np.flatnonzero(packets.flags & table_of.FRAGMENT != 0)
    same = (
        np.isin(packets.ip_id[parts], packets.ip_id[whole])
        & np.isin(packets.source[parts], packets.source[whole])
        & np.isin(packets.destination[parts], packets.destination[whole])
    )
    return parts[same]


def _media(capture: Capture, call: Call, messages: Sequence[SipMessage]) -> NDArray[np.int64]:
    """Return the UDP packets to or from an address that an offer or answer of the call names, while it lasted."""
    packets, udp = capture.packets, capture.udp
    start, end = messages[0].time_ns - _BEFORE_NS, messages[-1].time_ns + _AFTER_NS
    udp = udp[(packets.time_ns[udp] >= start) & (packets.time_ns[udp] <= end)]
    ends = {end for a in call.agreements for sdp in (a.offer, a.answer) if sdp is not None for end in _ends(sdp)}
    numbers = np.unique(np.concatenate((packets.source[udp], packets.destination[udp])))
    by_address = {capture.address(int(number)): int(number) for number in numbers}
    keys = np.array(sorted({by_address[a] << 16 | port for a, port in ends if a in by_address}), np.int64)
    sent = packets.source[udp].astype(np.int64) << 16 | packets.source_port[udp]
    received = packets.destination[udp].astype(np.int64) << 16 | packets.destination_port[udp]
    return udp[np.isin(sent, keys) | np.isin(received, keys)]


def _ends(sdp: Sdp) -> Iterable[End]:
    """Give the addresses of the media of a description, with the port of RTCP beside that of RTP (RFC 3550 11)."""
    for media in sdp.media:
        if 0 < media.port < 65535:
            yield media.address, media.port
            yield media.address, media.port + 1


def write_packets(capture: Capture, rows: NDArray[np.int64], out: Path) -> None:
    """Write some packets of a capture to a pcap, in order of rows."""
    one_link = len(set(capture.link_types)) == 1
    link = capture.link_types[0] if one_link else _LINKTYPE_RAW
    packets = capture.packets
    with out.open("wb") as file:
        file.write(struct.pack("<IHHiIII", _MAGIC_NS, 2, 4, 0, 0, _MOST_SNAP, link))
        for row in rows.tolist():
            raw = capture.raw(row) if one_link else capture.raw(row)[int(packets.outer[row]) :]
            seconds, rest = divmod(int(packets.time_ns[row]), 1_000_000_000)
            snapped = bool(packets.flags[row] & table_of.SNAPPED)
            file.write(struct.pack("<IIII", seconds & 0xFFFFFFFF, rest, len(raw), len(raw) + snapped))
            file.write(raw)
