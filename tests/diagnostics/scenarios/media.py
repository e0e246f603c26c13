"""Answered calls whose media is hurt: the signalling is recorded, the RTP is built and then cut."""

from __future__ import annotations

from tests.diagnostics.scenarios import rtp
from tests.diagnostics.scenarios.calls import WITH_RTP, A, B, answering, call, talking
from tests.diagnostics.scenarios.declared import Bench, Made, scenario

OK = "sip.CSeq.method == INVITE && sip.Status-Code == 200"


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
