"""Answered calls whose media is hurt: the signalling is recorded, the RTP is built and then cut."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tests.diagnostics.scenarios import change, reports, rtp, sdp
from tests.diagnostics.scenarios.calls import WITH_RTP, A, B, answering, call, invite, talking
from tests.diagnostics.scenarios.declared import Bench, Made, scenario
from tests.diagnostics.scenarios.packets import Packet, Segment, datagram
from tests.diagnostics.scenarios.rtp import MS, Way
from tests.diagnostics.scenarios.sipp import Hear, Pause, Say, Step

Streams = Callable[[int, int], list[Packet]]

OK = 'sip.CSeq.method == "INVITE" && sip.Status-Code == 200'


@scenario(
    "media-one-way",
    "an answered call in which only the caller's RTP is ever seen",
    why="the commonest voice complaint: firewall, NAT or direct media on one side",
    by=WITH_RTP,
    verdict="media.one_way",
    who="sbc cpe",
    absent="media.none call.ok",
    proof=OK,
    checks={"rtp.ssrc == 0x3A5F10C1": 190, "rtp.ssrc == 0x71C2D9E4": 0},
)
def media_one_way(bench: Bench) -> Made:
    packets = call(bench, talking(), answering())
    there, _ = rtp.both_ways(packets, A, B)
    return [*packets, *there]


@scenario(
    "media-one-way-back",
    "an answered call in which only the callee's RTP is ever seen",
    why="the other side is silent: the caller's device or the path from it",
    by=WITH_RTP,
    verdict="media.one_way",
    who="sbc cpe",
    absent="media.none call.ok",
    proof=OK,
    checks={"rtp.ssrc == 0x3A5F10C1": 0, "rtp.ssrc == 0x71C2D9E4": 190},
    apart=True,
)
def media_one_way_back(bench: Bench) -> Made:
    packets = call(bench, talking(), answering())
    return [*packets, *rtp.both_ways(packets, A, B)[1]]


@scenario(
    "media-one-way-after-reinvite",
    "media flows both ways until a re-INVITE moves the ports; then only one side's packets go on",
    why="judged anew at every re-INVITE: the first half was healthy",
    by=WITH_RTP,
    verdict="media.one_way",
    who="sbc cpe",
    absent="media.none call.ok",
    proof=OK,
    checks={"udp.srcport == 16410": 90, "udp.srcport == 30130": 0},
)
def media_one_way_after(bench: Bench) -> Made:
    a2 = (A[0], 16410)
    maybe: list[Step] = [Hear("200"), Say("ACK"), Pause(2500), Say("BYE"), Hear("200")]
    caller = [*talking(0)[:-3], Pause(1500), invite(sdp.audio(*a2, version=2)), *maybe]
    reply = Say("200", body=sdp.audio(B[0], 30130, version=2))
    packets = call(bench, caller, [*answering()[:-2], Hear("INVITE"), reply, Hear("ACK"), Hear("BYE"), Say("200")])
    start, end = rtp.talk_time(packets)
    again = rtp.first(packets, b"ACK ", after_ns=start).time_ns
    there = rtp.stream(Way(A, B, 0x3A5F10C1), start, again - 3 * MS)
    back = rtp.stream(Way(B, A, 0x71C2D9E4), start, again - 3 * MS)
    return [*packets, *there, *back, *rtp.stream(Way(a2, (B[0], 30130), 0x3A5F10C1, seq=9000, ts=7), again, end)]


@scenario(
    "media-none",
    "an answered call of four seconds without any RTP, in a capture that holds the RTP of another call",
    why="RTP was recorded, so its absence here means silence both ways",
    by=WITH_RTP + "; the other call is `call-ok-rtp`, put beside it with other addresses",
    verdict="media.none",
    who="sbc cpe",
    absent="media.one_way",
    proof='sip.CSeq.method == "INVITE" && sip.Status-Code == 200 && ip.dst == 10.20.30.41',
    checks={"rtp && ip.addr == 10.20.30.41": 0, "rtp && ip.addr == 10.20.30.99": 300},
)
def media_none(bench: Bench) -> Made:
    packets = call(bench, talking(), answering())
    other = change.renumbered(bench.base("call-ok-rtp"), {A[0]: "10.20.30.99"})
    shift = packets[0].time_ns - other[0].time_ns + 700 * MS
    return [*packets, *(each.later(shift) for each in other)]


def hurt(
    bench: Bench,
    there: Callable[[list[Packet]], list[Packet]],
    back: Callable[[list[Packet]], list[Packet]] | None = None,
) -> Made:
    """Record a call of six seconds and let one or both directions be hurt."""
    packets = call(bench, talking(6000), answering(rings_ms=300))
    ways = rtp.both_ways(packets, A, B)
    return [*packets, *there(ways[0]), *(back or list)(ways[1])]


HEARD = {"rtp.ssrc == 0x71C2D9E4": 280}


@scenario(
    "media-loss-random",
    "five of a hundred packets from the caller are lost at random; the other direction is whole",
    why="random loss in one direction points at that path",
    by=WITH_RTP + ", then cut",
    verdict="media.loss",
    who="line",
    absent="media.hole media.one_way media.jitter",
    proof={"media.loss": "rtp.ssrc == 0x3A5F10C1"},
    checks=HEARD,
)
def media_loss(bench: Bench) -> Made:
    return hurt(bench, lambda way: change.lossy(way, 5.0))


@scenario(
    "media-loss-both-ways",
    "three of a hundred packets are lost in each direction",
    why="loss both ways",
    by=WITH_RTP + ", then cut",
    verdict="media.loss",
    who="line",
    absent="media.hole media.one_way media.jitter",
    proof={"media.loss": "rtp"},
    apart=True,
)
def media_loss_both(bench: Bench) -> Made:
    return hurt(bench, lambda way: change.lossy(way, 3.5, 3), lambda way: change.lossy(way, 3.5, 4))


@scenario(
    "media-loss-bursts",
    "six bursts of six packets are lost in the direction to the caller",
    why="the same share of loss in bursts is heard more (G.107 BurstR)",
    by=WITH_RTP + ", then cut",
    verdict="media.loss",
    who="line",
    absent="media.hole media.one_way",
    proof={"media.loss": "rtp.ssrc == 0x71C2D9E4"},
)
def media_bursts(bench: Bench) -> Made:
    return hurt(bench, list, lambda way: change.bursty(way, 6, 6))


@scenario(
    "media-hole",
    "one gap of 1.6 s in the caller's stream; sequence and time go on as if it had been sent; nothing else is lost",
    why="one hole is a break of the path, not 27 % of random loss",
    by=WITH_RTP + ", then cut",
    verdict="media.hole",
    who="line",
    absent="media.loss media.one_way",
    proof={"media.hole": "rtp.ssrc == 0x3A5F10C1 && frame.time_delta > 0"},
)
def media_hole(bench: Bench) -> Made:
    return hurt(bench, lambda way: [*way[:120], *way[200:]])


@scenario(
    "media-hole-both",
    "both directions stop for two seconds at the same time",
    why="a rerouted or flapping line takes both ways",
    by=WITH_RTP + ", then cut",
    verdict="media.hole",
    who="line",
    absent="media.loss media.one_way media.none",
    proof={"media.hole": "rtp"},
    apart=True,
)
def media_hole_both(bench: Bench) -> Made:
    return hurt(bench, lambda way: [*way[:100], *way[200:]], lambda way: [*way[:100], *way[200:]])


@scenario(
    "media-jitter",
    "the caller's packets arrive up to 420 ms late; none is lost",
    why="interarrival jitter far above what a buffer takes (RFC 3550 6.4.1)",
    by=WITH_RTP + ", then delayed",
    verdict="media.jitter",
    who="line",
    absent="media.loss media.hole media.one_way",
    proof={"media.jitter": "rtp.ssrc == 0x3A5F10C1"},
    checks=HEARD,
)
def media_jitter(bench: Bench) -> Made:
    return hurt(bench, lambda way: change.jittered(way, 420))


@scenario(
    "media-jitter-back",
    "the packets to the caller arrive up to 480 ms late",
    why="the same in the other direction",
    by=WITH_RTP + ", then delayed",
    verdict="media.jitter",
    who="line",
    absent="media.loss media.hole media.one_way",
    proof={"media.jitter": "rtp.ssrc == 0x71C2D9E4"},
    apart=True,
)
def media_jitter_back(bench: Bench) -> Made:
    return hurt(bench, list, lambda way: change.jittered(way, 480, 11))


def healthy(bench: Bench, ms: int, there: Streams, back: Streams | None = None) -> list[Packet]:
    """Record a call and lay streams into it, each made from the times of ACK and BYE."""
    packets = call(bench, talking(ms), answering(rings_ms=300))
    times = rtp.talk_time(packets)
    plain = rtp.stream(Way(B, A, 0x71C2D9E4, seq=20_100), *times)
    return [*packets, *there(*times), *(back(*times) if back else plain)]


@scenario(
    "media-dtx-ok",
    "the caller's device sends nothing while its user is silent; each new talk spurt bears the marker",
    why="silence suppression is no loss: the sequence has no gap, the time stamp jumps (RFC 3551 4.1)",
    by=WITH_RTP,
    verdict="call.ok",
    who="none",
    absent="media.loss media.hole media.jitter media.one_way",
    proof=OK,
    healthy=True,
    checks={"rtp.marker == 1 && rtp.ssrc == 0x3A5F10C1": 3},
)
def media_dtx(bench: Bench) -> Made:
    quiet = lambda number: number % 110 >= 50  # noqa: E731
    return healthy(bench, 6000, lambda start, end: rtp.stream(Way(A, B, 0x3A5F10C1), start, end, silent=quiet))


@scenario(
    "media-ssrc-change-ok",
    "the callee's SSRC, sequence and time stamp change once within the talk",
    why="a new source begins a new count (RFC 3550 8.2)",
    by=WITH_RTP,
    verdict="call.ok",
    who="none",
    absent="media.loss media.hole media.jitter media.one_way",
    proof=OK,
    healthy=True,
    checks={"rtp.ssrc == 0x0BADCAFE": 80},
)
def media_ssrc_change(bench: Bench) -> Made:
    def back(start: int, end: int) -> list[Packet]:
        half = start + 2000 * MS
        return rtp.stream(Way(B, A, 0x71C2D9E4), start, half) + rtp.stream(
            Way(B, A, 0x0BADCAFE, seq=60_001, ts=99), half, end
        )

    return healthy(bench, 4000, lambda start, end: rtp.stream(Way(A, B, 0x3A5F10C1), start, end), back)


@scenario(
    "media-sequence-wraps-ok",
    "the caller's sequence number passes 65535",
    why="a wrap is no loss of 65,000 packets",
    by=WITH_RTP,
    verdict="call.ok",
    who="none",
    absent="media.loss media.hole",
    proof=OK,
    healthy=True,
    checks={"rtp.seq == 65535": 1, "rtp.seq == 0": 1},
    apart=True,
)
def media_wrap(bench: Bench) -> Made:
    way = Way(A, B, 0x3A5F10C1, seq=65_480, ts=4_294_960_000)
    return healthy(bench, 4000, lambda start, end: rtp.stream(way, start, end))


def event(way: Way, start: int, number: int, *, ts: int, seq: int) -> list[Packet]:
    """Return one RFC 4733 event: seven packets, the last three say that it ended, all with one time stamp."""
    packets = []
    for at in range(7):
        done = 0x80 if at >= 4 else 0
        length = min(at + 1, 5) * 160
        body = rtp.rtp(
            101, seq + at, ts, way.ssrc, bytes([number, done | 10]) + length.to_bytes(2, "big"), marker=at == 0
        )
        packets.append(datagram(start + at * 20 * MS, way.source, way.destination, body, ident=seq + at))
    return packets


@scenario(
    "media-dtmf-own-ssrc-ok",
    "four digits as RFC 4733 events with an SSRC and sequence of their own, between voice that goes on",
    why="the event stream has gaps by nature: no loss and no MOS of 1",
    by=WITH_RTP,
    verdict="call.ok",
    who="none",
    absent="media.loss media.hole media.jitter media.payload_not_negotiated media.one_way",
    proof=OK,
    healthy=True,
    checks={"rtpevent": 20},
)
def media_dtmf_own(bench: Bench) -> Made:
    keys = Way(A, B, 0x0000D7F1, 101)

    def there(start: int, end: int) -> list[Packet]:
        digits = [
            each
            for at in range(4)
            for each in event(keys, start + (500 + at * 600) * MS, at + 1, ts=4000 + at * 4800, seq=100 + at * 7)
        ]
        return rtp.stream(Way(A, B, 0x3A5F10C1), start, end) + digits

    return healthy(bench, 4000, there)


@scenario(
    "media-dtmf-same-ssrc-ok",
    "digits as RFC 4733 events within the voice stream: same SSRC, one sequence, the time stamp stands still",
    why="events take turns with voice; a standing time stamp is no jitter",
    by=WITH_RTP,
    verdict="call.ok",
    who="none",
    absent="media.loss media.hole media.jitter media.payload_not_negotiated media.one_way",
    proof=OK,
    healthy=True,
    checks={"rtpevent": 14, "rtp.ssrc == 0x3A5F10C1 && rtp.p_type == 101": 14},
    apart=True,
)
def media_dtmf_same(bench: Bench) -> Made:
    voice = Way(A, B, 0x3A5F10C1)

    def there(start: int, end: int) -> list[Packet]:
        packets, seq, ts, at = [], voice.seq, voice.ts, start
        for part in range(3):
            talk = rtp.stream(Way(A, B, voice.ssrc, seq=seq, ts=ts), at, min(at + 1000 * MS, end))
            packets += talk
            seq, ts, at = seq + len(talk), ts + len(talk) * 160, at + len(talk) * 20 * MS
            if part < 2:
                packets += event(voice, at, part + 5, ts=ts, seq=seq)
                seq, ts, at = seq + 7, ts + 7 * 160, at + 140 * MS
        return packets

    return healthy(bench, 3400, there, lambda start, end: rtp.stream(Way(B, A, 0x71C2D9E4), start, end))


@scenario(
    "media-payload-not-negotiated",
    "PCMA is agreed, the caller's device sends G.729 all the same",
    why="the other side cannot read it: noise or silence; a fault of the device",
    by=WITH_RTP,
    verdict="media.payload_not_negotiated",
    who="cpe sbc",
    absent="media.loss call.ok media.one_way",
    proof={"media.payload_not_negotiated": "udp.srcport == 16400"},
    checks={"udp.srcport == 16400": 150},
)
def media_not_negotiated(bench: Bench) -> Made:
    small = lambda number: bytes([number & 255] * 20)  # noqa: E731
    return healthy(bench, 4000, lambda start, end: rtp.stream(Way(A, B, 0x3A5F10C1, 18), start, end, payload=small))


@scenario(
    "media-payload-dynamic-unknown",
    "PCMA is agreed, the callee sends payload type 97, which neither side ever named",
    why="the same fault from the other side, with a dynamic number",
    by=WITH_RTP,
    verdict="media.payload_not_negotiated",
    who="cpe sbc",
    absent="media.loss call.ok media.one_way",
    proof={"media.payload_not_negotiated": "udp.srcport == 30120"},
    apart=True,
)
def media_dynamic_unknown(bench: Bench) -> Made:
    small = lambda number: bytes([number & 255] * 38)  # noqa: E731
    there = lambda start, end: rtp.stream(Way(A, B, 0x3A5F10C1), start, end)  # noqa: E731
    return healthy(
        bench, 4000, there, lambda start, end: rtp.stream(Way(B, A, 0x71C2D9E4, 97), start, end, payload=small)
    )


PUBLIC = "118.113.20.7"


def behind_nat(packets: list[Packet]) -> list[Packet]:
    """Let the telephone's packets come from a public address while its texts go on naming its private one."""

    def moved(part: Segment) -> Segment:
        source = PUBLIC if part.source == A[0] else part.source
        destination = PUBLIC if part.destination == A[0] else part.destination
        return replace(part, source=source, destination=destination)

    return change.text_changed([packet for packet, _ in change.only_ip(packets)], moved)


@scenario(
    "media-private-address",
    "Contact and SDP name 10.20.30.41 while its packets come from 118.113.20.7; the SBC sends RTP to the former",
    why="NAT without help: the answer's RTP never arrives (RFC 1918, RFC 5853)",
    by=WITH_RTP + "; the telephone's source address changed by the script as a NAT does",
    verdict="media.private_address",
    who="cpe sbc",
    absent="call.ok media.none",
    proof={"media.private_address": 'sip.Method == "INVITE"'},
    checks={"ip.dst == 10.20.30.41": 150, "ip.src == 118.113.20.7": 150, "ip.src == 10.20.30.41": 0},
)
def media_private(bench: Bench) -> Made:
    packets = call(bench, talking(), answering())
    there, back = rtp.both_ways(packets, A, B)
    return [*behind_nat([*packets, *there]), *back]


@scenario(
    "media-private-address-silent",
    "the SDP names a private address, the packets come from a public one, and the SBC sends nothing back",
    why="an SBC that waits for a routable address stays silent",
    by=WITH_RTP + "; the telephone's source address changed by the script as a NAT does",
    verdict="media.private_address",
    who="cpe sbc",
    absent="call.ok media.none",
    proof={"media.private_address": 'sip.Method == "INVITE"'},
    checks={"ip.src == 118.113.20.7": 150},
    apart=True,
)
def media_private_silent(bench: Bench) -> Made:
    packets = call(bench, talking(), answering())
    return behind_nat([*packets, *rtp.both_ways(packets, A, B)[0]])


@scenario(
    "media-nat-latched-ok",
    "the SDP names a private address, but the SBC sends to where the packets come from and both hear each other",
    why="an SBC that latches heals the NAT: worth a note at most, never a fault (RFC 7362)",
    by=WITH_RTP + "; the telephone's address changed by the script as a NAT does",
    verdict="call.ok",
    who="none",
    absent="media.one_way media.none",
    proof=OK,
    checks={"rtp && ip.dst == 118.113.20.7": 150},
    apart=True,
)
def media_nat_latched(bench: Bench) -> Made:
    packets = call(bench, talking(), answering())
    there, back = rtp.both_ways(packets, A, B)
    return behind_nat([*packets, *there, *back])


@scenario(
    "media-rtcp-ok",
    "a healthy call with RTCP sender reports every second",
    why="RTCP on the odd port belongs to the call",
    by=WITH_RTP + "; RTCP built by the scenario script",
    verdict="call.ok",
    who="none",
    absent="media.loss media.jitter",
    proof=OK,
    healthy=True,
    checks={"rtcp.pt == 200": 6},
)
def media_rtcp(bench: Bench) -> Made:
    return healthy(bench, 4000, *reported(lost=0, fraction=0, jitter=16))


@scenario(
    "media-rtcp-xr-loss",
    "RTP is whole where it was recorded; the telephone's RTCP says 9 % lost, its XR says loss 23/256 and MOS-LQ 2.6",
    why="the loss is behind the point of recording: the reports of the receiver outrank what we see (RFC 3611 4.7)",
    by=WITH_RTP + "; RTCP and RTCP XR built by the scenario script",
    verdict="media.loss",
    who="line",
    absent="media.one_way media.hole",
    proof={"media.loss": "rtcp.pt == 207"},
    checks={"rtcp.pt == 207": 3, "rtcp.xr.voipmetrics.moslq": 3},
)
def media_rtcp_xr(bench: Bench) -> Made:
    return healthy(bench, 4000, *reported(lost=17, fraction=23, jitter=160, xr=True))


def reported(*, lost: int, fraction: int, jitter: int, xr: bool = False) -> tuple[Streams, Streams]:
    """Return both directions with reports. lost, fraction, jitter: what the telephone says of what it receives."""

    def there(start: int, end: int) -> list[Packet]:
        packets = rtp.stream(Way(A, B, 0x3A5F10C1), start, end)
        for number in range(1, 5):
            at = start + number * 900 * MS
            said = reports.sender(
                0x3A5F10C1, at, number * 45, about=0x71C2D9E4, fraction=fraction, lost=lost * number, jitter=jitter
            )
            said += reports.voip(0x3A5F10C1, 0x71C2D9E4, loss=fraction) if xr else b""
            packets.append(datagram(at, (A[0], A[1] + 1), (B[0], B[1] + 1), said))
        return packets

    def back(start: int, end: int) -> list[Packet]:
        packets = rtp.stream(Way(B, A, 0x71C2D9E4, seq=20_100), start, end)
        for number in range(1, 5):
            at = start + number * 950 * MS
            said = reports.sender(0x71C2D9E4, at, number * 47, about=0x3A5F10C1, fraction=0, lost=0, jitter=12)
            packets.append(datagram(at, (B[0], B[1] + 1), (A[0], A[1] + 1), said))
        return packets

    return there, back
