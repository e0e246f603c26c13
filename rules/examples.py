"""What do an item's examples give, and what do they expect? Read at load, so that a bad one refuses the set."""

from __future__ import annotations

from rules.content import Content
from rules.facts import FactValue, Vocabulary
from rules.form import kind_of
from rules.problems import Problems
from rules.source import Example
from rules.table_reading import read_expectation
from rules.tree_examples import check_tree_example
from rules.yaml_nodes import Node


def given_facts(example: Example, facts: Vocabulary, problems: Problems) -> dict[str, FactValue]:
    """Return the facts an example of a rule or table gives."""
    given: dict[str, FactValue] = {}
    for name, node in _entries(example.given, problems).items():
        fact = facts.find(name, node.place, problems)
        value = fact.read(node, problems) if fact is not None else None
        if value is not None:
            given[name] = value
    return given


def given_parts(example: Example, problems: Problems) -> dict[str, str]:
    """Return the parts an example of a reply gives."""
    return {name: node.written for name, node in _entries(example.given, problems).items()}


def check_examples(content: Content, problems: Problems) -> None:
    """Record every example whose facts or expectation cannot be read."""
    for rule in content.rules.values():
        for example in rule.examples:
            given_facts(example, content.facts, problems)
            if not isinstance(example.expect.value, bool):
                problems.error(example.place, f"expect of a rule is true or false, not {kind_of(example.expect)}")
    for table in content.tables.values():
        for example in table.examples:
            given_facts(example, content.facts, problems)
            read_expectation(example.expect, table, problems)
    for tree in content.trees.values():
        for example in tree.examples:
            check_tree_example(tree, example, content.facts, problems)
    _check_replies(content, problems)


def _check_replies(content: Content, problems: Problems) -> None:
    for reply in content.replies.values():
        for example in reply.examples:
            given_parts(example, problems)
            if not isinstance(example.expect.value, str | None):
                problems.error(example.place, "expect of a reply is its text, or null where it must refuse")


def _entries(node: Node, problems: Problems) -> dict[str, Node]:
    if isinstance(node.value, dict):
        return node.value
    problems.error(node.place, f"given must be a mapping, not {kind_of(node)}")
    return {}
