from __future__ import annotations

from hashlib import md5
from pathlib import Path

import pytest

from diagnostics.digest import Signed, signed_requests, verify_digest
from diagnostics.packets import Limits, open_capture
from diagnostics.registrations import registrations_of
from diagnostics.sip_dialogs import dialogs
from diagnostics.sip_messages import sip_traffic

PASSWORD = "Ims#2026"  # of the laboratory's subscribers
# The example of RFC 2617 section 3.5.
EXAMPLE = {
    "scheme": "digest", "username": "Mufasa", "realm": "testrealm@host.com",
    "nonce": "dcd98b7102dd2f0e8b11d0f600bfb0c093", "uri": "/dir/index.html", "qop": "auth", "nc": "00000001",
    "cnonce": "0a4f113b", "response": "6629fae49393a05397450978507c4ef1",
}  # fmt: skip


def recorded(name: str) -> list[Signed]:
    with open_capture(Path(f"tests/data/captures/{name}.pcap")) as capture:
        traffic = sip_traffic(capture, Limits())
        return signed_requests(registrations_of(dialogs(traffic.messages))[0], traffic)


@pytest.mark.parametrize(("password", "right"), [("Circle Of Life", True), ("circle of life", False), ("", False)])
def test_the_example_of_the_standard_is_checked(password: str, right: bool) -> None:
    assert verify_digest(Signed(1, "GET", b"", EXAMPLE), password=password) is right


def test_ha1_stands_for_the_password() -> None:
    ha1 = md5(b"Mufasa:testrealm@host.com:Circle Of Life").hexdigest()

    assert verify_digest(Signed(1, "GET", b"", EXAMPLE), ha1=ha1.upper()) is True


@pytest.mark.parametrize("change", [{"algorithm": "AKAv1-MD5"}, {"scheme": "basic"}, {"algorithm": "SHA-1"}])
def test_what_a_password_cannot_check_is_unknown(change: dict[str, str]) -> None:
    assert verify_digest(Signed(1, "GET", b"", {**EXAMPLE, **change}), password="x") is None


def test_a_request_without_a_nonce_is_unknown() -> None:
    fields = {name: value for name, value in EXAMPLE.items() if name != "nonce"}

    assert verify_digest(Signed(1, "GET", b"", fields), password="x") is None


@pytest.mark.parametrize("given", [{}, {"password": "x", "ha1": "y"}])
def test_exactly_one_secret_is_taken(given: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="either"):
        verify_digest(Signed(1, "GET", b"", EXAMPLE), **given)


def test_a_registration_that_worked_was_signed_with_its_password() -> None:
    assert [verify_digest(signed, password=PASSWORD) for signed in recorded("registration-ok")] == [True]


def test_a_wrong_password_is_proved_wrong() -> None:
    assert False in [verify_digest(signed, password=PASSWORD) for signed in recorded("registration-bad-password-401")]
