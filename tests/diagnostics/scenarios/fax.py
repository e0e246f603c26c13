"""Fax calls: T.38 that is agreed, refused, or never asked for (ITU-T T.38, T.30, RFC 3362)."""

from __future__ import annotations

from tests.diagnostics.scenarios import rtp, sdp
from tests.diagnostics.scenarios.calls import ANSWER, WITH_RTP, A, B, call, invite
from tests.diagnostics.scenarios.declared import Bench, Made, scenario
from tests.diagnostics.scenarios.packets import Packet
from tests.diagnostics.scenarios.rtp import MS, Way
from tests.diagnostics.scenarios.sipp import Hear, Pause, Say, Step


def switching(code: str, after: list[Step], *, headers: tuple[str, ...] = ()) -> tuple[list[Step], list[Step]]:
    """Return both sides of a call in which the caller asks for T.38 after 1.5 s and is answered with `code`."""
    ok = code == "200"
    maybe = [Hear(each, optional=True) for each in ("100", "180")]
    ack = Say("ACK", again=not ok)
    caller = [invite(), *maybe, Hear("200"), Say("ACK"), Pause(1500), invite(sdp.t38(*A)), Hear(code), ack, *after]
    reply = Say("200", headers, sdp.t38(*B)) if ok else Say(code, headers)
    callee: list[Step] = [
        Hear("INVITE"),
        Say("100"),
        Say("180"),
        Pause(500),
        Say("200", body=ANSWER),
        Hear("ACK"),
        Hear("INVITE"),
        reply,
        Hear("ACK"),
    ]
    return caller, callee


def calling_tone(packets: list[Packet], end_ns: int) -> list[Packet]:
    """Return CNG (1100 Hz, half a second every 3.5 s) one way and CED (2100 Hz) the other, from the ACK on (T.30 4)."""
    start = rtp.first(packets, b"ACK ").time_ns + 5 * MS
    cng = rtp.tone(1100, on=lambda second: second % 3.5 < 0.5)
    ced = rtp.tone(2100, on=lambda second: 0.2 < second < 3.5)
    there = rtp.stream(Way(A, B, 0x3A5F10C1), start, end_ns, payload=cng)
    return there + rtp.stream(Way(B, A, 0x71C2D9E4, seq=20_100, ts=8_000), start + 12 * MS, end_ns, payload=ced)


@scenario(
    "fax-t38-refused-488",
    "the re-INVITE to T.38 is answered 488 and the caller hangs up; CED and CNG are in the audio before it",
    why="the answering hop cannot T.38; must not be called 'no codec in common' nor 'audio stopped'",
    by=WITH_RTP,
    verdict="fax.t38_refused",
    who="cpe sbc",
    absent="call.not_acceptable fax.t38_ok media.hole",
    proof="sip.Status-Code == 488",
    cause=488,
    checks={'sdp.media == "image 16400 udptl t38"': 1},
)
def fax_t38_refused(bench: Bench) -> Made:
    caller, callee = switching("488", [Pause(600), Say("BYE"), Hear("200")])
    packets = call(bench, caller, [*callee, Hear("BYE"), Say("200")])
    return [*packets, *calling_tone(packets, rtp.first(packets, b"BYE ").time_ns)]
