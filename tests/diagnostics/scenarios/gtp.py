"""GTP between SGSN/MME and GGSN/PGW: built packets for every cause, a live osmo-ggsn for some (TS 29.060, 29.274)."""

from __future__ import annotations

from tests.diagnostics.scenarios import gtp_messages as messages
from tests.diagnostics.scenarios.declared import Bench, Made, scenario
from tests.diagnostics.scenarios.packets import Packet, datagram

SGSN, GGSN = "10.129.3.7", "10.129.60.4"
T0 = 1_795_400_000_000_000_000
MS = 1_000_000
BUILT = "packets built by the scenario script"


def asked(request: bytes, at_ns: int = T0) -> Packet:
    return datagram(at_ns, (SGSN, 2123), (GGSN, 2123), request, ident=at_ns >> 20)


def answered(response: bytes, at_ns: int = T0 + 31 * MS) -> Packet:
    return datagram(at_ns, (GGSN, 2123), (SGSN, 2123), response, ident=at_ns >> 20)


@scenario(
    "gtp1-rejected-219",
    "Create PDP Context Request for an APN that the GGSN does not know is refused with cause 219",
    why="the commonest APN complaint: typed wrong on the terminal, missing in HLR or GGSN (TS 29.060 7.7.1)",
    by=BUILT,
    verdict="gtp.rejected",
    who="cpe core",
    absent="gtp.accepted gtp.no_response",
    proof="gtp.cause == 219",
    cause=219,
    checks={'gtp.apn == "wlv.sc"': 1},
)
def gtp1_rejected_219(bench: Bench) -> Made:
    return [
        asked(messages.create_pdp(7001, sgsn=SGSN, name="wlv.sc")),
        answered(messages.created_pdp(7001, 219, ggsn=GGSN)),
    ]
