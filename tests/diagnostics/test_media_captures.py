"""Is what recorded calls, faxes, contexts and tunnels show found at the right frames, and nothing else said?"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from diagnostics.diagnose import Diagnosis, diagnose
from diagnostics.packets import Limits
from rules.loader import load_rules
from rules.ruleset import RuleSet

CAPTURES = Path(__file__).parents[1] / "data" / "captures"
FAMILIES = ("media.", "fax.", "gtp.", "radius.", "gre.")


def scenarios() -> list[dict[str, Any]]:
    """Return the recorded scenarios that say anything of these families."""
    listed: list[dict[str, Any]] = yaml.safe_load((CAPTURES / "scenarios.yaml").read_text("utf-8"))
    said = ((entry, (*entry["findings"], *entry["absent"])) for entry in listed)
    return [entry for entry, codes in said if any(code.startswith(FAMILIES) for code in codes)]


@cache
def rules() -> RuleSet:
    return load_rules()


@cache
def diagnosed(file: str) -> Diagnosis:
    return diagnose(CAPTURES / file, rules(), limits=Limits(dissect_seconds=0))


each = pytest.mark.parametrize("entry", scenarios(), ids=lambda entry: str(entry["name"]))


@each
def test_what_is_there_is_found_at_its_frames(entry: dict[str, Any]) -> None:
    found = {finding.code: set(finding.frames) for finding in diagnosed(entry["file"]).findings}
    for code in entry["findings"]:
        if code.startswith(FAMILIES):
            assert code in found
            assert found[code] & set(entry["frames"].get(code, found[code]))


@each
def test_what_is_not_there_is_not_said(entry: dict[str, Any]) -> None:
    said = {finding.code for finding in diagnosed(entry["file"]).findings}
    assert not {code for code in entry["absent"] if code.startswith(FAMILIES)} & said


@each
def test_nothing_healthy_is_a_fault_or_a_warning(entry: dict[str, Any]) -> None:
    grave = [f.code for f in diagnosed(entry["file"]).findings if f.severity in {"fault", "warning"}]
    assert not (entry["healthy"] and grave)


def test_a_healthy_call_has_a_stream_each_way_with_a_good_score() -> None:
    streams = diagnosed("call-ok-rtp.pcap").to_json()["streams"]
    assert sorted(stream["direction"] for stream in streams) == ["to_callee", "to_caller"]
    assert all(stream["mos"] > 4 and stream["codec"] == "PCMA" and not stream["lost"] for stream in streams)
    assert all(len(stream["series"]) == 4 for stream in streams)


def test_streams_are_given_anew_after_a_re_invite() -> None:
    streams = diagnosed("call-reinvite-codec-and-port.pcap").streams
    assert {stream.codec for stream in streams} == {"PCMA", "G729"}
    assert len({stream.line.number for stream in streams if stream.line}) == 2


def test_random_loss_and_bursts_are_told_apart() -> None:
    random, bursts = (diagnosed(f"media-loss-{kind}.pcap").streams for kind in ("random", "bursts"))
    assert max(stream.burst_ratio for stream in random) < 2 <= max(stream.burst_ratio for stream in bursts)


def test_a_reused_port_belongs_to_the_call_of_its_time() -> None:
    streams = diagnosed("transport-two-calls-port-reused.pcap").streams
    assert len({stream.line.call.id for stream in streams if stream.line}) == 2
    assert all(stream.lost == 0 for stream in streams)


def test_a_fax_over_t38_is_a_stream_without_ssrc() -> None:
    assert sum(stream.fax for stream in diagnosed("fax-t38-ok.pcap").streams) == 2
