"""Is the product good on tickets that nothing was written against?

tests/data/tickets/kept-apart.jsonl: 320 fictitious tickets, written by someone who saw neither rules nor other texts,
deliberately harder than usual. Nobody may look into it to write a rule. The floors lie below what was measured
(docs/model-card.md), so that a change that makes the product worse fails here.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from triage import wiring
from triage.decisions import Decision
from triage.intake import ticket_from_mapping
from triage.places import NO_PLACES
from triage.tickets import LEVELS, Ticket
from triage.wiring import Knowledge

FILE = Path(__file__).parent.parent / "data" / "tickets" / "kept-apart.jsonl"

Row = tuple[dict[str, Any], Decision]


@pytest.fixture(scope="module")
def rows(knowledge: Knowledge) -> list[Row]:
    """Every ticket's gold answer and its decision."""
    written = [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]
    tickets = [made(number, row) for number, row in enumerate(written)]
    decider = wiring.make_decider(knowledge, NO_PLACES, wiring.unstored_id)
    return [(row["gold"], one.decision) for row, one in zip(written, decider.decide(tickets), strict=True)]


def made(number: int, row: dict[str, Any]) -> Ticket:
    levels = dict(zip(LEVELS, row["path"].split("→"), strict=False))
    fields = {
        "投诉内容": row["content"],
        "是否大面积投诉": row["wide"],
        "客户级别": row["level"],
        "故障地点": row["place"],
    }
    ticket = ticket_from_mapping({"工单流水号": f"K-{number}", **fields, **levels})
    assert isinstance(ticket, Ticket)
    return ticket


def test_the_phenomenon_is_right(rows: list[Row]) -> None:
    clear = [(gold, decision) for gold, decision in rows if not gold["human"]]
    assert sum(gold["phenomenon"] == d.phenomenon for gold, d in clear) / len(clear) >= 0.83


def test_the_specialty_is_right_where_it_is_decided(rows: list[Row]) -> None:
    decided = [(gold, d) for gold, d in rows if not gold["human"] and d.action != "review"]
    assert sum(gold["specialty"] == d.specialty for gold, d in decided) / len(decided) >= 0.91


def test_few_tickets_are_left_to_people(rows: list[Row]) -> None:
    assert sum(d.action == "review" for _, d in rows) / len(rows) <= 0.16


def test_threats_are_seen(rows: list[Row]) -> None:
    threats = [d for gold, d in rows if gold["escalation"] == "tendency"]
    assert sum(d.escalation == "tendency" for d in threats) / len(threats) >= 0.85
