"""With which coefficients and thresholds do figures become a probability and an outcome?

They are data (model.json: coefficients by the name of each figure, thresholds, the model card, and a hash over what
decides). Never fits anything; see geo.fit.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo import content
from geo.errors import ContentUnreadable
from geo.figures import NAMES


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """coefficients: float32 (figures,), in the order of geo.figures.NAMES. slope, offset: calibration of the log odds
    of the best candidate. match, review: probabilities from which an outcome is sure, or needs a person.
    """

    coefficients: NDArray[np.float32]
    intercept: float
    slope: float
    offset: float
    match: float
    review: float
    digest: str


@cache
def shipped() -> Model:
    """Return the model that comes with the program. Raises ContentUnreadable."""
    return read(content.document("model.json"))


def load(file: Path) -> Model:
    """Return a model that `places fit` wrote. Raises ContentUnreadable."""
    try:
        return read(json.loads(file.read_text("utf-8")))
    except ContentUnreadable as error:
        raise ContentUnreadable(f"{file}: {error}") from error
    except (OSError, ValueError) as error:
        raise ContentUnreadable(f"{file} holds no model: {error}") from error


def read(document: dict[str, Any]) -> Model:
    """Return the model in a document. Raises ContentUnreadable where a figure is missing or the hash is not its own."""
    try:
        deciding = document["deciding"]
        named = deciding["coefficients"]
        unknown, absent = set(named) - set(NAMES), set(NAMES) - set(named)
        if unknown or absent:
            raise ContentUnreadable(
                f"the model has other figures than the program: {sorted(unknown | absent)}; fit it again"
            )
        if document["hash"] != digest(deciding):
            raise ContentUnreadable("the hash of the model is not that of its coefficients; fit it again")
        coefficients = np.array([named[name] for name in NAMES], np.float32)
        numbers = {name: float(deciding[name]) for name in ("intercept", "slope", "offset", "match", "review")}
        return Model(coefficients, digest=document["hash"], **numbers)
    except (KeyError, TypeError, ValueError) as error:
        raise ContentUnreadable(f"the model is incomplete: {error!r}; fit it again") from error


def digest(deciding: dict[str, Any]) -> str:
    """Return the sha256 of all that decides, as 64 hex digits."""
    return hashlib.sha256(json.dumps(deciding, sort_keys=True).encode()).hexdigest()
