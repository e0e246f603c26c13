"""Fax calls: T.38 that is agreed, refused, or never asked for (ITU-T T.38, T.30, RFC 3362)."""

from __future__ import annotations

import struct

from tests.diagnostics.scenarios import rtp, sdp
from tests.diagnostics.scenarios.calls import ANSWER, WITH_RTP, A, B, answering, call, invite, talking
from tests.diagnostics.scenarios.declared import Bench, Made, scenario
from tests.diagnostics.scenarios.packets import Packet, datagram
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


def udptl(number: int, message: bytes, before: bytes | None) -> bytes:
    """Return a UDPTL packet with the previous message as redundancy (T.38 9.1, aligned PER)."""
    again = b"\0\1" + bytes([len(before)]) + before if before is not None else b"\0\0"
    return struct.pack("!HB", number, len(message)) + message + again


def indicator(kind: int) -> bytes:
    """Return a T.30 indicator: 0 no signal, 1 CNG, 2 CED, 3 V.21 preamble (T.38 7.3.1)."""
    return bytes([kind << 1])


def v21(octets: bytes) -> bytes:
    """Return HDLC data of the V.21 channel (T.38 7.3.2)."""
    return b"\xc0\x01\x80" + struct.pack("!H", len(octets) - 1) + octets


def page(source: tuple[str, int], destination: tuple[str, int], start_ns: int, messages: list[bytes]) -> list[Packet]:
    """Return UDPTL packets, one every 40 ms."""
    packets, before = [], None
    for number, message in enumerate(messages):
        packets.append(
            datagram(start_ns + number * 40 * MS, source, destination, udptl(number, message, before), ident=number)
        )
        before = message
    return packets


def t38_call(bench: Bench, *, ms: int = 2500, lost: int = 0) -> list[Packet]:
    """Record a call that goes over to T.38, with tones before it and UDPTL after it."""
    caller, callee = switching("200", [Pause(ms), Say("BYE"), Hear("200")])
    packets = call(bench, caller, [*callee, Hear("BYE"), Say("200")])
    first_ack = rtp.first(packets, b"ACK ").time_ns
    switch = rtp.first(packets, b"ACK ", after_ns=first_ack + MS).time_ns
    dcs = [indicator(3), *(v21(bytes([0xFF, 0xC8, 0xC1, number])) for number in range(40)), indicator(0)]
    dis = [indicator(3), *(v21(bytes([0xFF, 0xC8, 0x01, number])) for number in range(40)), indicator(0)]
    there, back = page(A, B, switch + 30 * MS, dcs), page(B, A, switch + 200 * MS, dis)
    return [*packets, *calling_tone(packets, switch - 10 * MS), *there[: len(there) - lost], *back]


@scenario(
    "fax-t38-ok",
    "a re-INVITE to T.38 is accepted; UDPTL flows both ways until the caller hangs up",
    why="the audio ends because the call went over to T.38: neither a hole nor one-way audio",
    by=WITH_RTP.replace("RTP built", "RTP and UDPTL built"),
    verdict="fax.t38_ok",
    who="none",
    absent="media.hole media.one_way media.none fax.t38_refused media.payload_not_negotiated",
    proof='sdp.media == "image 30120 udptl t38"',
    healthy=True,
    checks={"t38": 60},
)
def fax_t38_ok(bench: Bench) -> Made:
    return t38_call(bench)


@scenario(
    "fax-t38-ok-other-port",
    "T.38 is accepted by the callee's own re-INVITE on new ports",
    why="usually the receiving side asks for T.38, and often on another port",
    by=WITH_RTP.replace("RTP built", "RTP and UDPTL built"),
    verdict="fax.t38_ok",
    who="none",
    absent="media.hole media.one_way media.none fax.t38_refused",
    proof='sdp.media contains "udptl t38"',
    healthy=True,
    checks={"t38": 60},
    apart=True,
)
def fax_t38_other_port(bench: Bench) -> Made:
    a2, b2 = (A[0], 16420), (B[0], 30140)
    maybe = [Hear(each, optional=True) for each in ("100", "180")]
    caller: list[Step] = [
        invite(),
        *maybe,
        Hear("200"),
        Say("ACK"),
        Hear("INVITE"),
        Say("200", body=sdp.t38(*a2)),
        Hear("ACK"),
    ]
    caller += [Pause(2500), Say("BYE"), Hear("200")]
    callee: list[Step] = [
        Hear("INVITE"),
        Say("100"),
        Say("180"),
        Pause(500),
        Say("200", body=ANSWER),
        Hear("ACK"),
        Pause(1500),
    ]
    callee += [invite(sdp.t38(*b2)), Hear("200"), Say("ACK"), Hear("BYE"), Say("200")]
    packets = call(bench, caller, callee)
    first_ack = rtp.first(packets, b"ACK ").time_ns
    switch = rtp.first(packets, b"ACK ", after_ns=first_ack + MS).time_ns
    messages = [indicator(3), *(v21(bytes([0xFF, 0xC8, 0xC1, number])) for number in range(40)), indicator(0)]
    sent = page(a2, b2, switch + 30 * MS, messages) + page(b2, a2, switch + 200 * MS, messages)
    return [*packets, *calling_tone(packets, switch - 10 * MS), *sent]


@scenario(
    "fax-t38-refused-415",
    "the re-INVITE to T.38 is answered 415 and the caller hangs up",
    why="another code of the same refusal",
    by=WITH_RTP,
    verdict="fax.t38_refused",
    who="cpe sbc",
    absent="call.not_acceptable fax.t38_ok media.hole",
    proof="sip.Status-Code == 415",
    cause=415,
    apart=True,
)
def fax_t38_refused_415(bench: Bench) -> Made:
    caller, callee = switching("415", [Pause(600), Say("BYE"), Hear("200")])
    packets = call(bench, caller, [*callee, Hear("BYE"), Say("200")])
    return [*packets, *calling_tone(packets, rtp.first(packets, b"BYE ").time_ns)]


@scenario(
    "fax-t38-refused-port-0",
    "the re-INVITE to T.38 is answered 200 with m=image 0, and the caller hangs up",
    why="a 200 that rejects the only media line is a refusal too (RFC 3264 6)",
    by=WITH_RTP,
    verdict="fax.t38_refused",
    who="cpe sbc",
    absent="fax.t38_ok media.hole call.not_acceptable",
    proof='sdp.media == "image 0 udptl t38"',
)
def fax_t38_port_0(bench: Bench) -> Made:
    caller, callee = switching("200", [Pause(600), Say("BYE"), Hear("200")])
    callee[7] = Say("200", body=sdp.t38(B[0], 0))
    packets = call(bench, caller, [*callee, Hear("BYE"), Say("200")])
    return [*packets, *calling_tone(packets, rtp.first(packets, b"BYE ").time_ns)]


def fallback(bench: Bench, code: str) -> list[Packet]:
    """Record a refused switch to T.38 after which the fax goes on in G.711 without silence suppression."""
    plain = sdp.audio(*A, (8,), version=3, more=("a=silenceSupp:off - - - -",))
    taken = sdp.audio(*B, (8,), version=3, more=("a=silenceSupp:off - - - -",))
    caller, callee = switching(
        code, [Pause(150), invite(plain), Hear("200"), Say("ACK"), Pause(3500), Say("BYE"), Hear("200")]
    )
    callee = [*callee, Hear("INVITE"), Say("200", body=taken), Hear("ACK"), Hear("BYE"), Say("200")]
    packets = call(bench, caller, callee)
    return [*packets, *calling_tone(packets, rtp.first(packets, b"BYE ").time_ns)]


@scenario(
    "fax-refused-then-g711",
    "T.38 is refused with 488; a second re-INVITE agrees on G.711 without silence suppression and the fax goes on",
    why="the refusal and the fallback both have names; the call is not broken",
    by=WITH_RTP,
    verdict="fax.t38_refused",
    either="fax.audio_fallback",
    who="cpe sbc",
    also="fax.t38_refused fax.audio_fallback",
    absent="call.not_acceptable fax.t38_ok media.hole media.one_way",
    proof={"fax.t38_refused": "sip.Status-Code == 488"},
)
def fax_fallback(bench: Bench) -> Made:
    return fallback(bench, "488")


@scenario(
    "fax-refused-606-then-g711",
    "as fax-refused-then-g711, refused with 606",
    why="the third code of the same refusal",
    by=WITH_RTP,
    verdict="fax.t38_refused",
    either="fax.audio_fallback",
    who="cpe sbc",
    also="fax.t38_refused fax.audio_fallback",
    absent="call.not_acceptable fax.t38_ok media.hole media.one_way",
    proof={"fax.t38_refused": "sip.Status-Code == 606"},
    apart=True,
)
def fax_fallback_606(bench: Bench) -> Made:
    return fallback(bench, "606")


@scenario(
    "fax-audio-only",
    "CNG from the caller and CED from the callee in G.711; nobody ever asks for T.38",
    why="a fax as audio: works only on a clean path, so worth saying",
    by=WITH_RTP,
    verdict="fax.audio_fallback",
    either="call.ok",
    who="cpe sbc",
    also="fax.audio_fallback",
    absent="fax.t38_refused fax.t38_ok media.one_way",
    proof={"fax.audio_fallback": "rtp"},
)
def fax_audio_only(bench: Bench) -> Made:
    packets = call(bench, talking(4500), answering(rings_ms=300))
    return [*packets, *calling_tone(packets, rtp.first(packets, b"BYE ").time_ns)]
