"""Does every capture of the laboratory get the verdict that its scenario asks for?"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from diagnostics.diagnose import Diagnosis, diagnose
from diagnostics.packets import Limits
from rules.findings import CODES
from rules.loader import load_rules
from rules.ruleset import RuleSet

FOLDER = Path("tests/data/captures")
ALONE = Limits(dissect_seconds=0)  # the dissector has a test of its own


def scenarios() -> list[tuple[Path, dict[str, Any]]]:
    return [
        (FOLDER / scenario["file"], scenario)
        for scenario in yaml.safe_load((FOLDER / "scenarios.yaml").read_text(encoding="utf-8"))
    ]


@cache
def rules() -> RuleSet:
    return load_rules()


@cache
def diagnosed(path: Path) -> Diagnosis:
    return diagnose(path, rules(), limits=ALONE)


each = pytest.mark.parametrize(("path", "scenario"), [pytest.param(*one, id=one[1]["name"]) for one in scenarios()])


@each
def test_the_verdict_names_the_cause_and_who_must_act(path: Path, scenario: dict[str, Any]) -> None:
    verdict = diagnosed(path).verdict

    assert (verdict.code, list(verdict.responsible)) == (scenario["verdict"], scenario["responsible"])


@each
def test_what_must_be_found_is_found_and_what_must_not_is_not(path: Path, scenario: dict[str, Any]) -> None:
    codes = {finding.code for finding in diagnosed(path).findings}

    assert (set(scenario["findings"]) - codes, codes & set(scenario["absent"])) == (set(), set())


@each
def test_healthy_captures_give_no_alarm(path: Path, scenario: dict[str, Any]) -> None:
    alarms = [finding.code for finding in diagnosed(path).findings if finding.severity in ("fault", "warning")]

    assert not (scenario["healthy"] and alarms), alarms


@each
def test_findings_stand_on_frames_that_prove_them(path: Path, scenario: dict[str, Any]) -> None:
    for code, frames in (scenario.get("frames") or {}).items():
        named = {frame for finding in diagnosed(path).findings if finding.code == code for frame in finding.frames}
        assert named & set(frames), code


@each
def test_sentences_have_all_their_values(path: Path, scenario: dict[str, Any]) -> None:
    for finding in diagnosed(path).findings:
        assert not set("{}") & set(finding.sentence + finding.sentence_en), finding.sentence


def test_the_document_can_be_written_as_json_with_the_fields_of_the_contract() -> None:
    document = diagnosed(FOLDER / "call-busy-486.pcap").to_json()

    assert {"file", "verdict", "findings", "calls", "registrations", "streams"} <= set(document)
    assert {"code", "severity", "responsible", "frames", "call_id", "cause", "sentence", "source"} <= set(
        document["findings"][0]
    )


def test_every_code_of_the_vocabulary_has_a_capture() -> None:
    shown = {code for _, scenario in scenarios() for code in scenario["findings"]}

    assert sorted(set(CODES) - shown) == []
