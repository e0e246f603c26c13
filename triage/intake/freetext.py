"""Which addresses does a sentence name, and how sure is it?

A run of address elements (division, road, number, village, compound …) without words in between; the chatter around
it is cut. No match is better than half a sentence. Never looks a name up: whether a place exists is the business
of `geo`.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

import ahocorasick_rs

from triage.intake.words import words

CUT = "|"
LONGEST = 80
SURE = 3.0  # a mention below this is no address

_PUNCTUATION = re.compile(r"[^\w\-#＃~～—·]|_")
_FORM = "\u4e00-\u9fffA-Za-z0-9０-９·"
_DIGIT = "[0-9０-９一二三四五六七八九十百零〇两]"


class _Patterns(NamedTuple):
    highway: re.Pattern[str]
    metro: re.Pattern[str]
    crossing: re.Pattern[str]
    run: re.Pattern[str]
    element: re.Pattern[str]


def _either(*lists: tuple[str, ...]) -> str:
    """Return a pattern for any of the words, the longest first; the look ahead spares most of the comparisons."""
    words = {word for words in lists for word in words}
    first = "".join(sorted({word[0] for word in words}))
    return f"(?=[{first}])(?:{'|'.join(sorted(words, key=lambda word: (-len(word), word)))})"


@cache
def _breaks() -> ahocorasick_rs.AhoCorasick:
    return ahocorasick_rs.AhoCorasick(
        [*words().kept, *words().breaks],
        matchkind=ahocorasick_rs.MatchKind.LeftmostLongest,
        implementation=ahocorasick_rs.Implementation.DFA,
    )


@cache
def _patterns() -> _Patterns:
    known = words()
    road = _either(known.roads)
    suffixes = (*known.divisions, *known.towns, *known.villages, *known.roads, *known.compounds)
    suffix = _either(suffixes)
    number = (
        rf"(?:附|第|[东南西北中])?(?:{_DIGIT}{{1,5}}|[A-Za-z]{{1,2}}[0-9]{{0,3}}|[甲乙丙丁东南西北中])"
        rf"(?:[-—~～]{_DIGIT}{{1,5}})*(?:{_either(known.numbers)})|[#＃]?[0-9]{{1,4}}(?:-[0-9]{{1,4}})+|[0-9]{{1,4}}[#＃]"
    )
    marks = "".join(sorted({word[0] for word in suffixes}))
    named = rf"[{_FORM}]{{1,9}}?(?:{suffix})"
    return _Patterns(
        highway=re.compile(
            rf"[{_FORM}]{{1,7}}?高速(?:公路|路)?(?:"
            rf"[{_FORM}]{{1,10}}?(?:到|至|往|[-—~～])[{_FORM}]{{1,8}}?(?:路段|方向|段|之间|收费站|服务区|出口)"
            rf"|[{_FORM}]{{1,8}}?(?:收费站|服务区|出口|入口|互通|隧道|段)"
            rf"|[Kk]?[0-9]{{1,4}}(?:\+[0-9]+)?(?:公里|km|处)?)?"
        ),
        metro=re.compile(
            rf"(?:[\u4e00-\u9fff]{{2,4}})?(?:地铁|轻轨|轨道交通){_DIGIT}{{1,3}}号线(?:[\u4e00-\u9fff]{{2,9}}?站)?"
            rf"(?:[{_FORM}]出?口)?|(?:地铁|轻轨)[\u4e00-\u9fff]{{2,9}}?站"
        ),
        crossing=re.compile(
            rf"[\u4e00-\u9fff]{{1,9}}?(?:{road})(?:{number})?(?:与|和|跟|、|及|到|至|[-—])"
            rf"[\u4e00-\u9fff]{{1,8}}?(?:{road})(?:交叉路口|交叉口|交汇处|交界处|交口|路口|之间|沿线|拐角|段)?"
        ),
        # The look ahead leaves a stretch at once in which no suffix follows.
        run=re.compile(
            rf"(?=[^|{marks}]*[{marks}]){named}"
            rf"(?:{number}|[{_FORM}]{{0,9}}?(?:{suffix}))*(?:[A-Za-z]?[0-9]{{3,4}}(?![0-9号米]))?"
        ),
        element=re.compile(rf"({number})|([{_FORM}]{{0,9}}?)({suffix})"),
    )


_RAIL = re.compile("地铁|轻轨|轨道交通")
_JOINED = re.compile(r"[路街道巷弄线桥号][^|]{0,6}?[与和跟、及到至\-—]")
_CUE = re.compile(
    r"(?:在|住|位于|地处|处于|靠近|家住|路过|经过|途经|途径|来到|回到|到达|前往|搬到|进入|去|到|地址|地点|位置|住址)(?:了|是|为|：|:|（|\(|【|\[|“|\"|于|\s)*$"
)
_ELSEWHERE = re.compile(
    r"(?:归属地|归属|户籍|身份证|办理|办的|寄到|寄往|快递|来自|号码是|开户|携号|其他地方如|换到|拿到|离开|出了|不在|除了|以前在|之前在|原来在)[^，。,；;]{0,3}$"
)
_AFTER = re.compile(r"^(?:附近|周边|周围|旁边|门口|一带|里面|里|内|这边|那边|沿线|对面|隔壁|地下|室内|楼下|楼上|上|处)")
_TROUBLE = re.compile(r"^.{0,8}?(?:信号|没网|无网|无服务|上网|网速|网络|手机|电话|4G|5G|断|卡|慢|差|打不|通话|没有|掉)")
_FINE = re.compile(
    r"^[^，。,；;！!？?\n]{0,8}?(?:正常|没问题|没有问题|不会这样|都好|就好了|没事|满格)|^的?(?:营业厅|号码|卡|号段|人|朋友|用户)"
)
_LEADING = re.compile(
    r"^(?:[到去至往于由回来对向与和]|乘|地铁到|时|时间|内|后|前|上|下|里|位|楼|家|为)(?!阳|荣|都|洪|义|德|安|平|县|龙|港)"
)


class Found(NamedTuple):
    """A stretch of the text that names a place. score: how sure; SURE and above counts."""

    start: int
    end: int
    score: float


def find_addresses(text: str, hidden: list[tuple[int, int]]) -> list[Found]:
    """Return the addresses a text names, surest first.

    text: 投诉内容 as it arrived. hidden: stretches that are not prose (block, labelled values, telephone numbers).
    """
    clear = _blanked(text, hidden)
    cut = _cut(clear)
    found: list[Found] = []
    taken: list[tuple[int, int]] = []
    known = _patterns()
    for pattern, prose in (
        (known.highway if "高速" in clear else None, clear),
        (known.metro if _RAIL.search(clear) else None, clear),
        (known.crossing if _JOINED.search(clear) else None, clear),
        (known.run, cut),
    ):
        for match in pattern.finditer(prose) if pattern else ():
            span = _start_trimmed(cut, prose, *match.span())
            if span is None or any(span[0] < end and start < span[1] for start, end in taken):
                continue
            score = _score(text, *span)
            if score >= SURE:
                found.append(Found(*span, score))
                taken.append(span)
    return sorted(found, key=lambda one: (-one.score, one.start))


def _blanked(text: str, hidden: list[tuple[int, int]]) -> str:
    for start, end in hidden:
        text = text[:start] + CUT * (end - start) + text[end:]
    return _PUNCTUATION.sub(CUT, text)


def _cut(text: str) -> str:
    """Return the text with every break word blanked; positions stay as they are."""
    pieces: list[str] = []
    at, kept = 0, len(words().kept)
    for word, start, end in _breaks().find_matches_as_indexes(text):
        if word >= kept:
            pieces.append(text[at:start])
            pieces.append(CUT * (end - start))
            at = end
    pieces.append(text[at:])
    return "".join(pieces)


def _start_trimmed(cut: str, prose: str, start: int, end: int) -> tuple[int, int] | None:
    """Move the start behind the last break word of the chatter before the name, and behind words like 到."""
    if prose is not cut:
        head = cut[start:end]
        last = head.rstrip(CUT).rfind(CUT, 0, max(3, (end - start) // 2))
        start += last + 1
    while lead := _LEADING.match(cut[start:end]):
        start += lead.end()
    return (start, end) if 2 < end - start <= LONGEST else None


def _score(text: str, start: int, end: int) -> float:
    """How sure is it that text[start:end] is where the trouble is? SURE is the line."""
    worth = _worth(text[start:end])
    if worth <= 0:
        return 0
    before, after = text[max(0, start - 12) : start], text[end : end + 14]
    if _ELSEWHERE.search(before) or _FINE.match(after):
        return 0
    if _CUE.search(before):
        worth += 2
    if _AFTER.match(after):
        worth += 1
    if _TROUBLE.match(after):
        worth += 1.5
    return worth


def _worth(address: str) -> float:
    """How much an address says by itself: divisions, names and numbers add up, a nameless head gives 0."""
    known = _patterns()
    if known.highway.fullmatch(address):
        return 3.0 if not address.startswith(("高速", "上高速", "走高速")) else 0
    if known.metro.fullmatch(address) or known.crossing.fullmatch(address):
        return 3.0
    worth, named, at = 0.0, False, 0
    while at < len(address) and (element := known.element.match(address, at)):
        if element[1]:
            worth += 1.0 if named else 0
        elif not element[2] or element[2] in words().nameless:
            if not named and element[3] not in words().divisions:
                return 0
        else:
            named = True
            worth += _weight(element[2], element[3])
        at = element.end()
    return worth if named else 0


def _weight(name: str, suffix: str) -> float:
    if suffix in words().divisions:
        return 0.5 if suffix in {"省", "市", "州"} else 1.0
    if suffix in words().towns:
        return 1.5
    if len(suffix) == 1 and len(name) == 1 and suffix not in {"村", "路", "街"}:
        return 0.5
    return 1.5
