"""Normal forms, and the way back to the original."""

from hypothesis import given
from hypothesis import strategies as st

from rules.text import Span, join, normalise, read


def test_full_width_capitals_radicals_and_traditional_characters_fold() -> None:
    assert normalise("ＡＰＮ，⻄安⻓安區無訊號")[0] == "apn,西安长安区无讯号"


def test_spaces_between_chinese_characters_fall_away_and_spans_still_point_home() -> None:
    text = read("投诉内容", "信 号　很差")
    at = text.normal.index("信号")
    assert text.span(at, at + 2) == Span("投诉内容", 0, 3)


def test_a_character_that_becomes_two_keeps_its_place() -> None:
    text = read("投诉内容", "50㎡无信号")
    at = text.normal.index("无信号")
    assert text.span(at, at + 3) == Span("投诉内容", 3, 6)


def test_joined_texts_remember_their_fields() -> None:
    text = join([read("投诉分类一级", "移动业务"), read("投诉分类二级", "网络质量")], between="→")
    at = text.normal.index("网络")
    assert text.span(at, at + 4) == Span("投诉分类二级", 0, 4)


@given(st.text(max_size=60))
def test_every_position_of_the_normal_form_lies_inside_the_original(original: str) -> None:
    text = read("投诉内容", original)
    for index in range(len(text.normal)):
        span = text.span(index, index + 1)
        assert 0 <= span.start < span.end <= len(original)


@given(st.text(max_size=60))
def test_the_fast_way_and_the_slow_way_agree(original: str) -> None:
    once, offsets = normalise(original)
    if offsets is None:
        assert len(once) == len(original)
    else:
        assert len(offsets) == len(once)
