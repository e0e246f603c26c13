"""What stands in a ticket?

Puts the readers of subject, block, labels and addresses together. Never decides what a ticket is about.
"""

from __future__ import annotations

from dataclasses import replace

from rules.text import Span
from triage.intake.addresses import mentions
from triage.intake.block import key_spans, mark_spans, read_block
from triage.intake.contradictions import contradictions
from triage.intake.coordinates import read_coordinate
from triage.intake.labels import form_spans, is_address, read_labels
from triage.intake.subject import path_of, read_subject
from triage.tickets import CONTENT, TITLE, ParsedTicket, Ticket


def parse(ticket: Ticket) -> ParsedTicket:
    """Return what stands in a ticket; every span is in code points of the field as it arrived. Never raises."""
    title, content = ticket.fields.get(TITLE, ""), ticket.fields.get(CONTENT, "")
    subject = read_subject(title)
    path, path_spans = path_of(ticket)
    block, blocks = read_block(content)
    template = read_labels(content, blocks)
    form = form_spans(content, template)
    values = [label.whole for label in template if is_address(label.key) or not _is_prose(label.key)]
    coordinate, notes = read_coordinate(ticket)
    points = [span for span in coordinate.spans if span.field == CONTENT] if coordinate else []
    parsed = ParsedTicket(
        ticket=ticket,
        path=path,
        path_spans=path_spans,
        dispatch_count=subject.dispatch_count,
        limit_hours=subject.limit_hours,
        block=block,
        template=template,
        masked=_merged([*key_spans(block), *mark_spans(content), *form]),
        addresses=mentions(ticket, subject, block, template, [*blocks, *values, *form, *points]),
        contradictions=(),
        coordinate=coordinate,
        coordinate_notes=notes,
    )
    found = contradictions(parsed)
    return replace(parsed, contradictions=found) if found else parsed


def _is_prose(label: str) -> bool:
    return label.endswith(("现象", "描述", "内容", "问题", "反映", "情况", "要求", "诉求", "备注"))


def _merged(spans: list[Span]) -> tuple[Span, ...]:
    """Return the spans in order and without overlap."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(CONTENT, merged[-1].start, max(merged[-1].end, span.end))
        elif span.end > span.start:
            merged.append(span)
    return tuple(merged)
