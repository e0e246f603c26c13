"""Registrations that succeed and that fail, by sipp against a real kamailio or against a sipp that refuses."""

from __future__ import annotations

from tests.diagnostics.scenarios import kamailio, sipp
from tests.diagnostics.scenarios.declared import Bench, Made, scenario
from tests.diagnostics.scenarios.lab import Lab
from tests.diagnostics.scenarios.sipp import Hear, Pause, Say, Side, Step

PHONE, SBC = "10.20.30.41", "183.221.5.10"
USER = "02886630001"
BY_KAMAILIO = "live: sipp as the IAD, kamailio as the SBC with digest authentication, dumpcap at the SBC"
BY_SIPP = "live: sipp as the IAD, sipp as the SBC, dumpcap at the SBC"
EXPIRES = ("Expires: 3600", "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS")


def register(password: str | None = kamailio.PASSWORD, *, headers: tuple[str, ...] = EXPIRES) -> Say:
    return Say("REGISTER", headers, auth=(USER, password) if password else None)


def with_kamailio(bench: Bench, steps: list[Step], **options: object) -> Made:
    with Lab(bench.folder) as lab:
        phone, sbc = lab.host(PHONE), lab.host(SBC)
        kamailio.start(lab, sbc, **options)  # type: ignore[arg-type]
        lab.record(sbc)
        sipp.finish(sipp.start(lab, phone, Side(PHONE, SBC, steps), to=f"{SBC}:5060"))
        return lab.recorded()


def with_sipp(bench: Bench, steps: list[Step], answers: list[Step]) -> Made:
    with Lab(bench.folder) as lab:
        phone, sbc = lab.host(PHONE), lab.host(SBC)
        server = sipp.start(lab, sbc, Side(SBC, PHONE, answers, product="SBC-CD01"))
        lab.wait_for_port(sbc, 5060)
        lab.record(sbc)
        sipp.finish(sipp.start(lab, phone, Side(PHONE, SBC, steps), to=f"{SBC}:5060"))
        sipp.finish(server)
        return lab.recorded()


@scenario(
    "registration-ok",
    "REGISTER is challenged once with 401 and accepted with its Authorization",
    why="the commonest healthy exchange; a single 401 is no failure (RFC 3261 22)",
    by=BY_KAMAILIO,
    verdict="registration.ok",
    who="none",
    absent="registration.bad_credentials registration.no_credentials sip.scan",
    proof='sip.CSeq.method == "REGISTER" && sip.Status-Code == 200',
    healthy=True,
    checks={"sip.Status-Code == 401": 1, "sip.auth.digest.response": 1},
)
def registration_ok(bench: Bench) -> Made:
    return with_kamailio(bench, [register(None), Hear("401", auth=True), register(), Hear("200")])


@scenario(
    "registration-bad-password-401",
    "REGISTER with a digest made from a wrong password is challenged a second time, nonce not stale",
    why="most SBCs answer a wrong password with another 401 (RFC 7616 3.3, TS 24.229 5.4.1)",
    by=BY_KAMAILIO,
    verdict="registration.bad_credentials",
    who="boss cpe",
    absent="registration.ok registration.stale_nonce registration.no_credentials sip.scan",
    proof="sip.Status-Code == 401 && sip.CSeq.seq == 2",
    cause=401,
    checks={"sip.Status-Code == 401": 2, "sip.auth.digest.response": 1, "sip.Status-Code == 200": 0},
)
def registration_bad_password_401(bench: Bench) -> Made:
    return with_kamailio(bench, [register(None), Hear("401", auth=True), register("wrong"), Hear("401"), Pause(300)])


@scenario(
    "registration-no-response",
    "REGISTER is sent again at 0.5, 1, 2, 4, 4 … s and never answered",
    why="path down or the SBC drops the packets; timer F ends it after 32 s (RFC 3261 17.1.2.2)",
    by="live: sipp as the IAD, a host that listens and never answers, dumpcap at the IAD",
    verdict="registration.no_response",
    who="line sbc",
    absent="registration.ok registration.unreachable sip.scan",
    proof='sip.Method == "REGISTER"',
    checks={'sip.Method == "REGISTER"': 6, "sip.Status-Code": 0, "icmp": 0},
)
def registration_no_response(bench: Bench) -> Made:
    with Lab(bench.folder) as lab:
        phone, sbc = lab.host(PHONE), lab.host(SBC)
        lab.silence(sbc, 5060)
        lab.record(phone)
        sipp.finish(sipp.start(lab, phone, Side(PHONE, SBC, [register(None), Hear("200")]), to=f"{SBC}:5060"))
        return lab.recorded()
