"""Which facts do the rules see of a ticket?

What the fields and the block state (triage.intake), the complaint's text with labels and boilerplate masked, and
the category path. A fact the ticket does not carry is absent. Never interprets the text: that is for the rules.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from rules.facts import FactValue
from rules.text import MASK, Text, join, read
from triage.intake import facts_of
from triage.tickets import CONTENT, ParsedTicket

# Contradictions inside what the customer said; a machine suggestion for another number only loses its own trust.
_TELLING = frozenset({"indoor", "network", "path"})
_HAN = re.compile(r"[\u3400-\u9fff]")


def facts_for(parsed: ParsedTicket) -> dict[str, FactValue]:
    """Return the facts of one ticket (fact id of rules/content/facts.yaml → value)."""
    facts: dict[str, FactValue] = dict(facts_of(parsed))
    facts.pop("complaint.contradictory", None)
    if any(c.what in _TELLING for c in parsed.contradictions):
        facts["complaint.contradictory"] = True
    text = complaint_text(parsed)
    facts["complaint.text"] = text
    facts["complaint.characters"] = len(_HAN.findall(text.normal))
    if any(parsed.path):
        facts["path"] = category_path(parsed)
    if any(mention.kind == "template" for mention in parsed.addresses):
        facts["complaint.place_named"] = True
    site = facts.get("complaint.site")
    if isinstance(site, str):
        facts["complaint.site"] = read(CONTENT, site)
    return facts


def complaint_text(parsed: ParsedTicket) -> Text:
    """Return 投诉内容 in normal form, with labels, block keys and boilerplate unmatchable."""
    original = parsed.ticket.fields.get(CONTENT, "")
    characters = list(original)
    for span in parsed.masked:
        if span.field == CONTENT:
            characters[span.start : span.end] = MASK * (span.end - span.start)
    return read(CONTENT, "".join(characters))


def category_path(parsed: ParsedTicket) -> Text:
    """Return the category levels joined by →, each pointing to where it stood."""
    fields = parsed.ticket.fields
    parts = [
        read(span.field, fields[span.field][span.start : span.end], span.start)
        for span in parsed.path_spans
        if span is not None
    ]
    return join(parts, between="→")


def as_json(facts: Mapping[str, FactValue]) -> str:
    """Return the facts as a JSON object, texts as their normal form; stored with the decision."""
    plain = {name: value.normal if isinstance(value, Text) else value for name, value in sorted(facts.items())}
    return json.dumps(plain, ensure_ascii=False)
