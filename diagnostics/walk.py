"""Where do evidence and answers lead in a fault tree, and what is to be done by whom?

Pure: a tree, evidence and answers in; the path, the open question or the conclusion out. `document` is the contract of
`./suyin tree walk --json` and of the JSON API.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from diagnostics.evidence import derived
from rules.ruleset import RuleSet
from rules.trees import PREFIX, UNKNOWN, Conclusion, Tree, TreeNode
from rules.walking import Known, Step, Walk, walk

REPLY = "reply."
PARTY_NAMES = "capture.party"  # the fact whose values name the parties


@dataclass(frozen=True, slots=True)
class Concluded:
    """A conclusion in a province's words. responsible: id of the centre, None where nobody is dispatched to.

    action: as people see it. reply: the text with its parts filled in, or the bare template. requires: ids of what must
    be attached; requires_names: as people see them. tree: name of the tree to go on with.
    """

    node: str
    cause: str
    sentence: str
    party: str | None
    responsible: str | None
    responsible_name: str
    action: str
    reply: str | None
    requires: tuple[str, ...]
    requires_names: tuple[str, ...]
    tree: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where a walk stands. open: the node that waits for an answer; needs: what is missing there, in words.

    known: everything known by fact, derived facts included. Exactly one of open and conclusion is there.
    """

    tree: Tree
    path: tuple[Step, ...]
    open: TreeNode | None
    needs: str | None
    conclusion: Concluded | None
    known: Mapping[str, Known]


def walk_tree(
    tree: Tree,
    rules: RuleSet,
    evidence: Mapping[str, Known],
    answers: Mapping[str, Known],
    parts: Mapping[str, str] | None = None,
) -> Outcome:
    """Return where a walk stands.

    evidence: fact id → what is known. answers: node id → answer (`unknown` for not knowing). parts: texts that fill the
    reply's template (描述, 原因 …).
    """
    known = dict(evidence)
    while True:
        found = walk(tree, known, answers)
        more = derived(found.known, rules)
        if not more:
            break
        known.update(more)
    if found.node.conclusion is None:
        return Outcome(tree, found.path, found.node, missing(found.node), None, found.known)
    return Outcome(tree, found.path, None, None, _concluded(found, found.node.conclusion, rules, parts), found.known)


def missing(node: TreeNode) -> str:
    """Return what is missing at an open node, in words."""
    return node.needs or node.says.rstrip("？?")


def _concluded(found: Walk, conclusion: Conclusion, rules: RuleSet, parts: Mapping[str, str] | None) -> Concluded:
    party = found.party
    centre = conclusion.centre if party is None else rules.parties[party].centre
    name = rules.centres[centre].name if centre else rules.facts[PARTY_NAMES].values.get(party or "", "")
    attachments = rules.facts["handling.attachment"].values
    return Concluded(
        found.node.id, conclusion.cause, conclusion.sentence, party, centre, name,
        rules.facts["handling.action"].values.get(conclusion.action, conclusion.action),
        _reply(conclusion.reply, rules, parts), conclusion.requires,
        tuple(attachments[item] for item in conclusion.requires),
        conclusion.tree.removeprefix(PREFIX) if conclusion.tree else None,
    )  # fmt: skip


def _reply(reply: str, rules: RuleSet, parts: Mapping[str, str] | None) -> str | None:
    if not reply.startswith(REPLY):
        return reply or None
    template = rules.replies[reply]
    return template.render(**(parts or {})) if parts or not template.parts else template.text


def document(outcome: Outcome) -> dict[str, Any]:
    """Return an outcome as JSON values; needs says in words what the open node waits for."""
    found = outcome.conclusion
    return {
        "tree": outcome.tree.name,
        "path": [{"node": s.node, "answer": s.answer, "from": s.origin} for s in outcome.path],
        "open": outcome.open.id if outcome.open else None,
        "needs": outcome.needs,
        "conclusion": None if found is None else {
            "node": found.node, "cause": found.cause, "sentence": found.sentence, "responsible": found.responsible,
            "responsible_name": found.responsible_name, "action": found.action, "reply": found.reply,
            "requires": list(found.requires), "tree": found.tree,
        },
    }  # fmt: skip


def question(node: TreeNode) -> dict[str, Any]:
    """Return an open question as JSON values: what to look at, how, and which answers there are."""
    return {
        "node": node.id, "kind": node.kind, "text": node.says, "fact": node.fact, "probe": node.probe,
        "look": node.look, "how": list(node.how),
        "answers": [{"answer": answer, "label": label} for answer, label in node.labels.items()],
        "unknown": {"answer": UNKNOWN, "label": "不清楚", "needs": node.needs},
        "source": str(node.source),
    }  # fmt: skip
