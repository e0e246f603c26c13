"""Is YAML read as version 1.2 says, with every oddity named by its line?"""

from __future__ import annotations

import pytest

from rules.problems import Problems
from rules.yaml_nodes import Node, Plain, read_documents


def read(text: str) -> tuple[list[Node], list[str]]:
    problems = Problems()
    nodes = read_documents("f.yaml", text, problems)
    return nodes, [str(problem) for problem in problems.found]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("yes", "yes"), ("no", "no"), ("on", "on"), ("off", "off"), ("Y", "Y"), ("22:30", "22:30"), ("1_000", "1_000"),
        ("2011-03-16", "2011-03-16"), ("010", 10), ("0o10", 8), ("0x1F", 31), ("-3", -3), ("1.50", 1.5), (".5", 0.5),
        ("1e3", 1000.0), (".inf", ".inf"), ("true", True), ("False", False), ("null", None), ("~", None),
        ("'true'", "true"), ('"010"', "010"), ("<<", "<<"),
    ],
)  # fmt: skip
def test_a_plain_scalar_means_what_yaml_1_2_says(written: str, value: Plain) -> None:
    nodes, problems = read(f"a: {written}")
    assert (nodes[0].data(), problems) == ({"a": value}, [])


def test_a_scalar_keeps_how_it_was_written() -> None:
    nodes, _ = read("a: 010")
    entries = nodes[0].value
    assert isinstance(entries, dict)
    assert entries["a"].written == "010"


def test_a_key_that_stands_twice_is_named_with_both_lines() -> None:
    assert read("a: 1\nb: 2\na: 3\n")[1] == ["f.yaml:3: key a stands here a second time (first on line 1)"]


def test_documents_count_lines_through_the_file() -> None:
    nodes, _ = read("# a comment\na: 1\n---\n\nb: 2\n---\n")
    assert [node.place.line for node in nodes] == [2, 5]


def test_an_alias_is_a_problem() -> None:
    assert read("a: &x [1]\nb: *x\n")[1] == [
        "f.yaml:2: anchors and aliases are not used in rule files; write the value out"
    ]


def test_an_alias_to_its_own_parent_ends() -> None:
    assert len(read("&x [*x]")[1]) == 1


def test_a_cell_without_quotes_that_yaml_takes_for_a_tag_is_a_problem() -> None:
    assert read("- [!A, b]")[1] == [
        "f.yaml:1: !A is read as a YAML tag; put values that begin with - ? ! > | [ { & * % @ or ` in quotes"
    ]


def test_text_that_is_no_yaml_is_named_with_its_line() -> None:
    problems = read("a: 1\nb: [>=3]\n")[1]
    assert len(problems) == 1
    assert problems[0].startswith("f.yaml:2: not YAML: ")


def test_control_characters_are_a_problem() -> None:
    assert read("a: \x01")[1][0].startswith("f.yaml:1: not YAML: ")


def test_a_key_that_is_no_scalar_is_a_problem() -> None:
    assert read("? [1, 2]\n: 3\n")[1] == ["f.yaml:1: a key must be one word or a text"]


def test_an_empty_file_holds_nothing() -> None:
    assert read("# nothing\n") == ([], [])
