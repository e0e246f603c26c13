"""GRE tunnels between the GGSN and an enterprise's router: built packets (RFC 2784, 2890)."""

from __future__ import annotations

import struct

from tests.diagnostics.scenarios.declared import Bench, Made, scenario
from tests.diagnostics.scenarios.packets import GRE, ICMP, UDP, Packet, checksum, ethernet, icmp_error, ip, udp

NEAR, FAR = "10.129.60.9", "61.139.2.30"
METER, HEAD_END = "10.64.7.21", "192.168.50.10"
T0, MS = 1_795_400_000_000_000_000, 1_000_000
BUILT = "packets built by the scenario script"


def wrapped(time_ns: int, inner: bytes, *, back: bool = False, key: int | None = None, ident: int = 1) -> Packet:
    """Return an IP packet inside the tunnel."""
    ends = (FAR, NEAR) if back else (NEAR, FAR)
    head = struct.pack("!HH", 0, 0x0800) if key is None else struct.pack("!HHI", 0x2000, 0x0800, key)
    return Packet(time_ns, ethernet(*ends, ip(*ends, GRE, head + inner, ident=ident)))


def report(number: int, *, back: bool = False) -> bytes:
    """Return what a meter sends to its head end every second, or the answer."""
    ends = (HEAD_END, METER) if back else (METER, HEAD_END)
    ports = (9010, 40_001) if back else (40_001, 9010)
    return ip(
        *ends, UDP, udp(ends[0], ports[0], ends[1], ports[1], b"\x68" + bytes([number]) * 40 + b"\x16"), ident=number
    )


def ping(number: int, *, back: bool = False) -> bytes:
    """Return an echo request of the meter or its reply."""
    body = struct.pack("!BBHHH", 0 if back else 8, 0, 0, 77, number) + bytes(range(32))
    body = body[:2] + struct.pack("!H", checksum(body)) + body[4:]
    return ip(*((HEAD_END, METER) if back else (METER, HEAD_END)), ICMP, body, ident=900 + number)


def talk(count: int, *, back: bool, key: int | None = None) -> list[Packet]:
    """Return reports every second through the tunnel, with answers or without."""
    packets = []
    for number in range(count):
        at = T0 + number * 1000 * MS
        packets.append(wrapped(at, report(number), key=key, ident=number * 2))
        if back:
            packets.append(wrapped(at + 35 * MS, report(number, back=True), back=True, key=key, ident=number * 2 + 1))
    return packets


def keepalive(time_ns: int, *, back: bool) -> Packet:
    """Return a keepalive as routers send it: the inner packet is the answer already, of protocol 0."""
    ends = (FAR, NEAR) if back else (NEAR, FAR)
    answer = ip(ends[1], ends[0], GRE, struct.pack("!HH", 0, 0), ident=5)
    return Packet(time_ns, ethernet(*ends, ip(*ends, GRE, struct.pack("!HH", 0, 0x0800) + answer, ident=6)))


def returned(time_ns: int, *, back: bool) -> Packet:
    """Return the answer to the keepalive of the other end."""
    ends = (FAR, NEAR) if back else (NEAR, FAR)
    return Packet(time_ns, ethernet(*ends, ip(*ends, GRE, struct.pack("!HH", 0, 0), ident=7)))


@scenario(
    "gre-both-ways",
    "meters talk with their head end through GRE, both ways, with a key",
    why="a tunnel that works: nothing need be said of it",
    by=BUILT,
    verdict="",
    who="none",
    absent="gre.one_way gre.unreachable capture.no_signalling",
    healthy=True,
    checks={"gre": 40, "gre.key == 0x0000004d": 40},
)
def gre_both(bench: Bench) -> Made:
    return talk(25, back=True, key=77)


@scenario(
    "gre-both-ways-with-keepalives",
    "reports, pings and keepalives both ways",
    why="a keepalive's inner packet goes the other way: no third tunnel and no one-way traffic",
    by=BUILT,
    verdict="",
    who="none",
    absent="gre.one_way gre.unreachable",
    healthy=True,
    checks={"gre.proto == 0x0000": 4},
    apart=True,
)
def gre_keepalives(bench: Bench) -> Made:
    alive = [keepalive(T0 + 5000 * MS, back=False), returned(T0 + 5030 * MS, back=True)]
    alive += [keepalive(T0 + 7000 * MS, back=True), returned(T0 + 7001 * MS, back=False)]
    pings = [
        wrapped(T0 + at * 1000 * MS + (600 + 30 * back) * MS, ping(at, back=back), back=back)
        for at in range(4)
        for back in (False, True)
    ]
    return [*talk(12, back=True), *alive, *pings]


@scenario(
    "gre-one-way",
    "twenty-five reports go into the tunnel, nothing ever comes back",
    why="the tunnel peer is down or does not know our end",
    by=BUILT,
    verdict="gre.one_way",
    who="line cpe",
    absent="gre.unreachable capture.no_signalling",
    proof="gre",
    checks={"ip.src == 10.129.60.9": 25, "ip.src == 61.139.2.30": 0},
)
def gre_one_way(bench: Bench) -> Made:
    return talk(25, back=False)


@scenario(
    "gre-one-way-keepalive-unanswered",
    "keepalives and pings go out every three seconds, none is returned",
    why="the tunnel itself is down: not even the keepalive comes back",
    by=BUILT,
    verdict="gre.one_way",
    who="line cpe",
    absent="gre.unreachable",
    proof="gre",
    apart=True,
)
def gre_keepalive_unanswered(bench: Bench) -> Made:
    out = [keepalive(T0 + at * 3000 * MS, back=False) for at in range(6)]
    return [*out, *(wrapped(T0 + at * 1000 * MS + 400 * MS, ping(at)) for at in range(15))]


@scenario(
    "gre-inner-one-way",
    "keepalives are returned, but of the customer's packets only those up to the tunnel are seen",
    why="the tunnel lives and the enterprise router has no route back",
    by=BUILT,
    verdict="gre.one_way",
    who="cpe line",
    absent="gre.unreachable",
    proof="gre && udp",
)
def gre_inner_one_way(bench: Bench) -> Made:
    alive = [
        each
        for at in range(3)
        for each in (keepalive(T0 + at * 9000 * MS + 1, back=False), returned(T0 + at * 9000 * MS + 30 * MS, back=True))
    ]
    return [*talk(25, back=False), *alive]


def _icmp(name: str, code: int, means: str, *, apart: bool, mtu: int = 0, either: str = "") -> None:
    @scenario(
        name,
        f"packets into the tunnel are answered by ICMP {means}",
        why="the router on the way says that the outer packet does not get there",
        by=BUILT,
        verdict="gre.unreachable",
        either=either,
        who="line cpe",
        proof={"gre.unreachable": f"icmp.type == 3 && icmp.code == {code}"},
        apart=apart,
    )
    def _make(bench: Bench) -> Made:
        packets = []
        for number in range(5):
            inner = (
                report(number)
                if not mtu
                else ip(METER, HEAD_END, UDP, udp(METER, 40_001, HEAD_END, 9010, bytes(1448)), fragment=0x4000)
            )
            outer = wrapped(T0 + number * 1000 * MS, inner, ident=number + 1)
            reporter = FAR if code == 2 else "61.139.0.1"
            packets += [outer, icmp_error(outer.time_ns + 9 * MS, reporter, outer.data[14:], code=code, mtu=mtu)]
        return packets


_icmp("gre-icmp-host", 1, "host unreachable", apart=False)
_icmp("gre-icmp-protocol", 2, "protocol unreachable: the peer has no GRE", apart=True)
_icmp("gre-icmp-too-big", 4, "fragmentation needed, MTU 1476", apart=False, mtu=1476)
