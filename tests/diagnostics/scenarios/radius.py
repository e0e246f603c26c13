"""RADIUS between a GGSN or BRAS and an AAA server, by radclient and a real FreeRADIUS (RFC 2865, 2866, 5176)."""

from __future__ import annotations

import subprocess

from tests.diagnostics.scenarios import gtp_messages
from tests.diagnostics.scenarios import radius_messages as messages
from tests.diagnostics.scenarios.declared import Bench, Made, scenario
from tests.diagnostics.scenarios.lab import Host, Lab
from tests.diagnostics.scenarios.packets import Packet, datagram

NAS, AAA = "10.0.16.1", "172.16.8.20"
SECRET = "Suyin-2026"
BY = "live: radclient as the NAS, FreeRADIUS as the AAA server, dumpcap at the AAA server"
CONFIG = """
prefix = /usr
name = radiusd
confdir = @DIR@
run_dir = @DIR@
logdir = @DIR@
libdir = /usr/lib/freeradius
pidfile = @DIR@/radiusd.pid
max_request_time = 5
cleanup_delay = 1
max_requests = 1024
hostname_lookups = no
log {
  destination = files
  file = @DIR@/radius.log
}
security {
  max_attributes = 200
  reject_delay = 0
  status_server = yes
  allow_vulnerable_openssl = yes
}
thread pool {
  start_servers = 1
  max_servers = 2
  min_spare_servers = 1
  max_spare_servers = 1
  max_requests_per_server = 0
}
client nas {
  ipaddr = @NAS@
  secret = @SECRET@
  require_message_authenticator = no
}
modules {
  pap {
  }
  chap {
  }
  files {
    usersfile = @DIR@/users
  }
  always ok {
    rcode = ok
  }
}
server default {
  listen {
    type = auth
    ipaddr = *
    port = 1812
  }
  listen {
    type = acct
    ipaddr = *
    port = 1813
  }
  listen {
    type = coa
    ipaddr = *
    port = 3799
  }
  authorize {
    files
    chap
    pap
  }
  authenticate {
    Auth-Type PAP {
      pap
    }
    Auth-Type CHAP {
      chap
    }
  }
  preacct {
    ok
  }
  accounting {
    ok
  }
  recv-coa {
    @COA@
  }
  send-coa {
    ok
  }
}
"""
USERS = """
meter01@wlw.sc.cn Cleartext-Password := "Meter#01"
	Framed-IP-Address = 10.64.7.21,
	Framed-IP-Netmask = 255.255.255.255,
	Class = 0x57a1
barred@wlw.sc.cn Auth-Type := Reject
	Reply-Message = "account suspended: IMSI not bound"
"""


def server(lab: Lab, host: Host, *, nas: str = NAS, coa: str = "ok", secret: str = SECRET) -> None:
    """Start FreeRADIUS on a host and wait until it listens. nas: the only client that it knows."""
    text = CONFIG
    for mark, value in {"DIR": str(lab.folder), "NAS": nas, "SECRET": secret, "COA": coa}.items():
        text = text.replace(f"@{mark}@", value)
    (lab.folder / "radiusd.conf").write_text(text)
    (lab.folder / "users").write_text(USERS)
    lab.start(host, ["freeradius", "-f", "-d", str(lab.folder)], log="freeradius.log")
    lab.wait_for_port(host, 1812)


def ask(
    lab: Lab,
    host: Host,
    what: str,
    attributes: str,
    *,
    secret: str = SECRET,
    port: int = 1812,
    tries: int = 3,
    to: str = AAA,
) -> None:
    """Send one request with radclient and wait for its end. what: auth, acct, coa or disconnect."""
    argv = ["radclient", "-r", str(tries), "-t", "2", f"{to}:{port}", what, secret]
    subprocess.run(host.enter(argv), input=attributes.encode(), capture_output=True, check=False, timeout=60)


def access(user: str, password: str) -> str:
    return (
        f'User-Name="{user}",User-Password="{password}",NAS-IP-Address={NAS},NAS-Port-Type=Virtual,Service-Type=Framed-User,'
        "Framed-Protocol=GPRS-PDP-Context,Called-Station-Id=wlw.sc,Calling-Station-Id=8614788000001\n"
    )


@scenario(
    "radius-rejected-message",
    "Access-Request is answered Access-Reject with a Reply-Message",
    why="the enterprise AAA refuses the account and says why (RFC 2865 4.3, 5.18)",
    by=BY,
    verdict="radius.rejected",
    who="customer_aaa",
    absent="radius.accepted radius.secret_mismatch radius.no_response",
    proof="radius.code == 3",
    checks={"radius.Reply_Message": 1},
)
def radius_rejected_message(bench: Bench) -> Made:
    with Lab(bench.folder) as lab:
        nas, aaa = lab.host(NAS), lab.host(AAA)
        server(lab, aaa)
        lab.record(aaa)
        ask(lab, nas, "auth", access("barred@wlw.sc.cn", "x"))
        return lab.recorded()


def asked_live(
    bench: Bench, *questions: tuple[str, str, int], secret: str = SECRET, coa: str = "ok", nas: str = NAS
) -> list[Packet]:
    """Record questions to a real FreeRADIUS, one after another. questions: (what, attributes, port)."""
    with Lab(bench.folder) as lab:
        asker, aaa = lab.host(NAS), lab.host(AAA)
        server(lab, aaa, coa=coa, nas=nas)
        lab.record(aaa)
        for what, attributes, port in questions:
            ask(lab, asker, what, attributes, secret=secret, port=port)
        return lab.recorded()


GOOD = ("auth", access("meter01@wlw.sc.cn", "Meter#01"), 1812)


def account(status: str, *more: str) -> tuple[str, str, int]:
    """Return an accounting question of the session S-77."""
    said = [
        "User-Name=meter01@wlw.sc.cn",
        f"Acct-Status-Type={status}",
        "Acct-Session-Id=S-77",
        f"NAS-IP-Address={NAS}",
    ]
    said += ["Framed-IP-Address=10.64.7.21", "Called-Station-Id=wlw.sc", "Calling-Station-Id=8614788000001", *more]
    return "acct", ",".join(said) + "\n", 1813


@scenario(
    "radius-accepted",
    "Access-Request with PAP is answered Access-Accept with an address",
    why="the healthy exchange (RFC 2865 4)",
    by=BY,
    verdict="radius.accepted",
    who="none",
    absent="radius.rejected radius.no_response radius.secret_mismatch",
    proof="radius.code == 2",
    healthy=True,
    checks={"radius.Framed-IP-Address": 1},
)
def radius_accepted(bench: Bench) -> Made:
    return asked_live(bench, GOOD)


@scenario(
    "radius-accepted-and-accounted",
    "accepted, then accounting Start, Interim-Update and Stop (User-Request), each answered",
    why="a whole session of one terminal (RFC 2866)",
    by=BY,
    verdict="radius.accepted",
    either="radius.accounting_ok",
    who="none",
    also="radius.accepted radius.accounting_ok",
    absent="radius.rejected radius.no_response",
    proof={"radius.accepted": "radius.code == 2", "radius.accounting_ok": "radius.code == 5"},
    healthy=True,
    checks={"radius.code == 5": 3},
)
def radius_session(bench: Bench) -> Made:
    stop = account("Stop", "Acct-Session-Time=900", "Acct-Terminate-Cause=User-Request", "Acct-Input-Octets=52000")
    return asked_live(bench, GOOD, account("Start"), account("Interim-Update", "Acct-Session-Time=300"), stop)


@scenario(
    "radius-accounting-lost-carrier",
    "accounting Start and Stop with Acct-Terminate-Cause Lost-Carrier, both answered",
    why="the exchange is healthy; why the session ended is told apart (RFC 2866 5.10)",
    by=BY,
    verdict="radius.accounting_ok",
    who="none",
    absent="radius.rejected radius.no_response",
    proof="radius.code == 5",
    checks={"radius.Acct_Terminate_Cause == 2": 1},
    apart=True,
)
def radius_lost_carrier(bench: Bench) -> Made:
    return asked_live(
        bench, account("Start"), account("Stop", "Acct-Session-Time=61", "Acct-Terminate-Cause=Lost-Carrier")
    )


@scenario(
    "radius-rejected-plain",
    "a wrong password is answered Access-Reject without any text",
    why="without text a wrong password and an unknown user look alike",
    by=BY,
    verdict="radius.rejected",
    who="customer_aaa",
    absent="radius.accepted radius.secret_mismatch radius.no_response",
    proof="radius.code == 3",
    checks={"radius.Reply_Message": 0},
)
def radius_rejected_plain(bench: Bench) -> Made:
    return asked_live(bench, ("auth", access("meter01@wlw.sc.cn", "wrong"), 1812))


@scenario(
    "radius-rejected-unknown-user",
    "a user that the AAA server does not know is rejected twice, four seconds apart by two requests of different id",
    why="two rejects of one user are one cause",
    by=BY,
    verdict="radius.rejected",
    who="customer_aaa",
    absent="radius.accepted radius.secret_mismatch radius.no_response",
    proof="radius.code == 3",
    checks={"radius.code == 3": 2},
    apart=True,
)
def radius_rejected_unknown(bench: Bench) -> Made:
    unknown = ("auth", access("meter99@wlw.sc.cn", "x"), 1812)
    return asked_live(bench, unknown, unknown)


@scenario(
    "radius-no-response",
    "Access-Request is sent four times with one id and never answered",
    why="the AAA server or the tunnel to it is down",
    by="live: radclient as the NAS, a host that listens and never answers, dumpcap at the NAS",
    verdict="radius.no_response",
    who="customer_aaa line",
    absent="radius.accepted radius.rejected radius.secret_mismatch",
    proof="radius.code == 1",
    checks={"radius.code == 1": 4, "icmp": 0},
)
def radius_no_response(bench: Bench) -> Made:
    return unanswered(bench, 1812, GOOD)


@scenario(
    "radius-accounting-no-response",
    "Accounting-Request Start is sent four times and never answered",
    why="the same for accounting",
    by="live: radclient as the NAS, a host that listens and never answers, dumpcap at the NAS",
    verdict="radius.no_response",
    who="customer_aaa line",
    absent="radius.accounting_ok radius.rejected",
    proof="radius.code == 4",
    checks={"radius.code == 4": 4},
    apart=True,
)
def radius_accounting_silent(bench: Bench) -> Made:
    return unanswered(bench, 1813, account("Start"))


def unanswered(bench: Bench, port: int, question: tuple[str, str, int]) -> list[Packet]:
    """Record a question, sent four times, to a host that never answers."""
    with Lab(bench.folder) as lab:
        nas, aaa = lab.host(NAS), lab.host(AAA)
        lab.silence(aaa, port)
        lab.record(nas)
        ask(lab, nas, question[0], question[1], port=port, tries=4)
        return lab.recorded()


@scenario(
    "radius-secret-ignored",
    "the NAS signs with another secret: FreeRADIUS drops every request unanswered",
    why="an ignored client looks like a dead server; the secret is one of two explanations",
    by=BY,
    verdict="radius.no_response",
    either="radius.secret_mismatch",
    who="customer_aaa line",
    absent="radius.accepted radius.rejected",
    proof={"radius.no_response": "radius.code == 1"},
    checks={"radius.code == 1": 3, "radius.code == 3": 0},
    apart=True,
)
def radius_secret_ignored(bench: Bench) -> Made:
    signed = (GOOD[0], GOOD[1].strip() + ",Message-Authenticator=0x00\n", 1812)
    return asked_live(bench, signed, secret="another-secret")


ACCEPTED = messages.address(8, "10.64.7.21") + messages.attribute(6, 2)
ASKED = messages.attribute(1, "meter01@wlw.sc.cn") + messages.address(4, NAS) + messages.attribute(30, "wlw.sc")
BUILT = "packets built by the scenario script"
T0, MS = 1_795_400_000_000_000_000, 1_000_000


def built(*said: tuple[int, bytes], port: int = 1812) -> list[Packet]:
    """Return packets at milliseconds from the start: requests from the NAS, responses from the AAA server."""
    packets = []
    for at, body in said:
        out = body[0] in {messages.REQUEST, messages.ACCOUNT}
        ends = ((NAS, 40_021), (AAA, port)) if out else ((AAA, port), (NAS, 40_021))
        packets.append(datagram(T0 + at * MS, *ends, body, ident=at + 1))
    return packets


@scenario(
    "radius-secret-mismatch",
    "every request is answered within 3 ms, yet the NAS sends the same id again and again: it throws the answers away",
    why="repeated after an answer: the response authenticator does not fit, the shared secrets differ (RFC 2865 3)",
    by=BUILT,
    verdict="radius.secret_mismatch",
    who="customer_aaa core",
    absent="radius.no_response radius.accepted",
    proof="radius.code == 1",
    checks={"radius.code == 1": 4, "radius.code == 2": 4},
)
def radius_secret_mismatch(bench: Bench) -> Made:
    request = messages.ask(
        messages.REQUEST,
        61,
        messages.attribute(2, messages.hidden("Meter#01", bytes(range(16)), SECRET)) + ASKED,
        secret=SECRET,
    )
    reply = messages.answer(messages.ACCEPT, request, ACCEPTED, secret="another")
    return built(*((at * 3000 + late, body) for at in range(4) for late, body in ((0, request), (3, reply))))


@scenario(
    "radius-secret-mismatch-accounting",
    "Accounting-Responses come at once, and the NAS repeats the same Accounting-Request five times",
    why="the same mismatch on the accounting port",
    by=BUILT,
    verdict="radius.secret_mismatch",
    who="customer_aaa core",
    absent="radius.no_response radius.accounting_ok",
    proof="radius.code == 4",
    apart=True,
)
def radius_secret_accounting(bench: Bench) -> Made:
    said = ASKED + messages.attribute(40, 1) + messages.attribute(44, "S-78")
    request = messages.ask(messages.ACCOUNT, 62, said, secret=SECRET)
    reply = messages.answer(messages.ACCOUNTED, request, b"", secret="another")
    return built(*((at * 2000 + late, body) for at in range(5) for late, body in ((0, request), (4, reply))), port=1813)


@scenario(
    "radius-retransmitted-once-ok",
    "the first request gets lost, the second with the same id is accepted",
    why="one retransmission before the answer is no failure and no mismatch",
    by=BUILT,
    verdict="radius.accepted",
    who="none",
    absent="radius.no_response radius.secret_mismatch",
    proof="radius.code == 2",
    healthy=True,
)
def radius_retransmitted(bench: Bench) -> Made:
    hidden = messages.attribute(2, messages.hidden("Meter#01", bytes(range(16)), SECRET))
    request = messages.ask(messages.REQUEST, 63, hidden + ASKED, secret=SECRET)
    return built(
        (0, request), (3000, request), (3004, messages.answer(messages.ACCEPT, request, ACCEPTED, secret=SECRET))
    )


@scenario(
    "radius-challenge-accepted",
    "Access-Challenge with a State, then a second request and Access-Accept",
    why="a challenge is not a failure (RFC 2865 4.4)",
    by=BUILT,
    verdict="radius.accepted",
    who="none",
    absent="radius.rejected radius.no_response radius.secret_mismatch",
    proof="radius.code == 2",
    healthy=True,
    checks={"radius.code == 11": 1},
    apart=True,
)
def radius_challenge(bench: Bench) -> Made:
    first = messages.ask(messages.REQUEST, 64, ASKED, secret=SECRET)
    state = messages.attribute(24, b"state-0001")
    challenge = messages.answer(
        messages.CHALLENGE, first, state + messages.attribute(18, "one-time code"), secret=SECRET
    )
    second = messages.ask(messages.REQUEST, 65, ASKED + state, secret=SECRET, nonce=bytes(range(16, 32)))
    return built(
        (0, first),
        (4, challenge),
        (800, second),
        (806, messages.answer(messages.ACCEPT, second, ACCEPTED, secret=SECRET)),
    )


def dynamic(code: int, reply: int, error: int | None) -> list[Packet]:
    """Return a CoA or Disconnect request from the AAA server to port 3799 of the NAS, and its answer."""
    said = messages.attribute(1, "meter01@wlw.sc.cn") + messages.attribute(44, "S-77")
    request = messages.ask(code, 7, said, secret=SECRET)
    response = messages.answer(reply, request, messages.attribute(101, error) if error else b"", secret=SECRET)
    return [
        datagram(T0, (AAA, 50_100), (NAS, 3799), request, ident=1),
        datagram(T0 + 5 * MS, (NAS, 3799), (AAA, 50_100), response, ident=2),
    ]


@scenario(
    "radius-coa-nak",
    "a CoA-Request is answered CoA-NAK with Error-Cause 503, session context not found",
    why="the NAS does not know the session that the AAA server wants to change (RFC 5176 3.6)",
    by=BUILT,
    verdict="radius.rejected",
    who="customer_aaa core",
    absent="radius.no_response radius.accepted",
    proof="radius.code == 45",
    checks={"radius.Error_Cause == 503": 1},
)
def radius_coa_nak(bench: Bench) -> Made:
    return dynamic(messages.COA, messages.COA_REFUSED, 503)


@scenario(
    "radius-disconnect-nak",
    "a Disconnect-Request is answered Disconnect-NAK with Error-Cause 501, administratively prohibited",
    why="the same for Disconnect",
    by=BUILT,
    verdict="radius.rejected",
    who="customer_aaa core",
    absent="radius.no_response radius.accepted",
    proof="radius.code == 42",
    apart=True,
)
def radius_disconnect_nak(bench: Bench) -> Made:
    return dynamic(messages.DISCONNECT, messages.NOT_DISCONNECTED, 501)


@scenario(
    "apn-gtp-209-and-radius-reject",
    "the AAA server rejects the account; the GGSN then refuses the context with cause 209",
    why="one cause seen twice: APN, MSISDN and account join GTP with RADIUS (TS 29.061 16)",
    by=BUILT,
    verdict="radius.rejected",
    either="gtp.rejected",
    who="customer_aaa",
    also="radius.rejected gtp.rejected",
    absent="radius.accepted gtp.accepted",
    proof={"radius.rejected": "radius.code == 3", "gtp.rejected": "gtp.cause == 209"},
)
def apn_joined(bench: Bench) -> Made:
    said = ASKED + messages.attribute(31, gtp_messages.MSISDN)
    request = messages.ask(messages.REQUEST, 66, said, secret=SECRET)
    rejected = messages.answer(messages.REJECT, request, messages.attribute(18, "IMSI not bound"), secret=SECRET)
    sgsn, ggsn = ("10.129.3.7", 2123), ("10.129.60.4", 2123)
    create = datagram(T0 - 10 * MS, sgsn, ggsn, gtp_messages.create_pdp(7600, sgsn=sgsn[0]), ident=5)
    refuse = datagram(T0 + 30 * MS, ggsn, sgsn, gtp_messages.created_pdp(7600, 209, ggsn=ggsn[0]), ident=6)
    return [create, *built((0, request), (12, rejected)), refuse]
