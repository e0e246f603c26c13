"""How is the wording model fitted? On the labelled wordings under rules/content/wordings, the same each time.

The only user of scikit-learn in the core; triage/resemble.py uses what it fits.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from triage.resemble import FLOOR, Floats, Suggester, features, make_suggester
from triage.wordings import Labelled

_FOLDS = 5


def fit(wordings: Sequence[Labelled]) -> Suggester:
    """Fit the model; the same wordings give the same weights. Needs two labels with two wordings each at least."""
    model = _classifier().fit(features([w.normal for w in wordings]), [w.label for w in wordings])
    weights = np.asarray(model.coef_, dtype=np.float32)
    return make_suggester([str(label) for label in model.classes_], weights, np.asarray(model.intercept_))


def held_out_log_probabilities(wordings: Sequence[Labelled]) -> tuple[tuple[str, ...], Floats]:
    """Return the labels and float32 (n, k): what models fitted without each wording say about it."""
    labels = np.array([w.label for w in wordings])
    split = StratifiedKFold(_FOLDS, shuffle=True, random_state=7)
    matrix = features([w.normal for w in wordings])
    probabilities = cross_val_predict(_classifier(), matrix, labels, cv=split, method="predict_proba")
    floored = np.log(np.maximum(probabilities, FLOOR)).astype(np.float32)
    return tuple(str(label) for label in np.unique(labels)), floored


def _classifier() -> LogisticRegression:
    return LogisticRegression(C=30.0, max_iter=400, class_weight="balanced")
