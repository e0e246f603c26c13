"""Is a call or registration judged as a good colleague would, where the bare status code misleads?"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from diagnostics.diagnose import Diagnosis, diagnose
from diagnostics.packets import Limits
from rules.loader import load_rules
from rules.ruleset import RuleSet
from tests.diagnostics.scenarios import packets as make
from tests.diagnostics.scenarios.pcap import encode
from tests.diagnostics.sip_scripts import CORE, PHONE, SBC, START_NS, Said, message, rtp, write

SDP = (
    "v=0\r\no=- 1 1 IN IP4 10.20.30.41\r\ns=-\r\nc=IN IP4 10.20.30.41\r\nt=0 0\r\n"
    "m=audio 16400 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n"
)
ANSWER = SDP.replace("10.20.30.41", "183.221.5.10")
CHALLENGE = 'Proxy-Authenticate: Digest realm="ims.sc", nonce="n1", algorithm=MD5'
SIGNED = 'Proxy-Authorization: Digest username="u", realm="ims.sc", nonce="n1", uri="sip:x", response="%s"' % ("a" * 32)
INVITE = "INVITE sip:02886630002@ims.sc"


@cache
def rules() -> RuleSet:
    return load_rules()


def judged(path: Path) -> Diagnosis:
    return diagnose(path, rules(), limits=Limits(dissect_seconds=0))


def alarms(found: Diagnosis) -> list[str]:
    return [finding.code for finding in found.findings if finding.severity in ("fault", "warning")]


def forbidden_after_authorisation(callee: str) -> list[Said]:
    invite = f"INVITE sip:{callee}@ims.sc"
    return [
        Said(PHONE, SBC, invite, "1 INVITE", body=SDP),
        Said(SBC, PHONE, "407 Proxy Authentication Required", "1 INVITE", (CHALLENGE,)),
        Said(PHONE, SBC, f"ACK sip:{callee}@ims.sc", "1 ACK"),
        Said(PHONE, SBC, invite, "2 INVITE", (SIGNED,), SDP),
        Said(SBC, PHONE, "403 Forbidden", "2 INVITE"),
        Said(PHONE, SBC, f"ACK sip:{callee}@ims.sc", "2 ACK"),
    ]


@pytest.mark.parametrize(
    ("caller", "callee", "code"),
    [
        ("02886630001", "02886630002", "call.auth_failed"),  # the same area code is no long distance
        ("+862886630001", "02886630002", "call.auth_failed"),
        ("02886630001", "01066630002", "call.forbidden"),
        ("02886630001", "083066630002", "call.forbidden"),
        ("02886630001", "0085226630002", "call.forbidden"),
    ],
)
def test_a_403_after_authorisation_is_barring_only_where_the_number_says_so(
    tmp_path: Path, caller: str, callee: str, code: str
) -> None:
    path = write(tmp_path / "a.pcap", forbidden_after_authorisation(callee), caller=caller, callee=callee)
    assert judged(path).verdict.code == code


@pytest.mark.parametrize("to", [(), ("To: <sip:02886630002@ims.sc>;tag=b",)])
def test_a_session_timer_that_is_made_longer_is_no_finding(tmp_path: Path, to: tuple[str, ...]) -> None:
    script = [
        Said(PHONE, SBC, INVITE, "1 INVITE", ("Session-Expires: 60",), SDP),
        Said(SBC, PHONE, "422 Session Interval Too Small", "1 INVITE", ("Min-SE: 120",)),
        Said(PHONE, SBC, "ACK sip:02886630002@ims.sc", "1 ACK"),
        Said(PHONE, SBC, INVITE, "2 INVITE", ("Session-Expires: 120", *to), SDP),
        Said(SBC, PHONE, "180 Ringing", "2 INVITE"),
        Said(SBC, PHONE, "200 OK", "2 INVITE", body=ANSWER),
        Said(PHONE, SBC, "ACK sip:02886630002@ims.sc", "2 ACK"),
        Said(PHONE, SBC, "BYE sip:02886630002@ims.sc", "3 BYE", ms=3000),
        Said(SBC, PHONE, "200 OK", "3 BYE"),
    ]
    found = judged(write(tmp_path / "a.pcap", script))
    assert (found.verdict.code, alarms(found)) == ("call.ok", [])
    assert "call.session_timer" not in [finding.code for finding in found.findings]


def test_a_challenge_that_is_never_answered_stays_so_whatever_comes_last(tmp_path: Path) -> None:
    register = "REGISTER sip:ims.sc"
    challenge = CHALLENGE.replace("Proxy-", "WWW-")
    script = [
        Said(PHONE, SBC, register, "1 REGISTER"),
        Said(SBC, PHONE, "401 Unauthorized", "1 REGISTER", (challenge,)),
        Said(PHONE, SBC, register, "2 REGISTER", ms=500),
        Said(SBC, PHONE, "478 Unresolvable destination", "2 REGISTER"),
    ]
    assert judged(write(tmp_path / "a.pcap", script)).verdict.code == "registration.no_credentials"


def relayed(via: str, to_sbc: bool) -> list[Said]:
    """A call seen between a proxy with a public address and the core; the phone behind it has a private one."""
    vias = (f"Via: SIP/2.0/UDP {SBC}:5060;branch=z9hG4bK-p", f"Via: SIP/2.0/UDP {PHONE}:5060;branch=z9hG4bK-u")
    headers = vias if to_sbc else (vias[0],)
    headers = (*headers, f"Contact: <sip:u@{PHONE}>", *((via,) if via else ()))
    offer, answer = SDP, SDP.replace("10.20.30.41", "10.186.2.20")
    return [
        Said(SBC, CORE, INVITE, "1 INVITE", headers, offer),
        Said(CORE, SBC, "200 OK", "1 INVITE", headers, answer),
        Said(SBC, CORE, "ACK sip:02886630002@ims.sc", "1 ACK"),
        Said(SBC, CORE, "BYE sip:02886630002@ims.sc", "2 BYE", ms=2000),
        Said(CORE, SBC, "200 OK", "2 BYE"),
    ]


def test_a_proxy_that_passes_on_a_private_address_is_not_behind_nat(tmp_path: Path) -> None:
    assert alarms(judged(write(tmp_path / "a.pcap", relayed("", to_sbc=True)))) == []


def test_a_proxy_that_records_its_route_is_not_behind_nat_either(tmp_path: Path) -> None:
    route = f"Record-Route: <sip:{SBC};lr>"
    assert alarms(judged(write(tmp_path / "a.pcap", relayed(route, to_sbc=False)))) == []


def test_a_phone_that_announces_a_private_address_through_nat_is_named(tmp_path: Path) -> None:
    assert "media.private_address" in alarms(judged(write(tmp_path / "a.pcap", relayed("", to_sbc=False))))


def test_a_message_whose_second_fragment_never_comes_is_still_seen(tmp_path: Path) -> None:
    said = Said(PHONE, SBC, INVITE, "1 INVITE", tuple(f"X-Pad-{n}: {'x' * 90}" for n in range(20)), SDP)
    whole = make.udp(PHONE, 5060, SBC, 5060, message(said, call_id="c1", caller="0281", callee="0282"))
    packets = [
        make.Packet(
            START_NS + ms * 1_000_000,
            make.ethernet(PHONE, SBC, make.ip(PHONE, SBC, 17, whole[:1480], ident=7 + ms, fragment=0x2000)),
        )
        for ms in (0, 500, 1500, 3500, 7500, 11500, 15500, 32500)
    ]
    path = tmp_path / "a.pcap"
    path.write_bytes(encode(packets))
    found = judged(path)
    assert (found.verdict.code, "sip.fragmented" in [f.code for f in found.findings]) == ("call.no_response", True)


def refused(delay_ms: int, stale: str = "") -> list[Said]:
    """A device that answers its challenge at once, is refused, and tries again on its own timer."""
    register, script = "REGISTER sip:ims.sc", []
    for n in range(3):
        challenge = CHALLENGE.replace("Proxy-", "WWW-").replace("n1", f"n{n}") + stale
        if n:
            signed = SIGNED.replace("Proxy-", "").replace("n1", f"n{n - 1}")
            script.append(Said(PHONE, SBC, register, f"{n + 1} REGISTER", (signed,), ms=50 if n == 1 else delay_ms))
        else:
            script.append(Said(PHONE, SBC, register, "1 REGISTER"))
        script.append(Said(SBC, PHONE, "401 Unauthorized", f"{n + 1} REGISTER", (challenge,)))
    return script


@pytest.mark.parametrize(("delay_ms", "stale"), [(3000, ""), (30_000, ""), (30_000, ", stale=false")])
def test_a_slow_retry_does_not_hide_a_wrong_password(tmp_path: Path, delay_ms: int, stale: str) -> None:
    found = judged(write(tmp_path / "a.pcap", refused(delay_ms, stale)))
    assert (found.verdict.code, found.verdict.responsible[0]) == ("registration.bad_credentials", "boss")


def test_a_nonce_that_the_server_calls_stale_is_no_wrong_password(tmp_path: Path) -> None:
    found = judged(write(tmp_path / "a.pcap", refused(3000, ", stale=true")))
    assert found.verdict.code == "registration.stale_nonce"


@pytest.mark.parametrize(("method", "answer"), [("SUBSCRIBE", "489 Bad Event"), ("PUBLISH", "501 Not Implemented")])
def test_a_refused_request_that_is_no_call_raises_no_alarm(tmp_path: Path, method: str, answer: str) -> None:
    script = [
        Said(PHONE, SBC, f"{method} sip:02886630001@ims.sc", f"1 {method}"),
        Said(SBC, PHONE, answer, f"1 {method}"),
    ]
    found = judged(write(tmp_path / "a.pcap", script))
    assert alarms(found) == []
    assert method in found.findings[0].sentence


def test_a_call_on_hold_is_not_one_way(tmp_path: Path) -> None:
    held = SDP + "a=sendonly\r\n"
    script = [
        Said(PHONE, SBC, INVITE, "1 INVITE", body=SDP),
        Said(SBC, PHONE, "200 OK", "1 INVITE", body=ANSWER),
        Said(PHONE, SBC, "ACK sip:02886630002@ims.sc", "1 ACK"),
        Said(PHONE, SBC, INVITE, "2 INVITE", ("To: <sip:02886630002@ims.sc>;tag=b",), held, ms=4000),
        Said(SBC, PHONE, "200 OK", "2 INVITE", body=ANSWER + "a=recvonly\r\n"),
        Said(PHONE, SBC, "ACK sip:02886630002@ims.sc", "2 ACK"),
        Said(PHONE, SBC, "BYE sip:02886630002@ims.sc", "3 BYE", ms=5000),
        Said(SBC, PHONE, "200 OK", "3 BYE"),
    ]
    media = [
        *rtp(PHONE, SBC, (16400, 16400), 100, 190, 1),
        *rtp(SBC, PHONE, (16400, 16400), 100, 440, 2),  # goes on through the hold, as many exchanges do
    ]
    found = judged(write(tmp_path / "a.pcap", script, media=media))
    assert (found.verdict.code, alarms(found)) == ("call.ok", [])
