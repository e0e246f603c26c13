"""Are walks kept as they were said, on both databases, and is the second of two people told?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.triage.makers import NOON, make_triaged
from triage.errors import Conflict
from triage.records_walks import Entry, WalkRecord
from triage.store.database import SqlStore
from triage.store.errors import UnknownRecord

FACT = Entry("fact", "ims.account", '"opened"', "boss", "anna", NOON, "capture/1")
ANSWER = Entry("answer", "number", '"true"', "typed", "bo", NOON, "电话核实")


def kept(store: SqlStore, *entries: Entry) -> WalkRecord:
    """Keep a walk about a new ticket; return it as it was given."""
    entry = make_triaged(store)
    with store.begin() as work:
        work.tickets.save_many([entry], NOON)
        walk = WalkRecord(
            "w1", entry.decision.id, "tree.ims_voice", "t" * 64, "r" * 64, "anna", NOON, 1, "anna", NOON,
            entries=entries,
        )  # fmt: skip
        work.walks.add(walk)
    return walk


def test_a_walk_comes_back_as_it_was_kept(store: SqlStore) -> None:
    walk = kept(store, FACT, ANSWER)
    expected = replace(walk, entries=(replace(FACT, n=1), replace(ANSWER, n=2)))
    with store.read() as work:
        assert (work.walks.get("w1"), work.walks.of(walk.ticket_id)) == (expected, (expected,))


def test_a_change_counts_the_version_up_and_names_who_made_it(store: SqlStore) -> None:
    kept(store)
    later = NOON + timedelta(minutes=1)
    with store.begin() as work:
        work.walks.change("w1", 1, "bo", later)
        work.walks.say("w1", [ANSWER])
    with store.read() as work:
        walk = work.walks.get("w1")
    assert (walk.version, walk.changed_by, walk.changed_at, len(walk.entries)) == (2, "bo", later, 1)


def test_the_second_of_two_people_is_told_who_was_faster(store: SqlStore) -> None:
    kept(store)
    with store.begin() as work:
        work.walks.change("w1", 1, "bo", NOON)
    with pytest.raises(Conflict, match="bo"), store.begin() as work:
        work.walks.change("w1", 1, "cy", NOON)


def test_what_is_taken_back_stays_and_says_by_whom(store: SqlStore) -> None:
    kept(store, FACT, ANSWER)
    with store.begin() as work:
        work.walks.change("w1", 1, "cy", NOON)
        work.walks.withdraw("w1", 2, "cy", NOON)
    with store.read() as work:
        walk = work.walks.get("w1")
    assert [entry.withdrawn_by for entry in walk.entries] == [None, "cy"]
    assert [entry.n for entry in walk.standing] == [1]


def test_an_unknown_walk_is_named(store: SqlStore) -> None:
    with pytest.raises(UnknownRecord), store.begin() as work:
        work.walks.change("none", 1, "bo", NOON)
