"""Who finds which captures, and when does their file go?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.triage.makers import NOON, make_decision, make_ticket
from triage.actors import LOCAL_OPERATOR, Actor
from triage.records import Page, Triaged
from triage.records_captures import Attachment, Capture
from triage.store.database import SqlStore
from triage.store.errors import UnknownRecord

CHENGDU = Actor("wang", frozenset({"network_engineer"}), frozenset({"5101"}))
HEFEI = Actor("li", frozenset({"network_engineer"}), frozenset({"3401"}))
OF_WANG = Capture(
    "c1", "wang", ("510107",), "call.pcap", "a" * 64, 3_000_000_000, NOON, NOON + timedelta(days=30), "j1", "waiting"
)


@pytest.fixture
def kept(store: SqlStore) -> SqlStore:
    with store.begin() as work:
        work.captures.add(OF_WANG)
    return store


def test_a_capture_comes_back_as_it_was_kept(kept: SqlStore) -> None:
    with kept.read() as work:
        assert work.captures.get("c1", CHENGDU) == OF_WANG


def test_another_area_finds_nothing_and_learns_nothing(kept: SqlStore) -> None:
    with kept.read() as work:
        assert work.captures.list(HEFEI, Page()) == ((), 0)
        with pytest.raises(UnknownRecord) as other:
            work.captures.get("c1", HEFEI)
        with pytest.raises(UnknownRecord) as missing:
            work.captures.get("c9", HEFEI)
    assert str(other.value) == str(missing.value)


def test_the_owner_sees_his_own_even_outside_his_areas(kept: SqlStore) -> None:
    moved = replace(CHENGDU, areas=frozenset({"3401"}))
    with kept.read() as work:
        assert work.captures.list(moved, Page())[1] == 1


def test_the_same_file_of_another_owner_is_not_found(kept: SqlStore) -> None:
    with kept.read() as work:
        assert work.captures.of_content("a" * 64, "li") is None
        assert work.captures.of_content("a" * 64, "wang") == OF_WANG


def test_a_diagnosis_is_kept_with_its_verdict(kept: SqlStore) -> None:
    with kept.begin() as work:
        work.captures.settle("c1", "read", "", "call.busy", {"verdict": {"code": "call.busy"}})
        found = work.captures.get("c1", LOCAL_OPERATOR)
    assert (found.outcome, found.verdict, found.document) == ("read", "call.busy", {"verdict": {"code": "call.busy"}})


def test_a_capture_is_evidence_of_a_ticket_once(kept: SqlStore) -> None:
    ticket = make_ticket("YN-1", "固话打不出去")
    id_ = kept.id_of(ticket.source, ticket.number)
    with kept.begin() as work:
        work.tickets.save_many([Triaged(ticket, make_decision(id_, "YN-1"), "{}")], NOON)
        for _ in range(2):
            work.captures.attach(Attachment("c1", id_, NOON, "wang"))
        assert [c.id for c in work.captures.attached_to(id_, CHENGDU)] == ["c1"]
        assert work.captures.attached_to(id_, HEFEI) == ()


def test_a_file_goes_when_the_last_capture_that_needs_it_ends(kept: SqlStore) -> None:
    later = replace(OF_WANG, id="c2", owner="li", areas=("3401",), expires_at=NOON + timedelta(days=60))
    with kept.begin() as work:
        work.captures.add(later)
        assert work.captures.expire(NOON + timedelta(days=31)) == ()
        assert work.captures.get("c1", CHENGDU).gone
        assert work.captures.expire(NOON + timedelta(days=61)) == ("a" * 64,)


def test_settling_what_is_not_there_is_an_error(store: SqlStore) -> None:
    with store.begin() as work, pytest.raises(UnknownRecord):
        work.captures.settle("c9", "read", "", None, None)
