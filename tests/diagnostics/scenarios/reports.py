"""What do RTCP sender reports and VoIP metrics look like (RFC 3550 6.4.1, RFC 3611 4.7)?"""

from __future__ import annotations

import struct

NTP_EPOCH = 2_208_988_800


def sender(ssrc: int, time_ns: int, sent: int, *, about: int, fraction: int, lost: int, jitter: int) -> bytes:
    """Return a sender report with one report block and a CNAME. fraction: of 256; jitter: in time stamp units."""
    seconds, rest = divmod(time_ns, 1_000_000_000)
    ntp = seconds + NTP_EPOCH, (rest << 32) // 1_000_000_000
    info = struct.pack("!IIIIII", ssrc, ntp[0] & 0xFFFFFFFF, ntp[1], 160_000 + sent * 160, sent, sent * 160)
    block = struct.pack("!IIIIII", about, fraction << 24 | lost, 20_100 + sent, jitter, 0, 0)
    body = info + block
    name = b"cname@lab"
    item = struct.pack("!IBB", ssrc, 1, len(name)) + name + b"\0"
    item += b"\0" * (-len(item) % 4)
    described = struct.pack("!BBH", 0x81, 202, len(item) // 4) + item
    return struct.pack("!BBH", 0x81, 200, len(body) // 4) + body + described


def voip(ssrc: int, about: int, *, loss: int) -> bytes:
    """Return an extended report with one VoIP metrics block: R factor 58, MOS-LQ 2.6, MOS-CQ 2.5. loss: of 256."""
    metrics = struct.pack("!IBBBBHHHH", about, loss, 3, 60, 12, 180, 900, 95, 40)
    metrics += struct.pack("!bbBBBBBB", -20, -60, 55, 16, 58, 127, 26, 25)
    metrics += struct.pack("!BBHHH", 0x70, 0, 40, 60, 120)
    block = struct.pack("!BBH", 7, 0, len(metrics) // 4) + metrics
    body = struct.pack("!I", ssrc) + block
    return struct.pack("!BBH", 0x80, 207, len(body) // 4) + body
