"""Which tickets does a filter, a search and a page give?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.triage.makers import NOON, make_decision, make_ticket, make_triaged
from triage.records import ABSENT, Correction, Page, Sort, TicketFilter
from triage.store.database import SqlStore
from triage.tickets import CONTENT

TEXTS = {
    "A-1": "小区里没有信号，打不了电话",
    "A-2": "VoLTE 高清语音失败，号码 18800001234",
    "A-3": "上网慢，看视频卡顿",
    "A-4": "辐射",
}


@pytest.fixture
def filled(store: SqlStore) -> SqlStore:
    for hour, (number, content) in enumerate(TEXTS.items()):
        specialty = None if number == "A-4" else "无线网优" if number != "A-3" else "数据核心网"
        entry = make_triaged(store, make_ticket(number, content), specialty=specialty, confidence=0.25 * (hour + 1))
        with store.begin() as work:
            work.tickets.save_many([entry], NOON + timedelta(hours=hour))
    return store


def numbers(store: SqlStore, filter_: TicketFilter) -> list[str]:
    with store.read() as work:
        found = work.tickets.list(filter_, Sort("number", descending=False), Page())
    assert found.total == len(found.items)
    return [item.number for item in found.items]


@pytest.mark.parametrize(
    ("filter_", "expected"),
    [
        (TicketFilter(), ["A-1", "A-2", "A-3", "A-4"]),
        (TicketFilter(specialty=("数据核心网",)), ["A-3"]),
        (TicketFilter(specialty=("无线网优", "数据核心网")), ["A-1", "A-2", "A-3"]),
        (TicketFilter(specialty=(ABSENT,)), ["A-4"]),
        (TicketFilter(specialty=(ABSENT, "数据核心网")), ["A-3", "A-4"]),
        (TicketFilter(city=(ABSENT,)), []),
        (TicketFilter(confidence_from=0.5, confidence_to=0.75), ["A-2", "A-3"]),
        (TicketFilter(taken_from=NOON + timedelta(hours=1), taken_to=NOON + timedelta(hours=3)), ["A-2", "A-3"]),
        (TicketFilter(corrected=True), []),
        (TicketFilter(domain=("mobile",), city=("成都市",), specialty=("无线网优",)), ["A-1", "A-2"]),
    ],
)
def test_every_given_condition_holds(filled: SqlStore, filter_: TicketFilter, expected: list[str]) -> None:
    assert numbers(filled, filter_) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("信号", ["A-1"]),
        ("高清语音", ["A-2"]),
        ("volte", ["A-2"]),
        ("188", ["A-2"]),
        ("上网 卡顿", ["A-3"]),
        ("射", ["A-4"]),
        ("辐", ["A-4"]),
        ("射辐", []),
        ("A-3", ["A-3"]),
        ("光猫", []),
        ("，。！", ["A-1", "A-2", "A-3", "A-4"]),
        ('信号" OR "卡顿', []),
        ("信号* NEAR(", []),
        ("tokens:信号 | ! & '", []),
    ],
)
def test_words_are_found_and_never_read_as_syntax(filled: SqlStore, words: str, expected: list[str]) -> None:
    assert numbers(filled, TicketFilter(words=words)) == expected


def test_only_the_current_revision_is_searched(filled: SqlStore) -> None:
    changed = make_triaged(filled, make_ticket("A-1", "现在是彩信发不出"))
    with filled.begin() as work:
        work.tickets.save_many([changed], NOON)
    assert numbers(filled, TicketFilter(words="电话")) == []
    assert numbers(filled, TicketFilter(words="彩信")) == ["A-1"]


def test_pages_do_not_overlap_where_rows_are_equal(filled: SqlStore) -> None:
    with filled.read() as work:
        pages = [work.tickets.list(TicketFilter(), Sort("city"), Page(n, 2)) for n in (1, 2)]
    assert len({item.id for page in pages for item in page.items}) == 4
    assert [page.total for page in pages] == [4, 4]


@pytest.mark.parametrize("page", [Page(0, 50), Page(1, 0), Page(1, 201)])
def test_a_page_beyond_the_limits_is_refused(sqlite_store: SqlStore, page: Page) -> None:
    with sqlite_store.read() as work, pytest.raises(ValueError, match="pages begin at 1"):
        work.tickets.list(TicketFilter(), Sort(), page)


def test_counts_name_the_tickets_without_a_value(filled: SqlStore) -> None:
    with filled.read() as work:
        counts = work.tickets.counts(TicketFilter(), ["specialty", "action"])
    assert counts.by == {"specialty": {"无线网优": 2, "数据核心网": 1, None: 1}, "action": {"review": 4}}


def test_a_correction_shows_in_the_list_and_is_kept(filled: SqlStore) -> None:
    id_ = filled.id_of("eoms", "A-1")
    correction = Correction(id_, 1, NOON, "local-operator", "specialty", "无线网优", "交换", "客户说的是串线")
    with filled.begin() as work:
        work.corrections.add(correction)
    assert numbers(filled, TicketFilter(specialty=("交换",), corrected=True)) == ["A-1"]
    with filled.read() as work:
        assert work.corrections.of(id_) == (correction,)


def test_a_correction_goes_on_to_hold_when_decided_again(filled: SqlStore) -> None:
    id_ = filled.id_of("eoms", "A-1")
    with filled.begin() as work:
        work.corrections.add(Correction(id_, 1, NOON, "local-operator", "specialty", "无线网优", "交换", "串线"))
        work.decisions.add(make_decision(id_, "A-1"), "{}", None, NOON)
    assert numbers(filled, TicketFilter(specialty=("交换",))) == ["A-1"]


def test_new_content_takes_the_correction_away(filled: SqlStore) -> None:
    id_ = filled.id_of("eoms", "A-1")
    entry = make_triaged(filled, make_ticket("A-1", "新的内容"))
    with filled.begin() as work:
        work.corrections.add(Correction(id_, 1, NOON, "local-operator", "specialty", "无线网优", "交换", "串线"))
        work.tickets.save_many([entry], NOON)
    assert numbers(filled, TicketFilter(specialty=("交换",))) == []


def test_every_field_of_a_ticket_is_searched(store: SqlStore) -> None:
    ticket = make_ticket(故障地点="龙泉驿区洛带古镇")
    with store.begin() as work:
        work.tickets.save_many([make_triaged(store, replace(ticket, fields={**ticket.fields, CONTENT: ""}))], NOON)
    assert numbers(store, TicketFilter(words="洛带")) == ["YN-001"]
