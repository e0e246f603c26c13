"""How is a text cut so that every stretch knows which reasons point at it? Spans may overlap. Never writes HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from triage.decisions import Reason


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of text and the numbers of the reasons that point at it, counted from 1; none for ordinary text."""

    text: str
    reasons: tuple[int, ...]


def stretches(field: str, text: str, why: Sequence[Reason]) -> list[Stretch]:
    """Cut the text of a field at the ends of the reasons' spans; joined, the stretches are the text again."""
    spans = [
        (max(span.start, 0), min(span.end, len(text)), number)
        for number, reason in enumerate(why, 1)
        for span in reason.spans
        if span.field == field
    ]
    spans = [(start, end, number) for start, end, number in spans if start < end]
    cuts = sorted({0, len(text), *(s[0] for s in spans), *(s[1] for s in spans)})
    return [
        Stretch(text[start:end], tuple(sorted({n for first, last, n in spans if first <= start and end <= last})))
        for start, end in pairwise(cuts)
    ]
