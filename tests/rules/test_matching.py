"""Does a text affirm or deny the terms that occur in it?"""

from __future__ import annotations

import pytest

from rules.language import Context, Language
from rules.matching import Matcher
from rules.text import read

LANGUAGE = Language(
    negation=Context(("没有", "不是", "没", "也没"), 2, ("没有办法",)),
    fine=Context(("正常", "没问题"), 4, ("不正常",)),
    boilerplate=("请尽快处理信号问题",),
)
MATCHER = Matcher(("信号", "没有信号", "有信号", "没信号", "上网", "wifi", "信号问题"), LANGUAGE)


def affirmed(text: str) -> set[str]:
    return set(MATCHER.read(read("f", text)).affirmed)


def denied(text: str) -> set[str]:
    return set(MATCHER.read(read("f", text)).denied)


def test_a_term_is_affirmed_where_nothing_denies_it() -> None:
    assert affirmed("信号弱") == {"信号"}


def test_overlapping_terms_are_all_found() -> None:
    assert set(MATCHER.read(read("f", "没有信号")).found) == {"信号", "没有信号", "有信号"}


def test_a_term_is_not_denied_by_its_own_first_word() -> None:
    assert affirmed("手机没有信号") == {"没有信号"}


def test_a_term_is_denied_by_a_word_that_reaches_into_it() -> None:
    assert denied("手机没有信号") == {"信号", "有信号"}


def test_a_word_that_reaches_over_the_terms_own_negation_does_not_deny() -> None:
    assert "没信号" in affirmed("邻居也没信号")


def test_negation_before_a_negative_term_denies_it() -> None:
    assert denied("不是没信号") == {"没信号", "信号"}


@pytest.mark.parametrize(
    ("text", "is_denied"), [("不是说信号", True), ("不是很好信号", True), ("不是他说的信号", False)]
)
def test_negation_reaches_as_far_as_within(text: str, is_denied: bool) -> None:
    assert ("信号" in denied(text)) is is_denied


def test_negation_does_not_cross_the_end_of_a_clause() -> None:
    assert affirmed("不是，信号弱") == {"信号"}


def test_a_phrase_that_does_not_negate_covers_its_words() -> None:
    assert affirmed("没有办法上网") == {"上网"}


@pytest.mark.parametrize("text", ["上网正常", "上网一切都正常", "上网没问题"])
def test_a_term_that_is_said_to_be_fine_is_denied(text: str) -> None:
    assert denied(text) == {"上网"}


@pytest.mark.parametrize("text", ["上网一会儿又不能正常", "上网，通话正常", "上网不正常", "上网不是正常"])
def test_fine_counts_only_near_in_the_clause_and_itself_affirmed(text: str) -> None:
    assert "上网" in affirmed(text)


def test_one_term_may_be_denied_in_one_place_and_affirmed_in_another() -> None:
    reading = MATCHER.read(read("f", "不是信号，是信号"))
    assert (reading.denied["信号"], reading.affirmed["信号"]) == ([(2, 4)], [(6, 8)])


def test_boilerplate_matches_nothing() -> None:
    assert MATCHER.read(read("f", "上网慢，请尽快处理信号问题")).found == {"上网": [(0, 2)]}


def test_width_case_and_tradition_do_not_matter() -> None:
    assert affirmed("ＷＩＦＩ信號") == {"wifi", "信号"}


def test_a_masked_stretch_matches_nothing_and_ends_a_clause() -> None:
    text = read("f", "不是标签信号").masked([(2, 4)])
    assert set(MATCHER.read(text).affirmed) == {"信号"}


def test_an_empty_text_has_no_terms() -> None:
    assert MATCHER.read(read("f", "")).found == {}
