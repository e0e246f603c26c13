"""Which tokens stand for a text in the full-text index, and which for what somebody looks for?

Chinese has no spaces and the databases' own tokenizers find nothing for 信号, so every run of Chinese characters
becomes its overlapping pairs, and its last character alone; Latin words and numbers stay whole. A word of a query
is found where all its pairs occur, which is nearly always the word itself. Never asks a database.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_RUN = re.compile(r"[\u3400-\u9fff]+|[^\W\u3400-\u9fff_]+")
_LONGEST = 64  # characters of one token; PostgreSQL refuses lexemes over 2 kB, and nobody types longer ones


@dataclass(frozen=True, slots=True)
class Token:
    """One thing to look for. prefix: tokens that begin with text fit as well."""

    text: str
    prefix: bool


def tokens_of(text: str) -> set[str]:
    """Return the tokens under which text is found; they consist of letters and digits only."""
    tokens: set[str] = set()
    for run in _RUN.findall(_folded(text)):
        if "\u3400" <= run[0] <= "\u9fff":
            tokens.update([run[i : i + 2] for i in range(len(run))])
        else:
            tokens.add(run[:_LONGEST])
    return tokens


def tokens_wanted(query: str) -> tuple[Token, ...]:
    """Return the tokens that must all occur; none where the query has neither letter nor digit.

    A single Chinese character and a Latin word or number fit as the beginning of a token.
    """
    wanted: dict[Token, None] = {}
    for run in _RUN.findall(_folded(query)):
        if not "\u3400" <= run[0] <= "\u9fff" or len(run) == 1:
            wanted[Token(run[:_LONGEST], prefix=True)] = None
            continue
        for i in range(len(run) - 1):
            wanted[Token(run[i : i + 2], prefix=False)] = None
    return tuple(wanted)


def _folded(text: str) -> str:
    """Full width and half width, upper and lower case alike; offsets do not matter here, speed does."""
    return unicodedata.normalize("NFKC", text).lower()
