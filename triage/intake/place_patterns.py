"""What does an address look like, piece by piece?

The regular expressions of the free-text address finder, built once from words.toml. Never judges what it matches.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from triage.intake.words import words

CUT = "|"  # stands for a character that no address runs across

_FORM = "\u4e00-\u9fffA-Za-z0-9０-９·"
_CHINESE = "\u4e00-\u9fff"
_DIGIT = "[0-9０-９一二三四五六七八九十百零〇两]"


class Patterns(NamedTuple):
    """highway, metro and crossing: forms of their own. run: elements in a row, name before number.

    element: one element, groups number | name, suffix | "", joined suffix (新城+区) | name before a number.
    joined: a division's suffix right behind another one. tail: a name without suffix that fills its stretch.
    """

    highway: re.Pattern[str]
    metro: re.Pattern[str]
    crossing: re.Pattern[str]
    run: re.Pattern[str]
    element: re.Pattern[str]
    joined: re.Pattern[str]
    tail: re.Pattern[str]


def _either(listed: tuple[str, ...]) -> str:
    """Return a pattern for any of the words, the longest first; the look ahead spares most of the comparisons."""
    ordered = sorted(set(listed), key=lambda word: (-len(word), word))
    return f"(?=[{_first_characters(listed)}])(?:{'|'.join(ordered)})"


def _first_characters(listed: tuple[str, ...]) -> str:
    return "".join(sorted({word[0] for word in listed}))


def _number() -> str:
    """Return the pattern of a number with its unit (199号, 3栋, 东段, A区) or of a bare 9-2-1."""
    return (
        rf"(?:附|第|[东南西北中])?(?:{_DIGIT}{{1,5}}|[A-Za-z]{{1,2}}[0-9]{{0,3}}|[甲乙丙丁东南西北中])"
        rf"(?:[-—~～]{_DIGIT}{{1,5}})*{_either(words().numbers)}|[#＃]?[0-9]{{1,4}}(?:-[0-9]{{1,4}})+|[0-9]{{1,4}}[#＃]"
    )


@cache
def patterns() -> Patterns:
    """Return the patterns, built once."""
    known = words()
    suffixes = (*known.divisions, *known.towns, *known.villages, *known.roads, *known.compounds)
    suffix, road, number = _either(suffixes), _either(known.roads), _number()
    marks = _first_characters(suffixes)
    station = rf"[{_CHINESE}]{{2,8}}?站"
    return Patterns(
        highway=re.compile(
            rf"[^\W_在上走到从跑过去来于]{{1,7}}?高速(?:公路|路)?(?:"
            rf"[{_FORM}]{{1,10}}?(?:到|至|往|[-—~～])[{_FORM}]{{1,8}}?(?:路段|方向|段|之间|收费站|服务区|出口)"
            rf"|[{_FORM}]{{1,8}}?(?:收费站|服务区|出口|入口|互通|隧道|段)"
            rf"|[Kk]?[0-9]{{1,4}}(?:\+[0-9]+)?(?:公里|km|处)?)?"
        ),
        metro=re.compile(
            rf"(?:[{_CHINESE}]{{2,4}})?(?:地铁|轻轨|轨道交通){_DIGIT}{{1,3}}号线(?:{station}(?:[到至—-]{station}(?:区间)?)?)?"
            rf"(?:[A-Z][0-9]?出?口)?|(?:地铁|轻轨){station}"
        ),
        crossing=re.compile(
            rf"[{_CHINESE}]{{1,9}}?{road}(?:{number})?[与和跟、及到至—-]"
            rf"[{_CHINESE}]{{1,8}}?{road}(?:交叉路口|交叉口|交汇处|交界处|交口|路口|之间|沿线|拐角|段)?"
        ),
        # The look ahead leaves a stretch at once in which no suffix follows.
        run=re.compile(
            rf"(?=[^|{marks}]*[{marks}])[{_FORM}]{{1,9}}?{suffix}"
            rf"(?:{number}|[{_FORM}]{{0,9}}?{suffix}|[{_CHINESE}]{{2,6}}?(?:{number}))*"
            rf"(?:[A-Za-z]?[0-9]{{3,4}}(?![0-9号米]))?"
        ),
        element=re.compile(
            rf"({number})|([{_FORM}]{{1,9}}?)({suffix})|()({suffix})|([{_CHINESE}]{{2,6}}?)(?={number})"
        ),
        joined=re.compile(_either((*known.divisions, *known.towns, *known.villages))),
        tail=re.compile(rf"[{_FORM}]{{2,6}}(?=[|]|$)"),
    )
