"""Calls that are answered, and calls that end for a reason that is nobody's fault, by two sipps."""

from __future__ import annotations

from tests.diagnostics.scenarios import rtp, sdp, sipp
from tests.diagnostics.scenarios.declared import Bench, Made, scenario
from tests.diagnostics.scenarios.lab import Lab
from tests.diagnostics.scenarios.packets import Packet
from tests.diagnostics.scenarios.sipp import Hear, Pause, Say, Side, Step

PHONE, SBC = "10.20.30.41", "183.221.5.10"
A, B = (PHONE, 16400), (SBC, 30120)
BY = "live: sipp as the IAD, sipp as the SBC, dumpcap at the SBC"
WITH_RTP = BY + "; RTP built by the scenario script on an exact clock, at the addresses and times of the call"
OFFER, ANSWER = sdp.audio(*A), sdp.audio(*B)


def call(bench: Bench, caller: list[Step], callee: list[Step], **sides: object) -> list[Packet]:
    """Record one call at the SBC. sides: further words for both sides (`you`, `domain`, `transport` …)."""
    with Lab(bench.folder) as lab:
        phone, sbc = lab.host(PHONE), lab.host(SBC)
        answering = Side(SBC, PHONE, callee, product="SBC-CD01", **sides)  # type: ignore[arg-type]
        answering.me, answering.you = answering.you, answering.me
        server = sipp.start(lab, sbc, answering)
        lab.wait_for_port(sbc, 5060, answering.transport)
        lab.record(sbc)
        calling = Side(PHONE, SBC, caller, **sides)  # type: ignore[arg-type]
        sipp.finish(sipp.start(lab, phone, calling, to=f"{SBC}:5060"))
        sipp.finish(server)
        return lab.recorded()


def invite(body: str = OFFER, *headers: str, **more: str) -> Say:
    return Say("INVITE", headers, body, **more)  # type: ignore[arg-type]


def talking(ms: int = 4000, *, offer: str = OFFER) -> list[Step]:
    """Return the caller's steps of a call that is answered and hung up by the caller."""
    maybe = [Hear(code, optional=True) for code in ("100", "180", "183")]
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
    maybe = [Hear(each, optional=True) for each in ("100", "180", "183")]
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
