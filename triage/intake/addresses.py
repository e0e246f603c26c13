"""Which addresses does a ticket name, and which counts?

The one inside 投诉内容 (labelled, then the block's, then free text) beats the fields (故障地点, the subject's
详细地址, 申告地), as step 2 of 移动网络投诉处理规范 asks: 以工单模版内容中的地址为准. Never looks a place up.
"""

from __future__ import annotations

import re
from typing import Literal

from rules.text import Span
from triage.intake.freetext import find_addresses
from triage.intake.labels import is_address
from triage.intake.subject import Subject
from triage.tickets import CONTENT, DECLARED_PLACE, PLACE, TITLE, AddressMention, Labelled, Ticket

BLOCK_KEY = "故障详细地址"

_EMPTY = re.compile(
    r"(?:(?:全部|所有|任何|到处|各个?|每个|多个)(?:地方|地点|位置|区域|处|地)?|全[国省市县区]各?[处地]|.*[均都](?:是|有|出现|这样|一样|如此|不行)|"
    r"(?:客户|用户)?(?:挂机)?(?:未|不愿|拒绝|没有?)(?:提供|说明|告知)|"
    r"在?(?:我|自己|本人|客户|用户)?(?:家|屋|单位|公司|学校|宿舍|办公室|室|小区|村|厂)(?:里面?|中|内|头|附近)?|"
    r"不限|不固定|不定|随机|移动中|"
    r"无|没有|不详|不清楚|不知道|未知|暂无|空|同上|详?见(?:投诉)?内容|略|其他|[-—/.*·、\s])*",
    re.IGNORECASE,
)
_LONGEST_EXCUSE = 40
_NOT_A_PLACE = re.compile(r"https?:|www\.|\.(?:com|cn|net)\b|@|^[\d.:/\s]+$", re.IGNORECASE)
_END = re.compile(r"[，,。；;！!？?\n]")
_GOES_ON = re.compile(
    r"^\s*[\w\-#]{0,20}(?:省|市|区|县|镇|乡|街道|村|路|街|号|栋|幢|座|单元|楼|室|组|小区|广场|大厦|苑|园)"
)
_CHATTER = re.compile(r"信号|网络|手机|电话|上网|无法|不能|没有|很差|客户|用户|反映|要求|联系|故障|掉线|断网|经常|一直")


def is_empty(value: str) -> bool:
    """Whether an answer says nothing: 无, 不详, -, …"""
    return len(value) <= _LONGEST_EXCUSE and _EMPTY.fullmatch(value) is not None


def mentions(
    ticket: Ticket,
    subject: Subject,
    block: tuple[Labelled, ...],
    template: tuple[Labelled, ...],
    hidden: list[Span],
) -> tuple[AddressMention, ...]:
    """Return all addresses a ticket names, the one that counts first.

    hidden: stretches of 投诉内容 that are not prose.
    """
    found: list[AddressMention] = []
    for label in template:
        if is_address(label.key):
            _add(found, _cut_at_chatter(label), "template", "label")
    for answer in block:
        if answer.key == BLOCK_KEY:
            _add(found, (answer.value, answer.span), "template", "block")
    content = ticket.fields.get(CONTENT, "")
    if content:
        labelled = [(m.span.start, m.span.end) for m in found]
        covered = [(span.start, span.end) for span in hidden]
        for start, end, _ in find_addresses(content, covered + labelled):
            _add(found, (content[start:end], Span(CONTENT, start, end)), "template", "free_text")
    detail = subject.part("详细地址")
    for name in (PLACE, TITLE, DECLARED_PLACE):
        if name != TITLE:
            value = ticket.fields.get(name, "")
            _add(found, (value, Span(name, 0, len(value))), "field", name)
        elif detail:
            _add(found, (detail.value, detail.span), "field", name)
    return tuple(found)


def _add(found: list[AddressMention], place: tuple[str, Span], kind: Literal["template", "field"], origin: str) -> None:
    text, span = place
    if text and not is_empty(text) and not _NOT_A_PLACE.search(text):
        found.append(AddressMention(text, kind, origin, span))


def _cut_at_chatter(label: Labelled) -> tuple[str, Span]:
    """Return the labelled value up to where it stops to be an address: 天府三街199号，信号很差."""
    value = label.value
    at = 0
    while end := _END.search(value, at):
        rest = value[end.end() :]
        following = _END.search(rest)
        piece = rest[: following.start()] if following else rest
        if end.group() not in "，," or not _GOES_ON.match(piece) or _CHATTER.search(piece):
            value = value[: end.start()]
            break
        at = end.end()
    value = value.rstrip()
    return value, Span(label.span.field, label.span.start, label.span.start + len(value))
