"""Do fault trees lead where their examples say?

`given` maps facts, or ids of nodes, to what is known; `expect` says where the walk ends: `concludes`, `needs` or `open`
with the id of the node, or fields of the conclusion (`cause`, `party`, `centre`, `action`, `tree`).
"""

from __future__ import annotations

from rules.facts import Vocabulary
from rules.form import kind_of, suggest
from rules.problems import Problems
from rules.source import Example
from rules.trees import UNKNOWN, Tree
from rules.walking import Known, Walk, walk
from rules.yaml_nodes import Node

ENDS = ("concludes", "needs", "open")
FIELDS = ("cause", "party", "centre", "action", "tree")
GIVEN = "given"  # origin of what an example gives


def check_tree_example(tree: Tree, example: Example, facts: Vocabulary, problems: Problems) -> None:
    """Record what cannot be read of an example of a tree."""
    _given(tree, example, facts, problems)
    for name, node in _entries(example.expect, problems, "expect").items():
        if name not in (*ENDS, *FIELDS):
            problems.error(node.place, f"a tree has no {name} to expect{suggest(name, (*ENDS, *FIELDS))}")
        elif name in ENDS and node.written not in tree.nodes:
            problems.error(node.place, f"{node.written} is not a node of {tree.id}{suggest(node.written, tree.nodes)}")


def try_tree(tree: Tree, example: Example, facts: Vocabulary) -> str | None:
    """Return how an example fails; None where it comes out."""
    evidence, answers = _given(tree, example, facts, Problems())
    found = walk(tree, evidence, answers)
    ended = _end(found)
    conclusion = found.node.conclusion
    for name, node in _entries(example.expect, Problems(), "expect").items():
        if name in ENDS:
            if (name, node.written) != ended:
                way = " → ".join(f"{step.node}: {step.answer}" for step in found.path)
                return f"expected {name} {node.written}, found {ended[0]} {ended[1]} ({way or 'nothing answered'})"
        elif (there := found.party if name == "party" else getattr(conclusion, name, None)) != node.written:
            return f"expected {name} {node.written}, found {there or 'none'} at {ended[0]} {ended[1]}"
    return None


def _end(found: Walk) -> tuple[str, str]:
    if found.concluded:
        return "concludes", found.node.id
    return ("open" if found.needs is None else "needs"), found.node.id


def _given(
    tree: Tree, example: Example, facts: Vocabulary, problems: Problems
) -> tuple[dict[str, Known], dict[str, Known]]:
    evidence: dict[str, Known] = {}
    answers: dict[str, Known] = {}
    for name, node in _entries(example.given, problems, "given").items():
        if name in tree.nodes:
            answer = node.written
            if answer != UNKNOWN and tree.nodes[name].answer_for(answer) is None:
                known = ", ".join(tree.nodes[name].answers)
                problems.error(node.place, f"{answer} is no answer of node {name}; it knows {known}")
            answers[name] = Known(answer, GIVEN)
            continue
        fact = facts.find(name, node.place, problems)
        value = fact.read(node, problems) if fact is not None else None
        if value is not None:
            evidence[name] = Known(value, GIVEN)
    return evidence, answers


def _entries(node: Node, problems: Problems, what: str) -> dict[str, Node]:
    if isinstance(node.value, dict):
        return node.value
    problems.error(node.place, f"{what} must be a mapping, not {kind_of(node)}")
    return {}
