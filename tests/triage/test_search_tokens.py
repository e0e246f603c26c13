"""Which tokens stand for a text, and which for a query?"""

from __future__ import annotations

import pytest

from triage.search_tokens import Token, tokens_of, tokens_wanted


def test_chinese_becomes_pairs_and_its_last_character() -> None:
    assert tokens_of("没有信号") == {"没有", "有信", "信号", "号"}


def test_latin_words_and_numbers_stay_whole() -> None:
    assert tokens_of("VoLTE 拨打10086") == {"volte", "拨打", "打", "10086"}


def test_full_width_and_capitals_are_found_as_half_width_and_small() -> None:
    assert tokens_of("ＡＰＮ") == {"apn"}


def test_marks_between_characters_part_them() -> None:
    assert tokens_of("信，号_x") == {"信", "号", "x"}


def test_very_long_words_are_cut() -> None:
    assert {len(token) for token in tokens_of("a" * 5000)} == {64}


@pytest.mark.parametrize(
    ("query", "tokens"),
    [
        ("信号", (Token("信号", prefix=False),)),
        ("信号差", (Token("信号", prefix=False), Token("号差", prefix=False))),
        ("信号 上网", (Token("信号", prefix=False), Token("上网", prefix=False))),
        ("号", (Token("号", prefix=True),)),
        ("188", (Token("188", prefix=True),)),
        ('"*() NEAR', (Token("near", prefix=True),)),
        ("，。", ()),
    ],
)
def test_a_query_asks_for_all_its_pairs(query: str, tokens: tuple[Token, ...]) -> None:
    assert tokens_wanted(query) == tokens
