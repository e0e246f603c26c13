"""How is a decision table of tables/*.yaml read?"""

from __future__ import annotations

from typing import Literal

from rules.cells import Cell, CellWrong, read_cell
from rules.columns import make_column
from rules.facts import REFERS, Fact, Vocabulary
from rules.form import Form, suggest
from rules.problems import Place, Problems
from rules.source import STATUSES, Source, read_examples, read_source
from rules.tables import HITS, Input, Output, OutputValue, Row, Table
from rules.yaml_nodes import Node

FIELDS = (
    "id", "title", "status", "source", "hit", "complete", "inputs", "outputs", "rows", "examples",
)  # fmt: skip
NOTHING = "-"  # an output that a row leaves without a value
_POLICIES: tuple[Literal["skip", "error"], ...] = ("skip", "error")


def read_table(node: Node, facts: Vocabulary, problems: Problems) -> Table:
    """Return the table of one document; problems are recorded, never raised."""
    form = Form(node, problems, "table", FIELDS)
    hit = form.choice("hit", HITS)
    source = read_source(form)
    inputs = tuple(_read_input(item, facts, problems) for item in form.items("inputs", required=True))
    outputs = tuple(_read_output(item, facts, problems) for item in form.items("outputs", required=True))
    if form.readable and (not inputs or not outputs):
        form.error("inputs", "a table needs at least one input and one output")
    if hit == "priority" and outputs and not outputs[0].values:
        form.error("outputs", "priority needs declared values on the first output; their order decides")
    reader = _RowReader(tuple(item.fact for item in inputs), outputs, source, problems)
    nodes = form.items("rows", required=True)
    rows = tuple(reader.row(number, row) for number, row in enumerate(nodes, start=1))
    columns = tuple(make_column(item.fact, [row.cells[at] for row in rows]) for at, item in enumerate(inputs))
    return Table(
        form.text("id"), form.text("title"), form.choice("status", STATUSES), source, hit, inputs, outputs, rows,
        columns, _ranks(hit, rows, outputs), read_examples(form), form.flag("complete"), node.place, node,
    )  # fmt: skip


def _ranks(hit: str, rows: tuple[Row, ...], outputs: tuple[Output, ...]) -> tuple[int, ...]:
    if hit != "priority" or not outputs:
        return tuple(range(len(rows)))
    order = {value: rank for rank, value in enumerate(outputs[0].values)}
    ranks = [(order.get(str(row.outputs.get(outputs[0].name)), len(order)), at) for at, row in enumerate(rows)]
    return tuple(sorted(range(len(rows)), key=ranks.__getitem__).index(at) for at in range(len(rows)))


def _read_input(node: Node, facts: Vocabulary, problems: Problems) -> Input:
    form = Form(node, problems, "input", ("fact", "unknown"))
    name = form.text("fact")
    fact = facts.find(name, form.place, problems) if name else None
    return Input(fact or Fact(name, name, "word", node.place), form.choice("unknown", _POLICIES, "skip"))


def _read_output(node: Node, facts: Vocabulary, problems: Problems) -> Output:
    form = Form(node, problems, "output", ("fact", "name", "values", "refers"))
    if (form.get("fact") is None) == (form.get("name") is None):
        form.error("name", "an output has either a fact or a name")
        return Output("", None, (), None)
    refers = form.choice("refers", REFERS) if form.get("refers") else None
    if form.get("name") is not None:
        return Output(form.text("name"), None, form.texts("values"), refers)
    fact = facts.find(form.text("fact"), form.place, problems)
    if fact is None:
        return Output(form.text("fact"), None, (), refers)
    return Output(fact.id, fact, form.texts("values") or tuple(fact.values), refers or fact.refers)


class _RowReader:
    """Reads the rows of one table."""

    def __init__(self, inputs: tuple[Fact, ...], outputs: tuple[Output, ...], source: Source, problems: Problems):
        self._inputs = inputs
        self._outputs = outputs
        self._source = source
        self._problems = problems

    def row(self, number: int, node: Node) -> Row:
        """Return one row; a list of the wrong length is filled up or cut after its problem is recorded."""
        form = Form(node, self._problems, f"row {number}", ("when", "then", "because", "source"))
        cells = self._fit(form, "when", len(self._inputs), "inputs")
        values = self._fit(form, "then", len(self._outputs), "outputs")
        return Row(
            number,
            tuple(self._cell(cell, fact) for cell, fact in zip(cells, self._inputs, strict=True)),
            {output.name: self.value(value, output) for output, value in zip(self._outputs, values, strict=True)},
            form.text("because"),
            read_source(form) if form.get("source") is not None else self._source,
            node.place,
        )

    def _fit(self, form: Form, field: str, length: int, what: str) -> list[Node]:
        nodes = list(form.items(field, required=True))
        if len(nodes) != length and form.get(field) is not None:
            form.error(field, f"{field} of {form.what} has {len(nodes)} entries for {length} {what}")
        return (nodes + [Node(form.place, "-", "-")] * length)[:length]

    def _cell(self, node: Node, fact: Fact) -> Cell:
        if isinstance(node.value, tuple | dict) or not node.written:
            self._problems.error(node.place, f"a cell must be a text in quotes, such as '-' or '?' (input {fact.id})")
            return Cell(node.written)  # accepts nothing, so that one bad cell is one problem
        try:
            return read_cell(node.written, fact)
        except CellWrong as wrong:
            self._problems.error(node.place, str(wrong))
            return Cell(node.written)  # accepts nothing, so that one bad cell is one problem

    def value(self, node: Node, output: Output) -> OutputValue:
        """Return the value of an output cell; `-` or an empty one is None."""
        if node.value is None or node.written == NOTHING:
            return None
        if output.fact is not None:
            return output.fact.read(node, self._problems)
        if isinstance(node.value, tuple):
            return tuple(item.written for item in node.value)
        if isinstance(node.value, dict):
            self._problems.error(node.place, f"output {output.name} takes one value or a list, not a mapping")
            return None
        if output.values and node.written not in output.values:
            hint = suggest(node.written, output.values)
            self._problems.error(node.place, f"{node.written} is not a value of output {output.name}{hint}")
        return node.value


def read_expectation(node: Node, table: Table, problems: Problems) -> dict[str, OutputValue] | None:
    """Return the outputs an example expects; None where it expects that no row holds."""
    if node.value is None:
        return None
    if not isinstance(node.value, dict):
        problems.error(node.place, "expect must be a mapping of output to value, or null")
        return None
    outputs = {output.name: output for output in table.outputs}
    reader = _RowReader((), table.outputs, table.source, problems)
    for name, value in node.value.items():
        if name not in outputs:
            problems.error(value.place, f"table {table.id} has no output {name}{suggest(name, outputs)}")
    return {name: reader.value(value, outputs[name]) for name, value in node.value.items() if name in outputs}


def row_place(table: Table, number: int) -> Place:
    """Return where row `number` (from 1) stands."""
    return table.rows[number - 1].place
