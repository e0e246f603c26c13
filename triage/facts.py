"""Which facts do the rules see of a ticket?

What the fields and the block state (triage.intake), the complaint's text with labels and boilerplate masked, and
the category path. A fact the ticket does not carry is absent. Never interprets the text: that is for the rules.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from rules.facts import FactValue
from rules.text import MASK, Span, Text, join, read
from triage.intake import facts_of
from triage.intake.block import KEYS
from triage.tickets import CONTENT, ParsedTicket

# Contradictions inside what the customer said; a machine suggestion for another number only loses its own trust.
_TELLING = frozenset({"indoor", "network", "path"})
_ASKED = "客户要求"
_CALL_BACK = frozenset(KEYS) - {_ASKED, "数据访问哪个网站出现问题"}
_LONGEST = 24  # characters of an answer; what is longer holds more than the answer
_ENOUGH = 8  # Chinese characters: below that the complaint itself may stand in 客户要求
_HAN = re.compile(r"[\u3400-\u9fff]+")
_PATHS = 2048  # category paths that are remembered; an export has a few hundred
_encode = json.JSONEncoder(ensure_ascii=False).encode


def facts_for(parsed: ParsedTicket) -> dict[str, FactValue]:
    """Return the facts of one ticket (fact id of rules/content/facts.yaml → value)."""
    facts: dict[str, FactValue] = dict(facts_of(parsed))
    facts.pop("complaint.contradictory", None)
    if any(c.what in _TELLING for c in parsed.contradictions):
        facts["complaint.contradictory"] = True
    text = complaint_text(parsed)
    facts["complaint.text"] = text
    facts["complaint.characters"] = _characters(text.normal)
    if any(parsed.path):
        facts["path"] = category_path(parsed)
    if any(mention.kind == "template" for mention in parsed.addresses):
        facts["complaint.place_named"] = True
    site = facts.get("complaint.site")
    if isinstance(site, str):
        facts["complaint.site"] = read(CONTENT, site)
    return facts


def complaint_text(parsed: ParsedTicket) -> Text:
    """Return 投诉内容 in normal form, with everything that is not the complaint unmatchable.

    Labels, block keys and boilerplate; the block's answers, which are facts of their own (how to call back, what the
    telephone shows); and labelled addresses, whose names (机场路, 宽带花园) say nothing of the trouble. What the
    customer asks for counts only where nothing else is said.
    """
    original = parsed.ticket.fields.get(CONTENT, "")
    spans = [*parsed.masked, *(m.span for m in parsed.addresses if m.origin in ("label", "block"))]
    spans += [answer.span for answer in parsed.block if answer.key in _CALL_BACK and len(answer.value) <= _LONGEST]
    kept = _masked(original, spans)
    asked = [answer.span for answer in parsed.block if answer.key == _ASKED]
    without = _masked(kept, asked) if asked else kept
    return read(CONTENT, without if _characters(without) >= _ENOUGH else kept)


def _characters(text: str) -> int:
    """How many Chinese characters a text has."""
    return sum(map(len, _HAN.findall(text)))


def _masked(original: str, spans: Iterable[Span]) -> str:
    pieces: list[str] = []
    at = 0
    for start, end in sorted((span.start, span.end) for span in spans if span.field == CONTENT):
        if end > at:
            pieces += original[at:start], MASK * (end - max(start, at))
            at = end
    return "".join((*pieces, original[at:]))


def category_path(parsed: ParsedTicket) -> Text:
    """Return the category levels joined by →, each pointing to where it stood."""
    fields = parsed.ticket.fields
    return _joined(
        tuple(
            (span.field, fields[span.field][span.start : span.end], span.start)
            for span in parsed.path_spans
            if span is not None
        )
    )


@lru_cache(maxsize=_PATHS)
def _joined(levels: tuple[tuple[str, str, int], ...]) -> Text:
    """Join levels. levels: field, text and where it begins in the field."""
    return join([read(field, level, start) for field, level, start in levels], between="→")


def as_json(facts: Mapping[str, FactValue]) -> str:
    """Return the facts as a JSON object, texts as their normal form; stored with the decision."""
    plain = {name: value.normal if isinstance(value, Text) else value for name, value in sorted(facts.items())}
    return _encode(plain)
