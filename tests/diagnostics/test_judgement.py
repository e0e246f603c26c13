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
from tests.diagnostics.sip_scripts import CORE, PHONE, SBC, START_NS, Said, message, write

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
