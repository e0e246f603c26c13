"""What does the store make of tickets that come once, again, changed, and twice in one file?"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.triage.makers import NOON, make_decision, make_ticket, make_triaged
from triage.records import Saved, Triaged
from triage.store.database import SqlStore
from triage.store.errors import UnknownTicket


def save(store: SqlStore, *entries: Triaged) -> Saved:
    with store.begin() as work:
        return work.tickets.save_many(entries, NOON)


def test_a_ticket_comes_back_as_it_was_kept(store: SqlStore) -> None:
    entry = make_triaged(store)
    save(store, entry)
    with store.read() as work:
        (revision,) = work.tickets.revisions(entry.decision.id)
    assert (revision.n, revision.ticket, revision.taken_at) == (1, entry.ticket, NOON)


def test_a_decision_comes_back_as_it_was_kept(store: SqlStore) -> None:
    entry = make_triaged(store)
    save(store, entry)
    with store.read() as work:
        record = work.decisions.latest(entry.decision.id)
    assert record.decision == entry.decision
    assert (record.n, record.revision, record.facts_json, record.model_hash) == (1, 1, entry.facts_json, "m" * 64)


def test_the_list_shows_what_was_decided(store: SqlStore) -> None:
    entry = make_triaged(store)
    save(store, entry)
    with store.read() as work:
        summary = work.tickets.get(entry.decision.id)
    shown = (summary.number, summary.specialty, summary.city, summary.place_outcome, summary.corrected)
    assert shown == ("YN-001", "无线网优", "成都市", "review", False)


def test_the_same_content_again_changes_nothing(store: SqlStore) -> None:
    entry = make_triaged(store)
    save(store, entry)
    assert save(store, entry) == Saved(new=0, revised=0, unchanged=1)
    with store.read() as work:
        assert len(work.decisions.of(entry.decision.id)) == 1


def test_changed_content_is_a_new_revision_with_its_own_decision(store: SqlStore) -> None:
    first = make_triaged(store)
    second = make_triaged(store, make_ticket(content="投诉2次下派，仍无信号"), specialty="无线-基站及配套")
    save(store, first)
    assert save(store, second) == Saved(new=0, revised=1, unchanged=0)
    with store.read() as work:
        summary = work.tickets.get(first.decision.id)
        assert [(d.n, d.revision) for d in work.decisions.of(first.decision.id)] == [(1, 1), (2, 2)]
        assert work.decisions.latest(first.decision.id).decision.specialty == "无线-基站及配套"
    assert (summary.revision, summary.specialty) == (2, "无线-基站及配套")


def test_two_revisions_of_a_ticket_in_one_chunk_are_kept_in_order(store: SqlStore) -> None:
    entries = [make_triaged(store, make_ticket(content=f"第{n}次")) for n in (1, 2, 3)]
    assert save(store, *entries, entries[0]) == Saved(new=1, revised=2, unchanged=1)
    with store.read() as work:
        assert [r.ticket.content_hash for r in work.tickets.revisions(entries[0].decision.id)] == [
            e.ticket.content_hash for e in entries
        ]
        assert work.decisions.latest(entries[0].decision.id).revision == 3
        assert work.tickets.get(entries[0].decision.id).revision == 3


def test_the_same_number_from_two_systems_is_two_tickets(store: SqlStore) -> None:
    assert save(store, make_triaged(store), make_triaged(store, make_ticket(source="crm"))) == Saved(
        new=2, revised=0, unchanged=0
    )


def test_known_hashes_are_found_in_bulk(store: SqlStore) -> None:
    entry = make_triaged(store)
    save(store, entry)
    with store.read() as work:
        found = work.tickets.find_many([("eoms", "YN-001"), ("eoms", "YN-002")])
    assert found == {("eoms", "YN-001"): frozenset({entry.ticket.content_hash})}


def test_an_error_in_the_unit_of_work_leaves_no_trace(store: SqlStore) -> None:
    entry = make_triaged(store)
    with pytest.raises(RuntimeError), store.begin() as work:  # noqa: PT012 - the block is the act
        work.tickets.save_many([entry], NOON)
        raise RuntimeError
    with store.read() as work, pytest.raises(UnknownTicket):
        work.tickets.get(entry.decision.id)


def test_an_unknown_id_says_so(store: SqlStore) -> None:
    with store.read() as work, pytest.raises(UnknownTicket, match="工单"):
        work.decisions.latest("nobody")


def test_a_decision_about_another_ticket_is_refused(store: SqlStore) -> None:
    with store.begin() as work, pytest.raises(ValueError, match="another ticket"):
        work.tickets.save_many([Triaged(make_ticket(), make_decision("elsewhere"), "{}")], NOON)


def test_ids_are_the_same_again_and_tell_nothing(store: SqlStore) -> None:
    id_ = store.id_of("eoms", "YN-001")
    assert id_ == SqlStore(store._engine).id_of("eoms", "YN-001")
    assert len(id_) == 20
    assert id_.isalnum()


@pytest.mark.parametrize("bad", ["无\0信号", "无\ud800信号"], ids=["NUL", "lone surrogate"])
def test_characters_no_database_holds_do_not_stop_a_chunk(store: SqlStore, bad: str) -> None:
    assert save(store, make_triaged(store, make_ticket(number=f"X{bad}", content=bad))).new == 1


def test_two_writers_of_the_same_file_keep_every_ticket_once(store: SqlStore) -> None:
    entries = [make_triaged(store, make_ticket(f"YN-{n}")) for n in range(40)]

    def write(chunk: list[Triaged]) -> Saved:
        return save(store, *chunk)

    with ThreadPoolExecutor(2) as pool:
        one, two = pool.map(write, [entries, entries[::-1]])
    assert (one.new + two.new, one.unchanged + two.unchanged) == (40, 40)


def test_two_writers_of_other_revisions_number_them_one_after_the_other(store: SqlStore) -> None:
    save(store, make_triaged(store))
    later = [make_triaged(store, make_ticket(content=f"第{n}次")) for n in range(8)]

    def write(entry: Triaged) -> Saved:
        return save(store, entry)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, later))
    with store.read() as work:
        assert [r.n for r in work.tickets.revisions(later[0].decision.id)] == list(range(1, 10))


def test_deciding_again_adds_a_decision_on_the_same_revision(store: SqlStore) -> None:
    entry = make_triaged(store)
    save(store, entry)
    again = make_decision(entry.decision.id, action="dispatch_centre")
    with store.begin() as work:
        work.decisions.add(again, "{}", None, NOON + timedelta(hours=1))
    with store.read() as work:
        assert [(d.n, d.revision) for d in work.decisions.of(entry.decision.id)] == [(1, 1), (2, 1)]
        assert work.decisions.latest(entry.decision.id).decision == again
        assert work.tickets.get(entry.decision.id).action == "dispatch_centre"


def test_upkeep_moves_the_log_into_the_file_and_loses_nothing(store: SqlStore) -> None:
    entry = make_triaged(store)
    save(store, entry)
    store.tidy()
    with store.read() as work:
        assert work.tickets.get(entry.decision.id).number == "YN-001"
