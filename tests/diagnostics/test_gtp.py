"""Are GTP messages read by their shape, and is each procedure judged by its answer, or by the lack of one?"""

from __future__ import annotations

import pytest

from diagnostics.datagram import Datagram, Endpoint
from diagnostics.gtp import read_gtp
from diagnostics.gtp_sightings import read_messages, see_gtp
from diagnostics.packet_core import SECOND_NS, IcmpError
from diagnostics.sightings import Sighting
from tests.diagnostics.core_messages import GGSN, IMSI, SGSN, apn, create1, created1, datagram, gtp1, gtp2, tlv1, tlv2


def ask(frame: int, seconds: float, payload: bytes) -> Datagram:
    return datagram(frame, seconds, SGSN, GGSN, payload)


def answer(frame: int, seconds: float, payload: bytes) -> Datagram:
    return datagram(frame, seconds, GGSN, SGSN, payload)


def seen(*datagrams: Datagram, end: float = 1.0, errors: tuple[IcmpError, ...] = ()) -> list[Sighting]:
    return see_gtp(read_messages(datagrams), errors, int(end * SECOND_NS))[1]


def test_a_create_request_says_who_wants_which_apn() -> None:
    message = read_gtp(ask(1, 0, create1(5, "wlw.sc", selection=1)))
    assert message is not None
    assert (message.version, message.procedure, message.number) == (1, "create", 5)
    assert (message.imsi, message.apn, message.pdp_type) == ("460040123456789", "wlw.sc", "IPv4")
    assert message.selection_mode == 1


def test_a_version_2_answer_says_cause_and_address() -> None:
    elements = tlv2(2, b"\x10\0") + tlv2(79, b"\x01\x0a\x40\x07\x15")
    message = read_gtp(answer(1, 0, gtp2(33, 0x010203, elements)))
    assert message is not None
    assert (message.version, message.cause, message.number) == (2, 16, 0x010203)
    assert (message.pdp_type, message.address) == ("IPv4", "10.64.7.21")


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\x32",
        gtp1(16, 1)[:-1],  # length lies
        gtp1(16, 1, b"\x02\x64"),  # an element is cut
        gtp1(255, 1),  # user traffic
        gtp1(16, 1, b"\x83\xff\xff"),  # an element is longer than the message
        gtp2(32, 1, b"\x01\xff\xff\0"),
        bytes((0x48, 32, 0, 2, 0, 0)),
        b"\x80\x08" + bytes(200),
    ],
)
def test_what_is_damaged_or_no_control_message_is_none(payload: bytes) -> None:
    assert read_gtp(ask(1, 0, payload)) is None


def test_an_accepted_context_is_said_with_its_cause() -> None:
    (sighting,) = seen(ask(1, 0, create1(5)), answer(2, 0.1, created1(5, 128)))
    assert (sighting.code, sighting.cause, sighting.frames) == ("gtp.accepted", 128, (1, 2))
    assert sighting.session == "460040123456789"


@pytest.mark.parametrize("cause", [192, 193, 219, 222])
def test_any_other_cause_is_a_rejection(cause: int) -> None:
    (sighting,) = seen(ask(1, 0, create1(5)), answer(2, 0.1, created1(5, cause)))
    assert (sighting.code, sighting.cause) == ("gtp.rejected", cause)


@pytest.mark.parametrize("cause", [129, 130])
def test_another_pdp_type_is_told(cause: int) -> None:
    (sighting,) = seen(ask(1, 0, create1(5)), answer(2, 0.1, created1(5, cause)))
    assert (sighting.code, sighting.values["difference"]) == ("gtp.accepted_other_apn", "pdp_type")


def test_an_apn_in_the_answer_that_differs_is_told() -> None:
    (sighting,) = seen(ask(1, 0, create1(5)), answer(2, 0.1, created1(5, 128, tlv1(131, apn("cmnet")))))
    assert (sighting.code, sighting.values["difference"]) == ("gtp.accepted_other_apn", "apn")


def test_an_operator_identifier_makes_no_other_apn() -> None:
    full = tlv1(131, apn("wlw.sc.mnc004.mcc460.gprs"))
    (sighting,) = seen(ask(1, 0, create1(5)), answer(2, 0.1, created1(5, 128, full)))
    assert sighting.code == "gtp.accepted"


def test_another_apn_after_a_refusal_is_not_what_was_wanted() -> None:
    refused = ask(1, 0, create1(5, "wlw.sc")), answer(2, 0.1, created1(5, 219))
    rejected, accepted = seen(*refused, ask(3, 1, create1(6, "cmnet")), answer(4, 1.1, created1(6, 128)), end=2)
    assert rejected.values["later_accepted"] is True
    assert accepted.code == "gtp.accepted_other_apn"


def test_three_requests_without_an_answer_are_given_up() -> None:
    (sighting,) = seen(*(ask(k + 1, 3 * k, create1(5)) for k in range(3)), end=6.0)
    assert (sighting.code, sighting.frames, sighting.values["sent"]) == ("gtp.no_response", (1, 2, 3), 3)


@pytest.mark.parametrize(("end", "codes"), [(9.9, []), (10.0, ["gtp.no_response"]), (600.1, [])])
def test_one_request_counts_only_after_ten_seconds_and_not_across_captures(end: float, codes: list[str]) -> None:
    assert [sighting.code for sighting in seen(ask(1, 0, create1(5)), end=end)] == codes


def test_a_repeated_request_that_is_answered_is_fine() -> None:
    (sighting,) = seen(ask(1, 0, create1(5)), ask(2, 3, create1(5)), answer(3, 3.1, created1(5, 128)), end=60)
    assert sighting.code == "gtp.accepted"


def test_icmp_outranks_silence() -> None:
    error = IcmpError(2, SECOND_NS // 10, "10.9.9.9", SGSN, GGSN, 17, "port")
    (sighting,) = seen(ask(1, 0, create1(5)), end=60, errors=(error,))
    assert (sighting.code, sighting.frames, sighting.values["icmp"]) == ("gtp.unreachable", (1, 2), "port")


def test_icmp_of_another_flow_says_nothing() -> None:
    error = IcmpError(2, SECOND_NS // 10, "10.9.9.9", Endpoint("10.1.1.1", 53), GGSN, 17, "port")
    (sighting,) = seen(ask(1, 0, create1(5)), end=60, errors=(error,))
    assert sighting.code == "gtp.no_response"


def test_echoes_that_are_answered_need_no_word() -> None:
    assert seen(ask(1, 0, gtp1(1, 9)), answer(2, 0.1, gtp1(2, 9, b"\x0e\x01"))) == []


def test_the_same_outcome_of_one_subscriber_is_said_once() -> None:
    pairs = [(ask(2 * k + 1, k, create1(k)), answer(2 * k + 2, k + 0.1, created1(k, 219))) for k in range(4)]
    (sighting,) = seen(*(message for both in pairs for message in both), end=5)
    assert sighting.values["count"] == 4
    assert len(sighting.frames) == 8


def test_a_mirrored_answer_counts_once() -> None:
    (sighting,) = seen(ask(1, 0, create1(5)), answer(2, 0.1, created1(5, 128)), answer(3, 0.1001, created1(5, 128)))
    assert sighting.frames == (1, 2)


def test_imsi_digits_are_swapped_half_bytes() -> None:
    message = read_gtp(ask(1, 0, gtp2(32, 1, tlv2(1, IMSI))))
    assert message is not None
    assert message.imsi == "460040123456789"
