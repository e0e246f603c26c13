"""Which question comes next, and what does each answer lead to? Fault trees of trees/*.yaml.

A node asks a person (`ask`), asks a system (`check`, the name of a probe or finding) or concludes (`conclude`). Every
asking node says where each answer leads, and where not knowing leads. A tree is acyclic and every node can be reached.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from rules.canonical import digest
from rules.facts import Fact, Vocabulary
from rules.form import Form, suggest
from rules.problems import Place, Problems
from rules.source import STATUSES, Source, Status, read_source
from rules.yaml_nodes import Node

Kind = Literal["ask", "check", "conclude"]
KINDS: tuple[Kind, ...] = get_args(Kind)
FIELDS = ("id", "title", "status", "source", "root", "nodes")
NODE_FIELDS = (*KINDS, "fact", "answers", "unknown", "because", "source")


@dataclass(frozen=True, slots=True)
class TreeNode:
    """One node. says: the question, the name of the check, or the conclusion's sentence. fact: what an answer settles.

    answers: answer → next node. unknown: next node where nobody knows; None only for conclusions. conclusion: fields of
    a conclusion that is more than a sentence (party, centre, reply, cause …).
    """

    id: str
    kind: Kind
    says: str
    fact: str | None
    answers: Mapping[str, str]
    unknown: str | None
    conclusion: Mapping[str, str]
    because: str
    place: Place

    @property
    def next(self) -> tuple[str, ...]:
        """Ids of the nodes that can follow, each once."""
        last = () if self.unknown is None else (self.unknown,)
        return tuple(dict.fromkeys((*self.answers.values(), *last)))


@dataclass(frozen=True, slots=True)
class Tree:
    """One fault tree. hash: sha256 hex of its content, so that a walk can name its version."""

    id: str
    title: str
    status: Status
    source: Source
    root: str
    nodes: Mapping[str, TreeNode]
    hash: str
    place: Place
    node: Node


def read_tree(node: Node, facts: Vocabulary, problems: Problems) -> Tree:
    """Return the tree of one document; problems, also of its shape, are recorded, never raised."""
    form = Form(node, problems, "tree", FIELDS)
    nodes = {
        name: _read_node(name, item, facts, problems) for name, item in form.mapping("nodes", required=True).items()
    }
    tree = Tree(
        form.text("id"), form.text("title"), form.choice("status", STATUSES), read_source(form), form.text("root"),
        nodes, digest(node.data()), node.place, node,
    )  # fmt: skip
    if form.readable and nodes:
        _prove(tree, problems)
    return tree


def _read_node(name: str, node: Node, facts: Vocabulary, problems: Problems) -> TreeNode:
    form = Form(node, problems, f"node {name}", NODE_FIELDS)
    kinds = [kind for kind in KINDS if form.get(kind) is not None]
    if len(kinds) != 1 and form.readable:
        form.error("ask", f"node {name} needs exactly one of {', '.join(KINDS)}")
    kind = kinds[0] if kinds else "ask"
    answers = {value: form.written(target, "answers") for value, target in form.mapping("answers").items()}
    unknown = form.maybe_text("unknown")
    if kind == "conclude" and (answers or unknown is not None):
        form.error("conclude", f"node {name} concludes; nothing follows it")
    if kind != "conclude" and form.readable and (not answers or unknown is None):
        form.error(kind, f"node {name} needs answers and unknown: where each answer leads, and where not knowing does")
    conclusion = _conclusion(form) if kind == "conclude" else {}
    says = conclusion.get("sentence", "") if conclusion else form.text(kind) if kinds else ""
    fact = form.maybe_text("fact")
    if fact is not None:
        _check_answers(form, answers, facts.find(fact, form.place, problems))
    if form.get("source") is not None:
        read_source(form)
    because = form.maybe_text("because") or ""
    return TreeNode(name, kind, says, fact, answers, unknown, conclusion, because, node.place)


def _conclusion(form: Form) -> dict[str, str]:
    node = form.get("conclude")
    if node is None or not isinstance(node.value, dict):
        return {}
    fields = {key: form.written(value, "conclude") for key, value in node.value.items()}
    if "sentence" not in fields:
        form.error("conclude", f"{form.what}: a conclusion with fields needs `sentence`, which people read")
    return fields


def _check_answers(form: Form, answers: Mapping[str, str], fact: Fact | None) -> None:
    if fact is None:
        return
    values = ["true", "false"] if fact.type == "flag" else list(fact.values)
    for answer in answers:
        if values and answer not in values:
            form.error("answers", f"{answer} is not a value of {fact.id}{suggest(answer, values)}")
    lacking = [value for value in values if value not in answers]
    if lacking:
        form.error("answers", f"{form.what} does not say where {', '.join(lacking)} of {fact.id} leads")


def _prove(tree: Tree, problems: Problems) -> None:
    """Record answers that lead nowhere, nodes that nothing leads to, and cycles."""
    for node in tree.nodes.values():
        for target in node.next:
            if target not in tree.nodes:
                problems.error(node.place, f"node {node.id} leads to {target}, which is not a node of {tree.id}")
    if tree.root not in tree.nodes:
        problems.error(tree.place, f"the root {tree.root} is not a node of {tree.id}")
        return
    done: set[str] = set()
    _walk(tree, tree.root, [], done, problems)
    for name in tree.nodes.keys() - done:
        problems.error(tree.nodes[name].place, f"nothing leads to node {name} of {tree.id}")


def _walk(tree: Tree, name: str, path: list[str], done: set[str], problems: Problems) -> None:
    if name in path:
        cycle = " → ".join((*path[path.index(name) :], name))
        problems.error(tree.nodes[name].place, f"{tree.id} goes round in a circle: {cycle}")
        return
    if name in done or name not in tree.nodes:
        return
    done.add(name)
    for target in tree.nodes[name].next:
        _walk(tree, target, [*path, name], done, problems)
