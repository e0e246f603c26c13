"""How does something seen in a capture become a finding: how bad, who must act, in which words?

The tables and sentences are rules content (rules/content/findings), so that a province may differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from diagnostics.sightings import Sighting
from rules.findings import SEVERITIES, Severity, Value
from rules.ruleset import RuleSet

MOST_FRAMES = 200  # a finding names at most so many frames, the first ones


@dataclass(frozen=True, slots=True)
class Finding:
    """One judged sighting.

    code: of the vocabulary. responsible: parties, the likeliest first. frames: numbers of the packets that prove it.
    session: Call-ID, IMSI, user or tunnel. cause: the protocol's own number. sentence: Chinese; sentence_en: English.
    source: handbook or standard with section. rank: the smaller, the more it explains. values: facts of the sighting.
    details: what the dissector reads in its last frames, in its own field names.
    """

    code: str
    severity: Severity
    responsible: tuple[str, ...]
    frames: tuple[int, ...]
    session: str | None
    cause: int | None
    sentence: str
    sentence_en: str
    source: str
    rank: int
    values: Mapping[str, Value]
    details: tuple[str, ...] = ()


def find(sighting: Sighting, rules: RuleSet) -> Finding:
    """Return what the rules say of a sighting. Raises KeyError for a code outside the vocabulary."""
    given: dict[str, Value] = dict(sighting.values)
    if sighting.cause is not None:
        given.setdefault("cause", sighting.cause)
    if sighting.session is not None:
        given.setdefault("session", sighting.session)
    judged = rules.findings[sighting.code].judge(given)
    return Finding(
        sighting.code, judged.severity, judged.responsible, sighting.frames[:MOST_FRAMES], sighting.session,
        sighting.cause, judged.sentence, judged.sentence_en, str(judged.source), judged.rank, sighting.values,
    )  # fmt: skip


def explaining(findings: Iterable[Finding]) -> Finding | None:
    """Return the finding that explains most: faults, then warnings, then the rest, each by the rank of its rule."""
    return min(findings, key=lambda found: (min(SEVERITIES.index(found.severity), 2), found.rank), default=None)


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings the worst first: by severity, then by the rank of their rule, then by frame."""
    return sorted(
        findings,
        key=lambda found: (SEVERITIES.index(found.severity), found.rank, found.frames[:1] or (1 << 40,)),
    )
