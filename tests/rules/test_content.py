"""Are the rules that come with Suyin in order, for every province?"""

from __future__ import annotations

import pytest

from rules.loader import load_archive, load_rules, provinces
from rules.proofs import run_examples
from rules.verify import figures

PROVINCES = [None, "sichuan", "anhui"]


@pytest.mark.parametrize("province", PROVINCES)
def test_every_example_of_the_rules_comes_out(province: str | None) -> None:
    _, failures = run_examples(load_rules(province=province))
    assert [str(failure) for failure in failures] == []


@pytest.mark.parametrize("province", PROVINCES)
def test_no_table_has_a_row_that_can_never_decide(province: str | None) -> None:
    masked = {one.table.id: one.masked for one in figures(load_rules(province=province).content)}
    assert {table: rows for table, rows in masked.items() if rows} == {}


@pytest.mark.parametrize("province", PROVINCES)
def test_the_archive_of_the_rules_gives_the_same_set(province: str | None) -> None:
    rules = load_rules(province=province)
    assert load_archive(rules.archive()).hash == rules.hash


def test_every_overlay_is_one_of_the_provinces_that_are_tested() -> None:
    assert set(provinces()) <= {"sichuan", "anhui"}


@pytest.mark.parametrize("province", PROVINCES)
def test_every_party_that_can_be_dispatched_to_has_a_centre(province: str | None) -> None:
    rules = load_rules(province=province)
    parties = ("boss", "sbc", "core", "cpe", "line", "customer_aaa")
    assert [party for party in parties if rules.party_centre(party) is None] == []
