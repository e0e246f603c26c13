"""Which labelled values (故障地址：…, 【故障现象】…) stand in 投诉内容, and what in it is only form?

Never looks inside the #同步要素# block.
"""

from __future__ import annotations

import re

from rules.text import Span
from triage.intake.block import trimmed
from triage.tickets import CONTENT, Labelled

_OF_PLACE = (
    "客户|用户|投诉|故障|详细|具体|所在|家庭|居住|安装|装机|办公|公司|单位|报障|报修|申告|测试|问题|区域|小区|"
    "现场|发生|使用|机主"
)
_ADDRESS = rf"(?:{_OF_PLACE}){{0,3}}(?:地址|地点|位置|住址)"
_OTHER = (
    "(?:故障|投诉|问题)?现象|(?:故障|投诉|问题)描述|(?:故障|投诉|发生|出现|报障|受理)时间|(?:客户)?联系(?:电话|方式|号码|人)|"
    "(?:故障|受理|投诉|业务|客户|用户|手机|主叫|被叫|服务|问题|宽带)(?:号码|账号|帐号)|手机(?:型号|品牌|机型)|终端(?:型号|类型|品牌)|"
    "(?:客户|用户)(?:姓名|名称|级别|星级|要求|诉求|类型|反映|需求)|投诉(?:内容|问题|类型|要求|原因|定位)|处理(?:情况|建议|意见|过程|要求|时限)|"
    "预处理(?:情况|过程|结果)?|核实情况|已?核实(?:内容|结果)|排障(?:情况|过程)|影响范围|业务类型|(?:位置|故障|投诉|GPS)?(?:坐标系?|经度|纬度|经纬度)|集团(?:名称|编号)|专线(?:号|编号|名称)|备注"
)
_BRIEF = "内容|要求|诉求|时间|电话|号码|原因|情况|姓名|其他|类型|问题"  # labels only within brackets
_LABEL = re.compile(
    rf"[【\[［]\s*(?P<boxed>{_ADDRESS}|{_OTHER}|{_BRIEF}|[\u4e00-\u9fff/]{{2,10}}(?=[】\]］]\s*[:：]))\s*[】\]］]\s*[:：]?"
    rf"|(?<![\u4e00-\u9fffA-Za-z])(?P<plain>{_ADDRESS}|{_OTHER})\s*(?:[(（][^()（）\n]{{0,12}}[)）])?\s*[:：]"
    rf"|(?<=[\u4e00-\u9fff])(?P<inner>(?:{_OF_PLACE}){{1,3}}(?:地址|地点|位置|住址)|{_OTHER})[:：]"
)
_BOX = re.compile("【[^【】\n]{1,12}】")  # ends the value before it, even where it is no known label
_IS_ADDRESS = re.compile(_ADDRESS)
_PHONE = re.compile(
    r"(?=[+180])(?<![0-9A-Za-z])(?:\+?86[- ]?)?(?:1[3-9][0-9]{1,2}[0-9*xX×]{7,8}|0[0-9]{2,3}[- ]?[0-9*]{7,8})(?![0-9])"
)
_FORM = re.compile(
    "(?=[客用联烦请要希尽协帮核查处谢])(?:客户来电(?:反映|表示|称|投诉)|用户来电(?:反映|表示|称|投诉)|用户联系在线客服反映|"
    "联系(?:方式|电话|人)|烦请协调处理|(?:请|要求|希望)?(?:尽快|协助|帮忙)?(?:核实|查询|处理)(?:原因)?并(?:尽快)?(?:处理|回复)|谢谢)"
)


def read_labels(content: str, blocks: tuple[Span, ...]) -> tuple[Labelled, ...]:
    """Return the labelled values outside the blocks, in order; a value ends at the next label or line end.

    content: 投诉内容. blocks: the places of the #同步要素# blocks.
    """
    found: list[Labelled] = []
    for start, end in _outside(len(content), blocks):
        if not any(content.find(mark, start, end) >= 0 for mark in ":：【[［"):
            continue
        labels = list(_LABEL.finditer(content, start, end))
        for label, following in zip(labels, [*labels[1:], None], strict=False):
            stop = following.start() if following else end
            box = _BOX.search(content, label.end(), stop)
            stop = box.start() if box else stop
            line = content.find("\n", label.end(), stop)
            if line >= 0 and content[label.end() : line].strip():
                stop = line
            key = label["boxed"] or label["plain"] or label["inner"]
            value, span = trimmed(content, label.end(), stop)
            found.append(Labelled(key, value, span, Span(CONTENT, label.start(), max(span.end, label.end()))))
    return tuple(found)


def _outside(length: int, blocks: tuple[Span, ...]) -> list[tuple[int, int]]:
    stretches = []
    at = 0
    for block in blocks:
        stretches.append((at, block.start))
        at = block.end
    stretches.append((at, length))
    return [(start, end) for start, end in stretches if end > start]


def is_address(label: str) -> bool:
    """Whether a label announces an address (故障地址, 投诉地点, 具体位置 …)."""
    return _IS_ADDRESS.fullmatch(label) is not None


def form_spans(content: str, labels: tuple[Labelled, ...]) -> list[Span]:
    """Return the places of labels, telephone numbers and set phrases, which must match no keyword."""
    spans = [Span(CONTENT, label.whole.start, label.span.start) for label in labels]
    spans.extend(Span(CONTENT, *found.span()) for found in _PHONE.finditer(content))
    spans.extend(Span(CONTENT, *found.span()) for found in _FORM.finditer(content))
    return spans
