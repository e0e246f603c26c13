"""Is a matcher that has learnt from people's corrections better than the one in force?

Every third correction is kept out of the fit, chosen by its words, so that the comparison is honest; both models are
measured on the same invented places that neither has seen and on the corrections kept out. Never puts a model in force.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from geo.divisions import Divisions
from geo.errors import FitImpossible
from geo.fit import Correction, fit, invented, judged, measure
from geo.model import Model, read
from geo.place import Place

_FEWEST = 6  # corrections below which all of them are learnt from
_ONE_OF = 3
_INVENTED, _CORRECTIONS = "unseen places", "corrections kept out"
_LESS_IS_BETTER = "false_accepts_at_threshold"


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure of both models. what: the material; figure: a key of geo.fit.measure."""

    what: str
    figure: str
    in_force: float
    candidate: float

    @property
    def worse(self) -> bool:
        """Whether the candidate falls behind."""
        gain = self.candidate - self.in_force
        return gain > 0 if self.figure == _LESS_IS_BETTER else gain < 0


@dataclass(frozen=True, slots=True)
class Refitted:
    """document: the candidate as geo.model reads it. compared: figures of both. learnt, kept_out: corrections."""

    document: dict[str, Any]
    compared: tuple[Compared, ...]
    learnt: int
    kept_out: int


def refit(
    divisions: Divisions, corrections: Sequence[Correction], corrected: Sequence[Place], in_force: Model, *,
    seed: int, places: int, count: int, card: bool = False,
) -> Refitted:  # fmt: skip
    """Fit a candidate and hold it against the model in force.

    corrections, corrected, seed, places, count, card: as for geo.fit.fit. Raises FitImpossible.
    """
    if corrections and not corrected:
        raise FitImpossible("the corrections speak of places, and no list was given: import it, or name it by --places")
    kept_out = [c for c in corrections if len(corrections) >= _FEWEST and _drawn(c.query.text)]
    learnt = [c for c in corrections if c not in kept_out]
    document = fit(divisions, seed=seed, places=places, count=count, corrections=learnt, corrected=corrected, card=card)
    materials = {_INVENTED: invented(divisions, seed + 5000, places, count)}
    if kept_out:
        materials[_CORRECTIONS] = judged(divisions, corrected, [(c.query, c.place) for c in kept_out])
    candidate = read(document)
    compared = []
    for what, data in materials.items():
        old, new = measure(data, in_force), measure(data, candidate)
        compared += [Compared(what, figure, old[figure], new[figure]) for figure in new if figure != "queries"]
    return Refitted(document, tuple(compared), len(learnt), len(kept_out))


def _drawn(text: str) -> bool:
    return hashlib.sha256(text.encode()).digest()[0] % _ONE_OF == 0
