"""How bad is something that was seen in a capture, who must act, and how is it said?

One item a code of the vocabulary. Its `causes` are rows: the first whose `when` holds overrides what it names. A value
that the capture did not give holds nowhere. Sentences name values as `{value}`; a part in square brackets falls away
where one of its values is missing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from rules.form import Form, suggest
from rules.problems import Place, Problems
from rules.source import Source, read_source
from rules.yaml_nodes import Node, Scalar

Severity = Literal["fault", "warning", "info", "ok"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
Value = str | int | float | bool

CODES: tuple[str, ...] = tuple(
    f"{family}.{name}"
    for family, names in {
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
    }.items()
    for name in names.split()
)

_PLACEHOLDER = re.compile(r"\{([a-z0-9_]*)\}")
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_RANGE = re.compile(r"(\d+)\.\.(\d+)")
_UNKNOWN = {"zh": "未知", "en": "unknown"}


@dataclass(frozen=True, slots=True)
class Test:
    """What one value must be: among words (compared as text) or within one of the ranges of numbers."""

    name: str
    words: frozenset[str]
    ranges: tuple[tuple[int, int], ...]

    def holds(self, value: Value | None) -> bool:
        """Return whether the value is known and accepted."""
        if value is None:
            return False
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if number and any(least <= float(value) <= most for least, most in self.ranges):
            return True
        return _written(value) in self.words


@dataclass(frozen=True, slots=True)
class CauseRow:
    """One row of causes. when: all must hold. The rest is None where the finding's own holds."""

    when: tuple[Test, ...]
    severity: Severity | None
    rank: int | None
    responsible: tuple[str, ...] | None
    zh: str | None
    en: str | None
    source: Source | None
    place: Place


@dataclass(frozen=True, slots=True)
class Judged:
    """What the rules say of one sighting. rank: the smaller, the more it explains."""

    severity: Severity
    rank: int
    responsible: tuple[str, ...]
    sentence: str
    sentence_en: str
    source: Source


@dataclass(frozen=True, slots=True)
class FindingRule:
    """One code of the vocabulary. responsible: parties of parties.yaml, the likeliest first."""

    id: str
    severity: Severity
    rank: int
    responsible: tuple[str, ...]
    zh: str
    en: str
    source: Source
    causes: tuple[CauseRow, ...]
    place: Place
    node: Node

    def judge(self, values: Mapping[str, Value]) -> Judged:
        """Return severity, parties and sentences. values: by name; `cause` is the protocol's own number."""
        row = next((row for row in self.causes if all(test.holds(values.get(test.name)) for test in row.when)), None)
        if row is None:
            row = CauseRow((), None, None, None, None, None, None, self.place)
        return Judged(
            row.severity or self.severity,
            self.rank if row.rank is None else row.rank,
            self.responsible if row.responsible is None else row.responsible,
            fill(row.zh or self.zh, values, "zh"),
            fill(row.en or self.en, values, "en"),
            row.source or self.source,
        )


def fill(sentence: str, values: Mapping[str, Value], language: Literal["zh", "en"]) -> str:
    """Return a sentence with its values; optional parts whose values are missing fall away."""

    def optional(part: re.Match[str]) -> str:
        named = _PLACEHOLDER.findall(part.group(1))
        return part.group(1) if all(values.get(name) not in (None, "") for name in named) else ""

    def value(part: re.Match[str]) -> str:
        found = values.get(part.group(1))
        return _UNKNOWN[language] if found is None or found == "" else _written(found)

    return _PLACEHOLDER.sub(value, _OPTIONAL.sub(optional, sentence))


def read_finding(node: Node, problems: Problems) -> FindingRule:
    """Return the finding of one document; problems are recorded, never raised."""
    fields = ("id", "status", "severity", "rank", "responsible", "zh", "en", "source", "causes")
    form = Form(node, problems, "finding", fields)
    rows = tuple(_read_row(item, problems) for item in form.items("causes"))
    return FindingRule(
        form.text("id"), form.choice("severity", SEVERITIES), form.count("rank", 50),
        form.texts("responsible", required=True), _sentence(form, "zh", required=True) or "",
        _sentence(form, "en", required=True) or "", read_source(form), rows, node.place, node,
    )  # fmt: skip


def _read_row(node: Node, problems: Problems) -> CauseRow:
    fields = ("when", "severity", "rank", "responsible", "zh", "en", "source")
    form = Form(node, problems, "a cause", fields)
    when = tuple(_read_test(name, test, problems) for name, test in form.mapping("when", required=True).items())
    return CauseRow(
        when,
        form.choice("severity", SEVERITIES) if form.get("severity") is not None else None,
        form.count("rank", 50) if form.get("rank") is not None else None,
        form.texts("responsible") if form.get("responsible") is not None else None,
        _sentence(form, "zh"), _sentence(form, "en"),
        read_source(form) if form.get("source") is not None else None, node.place,
    )  # fmt: skip


def _read_test(name: str, node: Node, problems: Problems) -> Test:
    items = node.value if isinstance(node.value, tuple) else (node,)
    words: set[str] = set()
    ranges: list[tuple[int, int]] = []
    for item in items:
        if isinstance(item.value, tuple | dict) or item.value is None:
            problems.error(item.place, f"{name} must be a value, a list of values or a range like 500..599")
        elif isinstance(item.value, str) and (found := _RANGE.fullmatch(item.value)):
            ranges.append((int(found.group(1)), int(found.group(2))))
        else:
            words.add(_written(item.value))
    return Test(name, frozenset(words), tuple(ranges))


def _written(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _sentence(form: Form, field: str, *, required: bool = False) -> str | None:
    text = form.text(field) if required else form.maybe_text(field)
    if text is not None and re.search(r"[{}\[\]]", _PLACEHOLDER.sub("", _OPTIONAL.sub(r"\1", text))):
        form.error(field, f"{field} of {form.what}: a brace or bracket that does not close, or a name that is no name")
    return text


def check_findings(findings: Mapping[str, FindingRule], parties: set[str], problems: Problems) -> None:
    """Record unknown codes and parties, and codes that a set with findings leaves out."""
    for finding in findings.values():
        if finding.id not in CODES:
            problems.error(finding.place, f"{finding.id} is no code of the vocabulary{suggest(finding.id, CODES)}")
        named = [(finding.responsible, finding.place)]
        named += [(row.responsible, row.place) for row in finding.causes if row.responsible is not None]
        for responsible, place in named:
            for party in responsible:
                if party not in parties:
                    problems.error(place, f"there is no party {party}{suggest(party, parties)}")
            if not responsible:
                problems.error(place, f"{finding.id} names no party; write [none] where nobody must act")
    lacking = [code for code in CODES if code not in findings]
    if findings and lacking:
        place = next(iter(findings.values())).place
        problems.error(Place(place.file, 1), f"the findings lack {', '.join(lacking)}; every code needs its sentence")
