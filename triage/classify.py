"""What is a complaint about, and which specialty does that make it?

Rules speak first, the wording model only where they leave room; the probabilities of all phenomena are summed into
specialties through the rules' own tables, so that two phenomena of one specialty do not make it doubtful.
Source: 移动网络投诉处理规范, 一、第一步.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rules.evaluation import Evaluation
from rules.facts import FactValue
from rules.ruleset import RuleSet
from rules.text import MASK, Span, Text
from triage.decisions import Domain, Ranked
from triage.resemble import Suggester, most_telling
from triage.weigh import NON_NETWORK, Evidence, Weights, probabilities

Facts = Mapping[str, FactValue]

TEXT = "complaint.text"
_WORTH_RANKING = 0.02
_WORTH_COUNTING = 0.002


@dataclass(frozen=True, slots=True)
class Thresholds:
    """sure: least probability of a specialty that is decided automatically; coverage: least probability of a
    coverage complaint for an automatic reply; seen: least number of Chinese characters that can be a complaint."""

    sure: float
    coverage: float
    seen: int


@dataclass(frozen=True, slots=True)
class Classified:
    """What one complaint is about.

    domain: unclear where nothing in it speaks for anything. phenomenon, specialty: None where unclear or where none
    applies. confidence: probability that the specialty is right (that none applies, where it is None); 0 where unclear.
    coverage: probability that it is a coverage complaint. phenomena, specialties: ranked, for a person.
    """

    domain: Domain
    phenomenon: str | None
    specialty: str | None
    confidence: float
    coverage: float
    phenomena: tuple[Ranked, ...]
    specialties: tuple[Ranked, ...]
    evaluation: Evaluation


class Classifier:
    """Rules, wording model and weights, ready for any number of complaints."""

    def __init__(self, rules: RuleSet, suggester: Suggester, weights: Weights, thresholds: Thresholds) -> None:
        """All four are immutable; one classifier serves all threads."""
        self._rules = rules
        self._suggester = suggester
        self._weights = weights
        self._thresholds = thresholds
        self._labels = suggester.labels
        self._domains = {label: domain_of(rules, label) for label in self._labels}
        coverage = rules.tables["table.coverage"]
        self._coverage = [name for name in self._labels if coverage.decide(_given(name)).outputs]

    def classify(self, complaints: Sequence[Facts]) -> list[Classified]:
        """Classify complaints, in their order. Each needs the fact complaint.text (rules.text.Text)."""
        evaluations = [self._rules.evaluate(facts) for facts in complaints]
        evidence = self.evidence(complaints, evaluations)
        chances = probabilities(self._labels, evidence, self._weights)
        return [
            self._one(facts, evaluation, dict(zip(self._labels, row.tolist(), strict=True)))
            for facts, evaluation, row in zip(complaints, evaluations, chances, strict=True)
        ]

    def evidence(self, complaints: Sequence[Facts], evaluations: Sequence[Evaluation]) -> list[Evidence]:
        """Return what speaks for each label of each complaint."""
        texts = [_normal(facts) for facts in complaints]
        logs = self._suggester.log_probabilities(texts).astype(np.float64)
        return [
            rule_evidence(self._labels, self._domains, evaluation, row)
            for evaluation, row in zip(evaluations, logs, strict=True)
        ]

    def _one(self, facts: Facts, evaluation: Evaluation, chances: Mapping[str, float]) -> Classified:
        given = dict(evaluation.facts)
        groups: dict[tuple[Domain, str | None], float] = defaultdict(float)
        group_of: dict[str, tuple[Domain, str | None]] = {}
        for label, chance in chances.items():
            if chance >= _WORTH_COUNTING:
                group_of[label] = (self._domains[label], self._specialty(given, label))
                groups[group_of[label]] += chance
        domain, specialty = max(groups, key=lambda group: groups[group])
        confidence = groups[domain, specialty]
        ranked = sorted(chances.items(), key=lambda item: -item[1])
        phenomenon = next(label for label, _ in ranked if group_of.get(label) == (domain, specialty))
        specialties: dict[str, float] = defaultdict(float)
        for (_, name), chance in groups.items():
            if name is not None:
                specialties[name] += chance
        if self._silent(facts, evaluation, confidence):
            domain, specialty, phenomenon, confidence = "unclear", None, NON_NETWORK, 0.0
        return Classified(
            domain=domain,
            phenomenon=None if phenomenon == NON_NETWORK else phenomenon,
            specialty=specialty,
            confidence=confidence,
            coverage=sum(chances[label] for label in self._coverage),
            phenomena=tuple(Ranked(label, chance) for label, chance in ranked[:3] if chance >= _WORTH_RANKING),
            specialties=tuple(
                Ranked(name, chance)
                for name, chance in sorted(specialties.items(), key=lambda item: -item[1])[:3]
                if chance >= _WORTH_RANKING
            ),
            evaluation=evaluation,
        )

    def telling(self, facts: Facts, phenomenon: str) -> tuple[Span, ...]:
        """Return the stretches of the text whose wording speaks most for a phenomenon."""
        text = facts.get(TEXT)
        if not isinstance(text, Text) or phenomenon not in self._labels:
            return ()
        grams = most_telling(self._suggester, text.normal, phenomenon)
        return tuple(text.span(at, at + len(gram)) for gram in grams if (at := text.normal.find(gram)) >= 0)

    def _specialty(self, given: dict[str, FactValue], label: str) -> str | None:
        """Return the specialty that a label makes it; given holds the facts and is told the label."""
        if label == NON_NETWORK:
            return None
        given["phenomenon"] = label
        found = self._rules.tables["table.specialty"].decide(given)
        return str(found.outputs["specialty"]) if found.outputs else None

    def _silent(self, facts: Facts, evaluation: Evaluation, confidence: float) -> bool:
        """There is next to no text, or nothing but the wording model names what it is about and it is not certain."""
        characters = facts.get("complaint.characters")
        if isinstance(characters, int) and characters < self._thresholds.seen:
            return True
        named = evaluation.scores.get("phenomenon") or evaluation.scores.get("domain")
        return not named and confidence < self._thresholds.coverage


def rule_evidence(
    labels: Sequence[str],
    domains: Mapping[str, str],
    evaluation: Evaluation,
    text: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> Evidence:
    """Put the scores of the rules beside the log-probabilities of the wording (float64 (k,))."""
    phenomena = evaluation.scores.get("phenomenon", {})
    parts = evaluation.scores.get("domain", {})
    return Evidence(
        rules=np.array([phenomena.get(label, 0.0) for label in labels]),
        domain=np.array([parts.get(domains[label], 0.0) for label in labels]),
        text=text,
    )


def domain_of(rules: RuleSet, label: str) -> Domain:
    """Return the part of the business that a label belongs to, by table.domain."""
    if label == NON_NETWORK:
        return "non_network"
    found = rules.tables["table.domain"].decide(_given(label))
    value = found.outputs["domain"] if found.outputs else "unclear"
    known: dict[str, Domain] = {
        "mobile": "mobile", "fixed_ims": "fixed_ims", "broadband": "broadband", "leased_line": "leased_line",
    }  # fmt: skip
    return known.get(str(value), "unclear")


def _given(label: str) -> Facts:
    """Return the facts of a label: non_network is no phenomenon."""
    return {} if label == NON_NETWORK else {"phenomenon": label}


def _normal(facts: Facts) -> str:
    """Return what the wording model reads: the complaint without what is masked in it."""
    text = facts.get(TEXT)
    return text.normal.replace(MASK, "") if isinstance(text, Text) else ""
