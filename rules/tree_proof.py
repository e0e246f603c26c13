"""Can every node of a tree be reached, and does every way through it end?"""

from __future__ import annotations

from rules.problems import Problems
from rules.trees import Tree


def prove(tree: Tree, problems: Problems) -> None:
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
    for name in sorted(tree.nodes.keys() - done):
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
