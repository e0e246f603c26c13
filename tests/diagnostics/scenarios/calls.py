"""Calls that are answered, and calls that end for a reason that is nobody's fault, by two sipps."""

from __future__ import annotations

from tests.diagnostics.scenarios import change, rtp, sdp, sipp
from tests.diagnostics.scenarios.declared import Bench, Made, scenario
from tests.diagnostics.scenarios.lab import Lab
from tests.diagnostics.scenarios.packets import Packet, Segment, datagram
from tests.diagnostics.scenarios.sipp import Hear, Pause, Say, Side, Step

PHONE, SBC = "10.20.30.41", "183.221.5.10"
A, B = (PHONE, 16400), (SBC, 30120)
BY = "live: sipp as the IAD, sipp as the SBC, dumpcap at the SBC"
WITH_RTP = BY + "; RTP built by the scenario script on an exact clock, at the addresses and times of the call"
OK = 'sip.CSeq.method == "INVITE" && sip.Status-Code == 200'
OFFER, ANSWER = sdp.audio(*A), sdp.audio(*B)


def call(
    bench: Bench,
    caller: list[Step],
    callee: list[Step],
    *,
    more: tuple[str, ...] = (),
    caller_more: tuple[str, ...] = (),
    **sides: object,
) -> list[Packet]:
    """Record one call at the SBC. sides: further words for both sides (`you`, `domain`, `transport` …)."""
    with Lab(bench.folder) as lab:
        phone, sbc = lab.host(PHONE), lab.host(SBC)
        answering = Side(SBC, PHONE, callee, product="SBC-CD01", **sides)  # type: ignore[arg-type]
        answering.me, answering.you = answering.you, answering.me
        server = sipp.start(lab, sbc, answering, more=more)
        lab.wait_for_port(sbc, answering.port, answering.transport)
        lab.record(sbc)
        calling = Side(PHONE, SBC, caller, **sides)  # type: ignore[arg-type]
        sipp.finish(sipp.start(lab, phone, calling, to=f"{SBC}:{calling.port}", more=caller_more))
        sipp.finish(server)
        return lab.recorded()


def invite(body: str = OFFER, *headers: str, **more: str) -> Say:
    return Say("INVITE", headers, body, **more)  # type: ignore[arg-type]


def talking(ms: int = 4000, *, offer: str = OFFER) -> list[Step]:
    """Return the caller's steps of a call that is answered and hung up by the caller."""
    maybe: list[Step] = [Hear(code, optional=True) for code in ("100", "180", "183")]
    return [invite(offer), *maybe, Hear("200"), Say("ACK"), Pause(ms), Say("BYE"), Hear("200")]


def answering(*, rings_ms: int = 800, answer: str = ANSWER) -> list[Step]:
    """Return the callee's steps of the same call."""
    ok = Say("200", body=answer)
    return [Hear("INVITE"), Say("100"), Say("180"), Pause(rings_ms), ok, Hear("ACK"), Hear("BYE"), Say("200")]


def refused(code: str, *headers: str, rings_ms: int = 0, trying: bool = True) -> list[Step]:
    """Return the callee's steps of a call that ends with a final refusal."""
    before: list[Step] = [Say("100")] if trying else []
    ringing: list[Step] = [Say("180"), Pause(rings_ms)] if rings_ms else []
    return [Hear("INVITE"), *before, *ringing, Say(code, headers), Hear("ACK")]


def hearing(code: str) -> list[Step]:
    """Return the caller's steps of a call that is refused with the code."""
    maybe: list[Step] = [Hear(each, optional=True) for each in ("100", "180", "183")]
    return [invite(), *maybe, Hear(code), Say("ACK", again=True), Pause(300)]


@scenario(
    "call-ok-rtp",
    "a call that is answered after ringing, with G.711 A-law both ways for four seconds, hung up by the caller",
    why="the healthy call that every other is compared with",
    by=WITH_RTP,
    verdict="call.ok",
    who="none",
    absent="media.one_way media.none media.loss media.jitter",
    proof="sip.CSeq.method == INVITE && sip.Status-Code == 200",
    healthy=True,
    checks={"rtp.ssrc == 0x3A5F10C1": 190, "rtp.ssrc == 0x71C2D9E4": 190},
)
def call_ok_rtp(bench: Bench) -> Made:
    packets = call(bench, talking(), answering())
    there, back = rtp.both_ways(packets, A, B)
    return [*packets, *there, *back]


@scenario(
    "call-busy-486",
    "the callee answers 486 Busy Here",
    why="busy is nobody's fault (RFC 3261 21.4.24)",
    by=BY,
    verdict="call.busy",
    who="none",
    proof="sip.Status-Code == 486",
    cause=486,
)
def call_busy_486(bench: Bench) -> Made:
    return call(bench, hearing("486"), refused("486"))


@scenario(
    "call-ok-signalling-only",
    "an answered call whose media was not recorded at all",
    why="an operator often records only the signalling port; no RTP is then no fault",
    by=BY,
    verdict="call.ok",
    who="none",
    absent="media.one_way",
    proof=OK,
    healthy=True,
    checks={"rtp": 0},
)
def call_ok_signalling_only(bench: Bench) -> Made:
    return call(bench, talking(2500), answering())


@scenario(
    "call-ok-live-rtp",
    "a call with real RTP sent by sipp and echoed by the other side",
    why="RTP with the jitter of a real machine",
    by="live: sipp as the IAD streaming G.711, sipp echoing it as the SBC, dumpcap at the SBC",
    verdict="call.ok",
    who="none",
    absent="media.one_way media.none media.loss",
    proof=OK,
    healthy=True,
    checks={"udp.dstport == 30120": 100, "udp.srcport == 30120": 100},
)
def call_ok_live_rtp(bench: Bench) -> Made:
    (bench.folder / "voice.raw").write_bytes(b"".join(rtp.voice(3)(number) for number in range(200)))
    play = f'<nop><action><exec rtp_stream="{bench.folder}/voice.raw,1,8,PCMA/8000"/></action></nop>'
    caller = talking(3500)
    caller.insert(caller.index(Say("ACK")) + 1, sipp.Raw(play))
    offer = OFFER.replace("16400", "[rtpstream_audio_port]")
    caller[0] = invite(offer)
    echo = ("-rtp_echo", "-mi", SBC, "-mp", str(B[1]))
    return call(bench, caller, answering(), more=echo, caller_more=("-mi", PHONE))


@scenario(
    "call-ok-callee-hangs-up",
    "a call from outside that the callee hangs up; G.711 mu-law",
    why="the BYE may come from either side",
    by=WITH_RTP,
    verdict="call.ok",
    who="none",
    absent="media.one_way media.none media.payload_not_negotiated",
    proof=OK,
    healthy=True,
    apart=True,
)
def call_ok_callee_hangs_up(bench: Bench) -> Made:
    pcmu = (0, 8, 101)
    caller: list[Step] = [*talking(0, offer=sdp.audio(*A, pcmu))[:-3], Hear("BYE"), Say("200")]
    callee: list[Step] = [*answering(answer=sdp.audio(*B, (0, 101)))[:-2], Pause(3500), Say("BYE"), Hear("200")]
    packets = call(bench, caller, callee)
    there, back = rtp.both_ways(packets, A, B, pt=0)
    return [*packets, *there, *back]


@scenario(
    "call-ok-g729",
    "a call with G.729 both ways",
    why="another codec: 20 bytes every 20 ms",
    by=WITH_RTP,
    verdict="call.ok",
    who="none",
    absent="media.one_way media.none media.payload_not_negotiated media.loss",
    proof=OK,
    healthy=True,
    checks={"rtp.p_type == 18": 300},
)
def call_ok_g729(bench: Bench) -> Made:
    packets = call(bench, talking(offer=sdp.audio(*A, (18, 8, 101))), answering(answer=sdp.audio(*B, (18, 101))))
    start, end = rtp.talk_time(packets)
    there = rtp.stream(rtp.Way(A, B, 0x3A5F10C1, 18), start, end, payload=lambda number: bytes([number & 255] * 20))
    back = rtp.stream(rtp.Way(B, A, 0x71C2D9E4, 18), start, end, payload=lambda number: bytes([number & 127] * 20))
    return [*packets, *there, *back]


@scenario(
    "call-cancelled-ringing",
    "the caller gives up after three seconds of ringing: CANCEL, 487",
    why="nobody's fault (RFC 3261 9)",
    by=BY,
    verdict="call.cancelled",
    who="none",
    absent="call.no_answer call.rejected call.ok",
    proof='sip.Method == "CANCEL"',
    cause=487,
)
def call_cancelled_ringing(bench: Bench) -> Made:
    return call(bench, *cancelling(rings=True, ms=3000))


@scenario(
    "call-cancelled-before-ringing",
    "the caller gives up after one second, before it rang",
    why="no ringing, yet given up by the caller: not a silent network",
    by=BY,
    verdict="call.cancelled",
    who="none",
    absent="call.no_response call.rejected call.ok",
    proof='sip.Method == "CANCEL"',
    cause=487,
    apart=True,
)
def call_cancelled_before(bench: Bench) -> Made:
    return call(bench, *cancelling(rings=False, ms=1000))


def cancelling(*, rings: bool, ms: int) -> tuple[list[Step], list[Step]]:
    """Return both sides of a call that the caller cancels."""
    progress: list[Step] = [Hear("180")] if rings else []
    caller: list[Step] = [
        invite(),
        Hear("100"),
        *progress,
        Pause(ms),
        Say("CANCEL", again=True),
        Hear("200"),
        Hear("487"),
        Say("ACK", again=True),
        Pause(200),
    ]
    rung: list[Step] = [Say("180")] if rings else []
    callee: list[Step] = [
        Hear("INVITE"),
        Say("100"),
        *rung,
        Hear("CANCEL"),
        Say("200"),
        Say("487", again=True),
        Hear("ACK"),
    ]
    return caller, callee


@scenario(
    "call-no-response",
    "INVITE is sent again at 0.5, 1, 2, 4, 8, 16 s and never answered",
    why="path down or the SBC drops the packets (RFC 3261 17.1.1.2)",
    by="live: sipp as the IAD, a host that listens and never answers, dumpcap at the IAD",
    verdict="call.no_response",
    who="line sbc",
    absent="call.ok call.unreachable call.callee_unreachable",
    proof='sip.Method == "INVITE"',
    checks={'sip.Method == "INVITE"': 5, "sip.Status-Code": 0},
)
def call_no_response(bench: Bench) -> Made:
    with Lab(bench.folder) as lab:
        phone, sbc = lab.host(PHONE), lab.host(SBC)
        lab.silence(sbc, 5060)
        lab.record(phone)
        sipp.finish(sipp.start(lab, phone, Side(PHONE, SBC, [invite(), Hear("200")]), to=f"{SBC}:5060"))
        return lab.recorded()


@scenario(
    "call-icmp-host",
    "every INVITE is answered by a router's ICMP host unreachable",
    why="the next hop is off the network",
    by="live: sipp as the IAD, nftables as the router, dumpcap at the IAD",
    verdict="call.unreachable",
    who="sbc cpe",
    absent="call.no_response call.ok",
    proof="icmp.type == 3",
)
def call_icmp_host(bench: Bench) -> Made:
    with Lab(bench.folder) as lab:
        phone, sbc = lab.host(PHONE), lab.host(SBC)
        lab.firewall(sbc, "udp dport 5060 reject with icmp type host-unreachable")
        lab.record(phone)
        program = sipp.start(lab, phone, Side(PHONE, SBC, [invite(), Hear("200")]), to=f"{SBC}:5060")
        lab.pass_time(6)
        program.kill()
        return lab.recorded()


@scenario(
    "call-icmp-port-callee",
    "the SBC's INVITE to the IAD is answered by ICMP port unreachable",
    why="the device's SIP service is down although the device is there",
    by="live: sipp as the SBC, a host on which nothing listens, dumpcap at the SBC",
    verdict="call.unreachable",
    who="sbc cpe",
    absent="call.no_response call.ok",
    proof="icmp.type == 3 && icmp.code == 3",
    apart=True,
)
def call_icmp_port_callee(bench: Bench) -> Made:
    with Lab(bench.folder) as lab:
        sbc, _phone = lab.host(SBC), lab.host(PHONE)
        lab.record(sbc)
        side = Side(SBC, PHONE, [invite(sdp.audio(*B)), Hear("200")], product="SBC-CD01")
        program = sipp.start(lab, sbc, side, to=f"{PHONE}:5060")
        lab.pass_time(6)
        program.kill()
        return lab.recorded()


@scenario(
    "call-missing-ack",
    "200 is sent again for half a minute, no ACK ever comes, then the callee sends BYE",
    why="the caller's Contact or the route to it is wrong; the talk dies after 32 s (RFC 3261 13.3.1.4)",
    by=BY + "; the BYE at its end built by the scenario script",
    verdict="call.missing_ack",
    who="sbc cpe",
    absent="call.ok call.no_response",
    proof=OK,
    checks={OK: 6, 'sip.Method == "ACK"': 0, 'sip.Method == "BYE"': 1},
)
def call_missing_ack(bench: Bench) -> Made:
    packets = unacknowledged(bench, 30_000)
    return [*packets, *hang_up(rtp.first(packets, b"SIP/2.0 200"), 32_000 * rtp.MS)]


@scenario(
    "call-missing-ack-short",
    "200 is sent five times in eight seconds without an ACK; the capture ends there",
    why="the same cause while it is still going on",
    by=BY,
    verdict="call.missing_ack",
    who="sbc cpe",
    absent="call.ok call.no_response",
    proof=OK,
    checks={OK: 4, 'sip.Method == "ACK"': 0},
    apart=True,
)
def call_missing_ack_short(bench: Bench) -> Made:
    return unacknowledged(bench, 9_000)


def unacknowledged(bench: Bench, ms: int) -> list[Packet]:
    """Record a call whose 200 the caller never acknowledges, for so long."""
    maybe: list[Step] = [Hear(code, optional=True) for code in ("100", "180")]
    caller: list[Step] = [invite(), *maybe, Hear("200"), Pause(ms)]
    callee: list[Step] = [Hear("INVITE"), Say("100"), Say("180"), Pause(400), Say("200", body=ANSWER), Hear("ACK")]
    with Lab(bench.folder) as lab:
        phone, sbc = lab.host(PHONE), lab.host(SBC)
        server = sipp.start(lab, sbc, Side(SBC, PHONE, callee, product="SBC-CD01"))
        lab.wait_for_port(sbc, 5060)
        lab.record(sbc)
        client = sipp.start(lab, phone, Side(PHONE, SBC, caller), to=f"{SBC}:5060")
        lab.pass_time(ms / 1000)
        server.kill()
        client.kill()
        return lab.recorded()


def hang_up(answer: Segment, after_ns: int) -> list[Packet]:
    """Return the BYE of the side that gave the answer, and its 200 (RFC 3261 13.3.1.4)."""
    fields = dict(line.partition(b": ")[::2] for line in answer.payload.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:])
    shared = b"\r\nFrom: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: 1 BYE\r\nVia: SIP/2.0/UDP %s:5060;branch=z9hG4bKbye77" % (
        fields[b"To"], fields[b"From"], fields[b"Call-ID"], SBC.encode(),
    )  # fmt: skip
    end = b"\r\nContent-Length: 0\r\n\r\n"
    ask = b"BYE sip:02886630001@%s:5060 SIP/2.0" % PHONE.encode() + shared + b"\r\nMax-Forwards: 70" + end
    at = answer.time_ns + after_ns
    ends = (SBC, 5060), (PHONE, 5060)
    return [
        datagram(at, *ends, ask, ident=900),
        datagram(at + rtp.MS, ends[1], ends[0], b"SIP/2.0 200 OK" + shared + end, ident=901),
    ]


TIMER = ("Session-Expires: 90;refresher=uac", "Supported: timer", "Min-SE: 90")


@scenario(
    "call-session-timer-bye",
    "Session-Expires 90, the caller refreshes; no refresh comes and the callee hangs up before 90 s, session expired",
    why="the refresh was lost: RFC 4028 10 lets the side that does not refresh hang up before the interval ends",
    by=BY + "; the talk stretched to 60 s by the scenario script",
    verdict="call.session_timer",
    who="sbc cpe",
    absent="call.rejected",
    proof='sip.Method == "BYE"',
    checks={"sip.Session-Expires": 2},
)
def call_session_timer_bye(bench: Bench) -> Made:
    why = 'Reason: SIP;cause=408;text="Session timer expired"'
    caller: list[Step] = [*talking(0)[:-3], Hear("BYE"), Say("200")]
    caller[0] = invite(OFFER, *TIMER)
    callee: list[Step] = [*answering()[:-2], Pause(2000), Say("BYE", (why,)), Hear("200")]
    callee[4] = Say("200", ("Session-Expires: 90;refresher=uac", "Require: timer"), ANSWER)
    return change.stretched(call(bench, caller, callee), gap_ms=1900, by_s=58)


@scenario(
    "call-session-timer-422-obeyed",
    "422 with Min-SE 120; the caller asks again with 120 and is answered",
    why="obeying Min-SE is the normal course (RFC 4028 7.4)",
    by=BY,
    verdict="call.ok",
    who="none",
    absent="call.session_timer",
    proof=OK,
    healthy=True,
    checks={"sip.Status-Code == 422": 1},
    apart=True,
)
def call_session_timer_obeyed(bench: Bench) -> Made:
    first = invite(OFFER, "Session-Expires: 90", "Supported: timer", "Min-SE: 90")
    second = invite(OFFER, "Session-Expires: 120", "Supported: timer", "Min-SE: 120")
    caller: list[Step] = [
        first,
        Hear("100", optional=True),
        Hear("422"),
        Say("ACK", again=True),
        second,
        *talking(2000)[1:],
    ]
    callee: list[Step] = [Hear("INVITE"), Say("422", ("Min-SE: 120",)), Hear("ACK"), *answering()]
    return call(bench, caller, callee)


@scenario(
    "call-session-refreshed",
    "a call that is refreshed by a re-INVITE with the same session and then hung up",
    why="a refresh changes nothing and is healthy",
    by=WITH_RTP,
    verdict="call.ok",
    who="none",
    absent="call.session_timer media.one_way media.hole",
    proof=OK,
    healthy=True,
    apart=True,
)
def call_session_refreshed(bench: Bench) -> Made:
    caller: list[Step] = [
        *talking(0)[:-3],
        Pause(1500),
        invite(OFFER, *TIMER),
        Hear("200"),
        Say("ACK"),
        Pause(1500),
        Say("BYE"),
        Hear("200"),
    ]
    callee: list[Step] = [
        *answering()[:-2],
        Hear("INVITE"),
        Say("200", body=ANSWER),
        Hear("ACK"),
        Hear("BYE"),
        Say("200"),
    ]
    packets = call(bench, caller, callee)
    there, back = rtp.both_ways(packets, A, B)
    return [*packets, *there, *back]


@scenario(
    "call-481-reinvite",
    "after the SBC restarted, the re-INVITE in an answered call is answered 481",
    why="the dialog is unknown to the other side: restart or NAT (RFC 3261 12.2.2)",
    by=BY,
    verdict="call.rejected",
    who="sbc",
    proof="sip.Status-Code == 481",
    cause=481,
)
def call_481_reinvite(bench: Bench) -> Made:
    caller: list[Step] = [*talking(0)[:-3], Pause(1500), invite(), Hear("481"), Say("ACK", again=True), Pause(200)]
    callee: list[Step] = [*answering()[:-2], Hear("INVITE"), Say("481"), Hear("ACK")]
    return call(bench, caller, callee)


@scenario(
    "call-reinvite-codec-and-port",
    "a re-INVITE moves the media to new ports and from PCMA to G.729; RTP follows at once",
    why="what is agreed later is agreed: neither 'not negotiated' nor a stopped stream",
    by=WITH_RTP,
    verdict="call.ok",
    who="none",
    absent="media.payload_not_negotiated media.one_way media.hole media.none",
    proof=OK,
    healthy=True,
    checks={"rtp.p_type == 18 && udp.srcport == 16410": 60},
)
def call_reinvite_codec(bench: Bench) -> Made:
    a2, b2 = (PHONE, 16410), (SBC, 30130)
    moved = sdp.audio(*a2, (18, 101), version=2)
    caller: list[Step] = [
        *talking(0)[:-3],
        Pause(2000),
        invite(moved),
        Hear("200"),
        Say("ACK"),
        Pause(2000),
        Say("BYE"),
        Hear("200"),
    ]
    reply = Say("200", body=sdp.audio(*b2, (18, 101), version=2))
    callee: list[Step] = [*answering()[:-2], Hear("INVITE"), reply, Hear("ACK"), Hear("BYE"), Say("200")]
    packets = call(bench, caller, callee)
    start, end = rtp.talk_time(packets)
    again = rtp.first(packets, b"ACK ", after_ns=start).time_ns
    small = lambda number: bytes([number & 255] * 20)  # noqa: E731
    return [
        *packets,
        *rtp.stream(rtp.Way(A, B, 0x3A5F10C1), start, again - 3 * rtp.MS),
        *rtp.stream(rtp.Way(B, A, 0x71C2D9E4), start, again - 3 * rtp.MS),
        *rtp.stream(rtp.Way(a2, b2, 0x3A5F10C2, 18), again + 4 * rtp.MS, end, payload=small),
        *rtp.stream(rtp.Way(b2, a2, 0x71C2D9E5, 18), again + 6 * rtp.MS, end, payload=small),
    ]


@scenario(
    "call-early-media",
    "183 with a session and an announcement before the answer, then a talk",
    why="RTP before the 200 belongs to the call (RFC 3960)",
    by=WITH_RTP,
    verdict="call.ok",
    who="none",
    absent="media.one_way media.none",
    proof=OK,
    healthy=True,
    checks={"sip.Status-Code == 183": 1},
)
def call_early_media(bench: Bench) -> Made:
    callee: list[Step] = [
        Hear("INVITE"),
        Say("100"),
        Say("183", body=ANSWER),
        Pause(2000),
        Say("200", body=ANSWER),
        Hear("ACK"),
        Hear("BYE"),
        Say("200"),
    ]
    packets = call(bench, talking(3000), callee)
    there, _ = rtp.both_ways(packets, A, B)
    early = rtp.first(packets, b"SIP/2.0 183").time_ns + 20 * rtp.MS
    back = rtp.stream(rtp.Way(B, A, 0x71C2D9E4), early, rtp.talk_time(packets)[1])
    return [*packets, *there, *back]


@scenario(
    "call-early-media-then-404",
    "an announcement in early media ('the number you dialled does not exist'), then 404",
    why="early media one way before a refusal is no one-way audio",
    by=WITH_RTP,
    verdict="call.callee_unknown",
    who="boss core",
    absent="media.one_way call.ok",
    proof="sip.Status-Code == 404",
    cause=404,
    apart=True,
)
def call_early_media_404(bench: Bench) -> Made:
    callee: list[Step] = [Hear("INVITE"), Say("100"), Say("183", body=ANSWER), Pause(2500), Say("404"), Hear("ACK")]
    packets = call(bench, hearing("404"), callee)
    early = rtp.first(packets, b"SIP/2.0 183").time_ns + 20 * rtp.MS
    return [*packets, *rtp.stream(rtp.Way(B, A, 0x71C2D9E4), early, rtp.first(packets, b"SIP/2.0 404").time_ns)]


@scenario(
    "call-on-hold",
    "the caller puts the call on hold (sendonly), hears nothing for two seconds and takes it back",
    why="silence that was agreed is no one-way audio (RFC 3264 8.4)",
    by=WITH_RTP,
    verdict="call.ok",
    who="none",
    absent="media.one_way media.hole media.none",
    proof=OK,
    healthy=True,
    checks={'sdp.media_attr == "sendonly"': 1},
)
def call_on_hold(bench: Bench) -> Made:
    hold = sdp.audio(*A, version=2, more=("a=sendonly",))
    held = sdp.audio(*B, version=2, more=("a=recvonly",))
    back_on, answered = sdp.audio(*A, version=3), sdp.audio(*B, version=3)
    again: list[Step] = [Hear("200"), Say("ACK"), Pause(2000)]
    caller: list[Step] = [
        *talking(0)[:-3],
        Pause(2000),
        invite(hold),
        *again,
        invite(back_on),
        *again,
        Say("BYE"),
        Hear("200"),
    ]
    callee: list[Step] = [
        *answering()[:-2],
        Hear("INVITE"),
        Say("200", body=held),
        Hear("ACK"),
        Hear("INVITE"),
        Say("200", body=answered),
    ]
    packets = call(bench, caller, [*callee, Hear("ACK"), Hear("BYE"), Say("200")])
    start, end = rtp.talk_time(packets)
    held_at = rtp.first(packets, b"ACK ", after_ns=start).time_ns
    taken_at = rtp.first(packets, b"ACK ", after_ns=held_at + rtp.MS).time_ns
    there = rtp.Way(A, B, 0x3A5F10C1)
    back = rtp.stream(rtp.Way(B, A, 0x71C2D9E4), start, held_at)
    on = rtp.Way(B, A, 0x71C2D9E4, seq=4711 + len(back), ts=160_000 + (taken_at - start) // rtp.MS * 8)
    return [*packets, *rtp.stream(there, start, end), *back, *rtp.stream(on, taken_at, end)]
