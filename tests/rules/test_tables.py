"""Does a table decide by its hit policy, and say what it would need to know?"""

from __future__ import annotations

import pytest

from rules.errors import FactNeeded
from rules.facts import FactValue
from rules.tables import Table
from tests.rules.sets import build, problems_of, table

TWO = "{fact: kind}, {fact: count}"


def load(text: str) -> Table:
    return build({"tables/t.yaml": text}).tables["table.t"]


def cell(written: str, fact: str = "kind") -> Table:
    return load(table(f"{{when: ['{written}'], then: [hit], because: 因为}}", f"{{fact: {fact}}}"))


@pytest.mark.parametrize(
    ("written", "fact", "value", "hits"),
    [
        ("-", "kind", None, True), ("-", "kind", "个人", True),
        ("?", "kind", None, True), ("?", "kind", "个人", False),
        ("个人", "kind", "个人", True), ("个人", "kind", "集团", False), ("个人", "kind", None, False),
        ("个人|集团", "kind", "集团", True), ("个人|集团", "kind", "家庭", False),
        ("个人|?", "kind", None, True), ("个人|?", "kind", "集团", False),
        ("!个人", "kind", "集团", True), ("!个人", "kind", "个人", False), ("!个人", "kind", None, False),
        ("!个人|集团", "kind", "家庭", True), ("!个人|集团", "kind", "集团", False),
        ("true", "wide", True, True), ("true", "wide", False, False), ("true", "wide", None, False),
        ("false", "wide", False, True), ("!true", "wide", False, True),
        (">=3", "count", 3, True), (">=3", "count", 2.9, False), (">=3", "count", None, False),
        (">3", "count", 3, False), (">3", "count", 3.1, True), ("<5", "count", 5, False), ("<5", "count", 4, True),
        ("<=5", "count", 5, True), ("<=5", "count", 6, False), ("3", "count", 3.0, True), ("3", "count", 4, False),
        ("[2..5)", "count", 2, True), ("[2..5)", "count", 5, False), ("(2..5]", "count", 2, False),
        ("(2..5]", "count", 5, True), ("[2..)", "count", 99, True), ("(..2]", "count", -9, True),
        ("1|>=4", "count", 1, True), ("1|>=4", "count", 2, False), ("!1|>=4", "count", 2, True),
        ("-1", "count", -1, True),
        ("x", "word", "x", True), ("x", "word", "y", False), ("!x", "word", "y", True), ("010", "word", "010", True),
        ("x", "tags", ("x", "y"), True), ("!x", "tags", ("x", "y"), False), ("!x", "tags", ("y",), True),
        ("x", "tags", (), False), ("?", "tags", None, True),
    ],
)  # fmt: skip
def test_a_cell(written: str, fact: str, value: FactValue | None, hits: bool) -> None:
    result = cell(written, fact).decide({} if value is None else {fact: value})
    assert (result.outputs is not None) is hits


@pytest.mark.parametrize(
    ("written", "fact", "sentence"),
    [
        ("机构", "kind", "cell '机构' is not a value of kind"),
        ("个人|", "kind", "an empty cell; write - for anything or ? for unknown"),
        ("", "kind", "a cell must be a text in quotes, such as '-' or '?' (input kind)"),
        ("!?", "kind", "cell '!?': ! goes with values; it never accepts unknown anyway"),
        ("yes", "wide", "cell 'yes': wide is a flag; write true, false, - or ?"),
        (">= drei", "count", "cell '>= drei' is no number, comparison (>=3) or range ([2..5))"),
        ("[5..2]", "count", "cell '[5..2]' is an empty range"),
        ("[2..2)", "count", "cell '[2..2)' is an empty range"),
        (">=3", "word", "cell '>=3' compares numbers, but word is a word"),
        ("x", "complaint.text", "complaint.text is a text; a table cannot look into it"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named_with_its_line(written: str, fact: str, sentence: str) -> None:
    text = table(f"{{when: ['{written}'], then: [hit], because: 因为}}", f"{{fact: {fact}}}")
    problems = problems_of({"tables/t.yaml": text})
    assert len(problems) == 1
    assert problems[0].startswith(f"tables/t.yaml:9: {sentence}")


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("{when: ['-', '-'], then: [1], because: x}", "when of row 1 has 2 entries for 1 inputs"),
        ("{when: ['-'], then: [], because: x}", "then of row 1 has 0 entries for 1 outputs"),
        ("{when: ['-'], then: [{a: 1}], because: x}", "output out takes one value or a list, not a mapping"),
        ("{when: ['-'], then: [1]}", "row 1 lacks because"),
        ("{when: ['-'], then: [1], because: x, note: y}", "row 1 has no field note"),
        ("{when: [[a]], then: [1], because: x}", "a cell must be a text in quotes, such as '-' or '?' (input kind)"),
    ],
)
def test_a_wrong_row_is_named_with_its_line(row: str, sentence: str) -> None:
    assert problems_of({"tables/t.yaml": table(row)}) == [f"tables/t.yaml:9: {sentence}"]


@pytest.mark.parametrize(
    ("inputs", "outputs", "head", "sentence"),
    [
        ("{fact: knd}", "{name: out}", "hit: first", "6: fact knd is not in facts.yaml; did you mean kind?"),
        ("{fact: kind, unknown: guess}", "{name: out}", "hit: first", "6: unknown of input must be one of skip, error"),
        ("{fact: kind}", "{name: out, fact: domain}", "hit: first", "7: an output has either a fact or a name"),
        ("{fact: kind}", "{fact: domain}", "hit: first", "9: hit is not a value of domain (mobile, broadband)"),
        ("{fact: kind}", "{name: out, values: [hat]}", "hit: first", "9: hit is not a value of output out; did you"),
        ("{fact: kind}", "{name: out}", "hit: all", "5: hit of table must be one of unique, first, collect, priority"),
        ("{fact: kind}", "{name: out}", "hit: priority", "7: priority needs declared values on the first output"),
        ("{fact: kind}", "{name: out, refers: centre}", "hit: first", "9: there is no centre hit"),
    ],
)
def test_a_wrong_head_is_named_with_its_line(inputs: str, outputs: str, head: str, sentence: str) -> None:
    text = table("{when: ['-'], then: [hit], because: x}", inputs, outputs, head)
    assert any(problem.startswith(f"tables/t.yaml:{sentence}") for problem in problems_of({"tables/t.yaml": text}))


ORDERED = """
{when: [个人, '>=3'], then: [low], because: 一}
{when: [个人, '-'], then: [high], because: 二}
{when: ['-', '-'], then: [low], because: 三}
"""


def test_first_takes_the_first_row_that_holds() -> None:
    result = load(table(ORDERED, TWO)).decide({"kind": "个人", "count": 5})
    assert (result.row, result.outputs, result.because) == ("table.t#1", {"out": "low"}, "一")


def test_priority_takes_the_output_that_was_declared_first() -> None:
    found = load(table(ORDERED, TWO, "{name: out, values: [high, low]}", "hit: priority"))
    assert found.decide({"kind": "个人", "count": 5}).row == "table.t#2"


def test_priority_takes_the_earlier_row_of_equal_outputs() -> None:
    found = load(table(ORDERED, TWO, "{name: out, values: [high, low]}", "hit: priority"))
    assert found.decide({"kind": "家庭", "count": 5}).row == "table.t#3"


def test_collect_takes_all_rows_in_their_order() -> None:
    result = load(table(ORDERED, TWO, head="hit: collect")).decide({"kind": "个人", "count": 5})
    assert [hit.number for hit in result.hits] == [1, 2, 3]


def test_unique_refuses_rows_that_can_both_hold() -> None:
    rows = "{when: [个人, '>=3'], then: [a], because: 一}\n{when: ['!集团', '<=3'], then: [b], because: 二}"
    assert problems_of({"tables/t.yaml": table(rows, TWO, head="hit: unique")}) == [
        "tables/t.yaml:10: rows 1 and 2 of table.t can both hold, and hit is unique"
    ]


def test_no_row_gives_no_outputs() -> None:
    result = cell("个人").decide({"kind": "集团"})
    assert (result.hits, result.outputs, result.row, result.because, result.missing) == ((), None, None, "", ())


def test_an_unknown_input_is_listed_where_a_row_waits_for_it() -> None:
    assert cell("个人").decide({}).missing == ("kind",)


def test_only_facts_that_could_change_the_outputs_are_listed() -> None:
    found = load(table(ORDERED, TWO))
    assert found.decide({"kind": "个人"}).missing == ("count",)
    assert found.decide({"count": 1}).missing == ("kind",)
    assert found.decide({"kind": "家庭"}).missing == ()


def test_a_row_behind_the_deciding_one_is_not_waited_for() -> None:
    rows = "{when: ['-', '-'], then: [a], because: 一}\n{when: ['-', '>=3'], then: [b], because: 二}"
    assert load(table(rows, TWO)).decide({"kind": "个人"}).missing == ()


def test_a_row_that_says_the_same_is_not_waited_for() -> None:
    rows = "{when: ['-', '>=3'], then: [a], because: 一}\n{when: ['-', '-'], then: [a], because: 二}"
    assert load(table(rows, TWO)).decide({"kind": "个人"}).missing == ()


def test_an_input_may_refuse_to_be_unknown() -> None:
    found = load(table("{when: ['-'], then: [a], because: 一}", "{fact: kind, unknown: error}"))
    with pytest.raises(FactNeeded, match=r"table table\.t cannot decide while kind is unknown"):
        found.decide({"count": 1})


def test_an_output_may_be_nothing_a_list_or_a_number() -> None:
    row = "{when: ['-'], then: ['-', [x, y], 30], because: 一}"
    found = load(table(row, outputs="{name: a}, {name: b}, {name: c}"))
    assert found.decide({}).outputs == {"a": None, "b": ("x", "y"), "c": 30}


def test_a_row_may_name_its_own_source() -> None:
    row = "{when: ['-'], then: [a], because: 一, source: {handbook: 另一本, section: 二, reading: literal}}"
    assert str(load(table(row)).decide({}).source) == "《另一本》二"


def test_a_table_that_is_not_active_is_not_offered() -> None:
    rules = build({"tables/t.yaml": table(ORDERED, TWO).replace("status: active", "status: draft")})
    assert ("table.t" in rules.tables, "table.t" in rules.content.tables) == (False, True)


def test_an_answer_given_before_is_no_answer_to_other_facts() -> None:
    asked = cell("个人|?")
    answers = [asked.decide(facts).outputs is not None for facts in ({"kind": "个人"}, {"kind": "集团"}, {})]
    again = [asked.decide(facts).outputs is not None for facts in ({"kind": "个人"}, {"kind": "集团"}, {})]
    assert answers == again == [True, False, True]
