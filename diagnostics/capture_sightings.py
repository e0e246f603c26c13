"""What is the capture itself like: encrypted, cut short, without any signalling, fragmented?

Source: RFC 8446 4 and 5 (TLS records by their shape, on any port), RFC 4303 (ESP), RFC 3261 18.1.1 (size of datagrams).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from diagnostics import packet_table as table_of
from diagnostics.packets import Capture
from diagnostics.sightings import Sighting
from diagnostics.sip_messages import SipTraffic
from rules.findings import Value

_SIPS_PORTS = (5061, 5081, 15061)
_MOST_FRAMES = 5
_MOST_LOOKED_AT = 20_000  # TCP packets that are looked at for TLS
_NAMES = {1: "ICMP", 2: "IGMP", 6: "TCP", 17: "UDP", 50: "ESP", 58: "ICMPv6", 89: "OSPF", 112: "VRRP", 132: "SCTP"}
_PORTS = {53: "DNS", 67: "DHCP", 68: "DHCP", 80: "HTTP", 123: "NTP", 161: "SNMP", 443: "HTTPS", 22: "SSH", 5353: "mDNS",
          1900: "SSDP"}  # fmt: skip


def see_fragments(traffic: SipTraffic) -> Iterator[Sighting]:
    """Give SIP messages that came in IP fragments, as one sighting."""
    frames = tuple(sorted(set(traffic.fragmented)))
    if not frames:
        return
    packets, row = traffic.capture.packets, frames[0] - 1
    same = (packets.flags & table_of.FRAGMENT != 0) & (packets.ip_id == packets.ip_id[row])
    same &= (packets.source == packets.source[row]) & (packets.flags & table_of.DUPLICATE == 0)
    parts = int(np.count_nonzero(same)) + 1
    values: dict[str, Value] = {"size": int(packets.length[row]), "parts": parts, "messages": len(frames)}
    yield Sighting("sip.fragmented", frames[:_MOST_FRAMES], None, None, values)


def see_encryption(capture: Capture) -> Iterator[Sighting]:
    """Give TLS on the ports of SIP and ESP; other TLS is somebody's web traffic."""
    packets = capture.packets
    rows = capture.rows(table_of.TCP)
    ports = np.isin(packets.source_port[rows], _SIPS_PORTS) | np.isin(packets.destination_port[rows], _SIPS_PORTS)
    yield from _tls(capture, rows[ports & (packets.length[rows] > 5)][:_MOST_LOOKED_AT].tolist())
    esp = capture.rows(table_of.ESP)
    if len(esp):
        frames = tuple(int(row) + 1 for row in esp[:_MOST_FRAMES])
        yield Sighting("capture.encrypted", frames, None, None, {"protocol": "IPsec ESP", "packets": len(esp)})


def _tls(capture: Capture, rows: list[int]) -> Iterator[Sighting]:
    frames: list[int] = []
    values: dict[str, Value] = {"protocol": "TLS"}
    data = False
    for row in rows:
        record = capture.payload(row)[:7]
        if record[0] not in (20, 21, 22, 23) or record[1] != 3:
            continue
        frames.append(row + 1)
        data = data or record[0] == 23
        if record[0] == 22 and len(record) > 5 and record[5] in (1, 2):
            name = ("ClientHello", "ServerHello")[record[5] - 1]
            values["detail"] = f"已见握手 {name}"
            values["detail_en"] = f"handshake seen, {name}"
        elif record[0] == 21 and not data and len(record) == 7 and record[5] == 2:
            values.update({"alert": True, "detail": f"告警 {record[6]}", "detail_en": f"alert {record[6]}"})
    if frames:
        yield Sighting("capture.encrypted", tuple(frames[:_MOST_FRAMES]), None, None, values)


def see_cuts(capture: Capture) -> Iterator[Sighting]:
    """Give packets that were captured only in part, and a file that ends in the middle of one."""
    packets = capture.packets
    cut = np.flatnonzero(packets.flags & table_of.SNAPPED != 0)
    ends = next((note for note in capture.notes if note.kind == "cut"), None)
    if not len(cut) and ends is None:
        return
    values: dict[str, Value] = {}
    if len(cut):
        values["cut"], values["kept"] = len(cut), int(packets.captured[cut].max())
    if ends is not None:
        values["tail"], values["tail_en"] = f"{ends.sentence}；", f"{ends.sentence_en}; "
    frames = tuple(int(row) + 1 for row in cut[:_MOST_FRAMES]) or (max(1, len(capture)),)
    yield Sighting("capture.truncated", frames, None, None, values)


def see_nothing(capture: Capture) -> Sighting:
    """Return that there is no signalling at all, and what there is instead."""
    packets = capture.packets
    kinds: dict[str, int] = {}
    ports = np.minimum(packets.source_port, packets.destination_port)
    pairs, counts = np.unique(
        np.stack([packets.protocol.astype(np.int64), ports.astype(np.int64)]), axis=1, return_counts=True
    )
    for (protocol, port), count in zip(pairs.T.tolist(), counts.tolist(), strict=True):
        name = _PORTS.get(port) if protocol in (6, 17) else None
        name = name or _NAMES.get(protocol, "ARP / 二层" if protocol == 0 else f"IP {protocol}")
        kinds[name] = kinds.get(name, 0) + count
    common = sorted(kinds, key=lambda name: -kinds[name])[:4]
    values: dict[str, Value] = {"packets": len(capture)}
    if common:
        values["kinds"] = "、".join(common)
    return Sighting("capture.no_signalling", (), None, None, values)
