"""What did the front desk answer in the #同步要素# block?

The keys may be separated by spaces, line breaks, commas or nothing; values may be empty; keys that are not known
are kept. Never interprets an answer.
"""

from __future__ import annotations

import re

from rules.text import Span
from triage.tickets import CONTENT, Labelled

KEYS = (
    "联系要求", "客户要求", "处于室内还是室外", "室内处于该场景下的具体位置", "室外处于该场景下的具体位置",
    "数据访问哪个网站出现问题", "周围其他用户是否有同样情况", "室内处于哪个场景", "室外处于哪个场景",
    "手机显示的网络标识", "无信号出现的频率", "开关机情况", "故障地市/区县", "故障地市", "故障区县",
    "故障详细地址", "是否提取",
)  # fmt: skip
_PREFIX = re.compile("^(室内|室外|数据)(处于.*|访问.*)$")
_MARK = re.compile(r"[#＃]\s*同步要素\s*[#＃]")


def _pattern(key: str) -> str:
    qualified = _PREFIX.match(key)
    if not qualified:
        return re.escape(key)
    return rf"[(（\[【]\s*{qualified[1]}\s*[)）\]】]\s*{qualified[2]}|(?<![\u4e00-\u9fff]){key}"


_KNOWN = "|".join(_pattern(key) for key in KEYS)
_KEY = re.compile(
    rf"(?:{_KNOWN})(?:\s*[:：]|(?=[\s,，;；]))|(?<=[\s,，;；|#＃])[(（]?[\u4e00-\u9fff][\u4e00-\u9fff/（）()]{{1,15}}[:：]"
)
_CERTAIN = re.compile(rf"(?:{_KNOWN})\s*[:：]")
_BRACKETS = str.maketrans("", "", "()（）[]【】 \t\r\n:：")
_EDGE = " \t\r\n\u3000,，;；|。"


def read_block(content: str) -> tuple[tuple[Labelled, ...], tuple[Span, ...]]:
    """Return the answers of all blocks in 投诉内容, and the places of the blocks themselves, markers included.

    A block without its closing marker ends with the text; without any marker, two known keys make a block.
    """
    found: list[Labelled] = []
    stretches: list[Span] = []
    for whole, start, end in _blocks(content):
        stretches.append(whole)
        found.extend(_answers(content, start, end))
    return tuple(found), tuple(stretches)


def _blocks(content: str) -> list[tuple[Span, int, int]]:
    marks = list(_MARK.finditer(content)) if "同步要素" in content else []
    if not marks:
        keys = list(_CERTAIN.finditer(content)) if "还是室外" in content or "网络标识" in content else []
        if len(keys) < 2:
            return []
        return [(Span(CONTENT, keys[0].start(), len(content)), keys[0].start(), len(content))]
    blocks = []
    for opening, closing in zip(marks[::2], [*marks[1::2], None], strict=False):
        end, after = (closing.start(), closing.end()) if closing else (len(content), len(content))
        blocks.append((Span(CONTENT, opening.start(), after), opening.end(), end))
    return blocks


def _answers(content: str, start: int, end: int) -> list[Labelled]:
    # One character before the block counts as context, so that its first key may be an unknown one.
    keys = list(_KEY.finditer(content, start - 1 if start else 0, end))
    found = []
    for key, following in zip(keys, [*keys[1:], None], strict=False):
        stop = following.start() if following else end
        value, span = trimmed(content, key.end(), stop)
        name = key.group().translate(_BRACKETS)
        found.append(Labelled(name, value, span, Span(CONTENT, key.start(), max(span.end, key.end()))))
    return found


def trimmed(content: str, start: int, end: int) -> tuple[str, Span]:
    """Return content[start:end] without separators at its edges, and its place in 投诉内容."""
    raw = content[start:end]
    value = raw.strip(_EDGE)
    if not value:
        return "", Span(CONTENT, start, start)
    at = start + raw.index(value)
    return value, Span(CONTENT, at, at + len(value))


def key_spans(block: tuple[Labelled, ...]) -> list[Span]:
    """Return the places of the keys alone, which must match no keyword."""
    return [Span(CONTENT, answer.whole.start, answer.span.start) for answer in block]


def mark_spans(content: str) -> list[Span]:
    """Return the places of the #同步要素# markers."""
    if "同步要素" not in content:
        return []
    return [Span(CONTENT, *mark.span()) for mark in _MARK.finditer(content)]
