"""Registrations that succeed and that fail, by sipp against a real kamailio or against a sipp that refuses."""

from __future__ import annotations

from tests.diagnostics.scenarios import change, kamailio, sipp
from tests.diagnostics.scenarios.declared import Bench, Made, scenario
from tests.diagnostics.scenarios.lab import Lab
from tests.diagnostics.scenarios.packets import Packet
from tests.diagnostics.scenarios.sipp import Hear, Pause, Say, Side, Step

PHONE, SBC = "10.20.30.41", "183.221.5.10"
USER = "02886630001"
BY_KAMAILIO = "live: sipp as the IAD, kamailio as the SBC with digest authentication, dumpcap at the SBC"
BY_SIPP = "live: sipp as the IAD, sipp as the SBC, dumpcap at the SBC"
EXPIRES = ("Expires: 3600", "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS")


def register(password: str | None = kamailio.PASSWORD, *, headers: tuple[str, ...] = EXPIRES) -> Say:
    return Say("REGISTER", headers, auth=(USER, password) if password else None)


def with_kamailio(bench: Bench, steps: list[Step], **options: object) -> list[Packet]:
    with Lab(bench.folder) as lab:
        phone, sbc = lab.host(PHONE), lab.host(SBC)
        kamailio.start(lab, sbc, **options)  # type: ignore[arg-type]
        lab.record(sbc)
        sipp.finish(sipp.start(lab, phone, Side(PHONE, SBC, steps), to=f"{SBC}:5060"))
        return lab.recorded()


def with_sipp(bench: Bench, steps: list[Step], answers: list[Step]) -> list[Packet]:
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


@scenario(
    "registration-bad-password-403",
    "REGISTER with a digest made from a wrong password is answered 403 Forbidden",
    why="other SBCs answer a wrong password with 403 after the Authorization (TS 24.229 5.4.1)",
    by=BY_KAMAILIO,
    verdict="registration.bad_credentials",
    who="boss cpe",
    absent="registration.forbidden registration.ok sip.scan",
    proof="sip.Status-Code == 403",
    cause=403,
    checks={"sip.auth.digest.response": 1},
)
def registration_bad_password_403(bench: Bench) -> Made:
    steps: list[Step] = [register(None), Hear("401", auth=True), register("wrong"), Hear("403"), Pause(300)]
    return with_kamailio(bench, steps, failed=WHEN_ANSWERED)


WHEN_ANSWERED = 'if ($au != $null) { sl_send_reply("403", "Forbidden"); exit; }'


@scenario(
    "registration-bad-user-name",
    "the digest names another user than the To header; 401 again",
    why="a mistyped user name in the IAD looks like a wrong password on the wire",
    by=BY_KAMAILIO,
    verdict="registration.bad_credentials",
    who="boss cpe",
    absent="registration.ok registration.stale_nonce sip.scan",
    proof="sip.Status-Code == 401 && sip.CSeq.seq == 2",
    cause=401,
    checks={'sip.auth.username contains "028866300O1"': 1},
    apart=True,
)
def registration_bad_user_name(bench: Bench) -> Made:
    wrong = Say("REGISTER", EXPIRES, auth=("028866300O1", kamailio.PASSWORD))
    return with_kamailio(bench, [register(None), Hear("401", auth=True), wrong, Hear("401"), Pause(300)])


@scenario(
    "registration-bad-password-loop",
    "a device answers five fresh challenges in a row with the same wrong password",
    why="a misconfigured device is stubborn; five tries of one user are no attack",
    by=BY_KAMAILIO,
    verdict="registration.bad_credentials",
    who="boss cpe",
    absent="registration.ok registration.stale_nonce sip.scan",
    proof="sip.Status-Code == 401 && sip.CSeq.seq > 1",
    cause=401,
    checks={"sip.auth.digest.response": 5},
    apart=True,
)
def registration_bad_password_loop(bench: Bench) -> Made:
    again: list[Step] = [step for _ in range(5) for step in (Pause(400), register("wrong"), Hear("401", auth=True))]
    return with_kamailio(bench, [register(None), Hear("401", auth=True), *again, Pause(200)])


@scenario(
    "registration-stale-nonce",
    "a slow device answers each challenge after the nonce has expired; every 401 says stale=true",
    why="the password may be right: nonce lifetime against a slow device or a long path; not an attack (RFC 7616 3.3)",
    by=BY_KAMAILIO,
    verdict="registration.stale_nonce",
    who="cpe line",
    absent="registration.bad_credentials registration.ok sip.scan",
    proof="sip.Status-Code == 401 && sip.CSeq.seq > 1",
    cause=401,
    checks={"sip.Status-Code == 401": 4, 'sip.WWW-Authenticate contains "stale=true"': 3},
)
def registration_stale_nonce(bench: Bench) -> Made:
    late: list[Step] = [step for _ in range(3) for step in (Pause(3200), register(), Hear("401", auth=True))]
    return with_kamailio(bench, [register(None), Hear("401", auth=True), *late, Pause(200)], expire_s=1)


@scenario(
    "registration-stale-then-ok",
    "one answer is too late and is challenged again with stale=true; the next is in time and accepted",
    why="a single stale nonce heals itself and is no fault",
    by=BY_KAMAILIO,
    verdict="registration.ok",
    who="none",
    absent="registration.bad_credentials sip.scan",
    proof='sip.CSeq.method == "REGISTER" && sip.Status-Code == 200',
    healthy=True,
    checks={'sip.WWW-Authenticate contains "stale=true"': 1},
    apart=True,
)
def registration_stale_then_ok(bench: Bench) -> Made:
    steps: list[Step] = [
        register(None),
        Hear("401", auth=True),
        Pause(3200),
        register(),
        Hear("401", auth=True),
        register(),
        Hear("200"),
    ]
    return with_kamailio(bench, steps, expire_s=1)


@scenario(
    "registration-no-credentials",
    "the device is challenged three times and never sends an Authorization",
    why="no password was ever entered in the device",
    by=BY_KAMAILIO,
    verdict="registration.no_credentials",
    who="cpe",
    absent="registration.bad_credentials registration.ok sip.scan",
    proof="sip.Status-Code == 401",
    cause=401,
    checks={"sip.Status-Code == 401": 3, "sip.Authorization": 0},
)
def registration_no_credentials(bench: Bench) -> Made:
    again: list[Step] = [step for _ in range(3) for step in (register(None), Hear("401", auth=True), Pause(1500))]
    return with_kamailio(bench, again)


@scenario(
    "registration-no-credentials-once",
    "one REGISTER, one 401, then silence from the device for eight seconds",
    why="the same cause in its shortest form: the capture goes on long enough to see that nothing follows",
    by=BY_KAMAILIO,
    verdict="registration.no_credentials",
    who="cpe",
    absent="registration.bad_credentials registration.ok registration.no_response",
    proof="sip.Status-Code == 401",
    cause=401,
    checks={"sip.Authorization": 0},
    apart=True,
)
def registration_no_credentials_once(bench: Bench) -> Made:
    return with_kamailio(bench, [register(None), Hear("401", auth=True), Pause(7000), Say("OPTIONS"), Hear("200")])


@scenario(
    "registration-404",
    "the registrar does not know the public identity and answers 404",
    why="the number was not opened in the HSS",
    by=BY_KAMAILIO,
    verdict="registration.not_provisioned",
    who="boss",
    absent="registration.bad_credentials registration.ok",
    proof="sip.Status-Code == 404",
    cause=404,
)
def registration_404(bench: Bench) -> Made:
    return with_kamailio(bench, [register(None), Hear("404"), Pause(200)], users=("02886639999",))


@scenario(
    "registration-404-after-auth",
    "a challenge, a right digest, then 404",
    why="the account exists for the digest but the identity is not opened: 404 outranks the 401 before it",
    by=BY_KAMAILIO,
    verdict="registration.not_provisioned",
    who="boss",
    absent="registration.bad_credentials registration.ok",
    proof="sip.Status-Code == 404",
    cause=404,
    apart=True,
)
def registration_404_after_auth(bench: Bench) -> Made:
    steps: list[Step] = [register(None), Hear("401", auth=True), register(), Hear("404"), Pause(200)]
    return with_kamailio(bench, steps, after='sl_send_reply("404", "Not Found"); exit;')


@scenario(
    "registration-403-at-once",
    "REGISTER without Authorization is answered 403 at once",
    why="barred, or the source address is not on the SBC's white list; nothing about a password",
    by=BY_KAMAILIO,
    verdict="registration.forbidden",
    who="boss sbc",
    absent="registration.bad_credentials registration.ok",
    proof="sip.Status-Code == 403",
    cause=403,
    checks={"sip.Status-Code == 401": 0},
)
def registration_403_at_once(bench: Bench) -> Made:
    barred = 'sl_send_reply("403", "Forbidden - Barred"); exit;'
    return with_kamailio(bench, [register(None), Hear("403"), Pause(200)], before=barred)


@scenario(
    "registration-403-repeated",
    "three REGISTERs, 30 s apart on the clock of the capture, each answered 403 at once",
    why="a barred device goes on trying; still one cause",
    by=BY_KAMAILIO + "; gaps stretched by the scenario script",
    verdict="registration.forbidden",
    who="boss sbc",
    absent="registration.bad_credentials registration.ok sip.scan",
    proof="sip.Status-Code == 403",
    cause=403,
    apart=True,
)
def registration_403_repeated(bench: Bench) -> Made:
    barred = 'sl_send_reply("403", "Forbidden"); exit;'
    again: list[Step] = [step for _ in range(3) for step in (register(None), Hear("403"), Pause(300))]
    return change.stretched(with_kamailio(bench, again, before=barred), gap_ms=250, by_s=30)


BRIEF = """if ($(hdr(Expires){s.int}) < 600) {
    append_to_reply("Min-Expires: 600\\r\\n");
    sl_send_reply("423", "Interval Too Brief");
    exit;
}"""


@scenario(
    "registration-423",
    "REGISTER with Expires: 60 is answered 423 with Min-Expires: 600, and the device asks for 60 again",
    why="the device's expiry is set below what the registrar allows (RFC 3261 10.2.8)",
    by=BY_KAMAILIO,
    verdict="registration.interval_too_short",
    who="cpe",
    absent="registration.ok registration.bad_credentials",
    proof="sip.Status-Code == 423",
    cause=423,
    checks={"sip.Min-Expires": 2},
)
def registration_423(bench: Bench) -> Made:
    short = register(None, headers=("Expires: 60",))
    return with_kamailio(bench, [short, Hear("423"), Pause(800), short, Hear("423"), Pause(200)], before=BRIEF)


@scenario(
    "registration-423-obeyed",
    "after 423 the device asks for 3600 s and is registered",
    why="obeying Min-Expires is the normal course and no fault",
    by=BY_KAMAILIO,
    verdict="registration.ok",
    who="none",
    absent="registration.bad_credentials",
    proof='sip.CSeq.method == "REGISTER" && sip.Status-Code == 200',
    healthy=True,
    checks={"sip.Status-Code == 423": 1},
    apart=True,
)
def registration_423_obeyed(bench: Bench) -> Made:
    short = register(None, headers=("Expires: 60",))
    steps: list[Step] = [short, Hear("423"), register(None), Hear("401", auth=True), register(), Hear("200")]
    return with_kamailio(bench, steps, before=BRIEF)


def _failing(code: str, *headers: str) -> tuple[list[Step], list[Step]]:
    return [register(None), Hear(code), Pause(300)], [Hear("REGISTER"), Say(code, headers), Pause(200)]


for _code, _headers, _apart in (("503", ("Retry-After: 120",), False), ("500", (), False), ("504", (), True)):

    @scenario(
        f"registration-{_code}",
        f"REGISTER is answered {_code} {sipp.PHRASES[int(_code)]}" + (" with Retry-After: 120" if _headers else ""),
        why="S-CSCF or HSS not available, or overload (RFC 3261 21.5; TS 24.229 5.2.2)",
        by=BY_SIPP,
        verdict="registration.server_failure",
        who="core sbc",
        absent="registration.ok registration.bad_credentials registration.no_response",
        proof=f"sip.Status-Code == {_code}",
        cause=int(_code),
        apart=_apart,
    )
    def _server_failure(bench: Bench, code: str = _code, headers: tuple[str, ...] = _headers) -> Made:
        return with_sipp(bench, *_failing(code, *headers))


@scenario(
    "registration-503-after-auth",
    "challenge, right digest, then 503: the HSS behind the registrar is away",
    why="the 401 before it is the normal challenge; the failure is the network's",
    by=BY_KAMAILIO,
    verdict="registration.server_failure",
    who="core sbc",
    absent="registration.ok registration.bad_credentials",
    proof="sip.Status-Code == 503",
    cause=503,
    apart=True,
)
def registration_503_after_auth(bench: Bench) -> Made:
    steps: list[Step] = [register(None), Hear("401", auth=True), register(), Hear("503"), Pause(200)]
    return with_kamailio(bench, steps, after='sl_send_reply("503", "HSS Unavailable"); exit;')


@scenario(
    "registration-answer-lost-then-ok",
    "the first REGISTER is lost on its way and sent again after 500 ms; then all is normal",
    why="one retransmission is no failure",
    by=BY_SIPP,
    verdict="registration.ok",
    who="none",
    absent="registration.no_response",
    proof='sip.CSeq.method == "REGISTER" && sip.Status-Code == 200',
    healthy=True,
    checks={'sip.Method == "REGISTER"': 2},
    apart=True,
)
def registration_answer_lost_then_ok(bench: Bench) -> Made:
    return with_sipp(
        bench, [register(None), Hear("200")], [Hear("REGISTER"), Pause(700), Say("200", ("Expires: 3600",))]
    )


@scenario(
    "registration-no-response-ipv6",
    "as registration-no-response, over IPv6",
    why="addresses of both families must be read",
    by="live: sipp as the IAD, a host that drops the packets, dumpcap at the IAD",
    verdict="registration.no_response",
    who="line sbc",
    absent="registration.ok registration.unreachable",
    proof='sip.Method == "REGISTER"',
    checks={"ipv6 && sip": 6, "sip.Status-Code": 0, "icmpv6.type == 1": 0},
    apart=True,
)
def registration_no_response_ipv6(bench: Bench) -> Made:
    with Lab(bench.folder) as lab:
        phone, sbc = lab.host("2409:8060:1::41"), lab.host("2409:8060:5::10")
        lab.silence(sbc, 5060)
        lab.record(phone)
        side = Side(phone.address, sbc.address, [register(None), Hear("200")])
        sipp.finish(sipp.start(lab, phone, side, to=f"[{sbc.address}]:5060"))
        return lab.recorded()


@scenario(
    "registration-icmp-port",
    "REGISTER is answered by ICMP port unreachable",
    why="nothing listens on the SIP port: wrong address or port in the device, or the service is down",
    by="live: sipp as the IAD, a host on which nothing listens, dumpcap at the IAD",
    verdict="registration.unreachable",
    who="sbc cpe",
    absent="registration.no_response registration.ok",
    proof="icmp.type == 3 && icmp.code == 3",
)
def registration_icmp_port(bench: Bench) -> Made:
    with Lab(bench.folder) as lab:
        phone, _sbc = lab.host(PHONE), lab.host(SBC)
        lab.record(phone)
        program = sipp.start(lab, phone, Side(PHONE, SBC, [register(None), Hear("200")]), to=f"{SBC}:5060")
        lab.pass_time(8)
        program.kill()
        return lab.recorded()


@scenario(
    "registration-icmp-prohibited",
    "every REGISTER is answered by ICMP 'communication administratively prohibited'",
    why="an access list on the way forbids it",
    by="live: sipp as the IAD, nftables on the SBC's host, dumpcap at the IAD",
    verdict="registration.unreachable",
    who="sbc cpe",
    absent="registration.no_response registration.ok",
    proof="icmp.type == 3 && icmp.code == 13",
    apart=True,
)
def registration_icmp_prohibited(bench: Bench) -> Made:
    with Lab(bench.folder) as lab:
        phone, sbc = lab.host(PHONE), lab.host(SBC)
        lab.firewall(sbc, "udp dport 5060 reject with icmp type admin-prohibited")
        lab.record(phone)
        program = sipp.start(lab, phone, Side(PHONE, SBC, [register(None), Hear("200")]), to=f"{SBC}:5060")
        lab.pass_time(8)
        program.kill()
        return lab.recorded()


@scenario(
    "registration-refreshed",
    "a registration and two refreshes that reuse the nonce with a rising count",
    why="a refresh with an Authorization from the start is answered 200 at once and is healthy",
    by=BY_KAMAILIO,
    verdict="registration.ok",
    who="none",
    absent="registration.bad_credentials registration.stale_nonce sip.scan",
    proof='sip.CSeq.method == "REGISTER" && sip.Status-Code == 200',
    healthy=True,
    checks={"sip.Status-Code == 200": 3, "sip.Status-Code == 401": 1},
)
def registration_refreshed(bench: Bench) -> Made:
    again: list[Step] = [step for _ in range(2) for step in (Pause(1500), register(), Hear("200"))]
    return with_kamailio(bench, [register(None), Hear("401", auth=True), register(), Hear("200"), *again])


@scenario(
    "registration-every-two-seconds",
    "a device that was granted 3600 s registers anew every two seconds, each time with a challenge and 200",
    why="repeated registrations are no password failure although every second answer is 401",
    by=BY_KAMAILIO,
    verdict="registration.ok",
    who="none",
    absent="registration.bad_credentials registration.stale_nonce registration.no_credentials sip.scan",
    proof='sip.CSeq.method == "REGISTER" && sip.Status-Code == 200',
    checks={"sip.Status-Code == 200": 6, "sip.Status-Code == 401": 6},
)
def registration_every_two_seconds(bench: Bench) -> Made:
    once: list[Step] = [register(None), Hear("401", auth=True), register(), Hear("200"), Pause(2000)]
    return with_kamailio(bench, once * 6)


@scenario(
    "registration-and-removal",
    "registered, then removed with Expires: 0",
    why="taking a registration away is normal (RFC 3261 10.2.2)",
    by=BY_KAMAILIO,
    verdict="registration.ok",
    who="none",
    absent="registration.interval_too_short registration.bad_credentials",
    proof='sip.CSeq.method == "REGISTER" && sip.Status-Code == 200',
    healthy=True,
    checks={"sip.Expires == 0": 1},
    apart=True,
)
def registration_and_removal(bench: Bench) -> Made:
    gone = register(headers=("Expires: 0",))
    return with_kamailio(
        bench, [register(None), Hear("401", auth=True), register(), Hear("200"), Pause(800), gone, Hear("200")]
    )


def digest(user: str, password: str) -> str:
    """Return sipp's word for a digest, as it may stand in a file of fields."""
    return f"[authentication username={user} password={password}]"


def many(
    bench: Bench, users: list[tuple[str, str]], *, rate: int = 5, agent: str = "IAD-208E/3.1", ends: str = "200"
) -> list[Packet]:
    """Let one sipp register user after user, each with the password beside its name."""
    (bench.folder / "users.csv").write_text(
        "SEQUENTIAL\n" + "".join(f"{user};{digest(user, word)}\n" for user, word in users)
    )
    steps: list[Step] = [register(None), Hear("401", auth=True)]
    steps += [Say("REGISTER", (*EXPIRES, "[field1]")), Hear(ends)]
    with Lab(bench.folder) as lab:
        phone, sbc = lab.host(PHONE), lab.host(SBC)
        kamailio.start(lab, sbc, users=tuple(f"0288663{number:04}" for number in range(20)))
        lab.record(sbc)
        side = Side(PHONE, SBC, steps, me="[field0]", product=agent)
        more = ("-inf", str(bench.folder / "users.csv"), "-r", str(rate))
        sipp.finish(sipp.start(lab, phone, side, to=f"{SBC}:5060", calls=len(users), more=more))
        return lab.recorded()


@scenario(
    "registration-ten-users-ok",
    "an IPPBX registers ten numbers within two seconds, each challenged and accepted",
    why="many REGISTERs from one address with right passwords are a trunk, not a scan",
    by=BY_KAMAILIO,
    verdict="registration.ok",
    who="none",
    absent="sip.scan registration.bad_credentials",
    proof='sip.CSeq.method == "REGISTER" && sip.Status-Code == 200',
    healthy=True,
    checks={"sip.Status-Code == 200": 10, "sip.Status-Code == 401": 10},
)
def registration_ten_users_ok(bench: Bench) -> Made:
    return many(bench, [(f"0288663{number:04}", kamailio.PASSWORD) for number in range(10)])


@scenario(
    "scan-register-guesses",
    "friendly-scanner registers forty numbers with guessed passwords; every digest is wrong",
    why="password guessing from outside is an attack, not forty customers with wrong passwords",
    by=BY_KAMAILIO,
    verdict="sip.scan",
    who="sbc",
    absent="registration.bad_credentials",
    proof='sip.Method == "REGISTER"',
    checks={
        "sip.auth.digest.response": 40,
        'sip.User-Agent contains "friendly-scanner"': 40,
        "sip.Status-Code == 200": 0,
    },
)
def scan_register_guesses(bench: Bench) -> Made:
    users = [(f"0288663{number % 20:04}", f"{1000 + number}") for number in range(40)]
    return many(bench, users, rate=20, agent="friendly-scanner", ends="401")


@scenario(
    "scan-options-sweep",
    "OPTIONS for sixty extensions in three seconds from one address, answered 200 by the SBC",
    why="an extension sweep (svmap, svwar) is an attack, not sixty customers who are unknown",
    by="live: sipp as the scanner, kamailio as the SBC, dumpcap at the SBC",
    verdict="sip.scan",
    who="sbc",
    absent="registration.not_provisioned call.callee_unknown",
    proof='sip.Method == "OPTIONS"',
    checks={'sip.Method == "OPTIONS"': 60},
)
def scan_options_sweep(bench: Bench) -> Made:
    return sweep(bench, "OPTIONS", "sipvicious", 60)


@scenario(
    "scan-register-sweep-404",
    "REGISTER for fifty extensions 1000 to 1049 without credentials, most answered 404",
    why="the same attack without a telling User-Agent: many identities from one address in seconds",
    by="live: sipp as the scanner, kamailio as the SBC, dumpcap at the SBC",
    verdict="sip.scan",
    who="sbc",
    absent="registration.not_provisioned registration.no_credentials",
    proof='sip.Method == "REGISTER"',
    checks={"sip.Status-Code == 404": 50},
    apart=True,
)
def scan_register_sweep(bench: Bench) -> Made:
    return sweep(bench, "REGISTER", "VaxSIPUserAgent/3.1", 50)


def sweep(bench: Bench, method: str, agent: str, count: int) -> list[Packet]:
    """Ask for one extension after another."""
    (bench.folder / "users.csv").write_text("SEQUENTIAL\n" + "".join(f"{1000 + number}\n" for number in range(count)))
    with Lab(bench.folder) as lab:
        scanner, sbc = lab.host("45.143.220.19"), lab.host(SBC)
        kamailio.start(lab, sbc)
        lab.record(sbc)
        number = "[field0]"
        say = Say(method, ("Accept: application/sdp",) if method == "OPTIONS" else ("Expires: 60",), silent=True)
        side = Side(
            scanner.address,
            SBC,
            [say, Hear("200" if method == "OPTIONS" else "404")],
            me=number,
            you=number,
            domain=SBC,
            product=agent,
        )
        more = ("-inf", str(bench.folder / "users.csv"), "-r", "20")
        sipp.finish(sipp.start(lab, scanner, side, to=f"{SBC}:5060", calls=count, more=more))
        return lab.recorded()
