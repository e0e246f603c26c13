"""Is a call that is cut out whole, and is nobody else's packet in it?"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from diagnostics.diagnose import diagnose
from diagnostics.extract import save_call
from diagnostics.packets import open_capture
from rules.loader import load_rules

CAPTURES = Path(__file__).parents[1] / "data" / "captures"
RULES = load_rules()


@pytest.mark.parametrize("name", ["call-ok-rtp", "media-one-way", "fax-t38-refused-488", "call-early-media"])
def test_a_call_that_is_cut_out_is_diagnosed_as_before(name: str, tmp_path: Path) -> None:
    whole = diagnose(CAPTURES / f"{name}.pcap", RULES)
    out = tmp_path / "one.pcap"
    save_call(CAPTURES / f"{name}.pcap", whole.calls[0].id, out, RULES)
    one = diagnose(out, RULES)
    assert [(f.code, f.sentence) for f in one.findings] == [(f.code, f.sentence) for f in whole.findings]
    assert [s.to_json()["packets"] for s in one.streams] == [s.to_json()["packets"] for s in whole.streams]


def test_other_packets_stay_behind_and_bytes_stay_as_they_were(tmp_path: Path) -> None:
    source, out = CAPTURES / "call-ok-rtp.pcap", tmp_path / "one.pcap"
    count = save_call(source, diagnose(source, RULES).calls[0].id, out, RULES)
    with open_capture(source) as whole, open_capture(out) as one:
        assert len(one) == count == len(whole) - 2  # two ARP packets
        assert one.raw(0) == whole.raw(2)
        assert one.packets.time_ns[0] == whole.packets.time_ns[2]


def test_a_registration_can_be_cut_out_too(tmp_path: Path) -> None:
    source = CAPTURES / "registration-bad-password-401.pcap"
    found = diagnose(source, RULES)
    assert save_call(source, found.registrations[0].id, tmp_path / "one.pcap", RULES) == 4


def test_a_call_that_is_not_there_writes_nothing(tmp_path: Path) -> None:
    source = CAPTURES / "call-ok-rtp.pcap"
    with pytest.raises(KeyError):
        save_call(source, "nobody", tmp_path / "one.pcap", RULES)
    assert not (tmp_path / "one.pcap").exists()


def test_a_capture_is_not_changed_by_reading(tmp_path: Path) -> None:
    copy = tmp_path / "copy.pcap"
    shutil.copy(CAPTURES / "call-ok-rtp.pcap", copy)
    before = copy.read_bytes()
    save_call(copy, diagnose(copy, RULES).calls[0].id, tmp_path / "one.pcap", RULES)
    assert copy.read_bytes() == before
