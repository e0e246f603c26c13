"""Which addresses does a sentence name, and how sure is it?

A run of address elements (division, road, number, village, compound …) without words in between; the chatter around
it is cut. No match is better than half a sentence. Never looks a name up: whether a place exists is the business
of `geo`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import ahocorasick_rs

from triage.intake.place_patterns import CUT, patterns
from triage.intake.words import words

LONGEST = 80
SEARCHED = 4_000  # characters of a text that are searched; the effort grows with their square in hostile texts
MOST = 20  # addresses taken from one text
SURE = 3.0  # a mention below this is no address

_PUNCTUATION = re.compile(r"[^\w\-#＃~～—·、]|_")
_RAIL = re.compile("地铁|轻轨|轨道交通")
_JOINED = re.compile(r"[路街道巷弄线桥号][^|]{0,6}?[与和跟、及到至\-—]")
_ODD = re.compile("[到这那个些每么点时候们、]|好几|另一|两个|一样")
_LEADING = re.compile(
    r"(?!向阳|向荣|于都|于洪|由义|至德|来安|来宾|来凤|来龙|和县|和平|和田|和顺|和政|和静|回民|回龙|过街|走马|跑马)"
    r"(?:一过|地铁到|时间|[到去至往于由回来对向与和走跑过趟乘为、]|家(?!乐|和|园|天下|庄)|小区(?=\S{2,4}[市区县镇路街]))"
)
_CUE = re.compile(
    r"(?:在|住|位于|地处|处于|靠近|路过|经过|途经|途径|到|去|地址|地点|位置|住址|前往|搬进|进入)(?:了|是|为|于|[：:（(【\[“\"\s])*$"
)
_ELSEWHERE = re.compile(
    r"(?:归属地|归属|户籍|身份证|办理|办的|寄到|寄往|快递|来自|号码是|开户|携号|地方如|换到|拿到|离开|出了|不在|除了|以前在|之前在|"
    r"原来在)[^，。,；;]{0,3}$"
)
_AFTER = re.compile(
    r"家里|家中|我家|屋里|屋头|家头|附近|周边|周围|旁边|门口|一带|里|内|这边|那边|沿线|对面|隔壁|地下|室内|楼下|楼上|上|处"
)
_OFFSET = re.compile(  # another place than the one named, so it belongs to the address
    r"的?[正斜]?对面|(?:[往向以]?[东南西北]{1,2}(?:行|走|侧|边|面|方向)?约?[0-9]{1,5}(?:多)?(?:米|公里))|以[东南西北]|的?(?:后面|背后)"
)
_TROUBLE = re.compile(r".{0,12}?(?:信号|没网|无网|无服务|上网|网速|网络|手机|电话|4G|5G|断|卡|慢|差|打不|通话|没有|掉)")
_FINE = re.compile(
    r"[^，。,；;！!？?\n]{0,8}?(?:正常|没问题|没有问题|不会这样|都好|就好了|没事)|的?(?:营业厅|号码|卡|号段)"
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
    text = text[:SEARCHED]
    clear = _blanked(text, [(start, min(end, SEARCHED)) for start, end in hidden if start < SEARCHED])
    cut = _cut(clear)
    found: list[Found] = []
    for start, end, worth in _candidates(clear, cut):
        if any(start < one.end and one.start < end for one in found):
            continue
        score = _score(text, start, end, worth)
        if score >= SURE:
            found.append(Found(start, end, score))
            if len(found) == MOST:
                break
    return sorted(found, key=lambda one: (-one.score, one.start))


def _candidates(clear: str, cut: str) -> Iterator[tuple[int, int, float]]:
    """Yield stretches that look like addresses and what they say by themselves, the special forms first."""
    known = patterns()
    for wanted, pattern in (
        ("高速" in clear, known.highway),
        (_RAIL.search(clear), known.metro),
        (_JOINED.search(clear), known.crossing),
    ):
        for match in pattern.finditer(clear) if wanted else ():
            # The words 到, 在 … may belong to the form; chatter before its first half may not.
            half = cut.rfind(CUT, match.start(), match.start() + max(3, len(match.group()) // 2))
            start, end = _trimmed(cut, max(match.start(), half + 1), match.end())
            if not clear.startswith(("高速", "上高速", "走高速"), start):
                yield start, end, SURE
    for match in known.run.finditer(cut):
        end = match.end()
        tail = known.tail.match(cut, end)
        if tail and _ends(clear, tail.end()) and _is_rich(match.group()) and not _ODD.search(tail.group()):
            end = tail.end()
        start, end = _trimmed(cut, match.start(), end)
        if end - start <= LONGEST:
            offset = _OFFSET.match(clear, end)
            yield start, offset.end() if offset else end, _worth(cut[start:end])


def _ends(clear: str, at: int) -> bool:
    """Whether a name without suffix can end here: at the end of a clause, or before 家里, 附近 and the like."""
    return at == len(clear) or clear[at] == CUT or _AFTER.match(clear, at) is not None


def _is_rich(address: str) -> bool:
    return sum(1 for _ in patterns().element.finditer(address)) > 1


def _trimmed(cut: str, start: int, end: int) -> tuple[int, int]:
    while lead := _LEADING.match(cut, start, end):
        start = lead.end()
    return start, end


def _blanked(text: str, hidden: list[tuple[int, int]]) -> str:
    for start, end in hidden:
        text = text[:start] + CUT * (end - start) + text[end:]
    return _PUNCTUATION.sub(CUT, text)


@cache
def _breaks() -> ahocorasick_rs.AhoCorasick:
    return ahocorasick_rs.AhoCorasick(
        [*words().kept, *words().breaks],
        matchkind=ahocorasick_rs.MatchKind.LeftmostLongest,
        implementation=ahocorasick_rs.Implementation.DFA,
    )


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
    return "".join(pieces).replace("、", CUT)


def _score(text: str, start: int, end: int, worth: float) -> float:
    """How sure is it that text[start:end] is where the trouble is? SURE is the line."""
    score = worth
    if worth <= 0 or end - start < 3 or _FINE.match(text, end) or _ELSEWHERE.search(text, max(0, start - 12), start):
        return 0
    if _CUE.search(text, max(0, start - 8), start):
        score += 2
    if _AFTER.match(text, end):
        score += 0.5
    if _TROUBLE.match(text, end):
        score += 1
    return score


def _worth(address: str) -> float:
    """How much an address says by itself: divisions, names and numbers add up, a nameless head gives 0."""
    known = patterns()
    worth, named, vague, at, before = 0.0, 0, 0, 0, ""
    while element := known.element.match(address, at):
        number, name, suffix, _, joined, _ = element.groups()
        at = element.end()
        if number:
            worth += (1.5 if before in words().roads else 1) if named else 0
        elif joined:
            pass
        elif suffix and (name in words().nameless or _ODD.search(name)):
            division = suffix in words().divisions or known.joined.match(address, at) is not None
            if not named and not division:
                return 0
            vague += division
        else:
            worth += _weight(name, suffix) if suffix else 1
            named += 1
        before = suffix or ""
    if not named:
        return 0
    return worth + 0.5 * (named + vague > 1)


def _weight(name: str, suffix: str) -> float:
    if suffix in words().divisions:
        return 0.5 if suffix in {"省", "市", "州"} else 1
    if len(suffix) == 1 and len(name) == 1 and suffix not in {"村", "路", "街"}:
        return 0.5
    return 1.5
