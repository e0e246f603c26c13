"""What is kept of every packet of a capture? One row a packet, one array a field; frame number = row + 1.

62 bytes a packet, so that a capture of ten million packets needs 620 MB of table and no copy of its bytes. Compiled
functions take the table as it is.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

# protocol
NONE, ICMP, IPIP, TCP, UDP, IPV6_IN, GRE, ESP, ICMPV6, SCTP = 0, 1, 4, 6, 17, 41, 47, 50, 58, 132

# flags
FRAGMENT = 1  # an IP fragment that is not (or not yet) part of a reassembled row
SNAPPED = 2  # fewer bytes captured than were on the wire
IPV6 = 4  # the innermost IP header is version 6
DUPLICATE = 8  # the same packet seen a second time within 100 ms (mirror port, two interfaces); skip it
SIP_TEXT = 16  # the payload has `SIP/2.0` in it
REASSEMBLED = 32  # last fragment of a datagram: payload stands in Capture.extra, not in Capture.data
BROKEN = 64  # a length inside the packet lies; what is there was kept
IGNORED = FRAGMENT | DUPLICATE  # rows that no analyser counts

# tunnel: digits of base 8, the outermost first
TUNNELS = {1: "gre", 2: "ip-in-ip", 3: "gtp-u", 4: "vxlan", 5: "erspan", 6: "ipsec-ah"}


class PacketTable(NamedTuple):
    """The packets. Addresses, ports and payload are those of the innermost IP packet that could be decoded.

    time_ns: int64, since 1970 UTC. offset: int64, where the packet's first captured byte stands in Capture.data.
    captured: uint32 bytes. protocol: uint8, IP protocol number of what is inside (UDP, TCP, ICMP, GRE without an inner
    packet …), 0 where no IP was found. source, destination: int32 address numbers, -1 where unknown. source_port,
    destination_port: uint16, 0 unless UDP, TCP or SCTP. network, transport, payload: uint16, where the innermost IP
    header, the transport header and the payload begin, counted from offset. length: uint32, captured bytes of payload.
    ip_id: uint32 (IPv6: of the fragment header, else 0). fragment: uint16, offset of the fragment in bytes / 8.
    flags: uint8, see above. tunnel: uint16, see TUNNELS; 0 for none. icmp: uint16, type * 256 + code. outer_source,
    outer_destination: int32, of the outermost IP header, -1 where there is no tunnel. outer: uint16, where the
    outermost IP header begins.
    """

    time_ns: NDArray[np.int64]
    offset: NDArray[np.int64]
    captured: NDArray[np.uint32]
    source: NDArray[np.int32]
    destination: NDArray[np.int32]
    outer_source: NDArray[np.int32]
    outer_destination: NDArray[np.int32]
    length: NDArray[np.uint32]
    ip_id: NDArray[np.uint32]
    source_port: NDArray[np.uint16]
    destination_port: NDArray[np.uint16]
    network: NDArray[np.uint16]
    transport: NDArray[np.uint16]
    payload: NDArray[np.uint16]
    outer: NDArray[np.uint16]
    fragment: NDArray[np.uint16]
    tunnel: NDArray[np.uint16]
    icmp: NDArray[np.uint16]
    protocol: NDArray[np.uint8]
    flags: NDArray[np.uint8]


_TYPES = (
    *(np.int64,) * 2, np.uint32, *(np.int32,) * 4, *(np.uint32,) * 2, *(np.uint16,) * 9, *(np.uint8,) * 2,
)  # fmt: skip


def new_table(rows: int) -> PacketTable:
    """Return a table with room for that many packets; its bytes are not touched before they are written."""
    return PacketTable._make(np.empty(rows, kind) for kind in _TYPES)


def resized(table: PacketTable, rows: int, filled: int) -> PacketTable:
    """Return a table of another size with the first filled rows of this one, copied one array at a time."""
    columns: list[NDArray[Any]] = []
    for old in table:
        new = np.empty(rows, old.dtype)
        new[:filled] = old[:filled]
        columns.append(new)
    return PacketTable._make(columns)


def first_rows(table: PacketTable, rows: int) -> PacketTable:
    """Return views of the first rows."""
    return PacketTable._make(column[:rows] for column in table)


def tunnel_names(code: int) -> tuple[str, ...]:
    """Return the wrappers of a tunnel code, the outermost first."""
    names: list[str] = []
    while code:
        names.append(TUNNELS[code % 8])
        code //= 8
    return tuple(reversed(names))
