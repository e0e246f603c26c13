"""What does a capture show of GTP, RADIUS and GRE?

Picks the few packets that matter out of all by their shape in compiled code, reads them, and gives what was seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from diagnostics import gtp, radius
from diagnostics.compiled import compiled
from diagnostics.gre import GRE, GrePacket, see_gre
from diagnostics.gtp_sightings import read_messages as read_gtp_messages
from diagnostics.gtp_sightings import see_gtp
from diagnostics.packet_core import IcmpError
from diagnostics.packet_table import IGNORED, REASSEMBLED, PacketTable, tunnel_names
from diagnostics.packets import Capture
from diagnostics.radius_sightings import read_messages as read_radius_messages
from diagnostics.radius_sightings import see_radius
from diagnostics.sightings import Sighting

MOST_MESSAGES = 200_000
_GTP, _RADIUS = 1, 2


@dataclass(frozen=True, slots=True)
class PacketCore:
    """What was seen of GTP, RADIUS and GRE. messages: how many there are, also of what needs no word."""

    sightings: tuple[Sighting, ...]
    messages: int


def see_packet_core(capture: Capture, errors: Sequence[IcmpError], *, secret: bytes | None = None) -> PacketCore:
    """Return what was seen of GTP, RADIUS and GRE.

    errors: ICMP errors of the capture. secret: RADIUS secret that somebody typed, to check signatures with; not kept.
    """
    if len(capture) == 0:
        return PacketCore((), 0)
    end_ns = int(capture.packets.time_ns.max())
    kinds = _kinds(capture)
    gtp_rows, radius_rows = (capture.udp[kinds == kind][:MOST_MESSAGES].tolist() for kind in (_GTP, _RADIUS))
    gtp_messages = read_gtp_messages(map(capture.datagram, gtp_rows))
    sessions, sightings = see_gtp(gtp_messages, errors, end_ns)
    radius_messages = read_radius_messages(map(capture.datagram, radius_rows))
    sightings += see_radius(radius_messages, errors, end_ns, sessions=sessions, secret=secret)
    tunnelled = list(gre_packets(capture))
    sightings += see_gre(tunnelled, errors)
    return PacketCore(tuple(sightings), len(gtp_messages) + len(radius_messages) + len(tunnelled))


def gre_packets(capture: Capture) -> Iterator[GrePacket]:
    """Give the GRE packets of a capture in order of time, whatever they carry."""
    packets = capture.packets
    carried = np.array([code for code in np.unique(packets.tunnel).tolist() if "gre" in tunnel_names(code)], np.uint16)
    wanted = ((packets.protocol == GRE) | np.isin(packets.tunnel, carried)) & (packets.flags & IGNORED == 0)
    rows = np.flatnonzero(wanted)
    rows = rows if capture.order is None else capture.order[wanted[capture.order]]
    for row in rows.tolist():
        inside = int(packets.tunnel[row]) != 0
        source, destination = (
            (packets.outer_source[row], packets.outer_destination[row])
            if inside
            else (packets.source[row], packets.destination[row])
        )
        keepalive = int(packets.protocol[row]) == GRE and (inside or _carries_nothing(capture, row))
        yield GrePacket(
            row + 1,
            int(packets.time_ns[row]),
            capture.address(int(source)),
            capture.address(int(destination)),
            keepalive,
        )


def _carries_nothing(capture: Capture, row: int) -> bool:
    """Return whether the protocol field of a GRE header is 0, as in the keepalive that comes back."""
    at = int(capture.packets.transport[row])
    return capture.raw(row)[at + 2 : at + 4] == b"\0\0"


def _kinds(capture: Capture) -> NDArray[np.uint8]:
    gtp_types = np.zeros((3, 256), np.bool_)
    for version, requests in ((1, gtp.REQUESTS_V1), (2, gtp.REQUESTS_V2)):
        for request, (answer, _) in requests.items():
            gtp_types[version, [request, answer]] = True
    codes = np.isin(np.arange(256), list(radius.CODES))
    usual = np.isin(np.arange(65536), list(radius.PORTS))
    kinds, at = np.zeros(len(capture.udp), np.uint8), 0
    for rows in capture.pieces(capture.udp):
        _by_shape(capture.packets, capture.data, rows, usual, gtp_types, codes, kinds[at : at + len(rows)])
        at += len(rows)
    return kinds


@compiled
def _by_shape(
    packets: PacketTable,
    data: NDArray[np.uint8],
    rows: NDArray[np.int64],
    usual: NDArray[np.bool_],
    gtp_types: NDArray[np.bool_],
    codes: NDArray[np.bool_],
    kinds: NDArray[np.uint8],
) -> None:
    """Mark what has the length that its header claims. Reassembled datagrams may be anything. usual: RADIUS ports."""
    for i in range(len(rows)):
        row = rows[i]
        length = np.int64(packets.length[row])
        if length < 8:
            continue
        if packets.flags[row] & REASSEMBLED:
            kinds[i] = _RADIUS
            continue
        at = packets.offset[row] + np.int64(packets.payload[row])
        version = np.int64(data[at]) >> 5
        told = (np.int64(data[at + 2]) << 8) | np.int64(data[at + 3])
        whole = told + 8 == length if version == 1 else told + 4 <= length
        if version in (1, 2) and whole and gtp_types[version, data[at + 1]]:
            kinds[i] = _GTP
        elif codes[data[at]] and length >= 20:
            known = usual[packets.source_port[row]] or usual[packets.destination_port[row]]
            if told == length or (known and 20 <= told < length):
                kinds[i] = _RADIUS
