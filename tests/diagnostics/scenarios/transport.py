"""The same healthy and failing calls in other clothes: TCP, fragments, tunnels, IPv6, ports, header forms."""

from __future__ import annotations

from tests.diagnostics.scenarios import change, rtp, sdp, sipp
from tests.diagnostics.scenarios.calls import OK, A, B, answering, call, hearing, invite, refused, talking
from tests.diagnostics.scenarios.declared import Bench, Film, Made, scenario
from tests.diagnostics.scenarios.lab import Lab
from tests.diagnostics.scenarios.packets import Packet
from tests.diagnostics.scenarios.sipp import Hear, Side

BY = "live: sipp as the IAD, sipp as the SBC, dumpcap at the SBC"
BAD = "registration-bad-password-401"
WRAPPED = "recorded as `{}`, wrapped by the scenario script"


def spoken(bench: Bench, **sides: object) -> list[Packet]:
    """Record a short call and lay RTP into it."""
    packets = call(bench, talking(1500), answering(rings_ms=300), **sides)  # type: ignore[arg-type]
    there, back = rtp.both_ways(packets, A, B)
    return [*packets, *there, *back]


@scenario(
    "transport-tcp-ok",
    "a call over TCP port 5060",
    why="SIP over TCP needs its stream put together",
    by=BY,
    verdict="call.ok",
    who="none",
    absent="call.no_response",
    proof=OK,
    healthy=True,
    checks={"tcp && sip": 7},
)
def tcp_ok(bench: Bench) -> Made:
    return call(bench, talking(1500), answering(), transport="tcp")


def cut_small(_number: int, data: bytes) -> list[bytes]:
    return [data[at : at + 97] for at in range(0, len(data), 97)]


@scenario(
    "transport-tcp-cut-and-joined",
    "a call over TCP: 100 and 180 travel in one segment, every other message over many of 97 bytes",
    why="a segment is not a message: Content-Length tells where one ends (RFC 3261 18.3)",
    by=BY + "; segments cut anew by the scenario script",
    verdict="call.ok",
    who="none",
    absent="call.no_response",
    proof=OK,
    healthy=True,
    checks={"tcp.len == 97": 10, "sip.Status-Code == 180": 1},
)
def tcp_cut(bench: Bench) -> Made:
    packets = call(bench, talking(1500), answering(), transport="tcp")
    return change.tcp_talk(
        packets, lambda number, data: [data] if number == 2 else cut_small(number, data), joined=frozenset({1})
    )


@scenario(
    "transport-tcp-busy-cut",
    "a busy call over TCP, the 486 cut within its status line",
    why="no packet holds the text 'SIP/2.0 486' whole",
    by=BY + "; segments cut anew by the scenario script",
    verdict="call.busy",
    who="none",
    absent="call.ok call.no_response",
    proof="sip.Status-Code == 486",
    cause=486,
    checks={"tcp.len == 5": 1},
    apart=True,
)
def tcp_busy_cut(bench: Bench) -> Made:
    packets = call(bench, hearing("486"), refused("486", trying=False), transport="tcp")
    return change.tcp_talk(packets, lambda _, data: [data[:5], data[5:]])


@scenario(
    "transport-fragmented-invite",
    "an INVITE of 2 kB arrives in two IP fragments; the call is healthy",
    why="filters by port lose the second fragment; worth a note, no fault",
    by=BY,
    verdict="call.ok",
    who="none",
    also="sip.fragmented",
    absent="call.no_response call.not_acceptable",
    proof={"call.ok": OK, "sip.fragmented": "ip.flags.mf == 1 || ip.frag_offset > 0"},
    checks={"ip.flags.mf == 1": 1, 'sip.Method == "INVITE"': 1},
)
def fragmented(bench: Bench) -> Made:
    return call(bench, big(talking(1500)), answering())


def big(steps: list[sipp.Step]) -> list[sipp.Step]:
    """Let the first INVITE offer so much that it does not fit one packet."""
    candidates = tuple(
        f"a=candidate:{number} 1 UDP {2130706431 - number} 10.20.30.41 {16400 + number} typ host"
        for number in range(26)
    )
    return [invite(sdp.audio(*A, more=("a=sendrecv", *candidates))), *steps[1:]]


@scenario(
    "transport-fragments-lost",
    "the second fragment of a large INVITE never arrives; it is sent again and again without an answer",
    why="large INVITEs die on paths that drop fragments, small ones pass",
    by="live: sipp as the IAD, a silent host, dumpcap at the IAD; second fragments dropped by the scenario script",
    verdict="call.no_response",
    who="line sbc",
    also="sip.fragmented",
    absent="call.ok",
    proof={"sip.fragmented": "ip.flags.mf == 1"},
    checks={"ip.flags.mf == 1": 5, "ip.frag_offset > 0": 0},
    apart=True,
)
def fragments_lost(bench: Bench) -> Made:
    with Lab(bench.folder) as lab:
        phone, sbc = lab.host(A[0]), lab.host(B[0])
        lab.silence(sbc, 5060)
        lab.record(phone)
        sipp.finish(sipp.start(lab, phone, Side(A[0], B[0], [big(talking())[0], Hear("200")]), to=f"{B[0]}:5060"))
        packets = lab.recorded()
    return [
        each
        for each in packets
        if not (each.data[12:14] == b"\x08\x00" and int.from_bytes(each.data[20:22], "big") & 0x1FFF)
    ]


@scenario(
    "transport-vlan-ok",
    "a healthy call with RTP behind two VLAN tags (QinQ)",
    why="recorded at a trunk port",
    by=WRAPPED.format("call-ok-rtp"),
    verdict="call.ok",
    who="none",
    absent="media.one_way media.none capture.no_signalling",
    proof=OK,
    healthy=True,
    checks={"vlan": 400},
)
def vlan_ok(bench: Bench) -> Made:
    return change.in_vlans(bench.base("call-ok-rtp"), 3001, 141)


@scenario(
    "transport-vlan-one-way",
    "one-way audio behind a VLAN tag",
    why="the media must be found behind the tag too",
    by=WRAPPED.format("media-one-way"),
    verdict="media.one_way",
    who="sbc cpe",
    absent="call.ok media.none",
    proof=OK,
    checks={"vlan.id == 141": 200},
    apart=True,
)
def vlan_one_way(bench: Bench) -> Made:
    return change.in_vlans(bench.base("media-one-way"), 141)


@scenario(
    "transport-gre-bad-password",
    "a registration with a wrong password inside a GRE tunnel",
    why="SIP is seen through the tunnel; the tunnel itself is fine",
    by=WRAPPED.format(BAD),
    verdict="registration.bad_credentials",
    who="boss cpe",
    absent="gre.one_way capture.no_signalling",
    proof="sip.Status-Code == 401 && sip.CSeq.seq == 2",
    cause=401,
    checks={"gre && sip": 4},
)
def gre_bad(bench: Bench) -> Made:
    return change.in_gre(bench.base(BAD), "10.99.0.1", "10.99.0.2", key=77)


@scenario(
    "transport-ipip-ok",
    "a healthy call with RTP in IP-in-IP",
    why="SBC clusters and mirror boxes wrap so",
    by=WRAPPED.format("call-ok-rtp"),
    verdict="call.ok",
    who="none",
    absent="media.one_way media.none capture.no_signalling",
    proof=OK,
    healthy=True,
    checks={"ip.proto == 4": 400},
    apart=True,
)
def ipip_ok(bench: Bench) -> Made:
    return change.in_ipip(bench.base("call-ok-rtp"), "10.99.0.1", "10.99.0.2")


@scenario(
    "transport-gtpu-registration",
    "a registration with a wrong password inside GTP-U, as recorded between base station and core",
    why="SIP of a fixed wireless terminal in its bearer (TS 29.281)",
    by=WRAPPED.format(BAD),
    verdict="registration.bad_credentials",
    who="boss cpe",
    absent="gtp.no_response capture.no_signalling",
    proof="sip.Status-Code == 401 && sip.CSeq.seq == 2",
    cause=401,
    checks={"gtp && sip": 4},
)
def gtpu_bad(bench: Bench) -> Made:
    return change.in_gtp_u(bench.base(BAD), "10.129.3.7", "10.129.60.4", (0x77010002, 0x1A2B))


@scenario(
    "transport-gtpu-call-ok",
    "a healthy call with RTP inside GTP-U",
    why="both directions have tunnels of their own",
    by=WRAPPED.format("call-ok-rtp"),
    verdict="call.ok",
    who="none",
    absent="media.one_way media.none gtp.no_response",
    proof=OK,
    healthy=True,
    checks={"gtp && rtp": 300},
    apart=True,
)
def gtpu_ok(bench: Bench) -> Made:
    return change.in_gtp_u(bench.base("call-ok-rtp"), "10.129.3.7", "10.129.60.4", (0x77010002, 0x1A2B))


@scenario(
    "transport-ipv6-ok",
    "a healthy call with RTP over IPv6",
    why="addresses of both families",
    by=BY.replace("the SBC, dumpcap", "the SBC over IPv6, dumpcap") + "; RTP built by the scenario script",
    verdict="call.ok",
    who="none",
    absent="media.one_way media.none media.private_address",
    proof=OK,
    healthy=True,
    checks={"ipv6 && sip": 7, "ipv6 && rtp": 200},
)
def ipv6_ok(bench: Bench) -> Made:
    a, b = ("2409:8060:1::41", 16400), ("2409:8060:5::10", 30120)
    with Lab(bench.folder) as lab:
        phone, sbc = lab.host(a[0]), lab.host(b[0])
        server = sipp.start(
            lab, sbc, Side(b[0], a[0], answering(answer=sdp.audio(*b)), me="02886630002", you="02886630001")
        )
        lab.wait_for_port(sbc, 5060)
        lab.record(sbc)
        sipp.finish(sipp.start(lab, phone, Side(a[0], b[0], talking(2500, offer=sdp.audio(*a))), to=f"[{b[0]}]:5060"))
        sipp.finish(server)
        packets = lab.recorded()
    there, back = rtp.both_ways(packets, a, b)
    return [*packets, *there, *back]


@scenario(
    "transport-port-7788-ok",
    "a healthy call on UDP port 7788",
    why="content decides what SIP is, never the port",
    by=BY + "; RTP built by the scenario script",
    verdict="call.ok",
    who="none",
    absent="capture.no_signalling media.none",
    proof='udp.port == 7788 && udp contains "SIP/2.0 200"',
    healthy=True,
    checks={"udp.port == 5060": 0},
)
def port_7788(bench: Bench) -> Made:
    return spoken(bench, port=7788, peer_port=7788)


@scenario(
    "transport-port-7788-404",
    "a call on UDP port 7788 is refused with 404",
    why="content decides what SIP is, never the port",
    by=BY,
    verdict="call.callee_unknown",
    who="boss core",
    absent="capture.no_signalling",
    proof='udp.port == 7788 && udp contains "SIP/2.0 404"',
    cause=404,
    apart=True,
)
def port_7788_404(bench: Bench) -> Made:
    return call(bench, hearing("404"), refused("404"), port=7788, peer_port=7788)


@scenario(
    "transport-compact-headers",
    "a healthy call whose header names are one letter each",
    why="v, f, t, i, m, c and l are headers like any other (RFC 3261 7.3.3)",
    by=BY + "; RTP built by the scenario script",
    verdict="call.ok",
    who="none",
    absent="media.one_way media.none",
    proof=OK,
    healthy=True,
    checks={'sip contains "\\r\\ni: "': 4},
)
def compact(bench: Bench) -> Made:
    return spoken(bench, compact=True)


@scenario(
    "transport-mirrored-twice",
    "a healthy call whose every packet was recorded twice, at two mirrored ports",
    why="doubles are neither retransmissions nor duplicated voice; loss would come out negative",
    by="recorded as `call-ok-rtp`, doubled by the scenario script",
    verdict="call.ok",
    who="none",
    absent="media.loss media.jitter call.no_response call.missing_ack",
    proof=OK,
    healthy=True,
    checks={OK: 2},
)
def mirrored(bench: Bench) -> Made:
    return change.mirrored(bench.base("call-ok-rtp"))


@scenario(
    "transport-nanoseconds",
    "a healthy call in a pcap with nanosecond times",
    why="the other resolution of the file format",
    by="recorded as `call-ok-rtp`, written with nanoseconds",
    verdict="call.ok",
    who="none",
    absent="media.jitter media.loss",
    proof=OK,
    healthy=True,
    apart=True,
)
def nanoseconds(bench: Bench) -> Made:
    return Film(bench.base("call-ok-rtp"), nanoseconds=True)


@scenario(
    "transport-raw-ip",
    "a registration in a pcap of raw IP packets (link type 101)",
    why="captures from tunnels and routers have no Ethernet header",
    by="recorded as `registration-ok`, Ethernet headers taken off",
    verdict="registration.ok",
    who="none",
    absent="capture.no_signalling registration.bad_credentials",
    proof='sip.CSeq.method == "REGISTER" && sip.Status-Code == 200',
    healthy=True,
)
def raw_ip(bench: Bench) -> Made:
    packets = [Packet(packet.time_ns, inner) for packet, inner in change.only_ip(bench.base("registration-ok"))]
    return Film(packets, link=101)


@scenario(
    "transport-two-calls-port-reused",
    "two calls one after the other use the same RTP ports; both are healthy",
    why="streams of two calls on one port must not be taken for one with huge loss",
    by=BY + "; RTP built by the scenario script; the second call is recorded apart and moved behind the first",
    verdict="call.ok",
    who="none",
    absent="media.loss media.hole media.payload_not_negotiated",
    proof=OK,
    healthy=True,
    checks={OK: 2},
)
def port_reused(bench: Bench) -> Made:
    first, second = bench.base("call-ok-rtp"), spoken(bench)
    second = change.text_changed(second, lambda part: part)
    behind = max(each.time_ns for each in first) + 3_000_000_000 - min(each.time_ns for each in second)
    fresh = [each.later(behind) for each in second if each.data[42:44] not in {b"\x80\x88", b"\x80\x08"}]
    start, end = rtp.talk_time(fresh)
    there = rtp.stream(rtp.Way(A, B, 0x5C00AA01, seq=61_000, ts=77), start, end)
    return [*first, *fresh, *there, *rtp.stream(rtp.Way(B, A, 0x5C00AA02, seq=12, ts=990_000), start, end)]


@scenario(
    "transport-registration-then-call",
    "a telephone registers with a challenge, then makes a healthy call",
    why="one capture with both; the verdict is not the 401",
    by="recorded as `registration-ok` and `call-ok-rtp`, put one behind the other",
    verdict="call.ok",
    who="none",
    also="registration.ok",
    absent="registration.bad_credentials media.one_way",
    proof={"call.ok": OK, "registration.ok": 'sip.CSeq.method == "REGISTER" && sip.Status-Code == 200'},
    healthy=True,
)
def registration_then_call(bench: Bench) -> Made:
    before, after = bench.base("registration-ok"), bench.base("call-ok-rtp")
    shift = max(each.time_ns for each in before) + 2_000_000_000 - min(each.time_ns for each in after)
    return [*before, *(each.later(shift) for each in after)]
