"""Does parsing stay right and cheap on texts nobody would write?"""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.intake import area_hint, facts_of, parse, ticket_from_mapping
from triage.tickets import Ticket

PIECES = (
    "#同步要素#", "＃同步要素＃", "处于室内还是室外:", "（室内）处于哪个场景：", "故障详细地址:", "地址：", "→",
    "【故障现象】", "成都市", "武侯区", "天府三街", "199号", "信号", "在", "\n", "，", "(", "）", "投诉问题(",
    "投诉1次下派", "1380000", "😀", "\u200b", "Ａ", "與",
)  # fmt: skip
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=30).map("".join)


@settings(max_examples=300, deadline=None)
@given(title=TEXTS, content=TEXTS)
def test_parsing_never_fails_and_its_spans_hold_what_they_say(title: str, content: str) -> None:
    ticket = ticket_from_mapping({"工单流水号": "S-1", "工单主题": title, "投诉内容": content})
    if not isinstance(ticket, Ticket):  # a lone surrogate or NUL
        return
    parsed = parse(ticket)
    facts_of(parsed)
    area_hint(parsed)
    for one in (*parsed.block, *parsed.template):
        assert ticket.fields[one.span.field][one.span.start : one.span.end] == one.value
    for mention in parsed.addresses:
        assert ticket.fields[mention.span.field][mention.span.start : mention.span.end] == mention.text
    ends = [edge for span in parsed.masked for edge in (span.start, span.end)]
    assert ends == sorted(ends)


@pytest.mark.parametrize(
    "piece",
    [
        "路",
        "1",
        "aA1",
        "【",
        "地址：",
        "天高速地到",
        "天路和",
        "138*",
        "投诉问题(",
        "#同步要素#",
        "天府三街1号没",
        "地址：无",
        "a→",
    ],
)
@pytest.mark.parametrize("field", ["投诉内容", "工单主题"])
def test_a_full_cell_of_anything_costs_less_than_a_second(piece: str, field: str) -> None:
    ticket = ticket_from_mapping({"工单流水号": "S-1", field: (piece * 32_000)[:32_000] + "x"})
    assert isinstance(ticket, Ticket)
    before = time.process_time()
    parse(ticket)
    assert time.process_time() - before < 1
