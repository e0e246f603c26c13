from __future__ import annotations

from collections.abc import Mapping

import pytest

from rules.errors import RulesInvalid
from rules.findings import CODES, Value, fill
from rules.loader import load_files, load_rules
from rules.problems import Problems


@pytest.fixture(scope="module", params=[None, "sichuan", "anhui"])
def findings(request: pytest.FixtureRequest) -> Mapping[str, object]:
    return load_rules(province=request.param).findings


def test_every_code_has_its_sentence_in_every_province(findings: Mapping[str, object]) -> None:
    assert sorted(findings) == sorted(CODES)


@pytest.mark.parametrize(
    ("values", "responsible"),
    [
        ({"cause": 405}, ("cpe", "sbc")),
        ({"cause": 481}, ("sbc",)),
        ({"cause": 499}, ("core", "sbc")),
        ({}, ("core", "sbc")),
    ],
)
def test_the_first_cause_that_holds_decides_who_must_act(
    values: dict[str, Value], responsible: tuple[str, ...]
) -> None:
    assert load_rules().findings["call.rejected"].judge(values).responsible == responsible


@pytest.mark.parametrize(
    ("sentence", "values", "said"),
    [
        ("a {x}[ b {y}]", {"x": 1}, "a 1"),
        ("a {x}[ b {y}]", {"x": 1, "y": 0}, "a 1 b 0"),
        ("a {x}", {}, "a unknown"),
        ("{x}", {"x": "{y}", "y": "no"}, "{y}"),
        ("{x}", {"x": "[z]"}, "[z]"),
    ],
)
def test_sentences_take_values_and_drop_parts_without(sentence: str, values: dict[str, Value], said: str) -> None:
    assert fill(sentence, values, "en") == said


def test_a_set_that_leaves_a_code_out_does_not_load() -> None:
    rules = load_rules()
    files = {name: text for name, text in rules.files.items() if name != "findings/sip.yaml"}

    with pytest.raises(RulesInvalid, match=r"lack sip\.fragmented, sip\.scan"):
        load_again(files)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("id: sip.scan", "id: sip.scans", "no code of the vocabulary"),
        ("responsible: [sbc]", "responsible: [sbx]", "there is no party sbx; did you mean sbc"),
        ("responsible: [sbc]", "responsible: []", "names no party"),
        ("severity: warning", "severity: bad", "must be one of fault, warning, info, ok"),
        ("{requests}", "{requests", "a brace or bracket"),
        ("rank: 40", "rank: -1", "whole number from 0"),
    ],
)
def test_a_bad_finding_is_named_with_file_and_line(old: str, new: str, sentence: str) -> None:
    files = dict(load_rules().files)
    files["findings/sip.yaml"] = files["findings/sip.yaml"].replace(old, new, 1)

    with pytest.raises(RulesInvalid, match=sentence) as refused:
        load_again(files)

    assert "findings/sip.yaml:" in str(refused.value)


def load_again(files: Mapping[str, str]) -> None:
    load_files(files, None, Problems())
