"""How does the conclusion of a walk read in a ticket's decision, with the whole path as its reasons? Never stores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from diagnostics.evidence import ORIGINS
from diagnostics.walk import Outcome
from rules.ruleset import RuleSet
from rules.trees import UNKNOWN
from triage.decisions import Action, Decision, Reason
from triage.records_walks import WalkRecord

_ACTION_TABLE = "table.walk_action"


def decision_after(
    before: Decision, outcome: Outcome, record: WalkRecord, rules: RuleSet, attached: Mapping[str, str]
) -> Decision:
    """Return the decision that a conclusion makes of the one before: action, centre, reply, and why.

    outcome: concluded. attached: names of attachments and where they lie.
    """
    found = outcome.conclusion
    assert found is not None
    node = outcome.tree.nodes[found.node]
    assert node.conclusion is not None
    acted = rules.tables[_ACTION_TABLE].decide({"handling.action": node.conclusion.action}).outputs
    names = rules.facts["handling.attachment"].values
    parts = [
        f"结论：{found.sentence}",
        f"原因：{found.cause}",
        f"动作：{found.action}",
        f"责任：{found.responsible_name}",
    ]
    parts += [f"附件 {names.get(name, name)}：{where}" for name, where in attached.items() if where.strip()]
    concluded = Reason(f"{record.tree}#{node.id}", str(node.source), (), "；".join(parts))
    return replace(
        before,
        action=cast(Action, str(acted["action"]) if acted else "review"),
        centre=found.responsible,
        centre_name=found.responsible_name if found.responsible else None,
        reply=found.reply,
        why=(concluded, *_path(outcome, record), *before.why),
        rules_hash=record.rules_hash,
    )


def _path(outcome: Outcome, record: WalkRecord) -> list[Reason]:
    """Return one reason a step: the question, the answer, where it is from and who gave it."""
    said = {entry.name: entry for entry in record.standing}
    reasons = []
    for step in outcome.path:
        node = outcome.tree.nodes[step.node]
        answer = "不清楚" if step.answer == UNKNOWN else node.labels.get(step.answer, step.answer)
        entry = said.get(node.id) or said.get(node.fact or "")
        who = f"，{entry.by}" if entry else ""
        detail = f"，{entry.detail}" if entry and entry.detail else ""
        sentence = f"{node.says} {answer}（{ORIGINS.get(step.origin, step.origin)}{who}{detail}）"
        reasons.append(Reason(f"{record.tree}#{node.id}", str(node.source), (), sentence))
    return reasons
