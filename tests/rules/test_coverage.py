"""Are overlaps, gaps and masked rows counted exactly?"""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from rules.coverage import find_gaps, find_masked, find_overlaps
from rules.facts import FactValue
from rules.tables import Table
from rules.verify import figures
from tests.rules.sets import FACTS, build, problems_of, table

THREE = "{fact: kind}, {fact: wide}, {fact: tries}"
WITH_TRIES = {"facts.yaml": FACTS + "tries: {title: 次数, type: number, least: 0, whole: true}\n"}


def load(rows: str, inputs: str = "{fact: kind}", head: str = "hit: first") -> Table:
    text = table(rows, inputs, "{name: out, values: [a, b]}", head)
    return build({**WITH_TRIES, "tables/t.yaml": text}).tables["table.t"]


def test_unknown_is_a_value_of_every_input() -> None:
    gaps = find_gaps(load("{when: ['个人|集团|家庭'], then: [a], because: 一}"))
    assert (gaps.count, gaps.total, gaps.examples) == (1, 4, ("kind=?",))


def test_gaps_are_counted_over_all_inputs() -> None:
    gaps = find_gaps(load("{when: [个人, true], then: [a], because: 一}", "{fact: kind}, {fact: wide}"))
    assert (gaps.count, gaps.total) == (11, 12)
    assert gaps.examples[:2] == ("kind=个人, wide=false", "kind=个人, wide=?")


def test_numbers_are_cut_at_the_bounds_of_the_cells() -> None:
    rows = "{when: ['<2'], then: [a], because: 一}\n{when: ['>2'], then: [b], because: 二}"
    gaps = find_gaps(load(rows, "{fact: count}"))
    assert (gaps.count, gaps.total, gaps.examples) == (2, 4, ("count=2", "count=?"))


def test_whole_numbers_have_nothing_between_neighbours_and_nothing_below_the_least() -> None:
    rows = "{when: ['[0..1]'], then: [a], because: 一}\n{when: ['>=2'], then: [b], because: 二}"
    gaps = find_gaps(load(rows, "{fact: tries}"))
    assert gaps.examples == ("tries=?",)


def test_a_word_may_be_something_no_cell_names() -> None:
    assert find_gaps(load("{when: ['x|?'], then: [a], because: 一}", "{fact: word}")).examples == ("word=其他",)


def test_a_negated_word_covers_what_no_cell_names() -> None:
    assert find_gaps(load("{when: ['!x'], then: [a], because: 一}", "{fact: word}")).examples == ("word=x", "word=?")


def test_a_complete_table_refuses_gaps() -> None:
    text = table("{when: [个人], then: [a], because: 一}", head="hit: first\ncomplete: true")
    assert problems_of({"tables/t.yaml": text}) == [
        "tables/t.yaml:1: table.t is to be complete but no row holds for kind=集团; kind=家庭; kind=?"
    ]


def test_a_row_that_an_earlier_one_always_beats_is_masked() -> None:
    rows = "{when: ['!个人'], then: [a], because: 一}\n{when: [集团], then: [b], because: 二}"
    assert list(find_masked(load(rows))) == [2]


def test_a_row_that_earlier_ones_beat_together_is_masked() -> None:
    rows = (
        "{when: ['个人|集团', '-'], then: [a], because: 一}\n{when: ['家庭|?', '-'], then: [a], because: 二}\n"
        "{when: ['-', true], then: [b], because: 三}"
    )
    assert list(find_masked(load(rows, "{fact: kind}, {fact: wide}"))) == [3]


def test_priority_masks_by_output_not_by_order() -> None:
    rows = "{when: [个人], then: [b], because: 一}\n{when: ['-'], then: [a], because: 二}"
    assert list(find_masked(load(rows, head="hit: priority"))) == [1]


def test_collect_masks_nothing() -> None:
    rows = "{when: ['-'], then: [a], because: 一}\n{when: [个人], then: [b], because: 二}"
    assert list(find_masked(load(rows, head="hit: collect"))) == []


def test_two_words_of_a_list_overlap() -> None:
    rows = "\n".join(f"{{when: ['{cell}'], then: [a], because: 一}}" for cell in ("x", "y", "?"))
    assert list(find_overlaps(load(rows, "{fact: tags}"))) == [(1, 2)]


def test_figures_name_every_table_of_a_set() -> None:
    rules = build({"tables/t.yaml": table("{when: ['-'], then: [a], because: 一}")})
    assert [(one.table.id, one.overlaps, one.gaps.count, one.masked) for one in figures(rules.content)] == [
        ("table.t", (), 0, ())
    ]


CELLS = (
    ["-", "?", "个人", "集团|家庭", "!个人", "个人|?"],
    ["-", "?", "true", "false", "!true"],
    ["-", "?", "0", ">=2", "[1..3)", "<1|?", "!2"],
)
VALUES: tuple[list[FactValue | None], ...] = (
    ["个人", "集团", "家庭", None], [True, False, None], [0, 1, 2, 3, 4, None],
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(*(st.sampled_from(cells) for cells in CELLS)), min_size=1, max_size=5))
def test_figures_agree_with_trying_every_input(rows: list[tuple[str, ...]]) -> None:
    text = "\n".join(f"{{when: ['{a}', '{b}', '{c}'], then: [a], because: 一}}" for a, b, c in rows)
    found = load(text, THREE)
    everything = load(text, THREE, "hit: collect")
    hits = []
    for values in itertools.product(*VALUES):
        facts = {
            name: value for name, value in zip(("kind", "wide", "tries"), values, strict=True) if value is not None
        }
        hits.append([hit.number for hit in everything.decide(facts).hits])
        assert [hit.number for hit in found.decide(facts).hits] == hits[-1][:1]
    assert set(find_overlaps(found)) == {pair for one in hits for pair in itertools.combinations(one, 2)}
    assert set(find_masked(found)) == set(range(1, len(rows) + 1)) - {one[0] for one in hits if one}
    assert (find_gaps(found).count > 0) is any(not one for one in hits)
