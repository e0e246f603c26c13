"""What is each person told, in which words? Texts are the handbooks' (rules/content/replies). Never sends, never keeps.

Moments are shown on the wall clock of Beijing, as the texts have them: 3日9点, 3月1日12时00分.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from rules.errors import ReplyIncomplete
from rules.lifecycles import Notice as Told
from triage.errors import Refused
from triage.flow import person_of
from triage.flow_fields import shown
from triage.flow_shelf import Law
from triage.records import TicketSummary
from triage.records_flow import Flow, Notice, ToKind
from triage.store.ids import new_id

UPSTREAM: ToKind = "upstream"
_BEIJING = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a notice is about. more: parts of the text beside those of the ticket, e.g. clock and due."""

    law: Law
    flow: Flow
    ticket: TicketSummary
    at: datetime
    more: Mapping[str, str]


def notices(told: Iterable[Told], occasion: Occasion, *, strict: bool) -> tuple[Notice, ...]:
    """Return what people are told on an occasion.

    strict: a part that is missing is Refused naming its field; else the text falls back to number and state, because
    a deadline must not pass in silence.
    """
    return tuple(found for one in told if (found := _notice(one, occasion, strict)) is not None)


def reply_upstream(text: str, occasion: Occasion) -> Notice:
    """Return a reply that goes back to the system the ticket came from."""
    return Notice(
        new_id(), occasion.flow.ticket_id, occasion.at, "webhook", UPSTREAM, occasion.ticket.source, "", text,
        "queued", next_at=occasion.at,
    )  # fmt: skip


def moment(at: datetime) -> str:
    """Return a moment as texts have it: 3月1日12时00分."""
    local = at.astimezone(_BEIJING)
    return f"{local.month}月{local.day}日{local.hour}时{local.minute:02d}分"


def span(length: timedelta) -> str:
    """Return a length as texts have it: 24小时, 1小时30分钟, 45分钟."""
    minutes = max(int(length.total_seconds()) // 60, 0)
    hours, rest = divmod(minutes, 60)
    return f"{hours}小时{f'{rest}分钟' if rest else ''}" if hours else f"{rest}分钟"


def _notice(told: Told, occasion: Occasion, strict: bool) -> Notice | None:
    law, flow, at = occasion.law, occasion.flow, occasion.at
    kind, who = person_of(law.life, flow, told.to)
    if not who:
        return None
    on_page = told.channel == "page"
    return Notice(
        new_id(), flow.ticket_id, at, told.channel, kind, who, told.message,
        _text(told, occasion, strict), "page" if on_page else "queued", next_at=None if on_page else at,
    )  # fmt: skip


def _text(told: Told, occasion: Occasion, strict: bool) -> str:
    parts = _parts(occasion)
    reply = occasion.law.rules.replies.get(told.message)
    fallback = f"工单{parts['number']}：{parts['state']}"
    if reply is None:
        return fallback
    try:
        return reply.render(**parts)
    except ReplyIncomplete as error:
        if not strict:
            return f"{fallback}，{parts['clock']}已到" if parts.get("clock") else fallback
        fields = occasion.law.life.fields
        named = "、".join(fields[name].label if name in fields else name for name in error.parts)
        raise Refused(f"“{reply.title}”还缺少：{named}，请先填写", error.parts[0]) from error


def _parts(occasion: Occasion) -> dict[str, str]:
    flow, life = occasion.flow, occasion.law.life
    begun = flow.begun_at.astimezone(_BEIJING)
    fields = {name: shown(life.fields[name], value) for name, value in flow.values.items() if name in life.fields}
    return {
        **fields,
        "number": occasion.ticket.number,
        "title": occasion.ticket.title,
        "state": life.states[flow.state].label,
        "received": f"{begun.day}日{begun.hour}点",
        "elapsed": span(occasion.at - flow.begun_at),
        **occasion.more,
    }
