"""What do GTP control messages look like (TS 29.060 for version 1, TS 29.274 for version 2)?

Only what a Create exchange needs. Values were written from the documents' layouts and are checked by tshark's fields.
"""

from __future__ import annotations

import ipaddress
import struct

IMSI, MSISDN = "460040123456789", "8614788000001"


def digits(text: str) -> bytes:
    """Return telephone digits, two a byte, low half first, filled with F (TS 29.060 7.7.2, 24.008 10.5.4.7)."""
    text += "F" * (len(text) % 2)
    return bytes(int(text[at + 1], 16) << 4 | int(text[at], 16) for at in range(0, len(text), 2))


def apn(name: str) -> bytes:
    """Return an access point name as labels (TS 23.003 9.1)."""
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))


def tlv(kind: int, value: bytes) -> bytes:
    return struct.pack("!BH", kind, len(value)) + value


def v1(kind: int, teid: int, seq: int, elements: bytes) -> bytes:
    """Return a version 1 message with a sequence number (TS 29.060 6)."""
    return struct.pack("!BBHIHBB", 0x32, kind, len(elements) + 4, teid, seq, 0, 0) + elements


def create_pdp(
    seq: int, *, sgsn: str, name: str = "wlw.sc", pdp_type: bytes = b"\xf1\x21", teid: int = 0x1A2B, imsi: str = IMSI
) -> bytes:
    """Return a Create PDP Context Request (TS 29.060 7.3.1). pdp_type: organisation and number, here IPv4."""
    address = ipaddress.ip_address(sgsn).packed
    elements = b"\x02" + digits(imsi + "F") + b"\x0f\xfc" + b"\x10" + struct.pack("!I", teid)
    elements += b"\x11" + struct.pack("!I", teid + 1) + b"\x14\x05" + b"\x1a\x08\x00"
    elements += tlv(0x80, pdp_type) + tlv(0x83, apn(name)) + tlv(0x84, pap("meter01", "Meter#01"))
    elements += (
        tlv(0x85, address) * 2
        + tlv(0x86, b"\x91" + digits(MSISDN))
        + tlv(0x87, bytes.fromhex("021b921f7396fefe742bffff"))
    )
    return v1(16, 0, seq, elements)


def pap(user: str, password: str) -> bytes:
    """Return protocol configuration options with one PAP request (TS 24.008 10.5.6.3, RFC 1334)."""
    body = bytes([len(user)]) + user.encode() + bytes([len(password)]) + password.encode()
    packet = struct.pack("!BBH", 1, 1, len(body) + 4) + body
    return b"\x80" + struct.pack("!HB", 0xC023, len(packet)) + packet


def created_pdp(seq: int, cause: int, *, teid: int = 0x1A2B, ggsn: str, given: str | None = None) -> bytes:
    """Return a Create PDP Context Response (TS 29.060 7.3.2). given: the address, None where the cause refuses."""
    elements = bytes([1, cause])
    if given:
        address = ipaddress.ip_address(ggsn).packed
        user = b"\xf1\x21" + ipaddress.ip_address(given).packed
        elements += b"\x08\xff\x10" + struct.pack("!I", 0x77010001) + b"\x11" + struct.pack("!I", 0x77010002)
        elements += b"\x7f" + struct.pack("!I", 0x00C0FFEE) + tlv(0x80, user) + tlv(0x85, address) * 2
        elements += tlv(0x87, bytes.fromhex("021b921f7396fefe742bffff"))
    return v1(17, teid, seq, elements)


def echo(seq: int, *, reply: bool = False) -> bytes:
    """Return an Echo Request or Response (TS 29.060 7.2)."""
    return v1(2 if reply else 1, 0, seq, b"\x0e\x05" if reply else b"")


def delete_pdp(seq: int, teid: int = 0x77010002) -> bytes:
    """Return a Delete PDP Context Request with teardown (TS 29.060 7.3.5)."""
    return v1(20, teid, seq, b"\x13\xff\x14\x05")


def deleted_pdp(seq: int, teid: int = 0x1A2C) -> bytes:
    return v1(21, teid, seq, b"\x01\x80")


def v2(kind: int, teid: int, seq: int, elements: bytes) -> bytes:
    """Return a version 2 message with a tunnel id (TS 29.274 5.1)."""
    return struct.pack("!BBHI", 0x48, kind, len(elements) + 8, teid) + seq.to_bytes(3, "big") + b"\0" + elements


def ie(kind: int, value: bytes, instance: int = 0) -> bytes:
    """Return an information element of version 2 (TS 29.274 8.2)."""
    return struct.pack("!BHB", kind, len(value), instance) + value


def f_teid(interface: int, teid: int, address: str) -> bytes:
    """Return a fully qualified tunnel id over IPv4 (TS 29.274 8.22)."""
    return struct.pack("!BI", 0x80 | interface, teid) + ipaddress.ip_address(address).packed


def create_session(
    seq: int,
    *,
    mme: str,
    name: str = "wlw.sc",
    pdn_type: int = 1,
    teid: int = 0x2B01,
    interface: int = 10,
    imsi: str = IMSI,
) -> bytes:
    """Return a Create Session Request (TS 29.274 7.2.1). interface: 10 MME on S11, 6 SGW on S5; pdn_type: 1 IPv4."""
    quality = bytes([0x74, 9]) + bytes(20)
    bearer = ie(73, b"\x05") + ie(80, quality)
    elements = (
        ie(1, digits(imsi + ("F" if len(imsi) % 2 else "")))
        + ie(76, digits(MSISDN))
        + ie(82, b"\x06")
        + ie(83, b"\x64\xf0\x40")
    )
    elements += ie(87, f_teid(interface, teid, mme)) + ie(71, apn(name)) + ie(128, b"\x00") + ie(99, bytes([pdn_type]))
    elements += (
        ie(79, b"\x01" + bytes(4)) + ie(127, b"\0") + ie(72, struct.pack("!II", 50_000, 100_000)) + ie(93, bearer)
    )
    return v2(32, 0, seq, elements)


def created_session(
    seq: int, cause: int, *, teid: int = 0x2B01, gateway: str, given: str | None = None, interface: int = 11
) -> bytes:
    """Return a Create Session Response (TS 29.274 7.2.2). given: the address, None where the cause refuses."""
    elements = ie(2, bytes([cause, 0]))
    if given:
        elements += (
            ie(87, f_teid(interface, 0x5501, gateway))
            + ie(79, b"\x01" + ipaddress.ip_address(given).packed)
            + ie(127, b"\0")
        )
        elements += ie(93, ie(73, b"\x05") + ie(2, b"\x10\0") + ie(87, f_teid(1, 0x5502, gateway)))
    return v2(33, teid, seq, elements)
