"""Does docs/captures.md list every code of the vocabulary, as the rules judge it, and nothing else?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rules.findings import CODES, SEVERITIES
from rules.loader import load_rules

PAGE = (Path(__file__).parents[2] / "docs" / "captures.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `([a-z0-9_.]+)` \| (\w+)(?: \(([a-z, ]+)\))? \| ([a-z_, ]+) \| (.+) \|$", PAGE, re.MULTILINE)
FINDINGS = load_rules().findings


def test_the_table_has_the_codes_of_the_vocabulary_in_order() -> None:
    assert tuple(code for code, *_ in ROWS) == CODES


@pytest.mark.parametrize(("code", "severity", "others", "parties"), [row[:4] for row in ROWS])
def test_the_table_says_what_the_rules_say(code: str, severity: str, others: str, parties: str) -> None:
    finding = FINDINGS[code]
    named = {row.severity for row in finding.causes}
    expected: list[str] = [one for one in SEVERITIES if one in named and one != finding.severity]
    assert (severity, tuple(parties.split(", "))) == (finding.severity, finding.responsible)
    assert others.split(", ") == (expected or [""])
