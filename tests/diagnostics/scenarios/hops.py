"""Calls that pass through more than one box: proxies, a B2BUA, forks, authentication on the way."""

from __future__ import annotations

from dataclasses import replace

from tests.diagnostics.scenarios import kamailio, rtp, sdp, sipp
from tests.diagnostics.scenarios.calls import OK, PHONE, A, answering, hearing, invite, refused, talking
from tests.diagnostics.scenarios.declared import Bench, Made, scenario
from tests.diagnostics.scenarios.lab import Host, Lab
from tests.diagnostics.scenarios.packets import Packet
from tests.diagnostics.scenarios.rtp import Way
from tests.diagnostics.scenarios.sipp import Hear, Pause, Say, Side, Step

EDGE, CORE, CALLEE = "183.221.5.10", "10.186.2.20", "10.20.31.77"
C = (CALLEE, 18200)
ME, YOU = "02886630001", "02886630002"
BY_ONE = "live: sipp as both telephones, kamailio as the SBC, dumpcap at the SBC"
BY_TWO = "live: sipp as both telephones, two kamailios as SBC and core, dumpcap at the SBC"
MEDIA = "; RTP built by the scenario script between the telephones"


def to(address: str) -> str:
    """Return kamailio's words that send a request on to an address."""
    return f'$du = "sip:{address}:5060"; t_relay(); exit;'


def through(
    bench: Bench,
    caller: list[Step],
    callee: list[Step],
    *,
    proxies: tuple[str, ...] = (EDGE,),
    at: int = 0,
    guard: str = "",
    **more: object,
) -> list[Packet]:
    """Record a call through one or two kamailios at the port of proxy number `at`."""
    with Lab(bench.folder) as lab:
        phone, other = lab.host(PHONE), lab.host(CALLEE)
        boxes: list[Host] = [lab.host(each) for each in proxies]
        for number, (box, onward) in enumerate(zip(boxes, [*proxies[1:], CALLEE], strict=True)):
            kamailio.start(lab, box, route=to(onward), guard=guard if number == 0 else "", **more)  # type: ignore[arg-type]
        server = sipp.start(lab, other, Side(CALLEE, PHONE, callee, me=YOU, you=ME, product="IPPBX-60/2.4"))
        lab.wait_for_port(other, 5060)
        lab.record(boxes[at])
        sipp.finish(sipp.start(lab, phone, Side(PHONE, CALLEE, caller, me=ME, you=YOU), to=f"{proxies[0]}:5060"))
        lab.pass_time(0.3)
        server.kill()
        return lab.recorded()


def with_talk(packets: list[Packet]) -> list[Packet]:
    there, back = rtp.both_ways(packets, A, C)
    return [*packets, *there, *back]


ANSWER = sdp.audio(*C)


@scenario(
    "hops-one-proxy-ok",
    "a call through a record-routing proxy; both legs are in the capture, with RTP between the telephones",
    why="two legs of one Call-ID are one call",
    by=BY_ONE + MEDIA,
    verdict="call.ok",
    who="none",
    absent="media.one_way media.none call.missing_ack",
    proof=OK,
    healthy=True,
    checks={'sip.Method == "INVITE"': 2, "sip.Record-Route": 2},
)
def one_proxy_ok(bench: Bench) -> Made:
    return with_talk(through(bench, talking(3000), answering(answer=ANSWER)))


@scenario(
    "hops-two-proxies-ok",
    "a call through SBC and core, recorded between them: three Via, two Record-Route",
    why="several hops of one call are one call and no retransmission",
    by=BY_TWO,
    verdict="call.ok",
    who="none",
    absent="media.one_way call.missing_ack call.no_response",
    proof=OK,
    healthy=True,
    checks={'sip.Method == "INVITE"': 2},
    apart=True,
)
def two_proxies_ok(bench: Bench) -> Made:
    return through(bench, talking(2000), answering(answer=ANSWER), proxies=(EDGE, CORE), at=1)


@scenario(
    "hops-two-proxies-busy",
    "486 from the callee passes through core and SBC",
    why="the code appears on every leg; the callee said it, once",
    by=BY_TWO,
    verdict="call.busy",
    who="none",
    absent="call.rejected",
    proof="sip.Status-Code == 486",
    cause=486,
    checks={"sip.Status-Code == 486": 2},
)
def two_proxies_busy(bench: Bench) -> Made:
    return through(bench, hearing("486"), refused("486"), proxies=(EDGE, CORE))


@scenario(
    "hops-callee-silent-408",
    "the SBC asks a callee that never answers, and gives the caller 408 after five seconds",
    why="the leg to the callee has no response: the 408 is the SBC's own",
    by=BY_ONE,
    verdict="call.callee_unreachable",
    who="cpe line",
    absent="call.ok call.no_answer",
    proof="sip.Status-Code == 408",
    cause=408,
    checks={'sip.Method == "INVITE" && ip.dst == 10.20.31.77': 3},
)
def callee_silent(bench: Bench) -> Made:
    return through(bench, hearing("408"), [Hear("INFO")], **{"silence_ms": 5000})  # type: ignore[arg-type]


@scenario(
    "hops-auth-ok",
    "INVITE is challenged with 407, sent again with a right digest and answered",
    why="a single 407 is the normal challenge (RFC 3261 22.3)",
    by=BY_ONE + MEDIA,
    verdict="call.ok",
    who="none",
    absent="call.auth_failed media.one_way",
    proof=OK,
    healthy=True,
    checks={"sip.Status-Code == 407": 1, "sip.Proxy-Authorization": 1},
)
def auth_ok(bench: Bench) -> Made:
    return with_talk(
        through(bench, challenged(kamailio.PASSWORD, talking(2500)[1:]), answering(answer=ANSWER), guard=kamailio.GUARD)
    )


def challenged(password: str, after: list[Step]) -> list[Step]:
    """Return the caller's steps: INVITE, 407, ACK, INVITE with a digest, and what follows."""
    return [invite(), Hear("407", auth=True), Say("ACK", again=True), replace(invite(), auth=(ME, password)), *after]


@scenario(
    "call-auth-loop",
    "INVITE is challenged again and again: the digest is made from a wrong password",
    why="a challenge loop on INVITE is a credential fault like on REGISTER",
    by=BY_ONE,
    verdict="call.auth_failed",
    who="boss cpe",
    absent="call.forbidden call.rejected call.ok",
    proof="sip.Status-Code == 407 && sip.CSeq.seq > 1",
    cause=407,
    checks={"sip.Status-Code == 407": 3},
)
def auth_loop(bench: Bench) -> Made:
    again: list[Step] = [Hear("407", auth=True), Say("ACK", again=True)]
    once: list[Step] = [Pause(300), replace(invite(), auth=(ME, "wrong")), *again]
    return through(bench, [invite(), *again, *once, *once, Pause(200)], [Hear("INFO")], guard=kamailio.GUARD)


@scenario(
    "call-auth-403",
    "INVITE is challenged, the wrong digest is answered 403",
    why="403 after an Authorization is a credential fault, not a barred service",
    by=BY_ONE,
    verdict="call.auth_failed",
    who="boss cpe",
    absent="call.forbidden call.ok",
    proof="sip.Status-Code == 403",
    cause=403,
    apart=True,
)
def auth_403(bench: Bench) -> Made:
    wrong = '$au != $null && !pv_auth_check("$fd", "$sht(users=>$fU)", "0", "1")'
    guard = f'if ({wrong}) {{ sl_send_reply("403", "Forbidden"); exit; }}'
    end: list[Step] = [Hear("403"), Say("ACK", again=True), Pause(200)]
    return through(bench, challenged("wrong", end), [Hear("INFO")], guard=guard + "\n    " + kamailio.GUARD)


@scenario(
    "call-forked",
    "the SBC rings two telephones at once; one answers, the other is cancelled",
    why="CANCEL and 487 on one branch belong to an answered call",
    by="live: sipp as three telephones, kamailio as the forking SBC, dumpcap at the SBC",
    verdict="call.ok",
    who="none",
    absent="call.cancelled call.rejected",
    proof=OK,
    healthy=True,
    checks={'sip.Method == "CANCEL"': 1, "sip.Status-Code == 487": 1, 'sip.Method == "INVITE"': 3},
)
def forked(bench: Bench) -> Made:
    second = "10.20.31.78"
    cancelled: list[Step] = [
        Hear("INVITE"),
        Say("180"),
        Hear("CANCEL"),
        Say("200"),
        Say("487", again=True),
        Hear("ACK"),
    ]
    with Lab(bench.folder) as lab:
        phone, sbc, first, other = (lab.host(each) for each in (PHONE, EDGE, CALLEE, second))
        both = f'$ru = "sip:{YOU}@{CALLEE}:5060"; append_branch("sip:{YOU}@{second}:5060"); t_relay(); exit;'
        kamailio.start(lab, sbc, route=both)
        sides = (
            (first, Side(CALLEE, PHONE, answering(answer=ANSWER), me=YOU, you=ME)),
            (other, Side(second, PHONE, cancelled, me=YOU, you=ME)),
        )
        servers = [sipp.start(lab, host, side) for host, side in sides]
        lab.wait_for_port(other, 5060)
        lab.record(sbc)
        sipp.finish(sipp.start(lab, phone, Side(PHONE, CALLEE, talking(2000)), to=f"{EDGE}:5060"))
        lab.pass_time(0.3)
        for server in servers:
            server.kill()
        return lab.recorded()


def bridged(bench: Bench, caller: list[Step], near: list[Step], far: list[Step], callee: list[Step]) -> list[Packet]:
    """Record both legs of a B2BUA, which is two sipps on one host, at its port."""
    outside, inside = EDGE, "183.221.5.11"
    with Lab(bench.folder) as lab:
        phone, box, other = lab.host(PHONE), lab.host(outside, more=(inside,)), lab.host(CALLEE)
        servers = [
            sipp.start(lab, box, Side(outside, PHONE, near, me=YOU, you=ME, product="SBC-CD01")),
            sipp.start(lab, other, Side(CALLEE, inside, callee, me=YOU, you=ME, product="IPPBX-60/2.4")),
        ]
        lab.wait_for_port(box, 5060)
        lab.wait_for_port(other, 5060)
        lab.record(box)
        legs = [sipp.start(lab, phone, Side(PHONE, outside, caller, me=ME, you=YOU), to=f"{outside}:5060")]
        lab.pass_time(0.03)
        legs.append(
            sipp.start(lab, box, Side(inside, CALLEE, far, me=ME, you=YOU, product="SBC-CD01"), to=f"{CALLEE}:5060")
        )
        sipp.finish(*legs)
        sipp.finish(*servers)
        return lab.recorded()


OUT, IN = ("183.221.5.10", 30120), ("183.221.5.11", 30122)
BY_B2BUA = "live: sipp as both telephones, two sipps as the two sides of a B2BUA, dumpcap at the B2BUA"


@scenario(
    "hops-b2bua-ok",
    "a call through a B2BUA: other Call-ID, tags and media addresses on its second leg, RTP on both",
    why="two Call-IDs of the same numbers at the same time are one call",
    by=BY_B2BUA + "; RTP of both legs built by the scenario script",
    verdict="call.ok",
    who="none",
    absent="media.one_way media.none",
    proof=OK,
    healthy=True,
    checks={OK: 2, "rtp": 350},
)
def b2bua_ok(bench: Bench) -> Made:
    near = answering(rings_ms=900, answer=sdp.audio(*OUT))
    near[2:2] = [Pause(150)]
    far = talking(2720, offer=sdp.audio(*IN))
    packets = bridged(bench, talking(2500), near, far, answering(rings_ms=850, answer=ANSWER))
    start, end = rtp.talk_time(packets)
    start += 300 * rtp.MS
    legs = (Way(A, OUT, 0x3A5F10C1), Way(IN, C, 0x3A5F10C1), Way(C, IN, 0x71C2D9E4), Way(OUT, A, 0x71C2D9E4))
    media = [packet for number, leg in enumerate(legs) for packet in rtp.stream(leg, start + number % 2 * rtp.MS, end)]
    return [*packets, *media]


@scenario(
    "hops-b2bua-busy",
    "busy on the second leg of a B2BUA, given on to the first with another Call-ID",
    why="the callee's 486 explains the caller's 486",
    by=BY_B2BUA,
    verdict="call.busy",
    who="none",
    absent="call.rejected",
    proof="sip.Status-Code == 486",
    cause=486,
    checks={"sip.Status-Code == 486": 2},
    apart=True,
)
def b2bua_busy(bench: Bench) -> Made:
    near = refused("486")
    near[2:2] = [Pause(250)]
    far = hearing("486")
    far[0] = invite(sdp.audio(*IN))
    return bridged(bench, hearing("486"), near, far, refused("486"))


@scenario(
    "hops-b2bua-one-way",
    "a B2BUA gets the callee's RTP on its second leg and does not send it on to the caller",
    why="the hop where the stream ends is at fault: here the SBC itself",
    by=BY_B2BUA + "; RTP built by the scenario script",
    verdict="media.one_way",
    who="sbc cpe",
    absent="call.ok media.none",
    proof=OK,
    apart=True,
)
def b2bua_one_way(bench: Bench) -> Made:
    near = answering(rings_ms=900, answer=sdp.audio(*OUT))
    near[2:2] = [Pause(150)]
    far = talking(2720, offer=sdp.audio(*IN))
    packets = bridged(bench, talking(2500), near, far, answering(rings_ms=850, answer=ANSWER))
    start, end = rtp.talk_time(packets)
    start += 300 * rtp.MS
    legs = (Way(A, OUT, 0x3A5F10C1), Way(IN, C, 0x3A5F10C1), Way(C, IN, 0x71C2D9E4))
    return [*packets, *(packet for leg in legs for packet in rtp.stream(leg, start, end))]
