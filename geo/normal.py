"""Which form of an address is compared: Chinese numerals as digits, talk around the place cut off?

On top of the normal form of rules.text: 十三 → 13, punctuation → a boundary (`|`), and what an agent wrote before
and after the place (客户反映在 … 附近信号差) is left out. Every position can be traced
back. Never drops a number or a name.
"""

from __future__ import annotations

import re
from functools import cache

from geo import content
from rules.text import normalise

BOUNDARY = "|"
_NUMERAL = re.compile("[零〇一二三四五六七八九十百]+")
_DIGITS = {c: str(n) for n, c in enumerate("零一二三四五六七八九")} | {"〇": "0"}
_MARK = re.compile(r"[^\w#+~\-.\u4e00-\u9fff]|[_．]|(?<!\d)\.|\.(?!\d)")
_TALK_BEFORE = 40  # characters in which an opening phrase may end


def canonical(text: str) -> str:
    """Return the form of text that is compared. Never raises."""
    return fold(normalise(text)[0])


def fold(normal: str) -> str:
    """Return the compared form of a text that already is in its normal form."""
    start, end = core(normal)
    return _NUMERAL.sub(_as_digits, _MARK.sub(BOUNDARY, normal[start:end]))


def trace(text: str) -> tuple[str, tuple[int, ...]]:
    """Return canonical(text) and, for each of its characters, the index in text it came from."""
    normal, offsets = normalise(text)
    start, end = core(normal)
    marked = _MARK.sub(BOUNDARY, normal[start:end])
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
    before, after, trailing = _phrases()
    opened = before.match(normal)
    start = opened.end() if opened and opened.end() < len(normal) else 0
    closed = after.search(normal, start + 2)
    end = closed.start() if closed else len(normal)
    shorter = trailing.search(normal, start, end)
    if shorter and shorter.start() > start + 1:
        end = shorter.start()
    return start, end


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


@cache
def _phrases() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """The patterns of talk.txt: what opens, what ends a place, and words around it that add nothing."""
    groups: dict[str, list[str]] = {"who": [], "where": [], "alone": [], "trouble": [], "near": []}
    for kind, *words in content.lines("talk.txt", columns=2):
        groups.setdefault(kind, []).extend(words)
    joined = {kind: "|".join(sorted(words, key=len, reverse=True)) for kind, words in groups.items()}
    who, where, alone = joined["who"], joined["where"], joined["alone"]
    before = re.compile(rf"(?:.{{0,{_TALK_BEFORE}}}?(?:{who}).{{0,14}}?(?:{where})|(?:{alone}))[\s,，:：、(（]*")
    after = re.compile(f"[,，。;；、\\s(（]*(?:{joined['near']})?(?:的|,|，)?(?:{joined['trouble']})")
    trailing = re.compile(f"(?:[,，。;；、.\\s(（]|{joined['near']})+$")
    return before, after, trailing
