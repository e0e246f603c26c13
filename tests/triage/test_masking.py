"""What of a number or an address stays visible?"""

from __future__ import annotations

import pytest

from triage.masking import mask_text, mask_values


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("主叫13881234501忙", "主叫138****01忙"),
        ("sip:+8613881234501@ims.sc.chinamobile.com", "sip:+861****01@ims.sc.chinamobile.com"),
        ("10.20.30.40:5060", "10.20.*.*:5060"),
        ("[2001:db8::17]:5060", "[2001:db8:*]:5060"),
        ("第 123 帧，408", "第 123 帧，408"),
        ("call.busy", "call.busy"),
        ("460001234567890", "460****90"),
    ],
)
def test_numbers_and_addresses_are_masked_and_nothing_else(text: str, masked: str) -> None:
    assert mask_text(text) == masked


def test_every_text_of_a_document_is_masked_and_keys_stay() -> None:
    document = {"calls": [{"from": "13881234501", "frames": [1, 2], "ok": True}], "13881234501": None}
    assert mask_values(document) == {
        "calls": [{"from": "138****01", "frames": [1, 2], "ok": True}],
        "13881234501": None,
    }
