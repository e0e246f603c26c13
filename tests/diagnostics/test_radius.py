"""Is RADIUS read by its shape, and are rejection, silence and a wrong secret told apart?"""

from __future__ import annotations

import pytest

from diagnostics.datagram import Datagram, Endpoint
from diagnostics.gtp_sightings import GtpSession
from diagnostics.packet_core import SECOND_NS, IcmpError
from diagnostics.radius import read_radius, signed_with
from diagnostics.radius_sightings import read_messages, see_radius
from diagnostics.sightings import Sighting
from tests.diagnostics.core_messages import AAA, NAS, SECRET, access, accounting, answered, attribute, datagram


def ask(frame: int, seconds: float, payload: bytes) -> Datagram:
    return datagram(frame, seconds, NAS, AAA, payload)


def reply(frame: int, seconds: float, payload: bytes) -> Datagram:
    return datagram(frame, seconds, AAA, NAS, payload)


def seen(
    *datagrams: Datagram,
    end: float = 1.0,
    errors: tuple[IcmpError, ...] = (),
    secret: bytes | None = None,
    sessions: tuple[GtpSession, ...] = (),
) -> list[Sighting]:
    return see_radius(read_messages(datagrams), errors, int(end * SECOND_NS), secret=secret, sessions=sessions)


def test_a_reject_says_its_reply_message() -> None:
    request = access(7)
    (sighting,) = seen(ask(1, 0, request), reply(2, 0.1, answered(3, request, attribute(18, "账号停用".encode()))))
    assert (sighting.code, sighting.frames, sighting.session) == ("radius.rejected", (1, 2), "meter01")
    assert (sighting.values["message"], sighting.values["told"]) == ("账号停用", True)


def test_a_challenge_is_no_failure() -> None:
    request = access(7)
    assert seen(ask(1, 0, request), reply(2, 0.1, answered(11, request))) == []


def test_an_accept_is_told_with_the_address() -> None:
    request = access(7)
    (sighting,) = seen(ask(1, 0, request), reply(2, 0.1, answered(2, request, attribute(8, b"\x0a\x40\x07\x15"))))
    assert (sighting.code, sighting.values["address"]) == ("radius.accepted", "10.64.7.21")


def test_the_same_request_without_any_answer_is_silence() -> None:
    request = access(7)
    (sighting,) = seen(*(ask(k + 1, 3 * k, request) for k in range(3)), end=9)
    assert (sighting.code, sighting.values["sent"]) == ("radius.no_response", 3)


def test_a_repetition_before_the_answer_is_fine() -> None:
    request = access(7)
    (sighting,) = seen(ask(1, 0, request), ask(2, 3, request), reply(3, 3.1, answered(2, request)))
    assert sighting.code == "radius.accepted"


def test_two_repetitions_after_the_answer_mean_different_secrets() -> None:
    request = access(7)
    times = [ask(1, 0, request), reply(2, 0.1, answered(3, request)), ask(3, 3, request), ask(4, 6, request)]
    (sighting,) = seen(*times, end=9)
    assert (sighting.code, sighting.values["proof"]) == ("radius.secret_mismatch", "repeated")


def test_one_repetition_after_the_answer_may_be_a_late_answer() -> None:
    request = access(7)
    (sighting,) = seen(ask(1, 0, request), reply(2, 0.1, answered(2, request)), ask(3, 3, request), end=9)
    assert sighting.code == "radius.accepted"


def test_the_same_identifier_with_another_authenticator_is_a_new_request() -> None:
    first, second = access(7), access(7, authenticator=bytes(16))
    sightings = seen(ask(1, 0, first), reply(2, 0.1, answered(3, first)), ask(3, 1, second), end=2)
    assert [sighting.code for sighting in sightings] == ["radius.rejected"]


def test_a_typed_secret_proves_the_answers_signature() -> None:
    request = access(7)
    wrong = answered(3, request, secret=b"other")
    (sighting,) = seen(ask(1, 0, request), reply(2, 0.1, wrong), secret=SECRET)
    assert (sighting.code, sighting.values["proof"]) == ("radius.secret_mismatch", "signature")


def test_a_typed_secret_that_fits_changes_nothing() -> None:
    request = access(7)
    (sighting,) = seen(ask(1, 0, request), reply(2, 0.1, answered(3, request)), secret=SECRET)
    assert sighting.code == "radius.rejected"


@pytest.mark.parametrize(("secret", "fits"), [(SECRET, True), (b"other", False)])
def test_requests_are_checked_by_their_own_signatures(secret: bytes, fits: bool) -> None:
    for payload in (access(7), accounting(8, attribute(40, b"\0\0\0\1") + attribute(44, b"s1"))):
        message = read_radius(ask(1, 0, payload))
        assert message is not None
        assert signed_with(message, secret) is fits


def test_accounting_tells_why_the_session_ended() -> None:
    stop = accounting(9, attribute(40, b"\0\0\0\2") + attribute(44, b"s1") + attribute(49, b"\0\0\0\4"))
    (sighting,) = seen(ask(1, 0, stop), reply(2, 0.1, answered(5, stop)))
    assert (sighting.code, sighting.cause) == ("radius.accounting_ok", 4)


def test_a_refused_coa_tells_its_error_cause() -> None:
    coa = bytes((43, 3)) + (20 + 6).to_bytes(2, "big") + bytes(16) + attribute(1, b"m001")
    refused = answered(45, coa, attribute(101, (503).to_bytes(4, "big")))
    (sighting,) = seen(ask(1, 0, coa), reply(2, 0.1, refused))
    assert (sighting.code, sighting.cause) == ("radius.rejected", 503)


def test_a_reject_whose_request_was_not_captured_is_one_all_the_same() -> None:
    (sighting,) = seen(reply(1, 0, answered(3, access(7))))
    assert (sighting.code, sighting.frames) == ("radius.rejected", (1,))


def test_icmp_is_why_there_is_no_answer() -> None:
    error = IcmpError(2, SECOND_NS // 10, "10.4.4.4", NAS, AAA, 17, "port")
    (sighting,) = seen(ask(1, 0, access(7)), errors=(error,))
    assert (sighting.code, sighting.values["icmp"]) == ("radius.no_response", "port")


def test_a_request_is_joined_to_the_context_of_the_same_subscriber() -> None:
    imsi = attribute(26, (10415).to_bytes(4, "big") + attribute(1, b"460040123456789"))
    request = access(7, extra=imsi)
    session = GtpSession("460040123456789", None, "wlw.sc", None, 209, 0, None, (11, 12))
    (sighting,) = seen(ask(1, 0.1, request), reply(2, 0.2, answered(3, request)), sessions=(session,))
    assert (sighting.values["gtp_cause"], sighting.values["gtp_frame"]) == (209, 11)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\x01",
        bytes(20),
        access(7)[:30],
        access(7)[:2] + b"\xff\xff" + access(7)[4:],
        bytes((3, 1, 0, 21)) + bytes(17),
    ],
)
def test_what_is_damaged_is_none(payload: bytes) -> None:
    assert read_radius(ask(1, 0, payload)) is None


def test_away_from_the_usual_ports_a_characteristic_attribute_is_asked_for() -> None:
    odd = Endpoint("10.4.4.4", 9999)
    bare = bytes((1, 7, 0, 26)) + bytes(16) + attribute(6, b"\0\0\0\2")
    assert read_radius(datagram(1, 0, NAS, odd, bare)) is None
    assert read_radius(datagram(1, 0, NAS, odd, access(7))) is not None
