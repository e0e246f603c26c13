"""How far do evidence and answers lead through a fault tree?

A node's own answer comes first, then evidence for its fact. An answer to one node is evidence for every later node
with the same fact. Where neither is there, the walk is open at that node: it never guesses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rules.facts import FactValue
from rules.trees import ANY, UNKNOWN, Tree, TreeNode


@dataclass(frozen=True, slots=True)
class Known:
    """A value and where it is from: typed, capture, probe, boss, given …"""

    value: FactValue
    origin: str


@dataclass(frozen=True, slots=True)
class Step:
    """One node that is behind. answer: the value given, `unknown` where nobody knew. origin: where it is from."""

    node: str
    answer: str
    origin: str


@dataclass(frozen=True, slots=True)
class Walk:
    """Where a walk stands. node: the conclusion, or the node it is open at.

    known: evidence and what the answers settled. needs: what is missing at an open node that was answered with
    `unknown`; None where nobody answered yet.
    """

    path: tuple[Step, ...]
    node: TreeNode
    known: Mapping[str, Known]
    needs: str | None = None

    @property
    def concluded(self) -> bool:
        """Whether the end is reached."""
        return self.node.kind == "conclude"

    @property
    def party(self) -> str | None:
        """Who is to blame by the conclusion; None before it, and where it names a centre outright."""
        conclusion = self.node.conclusion
        if conclusion is None:
            return None
        told = self.known.get(conclusion.party_fact) if conclusion.party_fact is not None else None
        return conclusion.party if told is None else str(told.value)


def walk(tree: Tree, evidence: Mapping[str, Known], answers: Mapping[str, Known]) -> Walk:
    """Return where a walk stands.

    evidence: fact id → value. answers: node id → answer, `unknown` for not knowing; one that the node does not know
    counts as none.
    """
    known = dict(evidence)
    path: list[Step] = []
    node = tree.nodes[tree.root]
    while node.kind != "conclude":
        step = _step(node, known, answers)
        if step is None:
            if not node.quiet or node.unknown is None:
                return Walk(tuple(path), node, known)
            node = tree.nodes[node.unknown]
            continue
        path.append(step)
        if step.answer == UNKNOWN:
            if node.unknown is None:
                return Walk(tuple(path), node, known, node.needs)
            node = tree.nodes[node.unknown]
            continue
        if node.fact is not None and node.id in answers:
            known[node.fact] = answers[node.id]
        node = tree.nodes[node.answers[ANY if step.answer not in node.answers else step.answer]]
    return Walk(tuple(path), node, known)


def _step(node: TreeNode, known: Mapping[str, Known], answers: Mapping[str, Known]) -> Step | None:
    """Return how the node is passed; None where nothing answers it."""
    own = answers.get(node.id)
    if own is not None:
        if own.value == UNKNOWN:
            return Step(node.id, UNKNOWN, own.origin)
        if node.answer_for(own.value) is not None:
            return Step(node.id, _written(own.value), own.origin)
    found = known.get(node.fact) if node.fact is not None else None
    if found is None or node.answer_for(found.value) is None:
        return None
    return Step(node.id, _written(found.value), found.origin)


def _written(value: FactValue) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
