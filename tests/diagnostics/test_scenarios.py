"""Are the recorded captures the ones that their books describe, and can they be made again?"""

from __future__ import annotations

import hashlib
import shutil
import struct
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
import yaml

from bench import captures_make
from tests.diagnostics.scenarios import change, gtp_messages, packets, pcap, rooms
from tests.diagnostics.scenarios.declared import REGISTRY, Scenario
from tests.diagnostics.scenarios.making import LARGEST, NotAsSaid, prove

CAPTURES = Path(__file__).parent.parent / "data" / "captures"
CODES = {
    "registration": "ok bad_credentials stale_nonce no_credentials not_provisioned forbidden interval_too_short "
    "server_failure no_response unreachable",
    "call": "ok busy no_answer callee_unreachable cancelled declined callee_unknown address_incomplete forbidden "
    "auth_failed not_acceptable server_failure no_response unreachable missing_ack session_timer rejected",
    "media": "one_way none loss jitter hole payload_not_negotiated private_address",
    "fax": "t38_ok t38_refused audio_fallback",
    "sip": "fragmented scan",
    "gtp": "accepted accepted_other_apn rejected no_response unreachable",
    "radius": "accepted rejected no_response secret_mismatch accounting_ok",
    "gre": "one_way unreachable",
    "capture": "encrypted truncated no_signalling",
}
VOCABULARY = {f"{room}.{name}" for room, names in CODES.items() for name in names.split()}
Row = dict[str, object]


def rows(folder: Path) -> list[Row]:
    read: list[Row] = yaml.safe_load((folder / "scenarios.yaml").read_text(encoding="utf-8"))
    return read


@cache
def recorded() -> list[tuple[Path, Row]]:
    return [(folder / str(row["file"]), row) for folder in (CAPTURES, CAPTURES / "kept-apart") for row in rows(folder)]


def test_every_room_declares_scenarios() -> None:
    made = {scenario.make.__module__.rpartition(".")[2] for scenario in REGISTRY.values()}
    assert made >= set(rooms.NAMES)


def test_every_declared_scenario_has_its_capture_and_its_row() -> None:
    assert {path.name for path, _ in recorded()} == {Path(each.file).name for each in REGISTRY.values()}


def test_no_capture_lies_in_the_folder_without_a_row() -> None:
    lying = set(CAPTURES.rglob("*.pcap*"))
    assert lying == {path for path, _ in recorded()}


def test_every_capture_is_the_one_that_its_row_speaks_of() -> None:
    changed = [path.name for path, row in recorded() if hashlib.sha256(path.read_bytes()).hexdigest() != row["sha256"]]
    assert changed == []


def test_captures_stay_small() -> None:
    sizes = [path.stat().st_size for path, _ in recorded()]
    assert max(sizes) <= LARGEST
    assert sum(sizes) < 12_000_000


def test_only_codes_of_the_vocabulary_are_expected() -> None:
    expected = [each.expected for each in REGISTRY.values()]
    named = {code for each in expected for code in (each.verdict, *each.either, *each.findings, *each.absent) if code}
    assert named <= VOCABULARY


def test_every_code_of_the_vocabulary_is_expected_of_a_capture() -> None:
    verdicts = {each.expected.verdict for each in REGISTRY.values()}
    found = {code for each in REGISTRY.values() for code in each.expected.findings}
    assert verdicts | found >= VOCABULARY


def test_no_code_is_both_expected_and_absent() -> None:
    torn = [
        name
        for name, each in REGISTRY.items()
        if set(each.expected.absent) & {each.expected.verdict, *each.expected.findings}
    ]
    assert torn == []


def test_a_third_is_kept_apart() -> None:
    apart = sum(each.apart for each in REGISTRY.values())
    assert 0.3 <= apart / len(REGISTRY) <= 0.45


def test_many_captures_are_healthy() -> None:
    assert sum(each.expected.healthy for each in REGISTRY.values()) >= 12


def test_a_healthy_capture_is_nobodys_to_act_on() -> None:
    assert [
        name for name, each in REGISTRY.items() if each.expected.healthy and each.expected.responsible != ("none",)
    ] == []


def test_an_ip_header_sums_to_zero() -> None:
    assert packets.checksum(packets.ip("10.0.0.1", "10.0.0.2", packets.UDP, b"payload")[:20]) == 0


def test_an_odd_payload_is_padded_for_its_checksum() -> None:
    assert packets.checksum(b"\x01\x02\x03") == packets.checksum(b"\x01\x02\x03\x00")


def test_a_datagram_is_read_back_as_it_was_written() -> None:
    made = packets.datagram(7, ("10.0.0.1", 5060), ("10.0.0.2", 5062), b"REGISTER")
    assert packets.segment(made) == packets.Segment(7, "10.0.0.1", 5060, "10.0.0.2", 5062, b"REGISTER")


def test_a_pcap_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    made = [packets.Packet(1_000, b"first"), packets.Packet(2_000, b"second")]
    pcap.write(tmp_path / "a.pcap.gz", pcap.encode(made))
    assert pcap.read(tmp_path / "a.pcap.gz") == made


def test_a_cut_packet_keeps_its_length_on_the_wire(tmp_path: Path) -> None:
    pcap.write(tmp_path / "a.pcap", pcap.encode([packets.Packet(0, b"0123456789")], snaplen=4))
    assert pcap.read(tmp_path / "a.pcap") == [packets.Packet(0, b"0123", wire_length=10)]


def test_a_queue_lets_no_packet_overtake_another() -> None:
    made = change.jittered([packets.Packet(at * 20_000_000, bytes([at])) for at in range(100)], 400)
    assert [each.data[0] for each in sorted(made, key=lambda each: each.time_ns)] == list(range(100))


def test_changed_text_gets_its_content_length_anew() -> None:
    said = packets.datagram(0, ("10.0.0.1", 5060), ("10.0.0.2", 5060), b"X\r\nContent-Length: 11\r\n\r\nc=10.9.9.10")
    changed = packets.segment(change.renumbered([said], {"10.9.9.10": "10.9.9.9"})[0])
    assert changed is not None
    assert changed.payload == b"X\r\nContent-Length: 10\r\n\r\nc=10.9.9.9"


def test_digits_go_low_half_first() -> None:
    assert gtp_messages.digits("123") == b"\x21\xf3"


def test_clones_have_call_ids_of_their_own(tmp_path: Path) -> None:
    captures_make.write(tmp_path / "clones.pcap", 3)
    invites = [
        part.payload
        for packet in pcap.read(tmp_path / "clones.pcap")
        if (part := packets.segment(packet)) and part.payload.startswith(b"INVITE") and b"CSeq: 1 " in part.payload
    ]
    call_ids = [invite.partition(b"Call-ID: ")[2].partition(b"\r\n")[0] for invite in invites]
    assert len(call_ids) == len(set(call_ids)) > 20


def test_clones_keep_right_ip_checksums(tmp_path: Path) -> None:
    captures_make.write(tmp_path / "clones.pcap", 1)
    heads = [packet.data[14:34] for packet in pcap.read(tmp_path / "clones.pcap")]
    assert {packets.checksum(head) for head in heads} == {0}


def test_a_capture_that_does_not_show_what_is_said_is_refused(tmp_path: Path) -> None:
    if shutil.which("tshark") is None:
        pytest.skip("tshark is not installed")
    wrong = REGISTRY["call-busy-486"]
    path = tmp_path / "other.pcap"
    pcap.write(path, (CAPTURES / "registration-ok.pcap").read_bytes())
    with pytest.raises(NotAsSaid, match="Status-Code == 486"):
        prove(wrong, path)


LIVE = {
    "call-busy-486": ("sipp",),
    "registration-bad-password-401": ("sipp", "kamailio"),
    "radius-rejected-message": ("freeradius", "radclient"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", LIVE)
def test_a_live_capture_can_be_made_again(name: str, tmp_path: Path) -> None:
    for program in (*LIVE[name], "dumpcap", "tshark", "ethtool"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed; see .ci/debian-packages")
    if subprocess.run(["unshare", "-Urnm", "true"], capture_output=True, check=False).returncode:
        pytest.skip("the kernel does not permit user namespaces here")
    again = [sys.executable, "-m", "tests.diagnostics.scenarios", name, "--out", str(tmp_path)]
    done = subprocess.run(again, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    scenario: Scenario = REGISTRY[name]
    prove(scenario, tmp_path / scenario.file)
    assert struct.unpack("<I", (tmp_path / scenario.file).read_bytes()[:4]) == (0xA1B2C3D4,)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(REGISTRY))
def test_every_capture_shows_what_is_said_by_tshark(name: str) -> None:
    if shutil.which("tshark") is None:
        pytest.skip("tshark is not installed")
    scenario = REGISTRY[name]
    prove(scenario, CAPTURES / scenario.file)
