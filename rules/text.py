"""Which form of a text do rules and matchers compare, and where does each character of it stand in the original?

NFKC, lower case, full width to half width, CJK radicals and traditional characters to their simplified form;
spaces between two Chinese characters and invisible characters fall away. Every position can be traced back, so
that evidence is highlighted in the text as it arrived. Never changes the original, never splits words.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

import opencc

SHORT, REMEMBERED = 48, 8192  # characters of texts that come again and again (levels, addresses), and how many
MASK = "\x00"  # stands for a character that must match nothing: a block key, a boilerplate sentence

# CJK Radicals Supplement: NFKC leaves these alone, exports from PDF and some input methods produce them.
_RADICALS = str.maketrans(
    "⺁⺇⺌⺎⺟⺠⺩⺪⺫⻁⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰⻳",
    "厂几小兀母民王疋目虎西见角贝车长门青韦页风飞食马骨鬼鱼鸟卤麦黄齐齿龙龟",
)
_INVISIBLE = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff"
_DROPPED = re.compile(rf"[{_INVISIBLE}]|(?<=[\u3400-\u9fff])[ \t\u3000]+(?=[\u3400-\u9fff])")


class Span(NamedTuple):
    """A place in an original field: half-open, in code points."""

    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Piece:
    """Where one stretch of the normal form came from.

    at: index of its first character in the normal form. field: name of the original field. start: index in that
    field. offsets: for each character of the stretch, its index relative to start, or None where they run alike.
    """

    at: int
    field: str
    start: int
    offsets: tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class Text:
    """A normalised text that remembers where each of its characters stood."""

    normal: str
    pieces: tuple[Piece, ...]

    def span(self, start: int, end: int) -> Span:
        """Return the original place of normal[start:end]; it is cut at the end of the piece it starts in.

        start, end: 0 <= start < end <= len(normal). Raises IndexError for an empty text.
        """
        number = bisect_right(self.pieces, start, key=lambda piece: piece.at) - 1
        piece = self.pieces[number]
        after = self.pieces[number + 1].at if number + 1 < len(self.pieces) else len(self.normal)
        first, last = start - piece.at, min(end, after) - piece.at - 1
        if piece.offsets is None:
            return Span(piece.field, piece.start + first, piece.start + last + 1)
        return Span(piece.field, piece.start + piece.offsets[first], piece.start + piece.offsets[last] + 1)

    def masked(self, stretches: list[tuple[int, int]]) -> Text:
        """Return the text with each normal[start:end] made unmatchable; positions stay as they are."""
        characters = list(self.normal)
        for start, end in stretches:
            characters[start:end] = MASK * (end - start)
        return Text("".join(characters), self.pieces)


@cache
def _one_to_one() -> dict[int, int]:
    """Every character whose normal form is one other character."""
    simplify = opencc.OpenCC("t2s")
    characters = [chr(point) for point in (*range(0xA0, 0xD800), *range(0xF900, 0x10000))]
    folded = [unicodedata.normalize("NFKC", c.translate(_RADICALS)).lower() for c in characters]
    simple = simplify.convert("\n".join(folded)).split("\n")
    if len(simple) != len(folded):  # a folded form held a line break: keep those as they are
        simple = folded
    table = {ord(c): ord(s) for c, s in zip(characters, simple, strict=True) if len(s) == 1 and s != c}
    table.update({ord(c): ord(c.lower()) for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"})
    return table


@cache
def _expanding() -> re.Pattern[str]:
    """Characters whose normal form is longer than one character, or empty."""
    points = (*range(0xA0, 0xD800), *range(0xF900, 0x10000), *range(0x1F100, 0x1F200))
    odd = [chr(p) for p in points if len(unicodedata.normalize("NFKC", chr(p)).lower()) != 1]
    return re.compile("[" + "".join(re.escape(c) for c in odd) + "]")


def normalise(original: str) -> tuple[str, tuple[int, ...] | None]:
    """Return the normal form and, for each of its characters, the index in the original.

    The indexes are None where both run alike (the usual case). Never raises.
    """
    return _remembered(original) if len(original) <= SHORT else _normalise(original)


def _normalise(original: str) -> tuple[str, tuple[int, ...] | None]:
    normal = original.translate(_one_to_one())
    if _DROPPED.search(normal) is None and _expanding().search(normal) is None:
        return normal, None
    return _normalise_slowly(original)


_remembered = lru_cache(maxsize=REMEMBERED)(_normalise)


def _normalise_slowly(original: str) -> tuple[str, tuple[int, ...]]:
    table = _one_to_one()
    dropped = {i for found in _DROPPED.finditer(original) for i in range(*found.span())}
    characters: list[str] = []
    offsets: list[int] = []
    for index, character in enumerate(original):
        if index in dropped:
            continue
        single = table.get(ord(character))
        form = chr(single) if single else unicodedata.normalize("NFKC", character).lower()
        characters.append(form)
        offsets.extend([index] * len(form))
    return "".join(characters), tuple(offsets)


def read(field: str, original: str, start: int = 0) -> Text:
    """Return original as a Text of one piece that begins at start of the named field."""
    normal, offsets = normalise(original)
    return Text(normal, (Piece(0, field, start, offsets),))


def join(parts: list[Text], between: str = "\n") -> Text:
    """Return one Text made of several; between is put between them and belongs to the part before it."""
    pieces: list[Piece] = []
    at = 0
    for part in parts:
        pieces.extend(Piece(at + p.at, p.field, p.start, p.offsets) for p in part.pieces)
        at += len(part.normal) + len(between)
    return Text(between.join(part.normal for part in parts), tuple(pieces))
