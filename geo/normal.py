"""Which form of an address is compared: Chinese numerals as digits, talk around the place cut off?

On top of the normal form of rules.text: 十三 → 13, punctuation → a boundary (`|`), and what an agent wrote before
and after the place (客户反映在 … 附近信号差) is left out. Every position can be traced
back. Never drops a number or a name.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

import ahocorasick_rs

from geo import content
from rules.text import normalise

BOUNDARY = "|"
_NUMERAL = re.compile("[零〇一二三四五六七八九十百]+")
_DIGITS = {c: str(n) for n, c in enumerate("零一二三四五六七八九")} | {"〇": "0"}
_KEPT = frozenset("#+~-.")
_MARKS = {
    code: BOUNDARY
    for code in (
        *range(0x20, 0x7F),
        *range(0xA0, 0xC0),
        *range(0x2000, 0x2070),
        *range(0x3000, 0x3040),
        *range(0xFE30, 0xFFF0),
    )
    if not chr(code).isalnum() and chr(code) not in _KEPT and chr(code) != "〇"
}
_POINT = re.compile(r"(?<!\d)\.|\.(?!\d)")
_TALK_BEFORE = 40  # characters in which an opening phrase may end


def canonical(text: str) -> str:
    """Return the form of text that is compared. Never raises."""
    return fold(normalise(text)[0])


def fold(normal: str) -> str:
    """Return the compared form of a text that already is in its normal form."""
    start, end = core(normal)
    return _NUMERAL.sub(_as_digits, _marked(normal[start:end]))


def trace(text: str) -> tuple[str, tuple[int, ...]]:
    """Return canonical(text) and, for each of its characters, the index in text it came from."""
    normal, offsets = normalise(text)
    start, end = core(normal)
    marked = _marked(normal[start:end])
    folded: list[str] = []
    origins: list[int] = []
    at = 0
    for found in _NUMERAL.finditer(marked):
        folded.append(marked[at : found.start()])
        origins.extend(range(at, found.start()))
        digits = _as_digits(found)
        folded.append(digits)
        last = found.end() - found.start() - 1
        origins.extend(found.start() + min(n, last) for n in range(len(digits)))
        at = found.end()
    folded.append(marked[at:])
    origins.extend(range(at, len(marked)))
    back = offsets if offsets is not None else range(len(normal))
    return "".join(folded), tuple(back[start + origin] for origin in origins)


def core(normal: str) -> tuple[int, int]:
    """Return the half-open stretch of normal that holds the place, without the talk around it."""
    talk = _talk()
    start, end = 0, len(normal)
    if talk.words.find_matches_as_indexes(normal):
        opened = talk.before.match(normal)
        start = opened.end() if opened and opened.end() < end else 0
        closed = talk.after.search(normal, start + 2)
        end = closed.start() if closed else end
    if end > start and normal[end - 1] in talk.last:
        shorter = talk.trailing.search(normal, max(start, end - _TALK_BEFORE), end)
        end = shorter.start() if shorter and shorter.start() > start + 1 else end
    return start, end


def _marked(normal: str) -> str:
    text = normal.translate(_MARKS)
    return _POINT.sub(BOUNDARY, text) if "." in text else text


def _as_digits(found: re.Match[str]) -> str:
    text = found.group()
    if "十" not in text and "百" not in text:
        return "".join(_DIGITS[c] for c in text)
    if (text.strip("十百") == "" and len(text) > 1) or text == "百":
        return text
    total, digit = 0, -1
    for character in text:
        if character in "十百":
            total += (1 if digit < 0 else digit) * (10 if character == "十" else 100)
            digit = -1
        else:
            digit = int(_DIGITS[character]) if digit < 0 else digit * 10 + int(_DIGITS[character])
    return str(total + max(digit, 0))


class _Talk(NamedTuple):
    """words: all that open or end a place; before, after, trailing: patterns; last: how a vague end may end."""

    words: ahocorasick_rs.AhoCorasick
    before: re.Pattern[str]
    after: re.Pattern[str]
    trailing: re.Pattern[str]
    last: frozenset[str]


@cache
def _talk() -> _Talk:
    """The patterns of talk.txt."""
    groups: dict[str, list[str]] = {"who": [], "where": [], "alone": [], "trouble": [], "near": []}
    for kind, *words in content.lines("talk.txt", columns=2):
        groups.setdefault(kind, []).extend(words)
    joined = {kind: "|".join(sorted(words, key=len, reverse=True)) for kind, words in groups.items()}
    joined["near"] = f"(?!(?<=[室屋])内)(?:{joined['near']})"  # 室内 is a part of the place, see geo.indoor
    who, where, alone = joined["who"], joined["where"], joined["alone"]
    before = re.compile(rf"(?:.{{0,{_TALK_BEFORE}}}?(?:{who}).{{0,14}}?(?:{where})|(?:{alone}))[\s,，:：、(（]*")
    after = re.compile(f"[,，。;；、\\s(（]*(?:{joined['near']})?(?:的|,|，)?(?:{joined['trouble']})")
    trailing = re.compile(f"(?:[,，。;；、.\\s(（]|{joined['near']})+$")
    last = frozenset(word[-1] for word in groups["near"]) | frozenset(",，。;；、. (（")
    words = sorted({*groups["who"], *groups["alone"], *groups["trouble"]})
    return _Talk(ahocorasick_rs.AhoCorasick(words), before, after, trailing, last)
