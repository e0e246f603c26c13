"""Where does each node of a fault tree stand in its picture, and along which points do its lines run?

Columns from left to right, by the longest way from the root. A box lists its answers as rows, and each row is where its
line begins, so that lines need no labels. Lines that pass a column go through a gap of their own, shared by all lines
to one node. Pure geometry in pixels; never draws.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from rules.trees import UNKNOWN, Tree, TreeNode

BOX, COLUMN_GAP, ROW_GAP, MARGIN = 250, 90, 22, 24
LINE, ANSWER_LINE, PADDING = 18, 22, 10
FONT, SMALL = 13, 12
_PARTS = re.compile(r"[A-Za-z0-9#*%./+_-]+[，。；：、？！）》”,;:?!)]*|.[，。；：、？！）》”]*", re.DOTALL)
_LANE = 8.0  # height of the gap that lines pass through
_SWEEPS = 12
_DETAILS = 2  # lines of a conclusion below its sentence: who acts, and what is done


@dataclass(slots=True)
class Cell:
    """A box, or a gap for passing lines (node is None). x, y: upper left corner. key: node id, or `target@column`."""

    key: str
    column: int
    height: float
    node: TreeNode | None = None
    title: tuple[str, ...] = ()
    y: float = 0.0
    wanted: list[tuple[str, float]] = field(default_factory=list)  # cells it is entered from, with the row's offset

    @property
    def x(self) -> float:
        """Left edge."""
        return MARGIN + self.column * (BOX + COLUMN_GAP)

    def row_y(self, row: int) -> float:
        """Middle of an answer's row."""
        return self.y + self.height - PADDING / 2 - (len(rows_of(self.node)) - row - 0.5) * ANSWER_LINE

    @property
    def entry_y(self) -> float:
        """Where lines come in."""
        return self.y + (self.height / 2 if self.node is None else PADDING + LINE / 2)


@dataclass(frozen=True, slots=True)
class Line:
    """A line from an answer's row to a node, through points. answer: `unknown` for not knowing."""

    source: str
    answer: str
    target: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """Boxes by node id, lines, and the size of the whole."""

    boxes: Mapping[str, Cell]
    lines: tuple[Line, ...]
    width: float
    height: float


def rows_of(node: TreeNode | None) -> list[tuple[str, str, str | None]]:
    """Return the rows of a box: answer, label, next node (None where the walk stops)."""
    if node is None or node.kind == "conclude":
        return []
    rows = [(answer, node.labels[answer], target) for answer, target in node.answers.items()]
    last = f"不清楚：缺{node.needs}" if node.needs else "没有抓包" if node.quiet else "不清楚"
    return [*rows, (UNKNOWN, last, node.unknown)]


def wrap(text: str, width: float, size: int = FONT) -> list[str]:
    """Return the text in lines of at most a width in pixels.

    Chinese is square, the rest about half as wide; words of letters and digits stay whole, and closing marks stay with
    what they close.
    """
    lines, used = [""], 0.0
    for part in _PARTS.findall(text):
        wide = _width(part, size)
        if used + wide > width and lines[-1]:
            lines.append("")
            used = 0.0
        lines[-1] += part
        used += wide
    return [line.strip() for line in lines]


def clip(text: str, width: float, size: int = FONT) -> str:
    """Return the text, cut with … where it is wider than a width in pixels."""
    if _width(text, size) <= width:
        return text
    while text and _width(text, size) > width - size:
        text = text[:-1]
    return f"{text}…"


def _width(text: str, size: int) -> float:
    return sum(size * (1.0 if ord(character) > 0x2E7F else 0.56) for character in text)


def lay_out(tree: Tree) -> Layout:
    """Return the layout of a tree."""
    columns = _columns(tree)
    cells = {name: _box(tree.nodes[name], column) for name, column in columns.items()}
    chains = _chains(tree, columns, cells)
    by_column: dict[int, list[Cell]] = {}
    for cell in cells.values():
        by_column.setdefault(cell.column, []).append(cell)
    _arrange(by_column, cells)
    top = min(cell.y for cell in cells.values())
    for cell in cells.values():
        cell.y += MARGIN - top
    lines = tuple(_line(tree, source, row, cells, chains) for source, row in _edges(tree))
    return Layout(
        {name: cells[name] for name in columns},
        lines,
        max(cell.x for cell in cells.values()) + BOX + MARGIN,
        max(cell.y + cell.height for cell in cells.values()) + MARGIN,
    )


def _columns(tree: Tree) -> dict[str, int]:
    """Return the longest way to each node; a tree is proved acyclic when it is loaded."""
    columns: dict[str, int] = {}

    def place(name: str, column: int) -> None:
        if columns.get(name, -1) < column:
            columns[name] = column
            for target in tree.nodes[name].next:
                place(target, column + 1)

    place(tree.root, 0)
    return columns


def _box(node: TreeNode, column: int) -> Cell:
    title = wrap(node.says, BOX - 2 * PADDING)
    rows = len(rows_of(node))
    more = 0 if node.conclusion is None else _DETAILS
    height = PADDING * 2 + len(title) * LINE + rows * ANSWER_LINE + more * LINE
    return Cell(node.id, column, height, node, tuple(title))


def _edges(tree: Tree) -> list[tuple[str, int]]:
    return [
        (node.id, row)
        for node in tree.nodes.values()
        for row, (_, _, target) in enumerate(rows_of(node))
        if target is not None
    ]


def _chains(tree: Tree, columns: Mapping[str, int], cells: dict[str, Cell]) -> dict[tuple[str, int], str]:
    """Add gaps for lines that pass columns; return (target, column) → key of the cell a line enters there."""
    entry: dict[tuple[str, int], str] = {}
    for source, row in _edges(tree):
        node = tree.nodes[source]
        target = rows_of(node)[row][2]
        assert target is not None
        before, offset = source, _offset(cells[source], row)
        for column in range(columns[source] + 1, columns[target] + 1):
            key = target if column == columns[target] else f"{target}@{column}"
            if key not in cells:
                cells[key] = Cell(key, column, _LANE)
            entry[target, column] = key
            if (before, offset) not in cells[key].wanted:
                cells[key].wanted.append((before, offset))
            before, offset = key, _LANE / 2
    return entry


def _offset(cell: Cell, row: int) -> float:
    return cell.row_y(row) - cell.y


def _arrange(by_column: dict[int, list[Cell]], cells: Mapping[str, Cell]) -> None:
    """Give every cell its y: near the rows that lead to it, without overlaps."""
    for _ in range(_SWEEPS):
        for column in sorted(by_column):
            stack = by_column[column]
            if column:
                for cell in stack:
                    cell.y = _desired(cell, cells)
            stack.sort(key=lambda cell: cell.y + cell.height / 2 if cell.node is None else cell.y)
            _spread(stack)


def _desired(cell: Cell, cells: Mapping[str, Cell]) -> float:
    entries = [cells[name].y + offset for name, offset in cell.wanted]
    return sum(entries) / len(entries) - (cell.entry_y - cell.y)


def _spread(stack: list[Cell]) -> None:
    """Push cells of a column apart, keeping their order and their middle where it was wanted."""
    wanted = sum(cell.y for cell in stack) / len(stack)
    for above, below in pairwise(stack):
        gap = ROW_GAP if above.node is not None and below.node is not None else ROW_GAP / 2
        below.y = max(below.y, above.y + above.height + gap)
    shift = wanted - sum(cell.y for cell in stack) / len(stack)
    for cell in stack:
        cell.y += shift


def _line(tree: Tree, source: str, row: int, cells: Mapping[str, Cell], chains: Mapping[tuple[str, int], str]) -> Line:
    answer, _, target = rows_of(tree.nodes[source])[row]
    assert target is not None
    begin, end = cells[source], cells[target]
    points = [(begin.x + BOX, begin.row_y(row))]
    for column in range(begin.column + 1, end.column):
        cell = cells[chains[target, column]]
        points += [(cell.x, cell.entry_y), (cell.x + BOX, cell.entry_y)]
    points.append((end.x, end.entry_y))
    return Line(source, answer, target, tuple(points))
