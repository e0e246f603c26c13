"""What another set of rules would decide differently."""

from __future__ import annotations

import shutil
from pathlib import Path

from rules.loader import CONTENT, load_rules
from triage import wiring
from triage.cases.compare_rules import compare_rules
from triage.intake import ticket_from_mapping
from triage.places import NO_PLACES
from triage.tickets import Ticket
from triage.wiring import Knowledge


def test_only_the_tickets_that_differ_are_given_with_what_differs(knowledge: Knowledge, tmp_path: Path) -> None:
    content = tmp_path / "content"
    shutil.copytree(CONTENT, content)
    table = content / "tables" / "centre.yaml"
    edited = table.read_text("utf-8").replace("then: [enterprise_response]", "then: [data_team]")
    table.write_text(edited.replace("集客响应受理，再派数据组或传输组", "数据组受理"), "utf-8")
    changed = Knowledge(load_rules(content), knowledge.model, knowledge.divisions)
    old, new = (wiring.make_decider(k, NO_PLACES, wiring.unstored_id) for k in (knowledge, changed))
    tickets = [made("L-1", "我公司互联网专线中断，A端到Z端不通"), made("L-2", "家里光猫亮红灯，宽带上不了网")]
    [(count, changes)] = compare_rules(old, new, [tickets])
    assert count == 2
    assert [(c.ticket, c.before, c.after) for c in changes] == [
        ("L-1", {"centre": "enterprise_response"}, {"centre": "data_team"})
    ]


def made(number: str, content: str) -> Ticket:
    ticket = ticket_from_mapping({"工单流水号": number, "投诉内容": content})
    assert isinstance(ticket, Ticket)
    return ticket
