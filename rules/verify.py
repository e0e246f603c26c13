"""What is wrong with a set of rules beyond the single item?

Ids, dangling references, missing examples, twins, overlaps of unique tables, gaps of complete ones: `check` finds what
refuses a set; `figures` counts what a rule keeper should look at.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from rules.canonical import canonical
from rules.centres import check_parties
from rules.content import Content
from rules.coverage import Gaps, find_gaps, find_masked, find_overlaps
from rules.examples import check_examples
from rules.facts import Refers
from rules.findings import check_findings
from rules.form import suggest
from rules.lifecycle_references import check_lifecycles
from rules.problems import Place, Problems
from rules.rule import Rule
from rules.tables import Table
from rules.trees import Conclusion
from rules.yaml_nodes import Node

REPLY_IDS = "reply."  # a conclusion's reply is the id of a text where it begins so, else the sentence itself


@dataclass(frozen=True, slots=True)
class TableFigures:
    """What static verification says of one table. overlaps: pairs of row numbers; masked: rows that can never win."""

    table: Table
    overlaps: tuple[tuple[int, int], ...]
    gaps: Gaps
    masked: tuple[int, ...]


def check(content: Content, problems: Problems) -> None:
    """Record every problem that concerns several items of a set."""
    _check_rules(content, problems)
    _check_references(content, problems)
    check_parties(content.parties, content.centres, problems)
    check_findings(content.findings, {party for party, _ in content.parties}, problems)
    for table in content.tables.values():
        _check_table(table, problems)
    _check_covers(content, problems)
    check_lifecycles(content, problems)
    check_examples(content, problems)


def figures(content: Content) -> tuple[TableFigures, ...]:
    """Return overlaps, gaps and masked rows of every table, in the order of ids."""
    return tuple(
        TableFigures(table, tuple(find_overlaps(table)), find_gaps(table), tuple(find_masked(table)))
        for table in content.tables.values()
    )


def _check_rules(content: Content, problems: Problems) -> None:
    twins: dict[str, Rule] = {}
    for rule in content.rules.values():
        _check_examples(rule, problems)
        when = rule.node.value.get("when") if isinstance(rule.node.value, dict) else None
        if when is None or rule.status == "draft":
            continue
        twin = twins.setdefault(canonical(when.data()), rule)
        if twin is rule:
            continue
        if twin.then == rule.then:
            problems.error(
                rule.place, f"rule {rule.id} says the same as {twin.id} ({twin.place}) and would count twice"
            )
        else:
            problems.note(
                rule.place, f"rule {rule.id} has the same when as {twin.id} ({twin.place}); one rule could do"
            )


def _check_examples(rule: Rule, problems: Problems) -> None:
    expected = {example.expect.value for example in rule.examples if isinstance(example.expect.value, bool)}
    if rule.status == "active" and expected != {True, False}:
        problems.error(rule.place, f"rule {rule.id} is active and needs an example that fits and one that does not")


def _check_table(table: Table, problems: Problems) -> None:
    if table.hit == "unique":
        for first, second in find_overlaps(table):
            place = table.rows[second - 1].place
            problems.error(place, f"rows {first} and {second} of {table.id} can both hold, and hit is unique")
    if table.complete and not problems.errors:
        gaps = find_gaps(table)
        if gaps.count:
            problems.error(table.place, f"{table.id} is to be complete but no row holds for {'; '.join(gaps.examples)}")


def _check_references(content: Content, problems: Problems) -> None:
    known: dict[Refers, Collection[str]] = {
        "reply": content.replies,
        "centre": content.centres,
        "party": {party for party, _ in content.parties},
        "tree": content.trees,
        "lifecycle": content.lifecycles,
        "table": content.tables,
    }
    for refers, value, place in _references(content):
        if value not in known[refers]:
            problems.error(place, f"there is no {refers} {value}{suggest(value, known[refers])}")


def _references(content: Content) -> Iterator[tuple[Refers, str, Place]]:
    for fact in content.facts.values():
        if fact.refers is not None:
            yield from ((fact.refers, value, fact.place) for value in fact.values)
    for rule in content.rules.values():
        yield from _rule_references(rule, content)
    for table in content.tables.values():
        yield from _table_references(table)
    for tree in content.trees.values():
        for node in tree.nodes.values():
            if node.conclusion is not None:
                yield from ((refers, value, node.place) for refers, value in _concluded(node.conclusion))


def _concluded(conclusion: Conclusion) -> Iterator[tuple[Refers, str]]:
    if conclusion.reply.startswith(REPLY_IDS):
        yield "reply", conclusion.reply
    named: tuple[tuple[Refers, str | None], ...] = (
        ("party", conclusion.party), ("centre", conclusion.centre), ("tree", conclusion.tree),
    )  # fmt: skip
    yield from ((refers, value) for refers, value in named if value is not None)


def _check_covers(content: Content, problems: Problems) -> None:
    nodes = [(node.covers, node.place) for tree in content.trees.values() for node in tree.nodes.values()]
    speeds = [(speed.covers, speed.place) for speed in content.speed.values()]
    for covers, place in (*nodes, *speeds):
        for covered in covers:
            if covered not in content.handbook:
                hint = suggest(covered, content.handbook)
                problems.error(place, f"handbook.yaml has no instruction {covered}{hint}")


def _rule_references(rule: Rule, content: Content) -> Iterator[tuple[Refers, str, Place]]:
    for name, value in rule.then.items():
        refers = content.facts[name].refers
        if refers is not None:
            yield refers, str(value), _then_place(rule.node, name) or rule.place


def _table_references(table: Table) -> Iterator[tuple[Refers, str, Place]]:
    for output in table.outputs:
        if output.refers is not None:
            wanted = ((row.outputs[output.name], row.place) for row in table.rows)
            yield from ((output.refers, str(value), place) for value, place in wanted if value is not None)


def _then_place(node: Node, name: str) -> Place | None:
    then = node.value.get("then") if isinstance(node.value, dict) else None
    value = then.value.get(name) if then is not None and isinstance(then.value, dict) else None
    return value.place if value is not None else None
