"""Is the machine code of the capture analysis there before the first capture asks for it?

`python -m diagnostics.warm` compiles what is missing into the cache of diagnostics.compiled, by diagnosing a call with
a fragment and G.711 media that it writes itself, as pcap and as pcapng.
"""

from __future__ import annotations

import struct
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from diagnostics.address_book import enter, new_book
from diagnostics.diagnose import diagnose
from diagnostics.packets import Limits
from diagnostics.rtp_table import grown, new_streams
from rules.loader import load_rules

_CALLER, _CALLEE = bytes((192, 0, 2, 1)), bytes((192, 0, 2, 2))
_TALK = 40  # packets each way: enough to be listened to for tones
_FRAGMENT = 400  # bytes, a multiple of 8 (RFC 791)
_MORE = 0x2000


def warm() -> None:
    """Diagnose one made call in every way that has machine code of its own."""
    packets, rules = _call(), load_rules()
    with tempfile.TemporaryDirectory(prefix="suyin-warm-") as folder:
        for name, written in (("call.pcap", _pcap(packets)), ("call.pcapng", _pcapng(packets))):
            (Path(folder) / name).write_bytes(written)
            diagnose(Path(folder) / name, rules, limits=Limits(dissect_seconds=0))
    # What only a capture of many addresses or streams asks for.
    enter(new_book(), np.uint64(0), np.uint64(1))
    grown(new_streams(2)[0], 0)


def _call() -> list[bytes]:
    """Return the IP packets of an answered call: INVITE in two fragments, 200, ACK, media both ways."""
    invite = _sip("INVITE sip:2@192.0.2.2 SIP/2.0", "INVITE", _CALLER, _sdp(_CALLER))
    whole = _udp(5060, 5060, invite)
    packets = [
        _ip(_CALLER, _CALLEE, whole[:_FRAGMENT], _MORE),
        _ip(_CALLER, _CALLEE, whole[_FRAGMENT:], _FRAGMENT // 8),
        _ip(_CALLEE, _CALLER, _udp(5060, 5060, _sip("SIP/2.0 200 OK", "INVITE", _CALLEE, _sdp(_CALLEE)))),
        _ip(_CALLER, _CALLEE, _udp(5060, 5060, _sip("ACK sip:2@192.0.2.2 SIP/2.0", "ACK", _CALLER))),
    ]
    for number in range(_TALK):
        rtp = struct.pack("!BBHII", 0x80, 8, number, 160 * number, 7) + b"\x2a" * 160
        packets += [
            _ip(_CALLER, _CALLEE, _udp(4000, 4000, rtp)),
            _ip(_CALLEE, _CALLER, _udp(4000, 4000, rtp)),
        ]
    return packets


def _sip(start: str, method: str, contact: bytes, body: str = "") -> bytes:
    lines = (
        start, "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKwarm" + method, "From: <sip:1@192.0.2.1>;tag=1",
        "To: <sip:2@192.0.2.2>;tag=2", "Call-ID: warm", f"CSeq: 1 {method}", f"Contact: <sip:{_dotted(contact)}>",
        "Content-Type: application/sdp", f"Content-Length: {len(body)}", f"Subject: {'warm ' * 60}", "", body,
    )  # fmt: skip
    return "\r\n".join(lines).encode()


def _sdp(address: bytes) -> str:
    host = _dotted(address)
    lines = ("v=0", f"o=- 1 1 IN IP4 {host}", "s=-", f"c=IN IP4 {host}", "t=0 0", "m=audio 4000 RTP/AVP 8", "")
    return "\r\n".join(lines)


def _dotted(address: bytes) -> str:
    return ".".join(str(part) for part in address)


def _udp(source: int, destination: int, payload: bytes) -> bytes:
    return struct.pack("!HHHH", source, destination, 8 + len(payload), 0) + payload


def _ip(source: bytes, destination: bytes, body: bytes, fragment: int = 0) -> bytes:
    return struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(body), 1, fragment, 64, 17, 0) + source + destination + body


def _pcap(packets: Sequence[bytes]) -> bytes:
    """Return raw IP packets (link type 101), 20 ms apart, as pcap."""
    records = (
        struct.pack("<IIII", number // 50, number % 50 * 20_000, len(packet), len(packet)) + packet
        for number, packet in enumerate(packets)
    )
    return struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65_535, 101) + b"".join(records)


def _pcapng(packets: Sequence[bytes]) -> bytes:
    section = _block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    interface = _block(1, struct.pack("<HHI", 101, 0, 65_535))
    return section + interface + b"".join(
        _block(6, struct.pack("<IIIII", 0, 0, 20_000 * number, len(packet), len(packet)) + packet)
        for number, packet in enumerate(packets)
    )  # fmt: skip


def _block(kind: int, body: bytes) -> bytes:
    body += bytes(-len(body) % 4)
    return struct.pack("<II", kind, 12 + len(body)) + body + struct.pack("<I", 12 + len(body))


if __name__ == "__main__":
    warm()
