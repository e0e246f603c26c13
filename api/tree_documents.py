"""How does a fault tree look as JSON values? Shared by the command line and the API."""

from __future__ import annotations

from typing import Any

from diagnostics.walk import question
from rules.ruleset import RuleSet
from rules.trees import Tree, TreeNode


def tree_line(tree: Tree) -> dict[str, Any]:
    """Return one line of the list of trees."""
    return {"tree": tree.name, "title": tree.title, "nodes": len(tree.nodes), "hash": tree.hash,
            "source": str(tree.source)}  # fmt: skip


def tree_document(tree: Tree, rules: RuleSet) -> dict[str, Any]:
    """Return a whole tree."""
    return {
        **tree_line(tree), "rules_hash": rules.hash, "root": tree.root,
        "nodes": [node_document(node, rules) for node in tree.nodes.values()],
    }  # fmt: skip


def node_document(node: TreeNode, rules: RuleSet) -> dict[str, Any]:
    """Return one node: the question with where its answers lead, or the conclusion."""
    found = node.conclusion
    if found is None:
        ways = {"answers": [{"answer": a, "label": node.labels[a], "next": n} for a, n in node.answers.items()],
                "unknown": {"next": node.unknown, "needs": node.needs}, "quiet": node.quiet}  # fmt: skip
        return {**question(node), **ways, "covers": list(node.covers)}
    return {
        "node": node.id, "kind": node.kind, "text": node.says, "cause": found.cause, "party": found.party,
        "centre": found.centre, "action": rules.facts["handling.action"].values.get(found.action, found.action),
        "reply": found.reply, "requires": list(found.requires), "tree": found.tree, "source": str(node.source),
        "covers": list(node.covers),
    }  # fmt: skip
