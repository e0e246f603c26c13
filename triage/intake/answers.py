"""What does one answer of the front desk mean?

Answers that say nothing (无, 不清楚, empty) stay unknown. Never compares two answers.
"""

from __future__ import annotations

import re
import unicodedata

from triage.tickets import Labelled, ParsedTicket

_NOTHING = re.compile(
    r"(?:无|没有|否|不详|不清楚|不知道|不确定|不明|未知|未提供|暂无|空|略|不涉及|不适用|请选择|NA|N/A|None|null|[-—/.*·、\s])*",
    re.IGNORECASE,
)
_UNSURE = re.compile(r"不清楚|不知道|不详|不确定|没注意|没问|未知|不了解|未核实|不明")
_SAME = re.compile(r"都这样|都一样|也这样|也一样|也是|都是|都有|同样|一样|^[是有]|均")
_FINE = re.compile(
    r"^(?:否|没有|没|无|不是|不一样)|就我|就他|只有我|只有本|仅本|仅客户|仅我|单独|个别|别人(?:都)?(?:正常|没事|没问题)|其他.{0,4}正常"
)
_ALWAYS = re.compile(r"一直|持续|始终|总是|全天|每次|长期|24小时|一天到晚|从早到晚|不间断")
_SOMETIMES = re.compile(
    r"有时|偶尔|间断|间歇|时有时无|不定时|不定期|经常|频繁|时常|时不时|断断续续|高峰|晚上|白天|早上|次"
)
_EMERGENCY = re.compile(r"紧急呼叫|紧急电话|SOS|仅限紧急", re.IGNORECASE)
_GENERATIONS = {
    "5g": re.compile(r"5\s*G(?![Hh][Zz])", re.IGNORECASE),
    "4g": re.compile(r"4\s*G|LTE", re.IGNORECASE),
    "3g": re.compile(r"3\s*G|TD|(?<![A-Z0-9])H\+?(?![A-Z])", re.IGNORECASE),
    "2g": re.compile(r"2\s*G|GSM|GPRS|EDGE|(?<![A-Z0-9])[EG](?![A-Z])", re.IGNORECASE),
}
_NO_NETWORK = re.compile(r"无(?:信号|服务|网络|标识|显示)?|没有?(?:信号|服务|网络|标识|显示)?|[xX×]|打叉|叉")


def answer(parsed: ParsedTicket, key: str) -> Labelled | None:
    """Return the answer of the block to a key (without brackets), None where it was not asked or is empty."""
    return next((one for one in parsed.block if one.key == key and one.value), None)


def says_nothing(value: str) -> bool:
    """Whether an answer is empty or says that there is none."""
    return _NOTHING.fullmatch(value) is not None


def neighbours(value: str) -> str | None:
    """Return `same` or `fine` for 周围其他用户是否有同样情况, None where nobody knows."""
    if _UNSURE.search(value):
        return None
    if _FINE.search(value):
        return "fine"
    return "same" if _SAME.search(value) else None


def indicator(value: str) -> str | None:
    """Return none, 2g, 3g, 4g, 5g, emergency_only or other for 手机显示的网络标识; two generations give `other`."""
    text = unicodedata.normalize("NFKC", value).strip()
    if not text or _UNSURE.search(text):
        return None
    if _EMERGENCY.search(text):
        return "emergency_only"
    if _NO_NETWORK.fullmatch(text):
        return "none"
    shown = [name for name, pattern in _GENERATIONS.items() if pattern.search(text)]
    return shown[0] if len(shown) == 1 else "other"


def frequency(value: str) -> str | None:
    """Return `always` or `sometimes` for 无信号出现的频率."""
    if _UNSURE.search(value):
        return None
    if _SOMETIMES.search(value) and not value.startswith("一直"):
        return "sometimes"
    return "always" if _ALWAYS.search(value) else None
