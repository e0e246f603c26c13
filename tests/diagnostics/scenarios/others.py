"""Captures in which the file itself is the finding, and captures in which several things happen at once."""

from __future__ import annotations

import random
import struct
import subprocess

from tests.diagnostics.scenarios import change
from tests.diagnostics.scenarios.calls import OK
from tests.diagnostics.scenarios.declared import Bench, Film, Made, scenario
from tests.diagnostics.scenarios.lab import Lab
from tests.diagnostics.scenarios.packets import ESP, Packet, datagram, ethernet, ip

T0, MS = 1_795_400_000_000_000_000, 1_000_000
PHONE, SBC = "10.20.30.41", "183.221.5.10"
BUILT = "packets built by the scenario script"


@scenario(
    "capture-tls-5061",
    "a TLS handshake on port 5061 and some encrypted records",
    why="SIP over TLS: nothing can be read without the keys",
    by="live: openssl s_client as the IAD, openssl s_server as the SBC, dumpcap at the SBC",
    verdict="capture.encrypted",
    who="none",
    absent="capture.no_signalling call.no_response registration.no_response",
    proof="tls.handshake.type == 1",
    checks={"tls.record.opaque_type == 23": 2},
)
def tls(bench: Bench) -> Made:
    return handshake(bench, 5061)


def handshake(bench: Bench, port: int, *more: str) -> list[Packet]:
    """Record a TLS session between two hosts with a certificate made on the spot. more: options of the client."""
    key, certificate = str(bench.folder / "key.pem"), str(bench.folder / "certificate.pem")
    make = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        key,
        "-out",
        certificate,
        "-days",
        "2",
    ]
    subprocess.run([*make, "-subj", "/CN=sbc-cd01.ims.sc.example.cn"], check=True, capture_output=True, timeout=60)
    with Lab(bench.folder) as lab:
        phone, sbc = lab.host(PHONE), lab.host(SBC)
        lab.start(sbc, ["openssl", "s_server", "-accept", str(port), "-key", key, "-cert", certificate, "-rev"])
        lab.wait_for_port(sbc, port, "tcp")
        lab.record(sbc)
        talk = ["openssl", "s_client", "-connect", f"{SBC}:{port}", *more]
        subprocess.run(
            phone.enter(talk),
            input=b"REGISTER sip:ims.sc.example.cn SIP/2.0\n",
            capture_output=True,
            check=False,
            timeout=20,
        )
        return lab.recorded()


@scenario(
    "capture-tls-alert",
    "a TLS handshake on port 5061 that the device ends with an alert: it does not trust the certificate",
    why="the handshake fails before any SIP",
    by="live: openssl s_client that verifies, openssl s_server as the SBC, dumpcap at the SBC",
    verdict="capture.encrypted",
    who="none",
    absent="capture.no_signalling",
    proof="tls.handshake.type == 1",
    checks={"tls.alert_message.level == 2": 1, "tls.app_data": 0},
    apart=True,
)
def tls_alert(bench: Bench) -> Made:
    return handshake(bench, 5061, "-tls1_2", "-verify_return_error")


@scenario(
    "capture-esp",
    "forty ESP packets each way between a telephone and a P-CSCF",
    why="VoLTE signalling in IPsec: nothing can be read without the keys (TS 33.203)",
    by=BUILT,
    verdict="capture.encrypted",
    who="none",
    absent="capture.no_signalling",
    proof="esp",
    checks={"esp": 80},
)
def esp(bench: Bench) -> Made:
    return [packet for number in range(40) for packet in (secret(number, back=False), secret(number, back=True))]


def secret(number: int, *, back: bool) -> Packet:
    """Return one ESP packet with random content."""
    ends = (SBC, PHONE) if back else (PHONE, SBC)
    body = struct.pack("!II", 0x0C0FFEE2 if back else 0x0C0FFEE1, number + 1) + random.Random(number).randbytes(480)
    at = T0 + number * 50 * MS + (12 * MS if back else 0)
    return Packet(at, ethernet(*ends, ip(*ends, ESP, body, ident=number)))


@scenario(
    "capture-tail-cut",
    "the file of a healthy call ends in the middle of a packet",
    why="copied while it was being written: what is whole must still be read",
    by="recorded as `call-ok-rtp`, the last 100 bytes taken off",
    verdict="call.ok",
    either="capture.truncated",
    who="none",
    also="capture.truncated call.ok",
    absent="media.one_way capture.no_signalling",
    proof={"call.ok": OK},
)
def tail_cut(bench: Bench) -> Made:
    return Film(bench.base("call-ok-rtp"), cut_tail=100)


@scenario(
    "capture-tail-cut-early",
    "the file of a registration with a wrong password ends within the header of its last packet's record",
    why="the fault is in the part that is whole",
    by="recorded as `registration-bad-password-401`, cut by the script",
    verdict="registration.bad_credentials",
    either="capture.truncated",
    who="boss cpe",
    also="capture.truncated registration.bad_credentials",
    proof={"registration.bad_credentials": "sip.Status-Code == 401 && sip.CSeq.seq == 2"},
    apart=True,
)
def tail_cut_early(bench: Bench) -> Made:
    packets = bench.base("registration-bad-password-401")
    extra = datagram(packets[-1].time_ns + MS, (PHONE, 40_000), ("10.0.0.53", 53), b"\0" * 12)
    return Film([*packets, extra], cut_tail=len(extra.data) + 7)


@scenario(
    "capture-snaplen-96",
    "a call recorded with a snap length of 96 bytes: every SIP message is cut in its first headers",
    why="recorded with -s 96: only the beginnings are there; nothing may be concluded from what is cut",
    by="recorded as `call-busy-486`, cut to 96 bytes a packet by the script",
    verdict="capture.truncated",
    who="none",
    absent="capture.no_signalling call.no_response media.none",
    proof="frame.cap_len < frame.len",
)
def snaplen(bench: Bench) -> Made:
    return Film(bench.base("call-busy-486"), snaplen=96)


@scenario(
    "capture-snaplen-64-rtp",
    "a healthy call with RTP, every packet cut to 64 bytes",
    why="RTP headers are whole, the signalling is not",
    by="recorded as `call-ok-rtp`, cut to 64 bytes a packet by the script",
    verdict="capture.truncated",
    who="none",
    absent="capture.no_signalling media.one_way media.loss media.none",
    proof="frame.cap_len < frame.len",
    apart=True,
)
def snaplen_64(bench: Bench) -> Made:
    return Film(bench.base("call-ok-rtp"), snaplen=64)


def question(number: int, *, back: bool) -> Packet:
    """Return a DNS question or its answer (RFC 1035 4)."""
    name = b"\x03www\x07example\x02cn\0"
    head = struct.pack("!HHHHHH", number, 0x8180 if back else 0x0100, 1, int(back), 0, 0)
    body = head + name + struct.pack("!HH", 1, 1)
    body += struct.pack("!HHHIH", 0xC00C, 1, 1, 300, 4) + bytes([93, 184, 216, 34]) if back else b""
    ends = (("10.0.0.53", 53), (PHONE, 41_000)) if back else ((PHONE, 41_000), ("10.0.0.53", 53))
    return datagram(T0 + number * 300 * MS + (20 * MS if back else 0), *ends, body, ident=number)


@scenario(
    "capture-dns-only",
    "DNS questions and answers, nothing else",
    why="recorded at the wrong port or at the wrong time",
    by=BUILT,
    verdict="capture.no_signalling",
    who="none",
    absent="capture.encrypted call.no_response",
    checks={"dns": 20, "sip": 0},
)
def dns_only(bench: Bench) -> Made:
    return [question(number, back=back) for number in range(12) for back in (False, True)]


@scenario(
    "capture-http-and-arp-only",
    "a web page over HTTP and some ARP",
    why="HTTP looks a little like SIP and is none",
    by="live: Python's web server and client, dumpcap at the server",
    verdict="capture.no_signalling",
    who="none",
    absent="capture.encrypted call.no_response",
    checks={"http": 2, "arp": 2, "sip": 0},
)
def http_only(bench: Bench) -> Made:
    (bench.folder / "page").mkdir()
    (bench.folder / "page" / "index.html").write_text("<p>SIP trunk price list</p>" * 40)
    with Lab(bench.folder) as lab:
        client, server = lab.host(PHONE), lab.host("10.20.0.80")
        lab.start(server, ["python3", "-m", "http.server", "8080", "--directory", str(bench.folder / "page")])
        lab.wait_for_port(server, 8080, "tcp")
        lab.record(server)
        code = "import urllib.request as u; u.urlopen('http://10.20.0.80:8080/index.html', timeout=5).read()"
        subprocess.run(client.enter(["python3", "-c", code]), check=True, capture_output=True, timeout=20)
        return lab.recorded()


@scenario(
    "capture-arp-only",
    "ARP and nothing else",
    why="the emptiest capture that is not empty",
    by="the ARP packets of `call-ok-rtp`",
    verdict="capture.no_signalling",
    who="none",
    absent="capture.encrypted",
    checks={"arp": 2, "!arp": 0},
    apart=True,
)
def arp_only(bench: Bench) -> Made:
    return [each for each in bench.base("call-ok-rtp") if each.data[12:14] == b"\x08\x06"]


def beside(bench: Bench, *names: str, gap_ms: int = 400) -> list[Packet]:
    """Put captures side by side, each from a telephone of its own."""
    packets: list[Packet] = []
    for number, name in enumerate(names):
        base = bench.base(name)
        other = change.renumbered(base, {PHONE: f"10.20.30.{60 + number}"})
        shift = T0 + number * gap_ms * MS - min(each.time_ns for each in other)
        packets += [each.later(shift) for each in other]
    return packets


@scenario(
    "mixed-one-bad-password-among-healthy",
    "three telephones register, one of them with a wrong password; another makes a healthy call",
    why="one fault among healthy traffic must be found and named for the right session",
    by="two healthy registrations, `registration-bad-password-401` and `call-ok-rtp`, put side by side",
    verdict="registration.bad_credentials",
    who="boss cpe",
    also="registration.ok call.ok registration.bad_credentials",
    absent="sip.scan media.one_way",
    proof={"registration.bad_credentials": "sip.Status-Code == 401 && sip.CSeq.seq == 2"},
    cause=401,
)
def mixed_password(bench: Bench) -> Made:
    return beside(bench, "registration-ok", "registration-refreshed", "registration-bad-password-401", "call-ok-rtp")


@scenario(
    "mixed-healthy-and-busy",
    "two healthy calls, one busy, one cancelled, one declined",
    why="what is nobody's fault stays nobody's fault in company",
    by="recorded apart, put side by side",
    verdict="call.ok",
    either="call.busy call.cancelled call.declined",
    who="none",
    also="call.busy call.cancelled call.declined",
    absent="call.rejected media.one_way sip.scan",
    proof={"call.busy": "sip.Status-Code == 486"},
    healthy=True,
)
def mixed_healthy(bench: Bench) -> Made:
    return beside(bench, "call-ok-rtp", "call-busy-486", "call-cancelled-ringing", "call-declined-603", "call-ok-g729")


@scenario(
    "mixed-one-way-among-healthy",
    "one call with one-way audio between two healthy ones",
    why="the streams of each call are told apart",
    by="recorded as `call-ok-rtp`, `media-one-way` and `call-ok-g729`, put side by side",
    verdict="media.one_way",
    who="sbc cpe",
    also="media.one_way call.ok",
    absent="media.none media.loss",
    apart=True,
    checks={"rtp": 700},
)
def mixed_one_way(bench: Bench) -> Made:
    return beside(bench, "call-ok-rtp", "media-one-way", "call-ok-g729")


@scenario(
    "mixed-scan-beside-customer",
    "a scanner's sweep while a customer registers and calls without trouble",
    why="the attack is named and the customer is healthy",
    by="recorded as `scan-options-sweep`, `registration-ok` and `call-ok-rtp`, put side by side",
    verdict="sip.scan",
    who="sbc",
    also="sip.scan registration.ok call.ok",
    absent="registration.bad_credentials registration.no_credentials registration.not_provisioned",
    checks={'sip.Method == "OPTIONS"': 60},
    apart=True,
)
def mixed_scan(bench: Bench) -> Made:
    return beside(bench, "scan-options-sweep", "registration-ok", "call-ok-rtp")


@scenario(
    "mixed-apn-session-ok",
    "GTP accepted, RADIUS accepted and accounted, GRE both ways: a terminal's whole healthy way to its enterprise",
    why="the healthy picture of the packet core",
    by="made as `gtp1-accepted`, `radius-accepted-and-accounted` and `gre-both-ways`, put one behind the other",
    verdict="gtp.accepted",
    either="radius.accepted radius.accounting_ok",
    who="none",
    also="gtp.accepted radius.accepted radius.accounting_ok",
    absent="gre.one_way gtp.rejected radius.rejected",
    healthy=True,
)
def mixed_apn(bench: Bench) -> Made:
    packets: list[Packet] = []
    for number, name in enumerate(("radius-accepted-and-accounted", "gtp1-accepted", "gre-both-ways")):
        base = bench.base(name)
        shift = T0 + number * 500 * MS - min(each.time_ns for each in base)
        packets += [each.later(shift) for each in base]
    return packets
