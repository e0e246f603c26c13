"""How do tables, trees and lifecycles look drawn? As Mermaid text, which code forges and editors show as pictures."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import FactValue
from rules.lifecycles import Lifecycle
from rules.ruleset import RuleSet
from rules.tables import Row, Table
from rules.trees import UNKNOWN, Tree, TreeNode

_ESCAPES = str.maketrans({'"': "#quot;", "<": "#lt;", ">": "#gt;", "\n": " ", "#": "#35;"})


def drawable(rules: RuleSet) -> tuple[str, ...]:
    """Return the ids of everything that can be drawn, drafts included."""
    content = rules.content
    return tuple(sorted((*content.tables, *content.trees, *content.lifecycles)))


def draw(rules: RuleSet, item: str) -> str:
    """Return the Mermaid text of a table, tree or lifecycle. Raises KeyError where there is none of that id."""
    content = rules.content
    if item in content.tables:
        return draw_table(content.tables[item])
    if item in content.trees:
        return draw_tree(content.trees[item])
    return draw_lifecycle(content.lifecycles[item])


def draw_table(table: Table) -> str:
    """Return a flowchart: inputs, one box for each row with the cells that matter, and what the row says."""
    names = ", ".join(item.fact.title for item in table.inputs)
    lines = ["flowchart LR", f"  table[{_label(f'{table.title} ({table.hit}): {names}')}]"]
    for row in table.rows:
        lines.append(f"  table --> r{row.number}{{{{{_label(_conditions(table, row))}}}}}")
        lines.append(f"  r{row.number} --> o{row.number}[{_label(_outcome(row))}]")
    return "\n".join(lines)


def _conditions(table: Table, row: Row) -> str:
    pairs = zip(table.inputs, row.cells, strict=True)
    parts = [f"{item.fact.title} {cell.written}" for item, cell in pairs if not cell.anything]
    return f"{row.number}. {'; '.join(parts) or '-'}"


def _outcome(row: Row) -> str:
    return "; ".join(f"{name}: {_shown(value)}" for name, value in row.outputs.items())


def _shown(value: FactValue | None) -> str:
    if isinstance(value, tuple):
        return "、".join(value)
    return "-" if value is None else str(value)


def draw_tree(tree: Tree) -> str:
    """Return a flowchart: questions as rhombs, checks as hexagons, conclusions as boxes, what is missing rounded."""
    lines = ["flowchart TD"]
    numbers = {name: f"n{number}" for number, name in enumerate(tree.nodes)}
    for name, node in tree.nodes.items():
        lines.append(f"  {numbers[name]}{_shape(node)}")
        for target, answers in _arrows(node):
            lines.append(f"  {numbers[name]} -->|{_label(answers)}| {numbers[target]}")
        if node.needs is not None:
            lines.append(f"  {numbers[name]} -->|{_label(UNKNOWN)}| {numbers[name]}x([{_label(node.needs)}])")
    return "\n".join(lines)


def _shape(node: TreeNode) -> str:
    text = _label(node.says)
    return {"ask": f"{{{text}}}", "check": f"{{{{{text}}}}}", "conclude": f"[{text}]"}[node.kind]


def _arrows(node: TreeNode) -> Iterator[tuple[str, str]]:
    for target in node.next:
        answers = [answer for answer, leads in node.answers.items() if leads == target]
        if node.unknown == target:
            answers.append(UNKNOWN)
        yield target, " / ".join(answers)


def draw_lifecycle(lifecycle: Lifecycle) -> str:
    """Return a state diagram with the labels of the states and the steps."""
    lines = ["stateDiagram-v2"]
    numbers = {name: f"s{number}" for number, name in enumerate(lifecycle.states)}
    for name, state in lifecycle.states.items():
        lines.append(f"  state {_label(state.label)} as {numbers[name]}")
        if state.initial:
            lines.append(f"  [*] --> {numbers[name]}")
    for step in lifecycle.transitions:
        for start in step.from_states:
            lines.append(f"  {numbers[start]} --> {numbers[step.to]}: {step.label.translate(_ESCAPES)}")
    lines.extend(f"  {numbers[name]} --> [*]" for name, state in lifecycle.states.items() if state.final)
    return "\n".join(lines)


def _label(text: str) -> str:
    return f'"{text.translate(_ESCAPES)}"'
