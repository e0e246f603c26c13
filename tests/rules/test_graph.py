"""Is what is drawn what was loaded?"""

from __future__ import annotations

import pytest

from rules.graph import draw, drawable
from rules.loader import load_rules
from tests.rules.sets import SMALL, build, table

RULES = load_rules(SMALL)


def test_tables_trees_and_lifecycles_can_be_drawn() -> None:
    assert drawable(RULES) == ("lifecycle.ticket", "table.centre", "tree.apn")


def test_a_table_is_a_flowchart_of_its_rows() -> None:
    assert draw(RULES, "table.centre").splitlines() == [
        "flowchart LR",
        '  table["现象到处理中心 (unique): 现象"]',
        '  table --> r1{{"1. 现象 no_signal"}}',
        '  r1 --> o1["centre: network_dept"]',
        '  table --> r2{{"2. 现象 apn_iot"}}',
        '  r2 --> o2["centre: data_centre"]',
    ]


def test_a_tree_is_a_flowchart_of_its_answers() -> None:
    assert draw(RULES, "tree.apn").splitlines() == [
        "flowchart TD",
        '  n0{"客户类别？"}',
        '  n0 -->|"个人 / unknown"| n3',
        '  n0 -->|"集团"| n1',
        '  n1{{"企业网关 ping 得通吗？"}}',
        '  n1 -->|"ok"| n3',
        '  n1 -->|"lost"| n2',
        '  n1 -->|"unknown"| n1x(["企业网关的 ping 结果"])',
        '  n2["客户侧设备不通"]',
        '  n3["转人工"]',
    ]


def test_a_lifecycle_is_a_state_diagram() -> None:
    assert draw(RULES, "lifecycle.ticket").splitlines() == [
        "stateDiagram-v2",
        '  state "待处理" as s0',
        "  [*] --> s0",
        '  state "已归档" as s1',
        "  s0 --> s1: 归档",
        "  s1 --> [*]",
    ]


def test_marks_that_mermaid_reads_are_escaped() -> None:
    rules = build({"tables/t.yaml": table("{when: ['<3'], then: ['a\"b'], because: 一}", "{fact: count}")})
    drawn = draw(rules, "table.t")
    assert "次数 #lt;3" in drawn
    assert "out: a#quot;b" in drawn


def test_what_is_not_there_cannot_be_drawn() -> None:
    with pytest.raises(KeyError):
        draw(RULES, "table.nowhere")
