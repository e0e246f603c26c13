"""Which IP packet is inside a captured packet, under VLAN tags, labels, PPPoE and tunnels?

Ethernet, VLAN and QinQ, MPLS, PPPoE, PPP, raw IP, BSD null, Linux cooked (v1, v2); GRE (with ERSPAN and bridged
Ethernet), IP-in-IP, GTP-U, VXLAN, AH: always the innermost. GTP-U is known by its shape, on any port. Never reads
beyond the captured bytes, whatever a length claims; at most 24 layers.

The state is one int64 scratch array, because compiled functions hand back several numbers through it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from diagnostics.compiled import compiled

U8 = np.uint8
Bytes = NDArray[np.uint8]
State = NDArray[np.int64]

# fields of the state
AT, END, LAYER, TYPE = 0, 1, 2, 3  # next byte, end of the packet so far as its headers say, what comes next
NETWORK, OUTER, TUNNEL = 4, 5, 6  # innermost and outermost IP header (-1: none), tunnel code
PROTOCOL, TRANSPORT, PAYLOAD = 7, 8, 9
IP_ID, FRAGMENT_AT, IS_FRAGMENT, BROKEN_LENGTH = 10, 11, 12, 13
SOURCE_PORT, DESTINATION_PORT, ICMP_TYPE = 14, 15, 16
STATE_SIZE = 17

# values of LAYER
ETHERNET, ETHERTYPE, PPP, IP, NULL, COOKED, COOKED2, DONE = 1, 2, 3, 4, 5, 6, 7, 0

# tunnel digits, see packet_table.TUNNELS
_GRE, _IP_IN_IP, _GTP_U, _VXLAN, _ERSPAN, _AH = 1, 2, 3, 4, 5, 6
_LAYERS = 24
_MOST_TUNNELS = 8**4  # a fifth wrapper still fits into 16 bits


@compiled
def be16(data: Bytes, at: int) -> int:
    """Return the two bytes at data[at], network order."""
    return int((np.int64(data[at]) << 8) | np.int64(data[at + 1]))


@compiled
def be32(data: Bytes, at: int) -> int:
    """Return the four bytes at data[at], network order."""
    return int((be16(data, at) << 16) | be16(data, at + 2))


@compiled
def first_layer(link: int) -> int:
    """Return what a packet of this link type (LINKTYPE_ number) begins with; DONE where it cannot be read."""
    if link == 1:
        return ETHERNET
    layer = DONE
    if link in (0, 108):
        layer = NULL
    elif link in (12, 14, 101, 228, 229):
        layer = IP
    elif link == 113:
        layer = COOKED
    elif link == 276:
        layer = COOKED2
    elif link in (9, 50):
        layer = PPP
    return layer


@compiled
def decode(data: Bytes, start: int, end: int, link: int, s: State) -> None:
    """Find the innermost packet of data[start:end] and write what was found into s. link: LINKTYPE_ number."""
    s[:] = 0
    s[AT], s[END], s[LAYER], s[NETWORK], s[OUTER] = start, end, first_layer(link), -1, -1
    s[TRANSPORT] = s[PAYLOAD] = start
    for _ in range(_LAYERS):
        layer = s[LAYER]
        if layer == DONE:
            break
        if layer == IP:
            _ip(data, s)
        elif layer == ETHERTYPE:
            _ethertype(data, s)
        elif layer == ETHERNET:
            _skip(data, s, 14, 12)
        else:
            _link(data, s)


@compiled
def _skip(data: Bytes, s: State, size: int, type_at: int) -> None:
    """Pass a header of that size whose EtherType stands at type_at."""
    if s[AT] + size > s[END]:
        s[LAYER] = DONE
        return
    s[TYPE] = be16(data, s[AT] + type_at)
    s[AT] += size
    s[LAYER] = ETHERTYPE


@compiled
def _link(data: Bytes, s: State) -> None:
    layer = s[LAYER]
    if layer == COOKED:
        _skip(data, s, 16, 14)
    elif layer == COOKED2:
        _skip(data, s, 20, 0)
    elif layer == NULL:
        s[AT] += 4
        s[LAYER] = IP
    elif s[AT] + 4 > s[END]:
        s[LAYER] = DONE
    else:
        if data[s[AT]] == 0xFF and data[s[AT] + 1] == 0x03:  # PPP with address and control
            s[AT] += 2
        number = be16(data, s[AT])
        s[AT] += 2
        s[LAYER] = IP if number in (0x21, 0x57) else DONE


@compiled
def _ethertype(data: Bytes, s: State) -> None:
    kind, at = s[TYPE], s[AT]
    if kind in (0x0800, 0x86DD):
        s[LAYER] = IP
    elif kind in (0x8100, 0x88A8, 0x9100, 0x9200):
        _skip(data, s, 4, 2)
    elif kind == 0x8864:
        s[AT] += 6
        s[LAYER] = PPP
    elif kind in (0x8847, 0x8848):
        _labels(data, s)
    elif kind == 0x6558:
        s[LAYER] = ETHERNET
    elif kind == 0x880B:
        s[LAYER] = PPP
    elif kind < 0x600 and at + 8 <= s[END] and data[at] == 0xAA and data[at + 1] == 0xAA:
        _skip(data, s, 8, 6)
    else:
        s[LAYER] = DONE


@compiled
def _labels(data: Bytes, s: State) -> None:
    """Pass a stack of MPLS labels: IP below it is known by its version, Ethernet by a control word of zero."""
    for _ in range(8):
        if s[AT] + 5 > s[END]:
            break
        bottom = data[s[AT] + 2] & 1
        s[AT] += 4
        if bottom:
            nibble = data[s[AT]] >> 4
            s[LAYER] = DONE
            if nibble in (4, 6):
                s[LAYER] = IP
            elif nibble == 0:
                s[AT] += 4
                s[LAYER] = ETHERNET
            return
    s[LAYER] = DONE


@compiled
def _ip(data: Bytes, s: State) -> None:
    at, end = s[AT], s[END]
    s[LAYER] = DONE
    if at + 20 > end:
        return
    version = data[at] >> 4
    if version == 4:
        if not _ip_v4(data, s, at, end):
            return
    elif version != 6 or at + 40 > end or not _ip_v6(data, s, at, end):
        return
    s[NETWORK] = at
    if s[OUTER] < 0:
        s[OUTER] = at
    s[SOURCE_PORT] = s[DESTINATION_PORT] = s[ICMP_TYPE] = 0
    s[TRANSPORT] = s[PAYLOAD] = s[AT]
    _transport(data, s)


@compiled
def _ip_v4(data: Bytes, s: State, at: int, end: int) -> bool:
    header = (np.int64(data[at]) & 15) * 4
    total = be16(data, at + 2)
    if header < 20 or at + header > end or (total != 0 and total < header):
        s[BROKEN_LENGTH] = 1
        return False
    if total != 0:  # 0: the network card was to fill it in
        if at + total > end:
            s[BROKEN_LENGTH] = 1
        s[END] = min(end, at + total)
    fragment = be16(data, at + 6)
    s[IP_ID] = be16(data, at + 4)
    s[FRAGMENT_AT] = fragment & 0x1FFF
    s[IS_FRAGMENT] = 1 if fragment & 0x3FFF else 0
    s[PROTOCOL] = data[at + 9]
    s[AT] = at + header
    return True


@compiled
def _ip_v6(data: Bytes, s: State, at: int, end: int) -> bool:
    size = be16(data, at + 4)
    if size != 0:
        if at + 40 + size > end:
            s[BROKEN_LENGTH] = 1
        s[END] = min(end, at + 40 + size)
    s[IP_ID] = s[FRAGMENT_AT] = s[IS_FRAGMENT] = 0
    kind, at = np.int64(data[at + 6]), at + 40
    for _ in range(8):
        if kind not in (0, 43, 44, 60, 135) or at + 8 > s[END]:
            break
        if kind == 44:
            field = be16(data, at + 2)
            s[FRAGMENT_AT] = field >> 3
            s[IS_FRAGMENT] = 1 if field & 0xFFF9 else 0
            s[IP_ID] = be32(data, at + 4)
            kind, at = np.int64(data[at]), at + 8
            if s[IS_FRAGMENT]:
                break
        else:
            kind, at = np.int64(data[at]), at + 8 + 8 * int(data[at + 1])
    s[PROTOCOL], s[AT] = kind, at
    return bool(at <= s[END])


@compiled
def _transport(data: Bytes, s: State) -> None:
    at, end, kind = s[AT], s[END], s[PROTOCOL]
    if s[IS_FRAGMENT] and s[FRAGMENT_AT]:
        return
    if kind in (17, 6, 132) and at + 8 <= end:
        s[SOURCE_PORT], s[DESTINATION_PORT] = be16(data, at), be16(data, at + 2)
    if kind == 17:
        _udp(data, s)
    elif kind == 6 and at + 20 <= end:
        header = (np.int64(data[at + 12]) >> 4) * 4
        if header < 20 or at + header > end:
            s[BROKEN_LENGTH] = 1
        s[PAYLOAD] = min(end, at + max(header, 20))
    elif kind in (1, 58) and at + 8 <= end:
        s[ICMP_TYPE], s[PAYLOAD] = be16(data, at), at + 8
    elif kind in (4, 41) and not s[IS_FRAGMENT]:
        _enter(s, _IP_IN_IP, at, IP)
    elif kind == 47 and at + 4 <= end:
        _gre(data, s)
    elif kind == 51 and at + 12 <= end and not s[IS_FRAGMENT] and data[at] in (4, 41):
        _enter(s, _AH, at + (np.int64(data[at + 1]) + 2) * 4, IP)


@compiled
def _enter(s: State, tunnel: int, at: int, layer: int) -> None:
    """Go on inside a tunnel, if it leaves anything to read and is not one too many."""
    if at + 4 <= s[END] and s[TUNNEL] < _MOST_TUNNELS:
        s[TUNNEL] = s[TUNNEL] * 8 + tunnel
        s[AT], s[LAYER] = at, layer


@compiled
def _udp(data: Bytes, s: State) -> None:
    at = s[AT]
    if at + 8 > s[END]:
        s[BROKEN_LENGTH] = 1
        return
    s[PAYLOAD] = at + 8
    size = be16(data, at + 4)
    if s[IS_FRAGMENT]:
        return
    if size >= 8:
        if at + size > s[END]:
            s[BROKEN_LENGTH] = 1
        s[END] = min(s[END], at + size)
    inner = _gtp_u(data, at + 8, s[END])
    if inner:
        _enter(s, _GTP_U, inner, IP)
    elif s[DESTINATION_PORT] == 4789 and at + 16 < s[END] and data[at + 8] == 0x08:
        _enter(s, _VXLAN, at + 16, ETHERNET)


@compiled
def _gtp_u(data: Bytes, at: int, end: int) -> int:
    """Return where the packet inside a GTP-U G-PDU begins (TS 29.281 5.1), 0 where this is none."""
    if at + 28 > end or data[at] & 0xF0 != 0x30 or data[at + 1] != 255 or be16(data, at + 2) < 20:
        return 0
    inner = at + 8
    if data[at] & 7:
        inner += 4
        following = data[at + 11] if data[at] & 4 else U8(0)
        for _ in range(8):
            if not following:
                break
            if inner + 4 > end or not data[inner]:
                return 0
            inner += 4 * int(data[inner])
            if inner > end:
                return 0
            following = data[inner - 1]
    if inner + 20 > end or data[inner] >> 4 not in (4, 6):
        return 0
    return int(inner)


@compiled
def _gre(data: Bytes, s: State) -> None:
    """Pass a GRE header (RFC 2784, 2890; version 1: RFC 2637)."""
    at = s[AT]
    flags, kind = be16(data, at), be16(data, at + 2)
    header = 4
    for bit in (0x8000, 0x2000, 0x1000):
        if flags & bit:
            header += 4
    if flags & 7 == 1 and flags & 0x80:
        header += 4
    if flags & 0x4000 or at + header > s[END]:  # source routing was never used
        s[BROKEN_LENGTH] = 1
        return
    s[PAYLOAD] = at + header
    if s[IS_FRAGMENT]:
        return
    if kind in (0x0800, 0x86DD, 0x6558, 0x880B, 0x8847):
        s[TYPE] = kind
        _enter(s, _GRE, at + header, ETHERTYPE)
    elif kind == 0x88BE:  # ERSPAN: type I has no header of its own, type II eight bytes and a sequence number
        _enter(s, _ERSPAN, at + header + (8 if flags & 0x1000 else 0), ETHERNET)
    elif kind == 0x22EB:
        _enter(s, _ERSPAN, at + header + 12, ETHERNET)
