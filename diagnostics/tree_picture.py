"""How does a fault tree look drawn, with the way that was walked marked? An SVG that needs nothing from outside.

Boxes: white for questions, blue for checks that evidence can answer, green for conclusions. The way walked is heavy and
orange, the open question has an orange border. Colours keep a contrast of 4.5 to 1 against their ground.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

from diagnostics.evidence import ORIGINS
from diagnostics.tree_layout import (
    ANSWER_LINE,
    BOX,
    FONT,
    LINE,
    MARGIN,
    PADDING,
    SMALL,
    Cell,
    Line,
    clip,
    lay_out,
    rows_of,
)
from diagnostics.walk import PARTY_NAMES, Outcome
from rules.ruleset import RuleSet
from rules.trees import ANY, Tree, TreeNode
from rules.walking import Step

_HEAD = 52  # pixels above the tree for its title
_FONTS = "'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei','WenQuanYi Zen Hei',sans-serif"
# Attributes and not a style sheet: a page's content policy may forbid styles inside pictures. Later classes win.
_LOOKS: Mapping[str, Mapping[str, str]] = {
    "title": {"font-size": "20", "font-weight": "600"},
    "note": {"font-size": str(SMALL), "font-weight": "400", "fill": "#51606e"},
    "row": {"font-size": str(SMALL)},
    "rule": {"stroke": "#c9d2da", "stroke-width": "1"},
    "line": {"fill": "none", "stroke": "#8a98a5", "stroke-width": "1.2"},
    "box": {"stroke": "#6b7a88", "stroke-width": "1"},
    "ask": {"fill": "#ffffff"},
    "check": {"fill": "#e9f1fb"},
    "conclude": {"fill": "#e6f4ea"},
    "walked": {"stroke": "#b35900", "stroke-width": "3"},
    "open": {"stroke": "#b35900", "stroke-width": "3", "stroke-dasharray": "7 4"},
    "chosen": {"fill": "#ffe3c2"},
    "dim": {"opacity": ".55"},
}
_CLASSES = re.compile(r'class="([a-z ]*)"')


def draw_tree(tree: Tree, rules: RuleSet, outcome: Outcome | None = None) -> str:
    """Return the picture of a tree as SVG text. outcome: a walk over it to be marked."""
    layout = lay_out(tree)
    walked = {} if outcome is None else {step.node: step for step in outcome.path}
    ends = _ends(outcome)
    width, height = layout.width, layout.height + _HEAD
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" role="img" aria-label={quoteattr(tree.title)}>',
        f'<title>{escape(tree.title)}</title><g font-family="{_FONTS}" font-size="{FONT}" fill="#1c2733">'
        f'<rect width="100%" height="100%" fill="#f7f9fa"/><text class="title" x="{MARGIN}" y="34">'
        f'{escape(tree.title)}<tspan class="note" dx="14">{escape(f"{tree.name} · {tree.source}")}</tspan></text>',
        f'<g transform="translate(0 {_HEAD})">',
    ]
    passed = {line for line in layout.lines if _passed(line, walked, tree)}
    parts += [_line(line, heavy=False) for line in layout.lines if line not in passed]
    parts += [_line(line, heavy=True) for line in layout.lines if line in passed]
    reached = {line.target for line in passed}
    for cell in layout.boxes.values():
        parts.append(_box(cell, walked, ends, rules, reached=cell.key in reached or cell.key in walked))
    return _CLASSES.sub(_dressed, "\n".join((*parts, "</g></g></svg>\n")))


def _dressed(found: re.Match[str]) -> str:
    looks: dict[str, str] = {}
    for name in found.group(1).split():
        looks |= _LOOKS.get(name, {})
    return " ".join((found.group(0), *(f'{name}="{value}"' for name, value in looks.items())))


def _ends(outcome: Outcome | None) -> Mapping[str, str]:
    """Return the class of the node where a walk stands."""
    if outcome is None:
        return {}
    if outcome.open is not None:
        return {outcome.open.id: "open"}
    return {outcome.conclusion.node: "walked"} if outcome.conclusion else {}


def _passed(line: Line, walked: Mapping[str, Step], tree: Tree) -> bool:
    step = walked.get(line.source)
    return step is not None and line.answer == _row_answer(tree.nodes[line.source], step.answer)


def _row_answer(node: TreeNode, answer: str) -> str:
    return ANY if ANY in node.answers and answer not in node.answers and answer != "unknown" else answer


def _line(line: Line, *, heavy: bool) -> str:
    (x, y), *rest = line.points
    path = [f"M{x:.0f} {y:.0f}"]
    for number, (to_x, to_y) in enumerate(rest):
        if number % 2:  # through the gap of a column
            path.append(f"H{to_x:.0f}")
        else:
            middle = (x + to_x) / 2
            path.append(f"C{middle:.0f} {y:.0f} {middle:.0f} {to_y:.0f} {to_x:.0f} {to_y:.0f}")
        x, y = to_x, to_y
    return f'<path class="line{" walked" if heavy else ""}" d="{"".join(path)}"/>'


def _box(cell: Cell, walked: Mapping[str, Step], ends: Mapping[str, str], rules: RuleSet, *, reached: bool) -> str:
    node = cell.node
    assert node is not None
    end = ends.get(node.id, "walked" if node.id in walked else "")
    dim = " dim" if walked and not reached and not end else ""
    hint = "\n".join(part for part in (node.look, *node.how, str(node.source)) if part)
    parts = [
        f'<g class="node{dim}"><title>{escape(hint)}</title><rect class="box {node.kind} {end}" x="{cell.x:.0f}" '
        f'y="{cell.y:.0f}" width="{BOX}" height="{cell.height:.0f}" rx="{14 if node.kind == "conclude" else 4}"/>'
    ]
    y = cell.y + PADDING + FONT
    for text in cell.title:
        parts.append(f'<text x="{cell.x + PADDING:.0f}" y="{y:.0f}">{escape(text)}</text>')
        y += LINE
    for text in _details(node, rules):
        parts.append(f'<text class="note" x="{cell.x + PADDING:.0f}" y="{y:.0f}">{escape(text)}</text>')
        y += LINE
    step = walked.get(node.id)
    for row, (answer, label, _) in enumerate(rows_of(node)):
        parts.append(_row(cell, row, label, step if step and answer == _row_answer(node, step.answer) else None))
    return "".join((*parts, "</g>"))


def _details(node: TreeNode, rules: RuleSet) -> list[str]:
    """Return who acts and what is done, a line each."""
    found = node.conclusion
    if found is None:
        return []
    centre = rules.parties[found.party].centre if found.party is not None else found.centre
    name = rules.centres[centre].name if centre else rules.facts[PARTY_NAMES].values.get(found.party or "", "")
    action = rules.facts["handling.action"].values.get(found.action, found.action)
    return [clip(text, BOX - 2 * PADDING, SMALL) for text in (f"责任：{name}", f"动作：{action}")]


def _row(cell: Cell, row: int, label: str, step: Step | None) -> str:
    middle = cell.row_y(row)
    top = middle - ANSWER_LINE / 2
    origin = "" if step is None else f"　←{ORIGINS.get(step.origin, step.origin)}"
    shown = clip(label + origin, BOX - 2 * PADDING, SMALL)
    chosen = "" if step is None else (
        f'<rect class="chosen" x="{cell.x + 2:.0f}" y="{top + 1:.0f}" width="{BOX - 4}" height="{ANSWER_LINE - 2}"/>'
    )  # fmt: skip
    return (
        f'<line class="rule" x1="{cell.x:.0f}" y1="{top:.0f}" x2="{cell.x + BOX:.0f}" y2="{top:.0f}"/>{chosen}'
        f'<text class="row" x="{cell.x + PADDING:.0f}" y="{middle + 4:.0f}">{escape(shown)}</text>'
    )
