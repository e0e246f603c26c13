"""Why was it decided so? One sentence a step, each with its source and what it saw in the ticket.

Never decides: it puts into words what rules, wording model, place search and tables have concluded.
"""

from __future__ import annotations

from collections.abc import Sequence

from rules.tables import TableResult
from rules.text import Span
from triage.classify import Classified, Classifier
from triage.decisions import Reason
from triage.places import PlaceJudged
from triage.tickets import CONTENT, DECLARED_PLACE, AddressMention, ParsedTicket

_MOST_RULES = 12


def about_the_text(parsed: ParsedTicket, classified: Classified, classifier: Classifier) -> list[Reason]:
    """Return the rules that spoke for the phenomenon, then those that read facts, then contradictions."""
    fired = [f for f in classified.evaluation.fired if not f.rule.startswith("domain.")]
    about = [f for f in fired if classified.phenomenon in f.then.values()]
    read = [f for f in fired if "phenomenon" not in f.then]
    about.sort(key=lambda f: -f.strength)
    ranked = about + sorted(read, key=lambda f: f.rule)
    reasons = [Reason(f.rule, str(f.source), f.spans, f.because) for f in ranked[:_MOST_RULES]]
    seen = [reason.spans for reason in reasons[: len(about)]] + [f.spans for f in about[_MOST_RULES:]]
    if not any(span.field == CONTENT for spans in seen for span in spans):
        reasons += _wording(classified, classifier)
    reasons += [Reason("contradiction", "投诉工单", (c.first, c.second), c.sentence) for c in parsed.contradictions]
    return reasons


def about_the_place(parsed: ParsedTicket, taken: AddressMention | None, judged: PlaceJudged) -> list[Reason]:
    """Return which address was taken, and what the search for its place found."""
    reasons = _address_reasons(parsed, taken)
    best = judged.found.candidates[0] if judged.found.candidates else None
    if judged.note or (best and judged.found.outcome != "none"):
        spans = (taken.span,) if taken else ()
        sentence = "；".join(part for part in (judged.note, best.sentence if best else "") if part)
        reasons.append(Reason("place", "移动网络投诉处理规范 二（一）1", spans, sentence))
    spots = parsed.coordinate.spans if parsed.coordinate else ()
    reasons += [Reason(seen.rule, seen.source, spots, seen.sentence) for seen in judged.seen]
    return reasons


def by_rows(results: Sequence[TableResult | None]) -> list[Reason]:
    """Return the deciding row of each table that said something."""
    return [Reason(str(r.row), str(r.source), (), r.because) for r in results if r is not None and r.outputs]


def by_checks(results: Sequence[TableResult]) -> list[Reason]:
    """Return what the analyst looks at first."""
    return [
        Reason(str(r.row), str(r.source), (), f"首查：{r.outputs['checks']}") for r in results if r.outputs is not None
    ]


def _address_reasons(parsed: ParsedTicket, taken: AddressMention | None) -> list[Reason]:
    if taken is None:
        return [Reason("address", "移动网络投诉处理规范 一、第二步", (), "工单里没有找到投诉地址")]
    others = [m for m in parsed.addresses[1:] if m.origin != DECLARED_PLACE and not _same(m.text, taken.text)]
    where = "投诉内容" if taken.kind == "template" else taken.span.field
    sentence = f"地址取自{where}：{taken.text}"
    if others:
        sentence += f"；与{others[0].span.field}的“{others[0].text}”不一致，以前者为准"
    spans: tuple[Span, ...] = (taken.span, *(m.span for m in others[:1]))
    return [Reason("address", "移动网络投诉处理规范 一、第二步（工单模版内容中的地址为准）", spans, sentence)]


def _same(first: str, second: str) -> bool:
    return first in second or second in first


def _wording(classified: Classified, classifier: Classifier) -> list[Reason]:
    """Say that the wording spoke; asked where no rule about the phenomenon saw anything in the text itself."""
    if classified.phenomenon is None:
        return []
    telling = classifier.telling(classified.evaluation.facts, classified.phenomenon)
    sentence = f"投诉内容的措辞最像这一现象（{classified.phenomena[0].probability:.0%}），没有规则直接命中"
    return [Reason("wording", "rules/content/wordings 的措辞样例", telling, sentence)]


def notes_on(parsed: ParsedTicket, classified: Classified) -> list[str]:
    """Return what people should know besides: what the reader assumed, and which statements cancel one another."""
    notes = [*parsed.ticket.notes, *parsed.coordinate_notes]
    for found in classified.evaluation.contradictions:
        rules = "、".join(claim.rule for claim in found.claims)
        notes.append(f"{found.fact} 的说法互相矛盾（{rules}），按不清楚处理")
    if parsed.limit_hours is None and "工单处理时限" not in parsed.ticket.fields:
        notes.append("工单没有写处理时限")
    return notes
