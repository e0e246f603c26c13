"""What does a search for a place answer?

Never computes anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from geo.place import PlaceKind

Level = Literal["same_place", "same_compound", "same_road", "same_area", "different"]
Outcome = Literal["match", "review", "none"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place of the list that may be meant.

    probability: that this very place is meant, 0 to 1. agreed, differed, missing: parts of the address in the
    handbook's words (`楼栋3`, `区县双流区`). sentence: the same for staff. spans: half-open places in the query's text
    (code points, as it arrived) that speak for this candidate.
    """

    kind: PlaceKind
    id: str
    name: str
    probability: float
    level: Level
    agreed: tuple[str, ...]
    differed: tuple[str, ...]
    missing: tuple[str, ...]
    sentence: str
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class PlaceMatch:
    """The answer to one query.

    outcome: `match` only where exactly one place is sure; `review` where a person must choose; `none`.
    probability: of the best candidate, 0.0 where there is none. candidates: at most five, the likeliest first.
    """

    outcome: Outcome
    probability: float
    best: Candidate | None
    candidates: tuple[Candidate, ...]
