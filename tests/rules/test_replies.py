"""Are the reply texts filled in word for word?"""

from __future__ import annotations

import pytest

from rules.errors import ReplyIncomplete
from rules.replies import Reply
from tests.rules.sets import SOURCE, build, problems_of


def reply(text: str, requires: str = "[]") -> str:
    return f"id: r\ntitle: 答复\nstatus: active\n{SOURCE}\ntext: {text}\nrequires: {requires}\n"


def load(text: str, requires: str = "[]") -> Reply:
    return build({"replies/r.yaml": reply(text, requires)}).replies["r"]


def test_a_text_without_parts_stays_word_for_word() -> None:
    assert load("'经过核实,建议用户关注。'").render() == "经过核实,建议用户关注。"


def test_a_single_part_stands_as_it_is() -> None:
    assert load("'地点{名称}已规划'").render(名称="雅居6栋。") == "地点雅居6栋。已规划"


@pytest.mark.parametrize("mark", list("。；，,.;!！"))
def test_joined_parts_lose_their_closing_mark(mark: str) -> None:
    assert load("'核实,{a+b}。'").render(a=f"信号弱{mark}", b=f"遮挡{mark} ") == "核实,信号弱，遮挡。"


def test_an_empty_part_is_left_out() -> None:
    assert load("'{a+b+c}'").render(a="一。", b=" ", c="三") == "一，三"


def test_a_mark_inside_a_part_stays() -> None:
    assert load("'{a+b}'").render(a="楼高。信号弱。", b="遮挡") == "楼高。信号弱，遮挡"


def test_a_required_part_must_not_be_missing_or_blank() -> None:
    found = load("'{a+b}'", "[a]")
    with pytest.raises(ReplyIncomplete, match="reply r needs a"):
        found.render(a=" ", b="二")


def test_a_required_group_needs_one_of_its_parts() -> None:
    found = load("'{a+b}'", "['a+b']")
    assert found.render(b="二") == "二"
    with pytest.raises(ReplyIncomplete, match=r"reply r needs a\+b"):
        found.render(c="三")


def test_a_part_is_never_read_as_a_placeholder() -> None:
    assert load("'{a}{b}'").render(a="{b}", b="二") == "{b}二"


@pytest.mark.parametrize(
    ("text", "requires", "sentence"),
    [
        ("'{}'", "[]", "5: a placeholder without a name; write {name} or {a+b}"),
        ("'{a+}'", "[]", "5: a placeholder without a name; write {name} or {a+b}"),
        ("'{a'", "[]", "5: a brace that does not belong to a placeholder"),
        ("'{a}'", "[b]", "6: requires names b, which the text does not use"),
        ("''", "[]", "5: text of reply is empty"),
    ],
)
def test_a_wrong_text_is_named_with_its_line(text: str, requires: str, sentence: str) -> None:
    assert problems_of({"replies/r.yaml": reply(text, requires)}) == [f"replies/r.yaml:{sentence}"]
