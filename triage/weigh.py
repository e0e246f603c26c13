"""How sure is it which phenomenon a complaint is about?

One conditional logit over the candidates weighs what the rules say (phenomenon score, domain score) against what
the wording resembles; its few weights are data (rules/content/wordings/weights.json), fitted on held-out
predictions so that the probabilities are calibrated. Without any evidence every candidate stays improbable.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

NON_NETWORK = "non_network"
SCORE_CAP = 9.0


@dataclass(frozen=True, slots=True)
class Weights:
    """rules, domain, text: weight of each source of evidence; bias: per label, absent labels count 0."""

    rules: float
    domain: float
    text: float
    bias: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for each label of one complaint: three float64 arrays of shape (k,), in the order of the labels."""

    rules: Floats
    domain: Floats
    text: Floats


def probabilities(labels: Sequence[str], evidence: Sequence[Evidence], weights: Weights) -> Floats:
    """Return float64 (n, k), rows summing to 1: the probability of each label for each complaint."""
    if not evidence:
        return np.empty((0, len(labels)))
    return softmax(stack(evidence) @ _vector(weights) + _bias(labels, weights))


def reliability(chances: Floats, right: NDArray[np.bool_], bins: int = 10) -> list[tuple[float, float, int]]:
    """Return (mean probability, share right, count) for each non-empty bin of the top probability.

    chances: float64 (n,), the probability of what was chosen; right: bool (n,), whether it was right.
    """
    edges = np.minimum((chances * bins).astype(int), bins - 1)
    return [
        (float(chances[edges == b].mean()), float(right[edges == b].mean()), int((edges == b).sum()))
        for b in range(bins)
        if (edges == b).any()
    ]


def stack(evidence: Sequence[Evidence]) -> Floats:
    """Return float64 (n, k, 3): rules, domain and text for each label of each complaint."""
    rules, domain, text = (
        np.array(column, np.float64) for column in zip(*((e.rules, e.domain, e.text) for e in evidence), strict=True)
    )
    return np.stack((np.minimum(rules, SCORE_CAP), domain, text), axis=1).transpose(0, 2, 1)


def _vector(weights: Weights) -> Floats:
    return np.array([weights.rules, weights.domain, weights.text])


def _bias(labels: Sequence[str], weights: Weights) -> Floats:
    return np.array([weights.bias.get(label, 0.0) for label in labels])


def softmax(scores: Floats) -> Floats:
    """Return float64 (n, k), rows summing to 1."""
    exponents = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(exponents / exponents.sum(axis=1, keepdims=True))
