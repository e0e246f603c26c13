"""How much weight do rules and wording deserve, and how sure may the product be?

Fits the weights of triage/weigh.py on wordings that the model had not seen (cross-validation), and measures what the
probabilities are worth. Run by `./suyin model fit`; its result is rules/content/wordings/weights.json.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from rules.facts import FactValue
from rules.ruleset import RuleSet
from rules.text import read
from triage.classify import domain_of, rule_evidence
from triage.suggest import held_out_log_probabilities
from triage.tickets import CONTENT
from triage.weigh import Evidence, Floats, Weights, probabilities, reliability, softmax, stack
from triage.wordings import Labelled


@dataclass(frozen=True, slots=True)
class Calibration:
    """Fitted weights, and what they are worth on wordings held out from the model.

    right: share of wordings whose likeliest label is theirs. table: reliability, see triage.weigh.reliability.
    covered: share right among the surest 90 %. error: expected calibration error.
    """

    weights: Weights
    right: float
    covered: float
    error: float
    table: list[tuple[float, float, int]]
    wordings: int


def facts_of_wording(row: Labelled) -> dict[str, FactValue]:
    """Return the facts that rules see of a labelled wording."""
    facts: dict[str, FactValue] = {"complaint.text": read(CONTENT, row.text)}
    if row.path:
        facts["path"] = read("工单主题", row.path)
    return facts


def evidence_of(
    rules: RuleSet, labels: Sequence[str], rows: Sequence[Labelled], logs: NDArray[np.float32]
) -> list[Evidence]:
    """Return what speaks for each label of each wording; logs: float32 (n, k)."""
    domains: Mapping[str, str] = {label: domain_of(rules, label) for label in labels}
    return [
        rule_evidence(labels, domains, rules.evaluate(facts_of_wording(row)), np.asarray(log, dtype=np.float64))
        for row, log in zip(rows, logs, strict=True)
    ]


def calibrate(rules: RuleSet, rows: Sequence[Labelled]) -> Calibration:
    """Fit the weights on the rows kept apart from the rules; the model learns from all. Five rows a label at least."""
    labels, logs = held_out_log_probabilities(rows)
    apart = [number for number, row in enumerate(rows) if row.apart]
    kept = [rows[number] for number in apart]
    evidence = evidence_of(rules, labels, kept, logs[apart])
    truth = [row.label for row in kept]
    return measure(labels, evidence, truth, fit_weights(labels, evidence, truth))


def fit_weights(labels: Sequence[str], evidence: Sequence[Evidence], truth: Sequence[str]) -> Weights:
    """Fit the weights by penalised likelihood on held-out evidence; truth: one label each."""
    features = stack(evidence)
    rows = np.arange(len(truth))
    targets = np.array([labels.index(label) for label in truth])

    def loss(parameters: Floats) -> tuple[float, Floats]:
        vector, bias = parameters[:3], parameters[3:]
        chances = softmax(features @ vector + bias)
        value = -np.log(chances[rows, targets] + 1e-12).sum() + 0.5 * (bias**2).sum() + 0.01 * (vector**2).sum()
        error = chances
        error[rows, targets] -= 1
        gradient = np.concatenate([np.einsum("ij,ijk->k", error, features) + 0.02 * vector, error.sum(axis=0) + bias])
        return float(value), gradient

    start = np.concatenate([[0.8, 0.5, 0.5], np.zeros(len(labels))])
    found = minimize(loss, start, jac=True, method="L-BFGS-B").x
    bias = {label: round(float(b), 3) for label, b in zip(labels, found[3:], strict=True)}
    rules, domain, text = (round(float(w), 3) for w in found[:3])
    return Weights(rules, domain, text, bias)


def measure(labels: Sequence[str], evidence: Sequence[Evidence], truth: Sequence[str], weights: Weights) -> Calibration:
    """Return what weights are worth on evidence whose true labels are known."""
    chances = probabilities(labels, evidence, weights)
    top = chances.max(axis=1)
    right = np.array([labels[i] for i in chances.argmax(axis=1)]) == np.array(truth)
    table = reliability(top, right)
    surest = np.argsort(-top)[: max(1, int(0.9 * len(top)))]
    error = sum(abs(mean - share) * count for mean, share, count in table) / len(top)
    return Calibration(weights, float(right.mean()), float(right[surest].mean()), float(error), table, len(truth))
