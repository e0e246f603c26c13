"""Are the pictures of trees whole, readable and marked where a walk went?"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from functools import cache
from itertools import combinations

import pytest

from diagnostics.evidence import TYPED, find_tree, read_facts
from diagnostics.tree_layout import BOX, FONT, clip, lay_out, wrap
from diagnostics.tree_picture import draw_tree
from diagnostics.walk import walk_tree
from rules.loader import load_rules
from rules.ruleset import RuleSet
from rules.walking import Known

SVG = "{http://www.w3.org/2000/svg}"


@cache
def rules() -> RuleSet:
    return load_rules(province="sichuan")


NAMES = [tree.name for tree in rules().trees.values()]


@pytest.mark.parametrize("name", NAMES)
def test_no_two_boxes_overlap(name: str) -> None:
    boxes = lay_out(find_tree(name, rules())).boxes.values()
    crossing = [
        (one.key, other.key)
        for one, other in combinations(boxes, 2)
        if one.column == other.column and one.y < other.y + other.height and other.y < one.y + one.height
    ]
    assert crossing == []


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_well_formed_and_shows_every_node(name: str) -> None:
    tree = find_tree(name, rules())
    root = ET.fromstring(draw_tree(tree, rules()))
    assert len(root.findall(f".//{SVG}g[@class='node']")) == len(tree.nodes)
    assert "http" not in draw_tree(tree, rules()).replace("http://www.w3.org/2000/svg", "")


@pytest.mark.parametrize("name", NAMES)
def test_lines_begin_at_a_row_and_end_at_a_box(name: str) -> None:
    layout = lay_out(find_tree(name, rules()))
    for line in layout.lines:
        source, target = layout.boxes[line.source], layout.boxes[line.target]
        assert line.points[0][0] == source.x + BOX
        assert source.y <= line.points[0][1] <= source.y + source.height
        assert line.points[-1] == (target.x, target.entry_y)


def test_the_way_walked_and_the_open_question_are_marked() -> None:
    tree = find_tree("ims_voice", rules())
    outcome = walk_tree(tree, rules(), read_facts({"ims.number": True}, rules()), {})
    picture = draw_tree(tree, rules(), outcome)
    assert (picture.count('class="chosen"'), picture.count("check open"), picture.count("←人工")) == (1, 1, 1)


def test_the_conclusion_reached_is_marked() -> None:
    tree = find_tree("ims_voice", rules())
    facts = read_facts({"ims.number": True, "ims.account": {"value": "missing", "from": "boss"}}, rules())
    picture = draw_tree(tree, rules(), walk_tree(tree, rules(), facts, {}))
    assert ("conclude walked" in picture, "←BOSS" in picture) == (True, True)


def test_an_answer_of_any_value_is_marked_at_its_row() -> None:
    tree = find_tree("apn", rules())
    facts = read_facts({"apn.scope": "all", "apn.customer_changed": False, "apn.attached": True,
                        "apn.hlr": "subscribed"}, rules())  # fmt: skip
    outcome = walk_tree(tree, rules(), facts, {"city": Known("成都", TYPED)})
    assert "已知　←人工" in draw_tree(tree, rules(), outcome)


def test_words_stay_whole_and_marks_stay_with_what_they_close() -> None:
    assert wrap("检查REGISTER，然后", FONT * 5.6) == ["检查", "REGISTER，", "然后"]


def test_what_is_too_long_for_a_row_ends_in_an_ellipsis() -> None:
    assert (clip("很短", 100), clip("这一行实在是太长了", FONT * 5)) == ("很短", "这一行实…")
