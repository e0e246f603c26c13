"""GTP between SGSN/MME and GGSN/PGW: built packets for every cause, a live osmo-ggsn for some (TS 29.060, 29.274)."""

from __future__ import annotations

from tests.diagnostics.scenarios import gtp_messages as messages
from tests.diagnostics.scenarios.declared import Bench, Made, scenario
from tests.diagnostics.scenarios.lab import Lab
from tests.diagnostics.scenarios.packets import Packet, datagram, icmp_error

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
    who="cpe boss core",
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


GIVEN = "10.64.7.21"


def _refused(
    number: int, who: str, means: str, *, apart: bool = False, name: str = "wlw.sc", pdp_type: bytes = b"\xf1\x21"
) -> None:
    @scenario(
        f"gtp1-rejected-{number}",
        f"Create PDP Context Request is refused with cause {number}: {means}",
        why="the cause number says who must act (TS 29.060 7.7.1)",
        by=BUILT,
        verdict="gtp.rejected",
        who=who,
        absent="gtp.accepted gtp.no_response",
        proof=f"gtp.cause == {number}",
        cause=number,
        apart=apart,
    )
    def _make(bench: Bench) -> Made:
        request = messages.create_pdp(7000 + number, sgsn=SGSN, name=name, pdp_type=pdp_type)
        refused = messages.created_pdp(7000 + number, number, ggsn=GGSN)
        echoes = [asked(messages.echo(11), T0 - 900 * MS), answered(messages.echo(11, reply=True), T0 - 880 * MS)]
        return [*echoes, asked(request), answered(refused)]


_refused(194, "boss", "IMSI not known")
_refused(199, "core", "no resources available")
_refused(204, "core", "system failure", apart=True)
_refused(209, "customer_aaa", "user authentication failed")
_refused(211, "core", "all dynamic PDP addresses are occupied")
_refused(220, "cpe boss", "unknown PDP address or type", pdp_type=b"\xf1\x57")
_refused(222, "boss", "APN access denied, no subscription", apart=True)
_refused(201, "core", "mandatory IE incorrect", apart=True)


@scenario(
    "gtp1-accepted",
    "a context is created, used and deleted; echoes in between",
    why="the healthy exchange (TS 29.060 7.3)",
    by=BUILT,
    verdict="gtp.accepted",
    who="none",
    absent="gtp.rejected gtp.no_response gtp.accepted_other_apn",
    proof="gtp.cause == 128 && gtp.message == 17",
    healthy=True,
    checks={"gtp.message == 21": 1},
)
def gtp1_accepted(bench: Bench) -> Made:
    created = [
        asked(messages.create_pdp(7100, sgsn=SGSN)),
        answered(messages.created_pdp(7100, 128, ggsn=GGSN, given=GIVEN)),
    ]
    echoes = [asked(messages.echo(12), T0 + 800 * MS), answered(messages.echo(12, reply=True), T0 + 815 * MS)]
    gone = [asked(messages.delete_pdp(7101), T0 + 9000 * MS), answered(messages.deleted_pdp(7101), T0 + 9020 * MS)]
    return [*created, *echoes, *gone]


@scenario(
    "gtp1-accepted-after-retry",
    "the first Create is lost, sent again after three seconds and accepted",
    why="one retransmission (T3-RESPONSE) is no failure",
    by=BUILT,
    verdict="gtp.accepted",
    who="none",
    absent="gtp.no_response gtp.rejected",
    proof="gtp.cause == 128 && gtp.message == 17",
    healthy=True,
    apart=True,
)
def gtp1_retried(bench: Bench) -> Made:
    request = messages.create_pdp(7110, sgsn=SGSN)
    response = messages.created_pdp(7110, 128, ggsn=GGSN, given=GIVEN)
    return [asked(request), asked(request, T0 + 3000 * MS), answered(response, T0 + 3040 * MS)]


@scenario(
    "gtp1-accepted-other-apn",
    "the same IMSI is refused for wlw.sc with 219 and then accepted for cmnet",
    why="the terminal is online, but in another APN than the customer's: his servers stay out of reach",
    by=BUILT,
    verdict="gtp.accepted_other_apn",
    either="gtp.rejected",
    who="cpe boss core",
    also="gtp.accepted_other_apn",
    absent="gtp.no_response",
    proof={"gtp.accepted_other_apn": "gtp.cause == 128"},
    checks={'gtp.apn == "cmnet"': 1, 'gtp.apn == "wlw.sc"': 1},
)
def gtp1_other_apn(bench: Bench) -> Made:
    first = [asked(messages.create_pdp(7200, sgsn=SGSN)), answered(messages.created_pdp(7200, 219, ggsn=GGSN))]
    request = messages.create_pdp(7201, sgsn=SGSN, name="cmnet", teid=0x1A40)
    given = messages.created_pdp(7201, 128, ggsn=GGSN, given="10.128.9.9", teid=0x1A41)
    return [*first, asked(request, T0 + 4000 * MS), answered(given, T0 + 4030 * MS)]


@scenario(
    "gtp1-accepted-129",
    "IPv4v6 is asked for, cause 129 gives IPv4 only",
    why="accepted with another PDP type by the network's preference (TS 29.060 7.7.1)",
    by=BUILT,
    verdict="gtp.accepted",
    either="gtp.accepted_other_apn",
    who="none",
    absent="gtp.rejected gtp.no_response",
    proof={"gtp.accepted": "gtp.cause == 129"},
    apart=True,
)
def gtp1_129(bench: Bench) -> Made:
    request = messages.create_pdp(7300, sgsn=SGSN, pdp_type=b"\xf1\x8d")
    return [asked(request), answered(messages.created_pdp(7300, 129, ggsn=GGSN, given=GIVEN))]


@scenario(
    "gtp1-no-response",
    "a Create is sent five times, three seconds apart, and never answered",
    why="GGSN or the path to it is down: N3-REQUESTS times T3-RESPONSE (TS 29.060 11)",
    by=BUILT,
    verdict="gtp.no_response",
    who="core line",
    absent="gtp.accepted gtp.rejected gtp.unreachable",
    proof="gtp.message == 16",
    checks={"gtp.message == 16": 5},
)
def gtp1_no_response(bench: Bench) -> Made:
    request = messages.create_pdp(7400, sgsn=SGSN)
    return [asked(request, T0 + number * 3000 * MS) for number in range(5)] + [
        asked(messages.echo(13), T0 + 16_000 * MS)
    ]


def _unreachable(name: str, code: int, means: str, *, apart: bool) -> None:
    @scenario(
        name,
        f"every Create is answered by ICMP {means}",
        why="the GGSN's control port or host is gone",
        by=BUILT,
        verdict="gtp.unreachable",
        who="core line",
        absent="gtp.no_response gtp.accepted gtp.rejected",
        proof=f"icmp.type == 3 && icmp.code == {code}",
        apart=apart,
    )
    def _make(bench: Bench) -> Made:
        packets = []
        for number in range(3):
            request = asked(messages.create_pdp(7500, sgsn=SGSN), T0 + number * 3000 * MS)
            reporter = GGSN if code == 3 else "10.129.3.1"
            packets += [request, icmp_error(request.time_ns + 2 * MS, reporter, request.data[14:], code=code)]
        return packets


_unreachable("gtp1-icmp-port", 3, "port unreachable from the GGSN", apart=False)
_unreachable("gtp1-icmp-host", 1, "host unreachable from a router", apart=True)

MME, SGW, PGW = "10.130.1.9", "10.130.2.5", "10.130.7.3"


def sent(source: str, destination: str, body: bytes, at_ns: int) -> Packet:
    return datagram(at_ns, (source, 2123), (destination, 2123), body, ident=at_ns >> 20)


def _refused_v2(
    number: int, who: str, means: str, *, apart: bool = False, pdn_type: int = 1, name: str = "wlw.sc"
) -> None:
    @scenario(
        f"gtp2-rejected-{number}",
        f"Create Session Request is refused with cause {number}: {means}",
        why="the LTE twin of the same refusals (TS 29.274 8.4)",
        by=BUILT,
        verdict="gtp.rejected",
        who=who,
        absent="gtp.accepted gtp.no_response",
        proof=f"gtpv2.cause == {number}",
        cause=number,
        apart=apart,
    )
    def _make(bench: Bench) -> Made:
        request = messages.create_session(9000 + number, mme=MME, pdn_type=pdn_type, name=name)
        refused = messages.created_session(9000 + number, number, gateway=SGW)
        return [sent(MME, SGW, request, T0), sent(SGW, MME, refused, T0 + 44 * MS)]


_refused_v2(73, "core", "no resources available")
_refused_v2(78, "cpe boss core", "missing or unknown APN", name="wlv.sc")
_refused_v2(83, "cpe boss", "preferred PDN type not supported", pdn_type=3)
_refused_v2(84, "core", "all dynamic addresses are occupied", apart=True)
_refused_v2(92, "customer_aaa", "user authentication failed")
_refused_v2(93, "boss", "APN access denied, no subscription")
_refused_v2(100, "core line", "remote peer not responding")
_refused_v2(72, "core", "system failure", apart=True)
_refused_v2(64, "core", "context not found", apart=True)


@scenario(
    "gtp2-accepted",
    "a session is created over S11 and S5, both legs recorded",
    why="the healthy exchange; two legs are one session",
    by=BUILT,
    verdict="gtp.accepted",
    who="none",
    absent="gtp.rejected gtp.no_response gtp.accepted_other_apn",
    proof="gtpv2.message_type == 33",
    healthy=True,
    checks={"gtpv2.cause == 16": 2, 'gtpv2.apn == "wlw.sc"': 2},
)
def gtp2_accepted(bench: Bench) -> Made:
    return [
        sent(MME, SGW, messages.create_session(9300, mme=MME), T0),
        sent(SGW, PGW, messages.create_session(412, mme=SGW, interface=6, teid=0x3C01), T0 + 3 * MS),
        sent(
            PGW,
            SGW,
            messages.created_session(412, 16, gateway=PGW, given=GIVEN, teid=0x3C01, interface=7),
            T0 + 24 * MS,
        ),
        sent(SGW, MME, messages.created_session(9300, 16, gateway=SGW, given=GIVEN), T0 + 28 * MS),
    ]


@scenario(
    "gtp2-pgw-silent",
    "the SGW asks the PGW four times without an answer and tells the MME cause 100",
    why="cause 100 and the silent leg behind it are one fault",
    by=BUILT,
    verdict="gtp.no_response",
    either="gtp.rejected",
    who="core line",
    absent="gtp.accepted",
    proof={"gtp.no_response": "ip.dst == 10.130.7.3"},
    cause=100,
    apart=True,
)
def gtp2_pgw_silent(bench: Bench) -> Made:
    onward = messages.create_session(413, mme=SGW, interface=6, teid=0x3C02)
    tries = [sent(SGW, PGW, onward, T0 + 3 * MS + number * 3000 * MS) for number in range(4)]
    refused = messages.created_session(9400, 100, gateway=SGW)
    return [
        sent(MME, SGW, messages.create_session(9400, mme=MME), T0),
        *tries,
        sent(SGW, MME, refused, T0 + 12_010 * MS),
    ]


@scenario(
    "gtp2-no-response",
    "a Create Session Request is sent four times and never answered",
    why="SGW or the path to it is down",
    by=BUILT,
    verdict="gtp.no_response",
    who="core line",
    absent="gtp.accepted gtp.rejected gtp.unreachable",
    proof="gtpv2.message_type == 32",
    checks={"gtpv2.message_type == 32": 4},
)
def gtp2_no_response(bench: Bench) -> Made:
    request = messages.create_session(9500, mme=MME)
    return [sent(MME, SGW, request, T0 + number * 3000 * MS) for number in range(4)]


CONFIG = """
line vty
 no login
ggsn ggsn0
 gtp state-dir @DIR@
 gtp bind-ip @GGSN@
 apn wlw
  gtpu-mode tun
  tun-device tun4
  type-support v4
  ip prefix dynamic 10.64.7.0/@BITS@
  ip dns 0 10.0.0.53
  ip ifconfig 10.64.7.0/@BITS@
  no shutdown
 no shutdown ggsn
"""


def live(bench: Bench, *names: str, bits: int = 24) -> list[Packet]:
    """Let sgsnemu ask a real osmo-ggsn for contexts, one after another, each of a fresh IMSI. bits: of the pool."""
    text = CONFIG.replace("@DIR@", str(bench.folder)).replace("@GGSN@", GGSN).replace("@BITS@", str(bits))
    (bench.folder / "osmo-ggsn.cfg").write_text(text)
    with Lab(bench.folder) as lab:
        sgsn, ggsn = lab.host(SGSN), lab.host(GGSN)
        lab.start(ggsn, ["osmo-ggsn", "-c", str(bench.folder / "osmo-ggsn.cfg")], log="osmo-ggsn.log")
        lab.wait_for_port(ggsn, 2123)
        lab.record(sgsn)
        for number, name in enumerate(names):
            argv = ["sgsnemu", "--listen", SGSN, "--remote", GGSN, "--apn", name, "--imsi", f"46004012345678{number}"]
            argv += [
                "--msisdn",
                messages.MSISDN,
                "--timelimit",
                "4",
                "--statedir",
                str(bench.folder),
                "--pinghost",
                "10.64.7.0",
            ]
            argv += ["--pingcount", "3", "--pidfile", str(bench.folder / f"sgsnemu{number}.pid")]
            lab.start(sgsn, argv, log="sgsnemu.log")
            lab.pass_time(5.5)
        return lab.recorded()


BY_LIVE = "live: sgsnemu as the SGSN, osmo-ggsn as the GGSN, dumpcap at the SGSN"


@scenario(
    "gtp1-live-accepted",
    "a real GGSN accepts a context; pings go through it in GTP-U",
    why="messages as another implementation writes them",
    by=BY_LIVE,
    verdict="gtp.accepted",
    who="none",
    absent="gtp.rejected gtp.no_response gtp.unreachable",
    proof="gtp.cause == 128 && gtp.message == 17",
    healthy=True,
    checks={"gtp.message == 255 && icmp.type == 0": 1},
)
def gtp1_live_accepted(bench: Bench) -> Made:
    return live(bench, "wlw")


@scenario(
    "gtp1-live-unknown-apn",
    "a real GGSN refuses an APN that it does not have",
    why="messages as another implementation writes them",
    by=BY_LIVE,
    verdict="gtp.rejected",
    who="cpe boss core",
    absent="gtp.accepted gtp.no_response",
    proof="gtp.cause == 219",
    cause=219,
)
def gtp1_live_unknown(bench: Bench) -> Made:
    return live(bench, "wlv")
