"""`./suyin explain NUMBER`: one stored ticket with its decision and every reason, in words."""

from __future__ import annotations

import json
from contextlib import closing
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from api.failing import sentences_for
from triage import wiring
from triage.decisions import Decision, Reason
from triage.documents import decision_document
from triage.names import ACTIONS, DOMAINS
from triage.store.errors import UnknownTicket
from triage.tickets import Ticket


def explain(
    number: Annotated[str, typer.Argument(help="工单流水号, or the id that triage printed")],
    source: Annotated[str, typer.Option(help="upstream system the number belongs to")] = "eoms",
    as_json: Annotated[bool, typer.Option("--json", help="the decision as one JSON object")] = False,
) -> None:
    """Explain one stored ticket: what was decided, by which rules, and what each of them saw."""
    out, err = Console(highlight=False), Console(stderr=True, highlight=False)
    with sentences_for(err), closing(wiring.open_store(wiring.settings())) as store, store.read() as work:
        try:
            id_ = work.tickets.get(number).id
        except UnknownTicket:
            id_ = work.tickets.get(store.id_of(source, number)).id
        decision = work.decisions.latest(id_).decision
        ticket = work.tickets.revisions(id_)[-1].ticket
    if as_json:
        out.print_json(json.dumps(decision_document(decision), ensure_ascii=False))
    else:
        show(out, ticket, decision)


def show(out: Console, ticket: Ticket, decision: Decision) -> None:
    """Print a decision with its reasons."""
    out.print(f"[bold]{ticket.number}[/]  {ticket.fields.get('投诉内容', '（没有投诉内容）')}", soft_wrap=True)
    facts = Table(show_header=False, box=None, padding=(0, 2))
    facts.add_row("业务域", DOMAINS[decision.domain])
    facts.add_row("现象", "，".join(f"{r.value} {r.probability:.0%}" for r in decision.phenomena) or "—")
    facts.add_row("专业", f"{decision.specialty or '—'}（把握 {decision.confidence:.0%}）")
    facts.add_row("地址", decision.address.text or "—")
    facts.add_row("地点", f"{decision.place.outcome} {decision.place.id or ''}")
    facts.add_row("处理方式", ACTIONS[decision.action])
    facts.add_row("处理中心", decision.centre_name or "—")
    facts.add_row("优先级", f"{decision.priority}，升级：{decision.escalation}")
    facts.add_row("答复", decision.reply or "—")
    out.print(facts)
    reasons = Table("依据", "看到的文字", "说明", "出处", box=None, padding=(0, 2))
    for reason in decision.why:
        reasons.add_row(reason.rule, seen(ticket, reason), reason.sentence, reason.source)
    out.print(reasons)


def seen(ticket: Ticket, reason: Reason) -> str:
    """Return the stretches of the original fields that a reason rests on."""
    return " … ".join(ticket.fields.get(s.field, "")[s.start : s.end] for s in reason.spans[:4])
