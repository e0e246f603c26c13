"""How is a packet put together byte by byte, with lengths and checksums that are right?

Sources: RFC 791, 8200, 768, 9293, 792, 4443, 2784/2890, 2003, IEEE 802.1Q, TS 29.281 (GTP-U).
"""

from __future__ import annotations

import ipaddress
import socket
import struct
from dataclasses import dataclass, replace

ETHERNET = 1
UDP, TCP, ICMP, ICMP6, GRE, IPIP, ESP = 17, 6, 1, 58, 47, 4, 50


@dataclass(frozen=True, slots=True)
class Packet:
    """One record of a capture. time_ns: since 1970, UTC. data: the frame. wire_length: None where nothing was cut."""

    time_ns: int
    data: bytes
    wire_length: int | None = None

    def later(self, by_ns: int) -> Packet:
        return replace(self, time_ns=self.time_ns + by_ns)


@dataclass(frozen=True, slots=True)
class Segment:
    """What a UDP or TCP packet says, without its wrappers."""

    time_ns: int
    source: str
    source_port: int
    destination: str
    destination_port: int
    payload: bytes
    protocol: int = UDP


def checksum(data: bytes) -> int:
    """Return the ones' complement sum of RFC 1071."""
    if len(data) % 2:
        data += b"\0"
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def _packed(address: str) -> bytes:
    return ipaddress.ip_address(address).packed


def _pseudo(source: str, destination: str, protocol: int, length: int) -> bytes:
    if ":" in source:
        return _packed(source) + _packed(destination) + struct.pack("!I3xB", length, protocol)
    return _packed(source) + _packed(destination) + struct.pack("!xBH", protocol, length)


def udp(source: str, source_port: int, destination: str, destination_port: int, payload: bytes) -> bytes:
    """Return a UDP header with its checksum and the payload."""
    length = 8 + len(payload)
    head = struct.pack("!HHHH", source_port, destination_port, length, 0)
    total = checksum(_pseudo(source, destination, UDP, length) + head + payload) or 0xFFFF
    return struct.pack("!HHHH", source_port, destination_port, length, total) + payload


def tcp(
    source: str, destination: str, ports: tuple[int, int], numbers: tuple[int, int], flags: int, data: bytes
) -> bytes:
    """Return a TCP header without options, its checksum and the data. flags: 2 SYN, 16 ACK, 8 PSH, 1 FIN, 4 RST."""
    head = struct.pack("!HHIIBBHHH", *ports, *numbers, 5 << 4, flags, 64240, 0, 0)
    total = checksum(_pseudo(source, destination, TCP, len(head) + len(data)) + head + data)
    return head[:16] + struct.pack("!H", total) + head[18:] + data


def ip(
    source: str, destination: str, protocol: int, payload: bytes, *, ident: int = 0, fragment: int = 0, ttl: int = 63
) -> bytes:
    """Return an IPv4 or IPv6 packet. fragment: the IPv4 flags-and-offset field as it stands in the header."""
    if ":" in source:
        return (
            struct.pack("!IHBB", 6 << 28, len(payload), protocol, ttl)
            + _packed(source)
            + _packed(destination)
            + payload
        )
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), ident & 0xFFFF, fragment, ttl, protocol, 0)
    head += _packed(source) + _packed(destination)
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def mac(address: str) -> bytes:
    """Return a locally administered hardware address made from an IP address."""
    return b"\x02\x00" + _packed(address)[-4:]


def ethernet(source: str, destination: str, payload: bytes, *, vlans: tuple[int, ...] = ()) -> bytes:
    """Return an Ethernet frame with the VLAN tags given, outermost first."""
    tags = b"".join(struct.pack("!HH", 0x8100, vlan) for vlan in vlans)
    kind = 0x86DD if payload[0] >> 4 == 6 else 0x0800
    return mac(destination) + mac(source) + tags + struct.pack("!H", kind) + payload


def datagram(
    time_ns: int, source: tuple[str, int], destination: tuple[str, int], payload: bytes, ident: int = 0
) -> Packet:
    """Return one UDP packet on Ethernet."""
    inner = udp(*source, *destination, payload)
    return Packet(time_ns, ethernet(source[0], destination[0], ip(source[0], destination[0], UDP, inner, ident=ident)))


def icmp_error(time_ns: int, reporter: str, about: bytes, *, kind: int = 3, code: int = 3, mtu: int = 0) -> Packet:
    """Return an ICMP (or ICMPv6) error for an IP packet. about: that packet, from its IP header; at most 548 bytes."""
    receiver = ip_source(about)
    body = struct.pack("!HH", 0, mtu) + about[:528]
    head = struct.pack("!BBH", kind, code, 0) + body
    if ":" in reporter:
        total = checksum(_pseudo(reporter, receiver, ICMP6, len(head)) + head)
        proto = ICMP6
    else:
        total, proto = checksum(head), ICMP
    message = head[:2] + struct.pack("!H", total) + body
    return Packet(time_ns, ethernet(reporter, receiver, ip(reporter, receiver, proto, message, ident=time_ns >> 12)))


def ip_source(packet: bytes) -> str:
    if packet[0] >> 4 == 6:
        return socket.inet_ntop(socket.AF_INET6, packet[8:24])
    return socket.inet_ntoa(packet[12:16])


def ip_destination(packet: bytes) -> str:
    if packet[0] >> 4 == 6:
        return socket.inet_ntop(socket.AF_INET6, packet[24:40])
    return socket.inet_ntoa(packet[16:20])


def ip_part(packet: Packet) -> bytes | None:
    """Return the IP packet in an untagged Ethernet frame, without padding; None for ARP and the like."""
    kind = struct.unpack("!H", packet.data[12:14])[0]
    if kind == 0x0800:
        return packet.data[14 : 14 + struct.unpack("!H", packet.data[16:18])[0]]
    if kind == 0x86DD:
        return packet.data[14 : 54 + struct.unpack("!H", packet.data[18:20])[0]]
    return None


def segment(packet: Packet) -> Segment | None:
    """Read an unfragmented UDP or TCP packet; None for everything else."""
    inner = ip_part(packet)
    if inner is None:
        return None
    protocol = inner[6] if inner[0] >> 4 == 6 else inner[9]
    start = 40 if inner[0] >> 4 == 6 else (inner[0] & 15) * 4
    if protocol not in {UDP, TCP} or (start == 20 and struct.unpack("!H", inner[6:8])[0] & 0x3FFF):
        return None
    ports = struct.unpack("!HH", inner[start : start + 4])
    head = 8 if protocol == UDP else (inner[start + 12] >> 4) * 4
    return Segment(
        packet.time_ns, ip_source(inner), ports[0], ip_destination(inner), ports[1], inner[start + head :], protocol
    )


def rebuilt(part: Segment, ident: int = 0) -> Packet:
    """Return a UDP segment as a packet again."""
    return datagram(
        part.time_ns, (part.source, part.source_port), (part.destination, part.destination_port), part.payload, ident
    )
