"""Do places, imports, rejects, jobs, rule sets and the audit trail come back as they were kept?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.triage.makers import NOON, make_place
from triage.records import AuditEntry, Import, Page, PlaceChanges
from triage.store.database import SqlStore
from triage.store.errors import UnknownRecord
from triage.tickets import Reject

LATER = NOON + timedelta(minutes=5)


def test_places_come_back_as_they_were_kept(store: SqlStore) -> None:
    place = make_place(lon=None, lat=None, datum=None)
    with store.begin() as work:
        work.places.upsert_many([place], batch="b1", at=NOON)
    with store.read() as work:
        assert list(work.places.walk()) == [place]
        assert work.places.get("blind_spot", "B-1") == place
        assert work.places.get("plan", "B-1") is None


def test_an_import_says_what_it_added_and_changed(store: SqlStore) -> None:
    old = [make_place("B-1"), make_place("B-2")]
    new = [make_place("B-2"), make_place("B-1", name="改名"), make_place("B-3")]
    with store.begin() as work:
        work.places.upsert_many(old, batch="b1", at=NOON)
        changes = work.places.upsert_many(new, batch="b2", at=LATER)
    assert changes == PlaceChanges(added=1, changed=1, unchanged=1)


def test_a_complete_list_retires_what_it_does_not_name(store: SqlStore) -> None:
    with store.begin() as work:
        work.places.upsert_many([make_place("B-1"), make_place("B-2")], batch="b1", at=NOON)
        work.places.upsert_many([make_place("B-2")], batch="b2", at=LATER)
        gone = work.places.retire_missing("blind_spot", batch="b2", at=LATER)
        back = work.places.upsert_many([make_place("B-1")], batch="b3", at=LATER)
    assert gone == 1
    assert back == PlaceChanges(added=0, changed=1, unchanged=0)


def test_the_fingerprint_changes_with_the_places_only(store: SqlStore) -> None:
    with store.begin() as work:
        work.places.upsert_many([make_place()], batch="b1", at=NOON)
        first = work.places.fingerprint()
        work.places.upsert_many([make_place()], batch="b2", at=LATER)
        same = work.places.fingerprint()
        work.places.upsert_many([make_place(district="高新区")], batch="b3", at=LATER)
        other = work.places.fingerprint()
    assert first == same != other


@pytest.mark.parametrize(("words", "expected"), [("天府", 2), ("B-2", 1), ("%", 0), ("", 2)])
def test_places_are_found_by_number_name_and_address(store: SqlStore, words: str, expected: int) -> None:
    with store.begin() as work:
        work.places.upsert_many([make_place("B-1"), make_place("B-2")], batch="b1", at=NOON)
    with store.read() as work:
        found, counts = work.places.find(words, 0, 50)
    assert (len(found), sum(counts.values())) == (expected, expected)


def test_found_places_lie_where_asked_and_are_none_of_the_known(store: SqlStore) -> None:
    near, far, unsaid = make_place("B-1"), make_place("B-2", city="绵阳市"), make_place("B-3", city="", district="")
    with store.begin() as work:
        work.places.upsert_many([near, far, unsaid], batch="b1", at=NOON)
    with store.read() as work:
        found, counts = work.places.find("天府", 0, 50, city="成都市", without=[("blind_spot", "B-1")])
    assert ([place.id for place in found], counts) == (["B-3"], {"blind_spot": 1})


def test_an_import_keeps_how_far_it_got(store: SqlStore) -> None:
    with store.begin() as work:
        work.imports.add(Import("i1", "tickets", "工单.csv", "c" * 64, "eoms", NOON))
        work.imports.progress("i1", 500, {"new": 480}, LATER)
    with store.read() as work:
        kept = work.imports.of_content("tickets", "c" * 64)
    assert kept == Import("i1", "tickets", "工单.csv", "c" * 64, "eoms", NOON, LATER, 500, {"new": 480})


def test_the_same_reject_again_is_no_change(store: SqlStore) -> None:
    reject = Reject("工单.csv", 7, "投诉内容", "超过 100,000 字符，请截短")
    with store.begin() as work:
        work.imports.add(Import("i1", "tickets", "工单.csv", "c" * 64, "eoms", NOON))
        work.rejects.add_many("i1", [reject])
        work.rejects.add_many("i1", [reject])
        assert work.rejects.of("i1", Page()) == ((reject,), 1)


def test_the_same_key_gives_the_same_job(store: SqlStore) -> None:
    with store.begin() as work:
        first = work.jobs.add("import", {"import_id": "i1"}, key="import:i1", at=NOON)
        again = work.jobs.add("import", {"import_id": "i1"}, key="import:i1", at=LATER)
    assert first == again
    assert (first.state, first.args, first.total) == ("queued", {"import_id": "i1"}, None)


def test_a_job_is_followed_to_its_end(store: SqlStore) -> None:
    with store.begin() as work:
        id_ = work.jobs.add("import", {}, key="k", at=NOON).id
        work.jobs.begin(id_, NOON)
        work.jobs.progress(id_, 500, 1000, LATER)
        assert [job.done for job in work.jobs.in_state("running")] == [500]
        work.jobs.finish(id_, {"new": 1000}, LATER)
        job = work.jobs.get(id_)
    assert (job.state, job.attempts, job.result, job.total) == ("done", 1, {"new": 1000}, 1000)


def test_only_jobs_untouched_for_long_are_swept(store: SqlStore) -> None:
    with store.begin() as work:
        work.jobs.begin(work.jobs.add("import", {}, key="old", at=NOON).id, NOON)
        work.jobs.begin(work.jobs.add("import", {}, key="new", at=NOON).id, LATER)
        assert [job.key for job in work.jobs.in_state("running", before=LATER)] == ["old"]


def test_a_failed_job_says_why_and_can_be_asked_for_again(store: SqlStore) -> None:
    with store.begin() as work:
        id_ = work.jobs.add("import", {}, key="k", at=NOON).id
        work.jobs.fail(id_, "文件打不开", LATER)
        failed = work.jobs.get(id_)
        work.jobs.requeue(id_, LATER)
        assert work.jobs.get(id_).state == "queued"
    assert (failed.state, failed.message) == ("failed", "文件打不开")


def test_a_set_of_rules_is_kept_once_and_whole(store: SqlStore) -> None:
    with store.begin() as work:
        work.rule_sets.remember("h" * 64, b"\x00zip", NOON)
        work.rule_sets.remember("h" * 64, b"other", LATER)
    with store.read() as work:
        assert work.rule_sets.archive("h" * 64) == b"\x00zip"
        assert work.rule_sets.hashes() == ("h" * 64,)


def test_the_audit_trail_gives_the_newest_first(store: SqlStore) -> None:
    entries = [AuditEntry(NOON, "local-operator", "correct", f"ticket/{n}", "为什么") for n in range(3)]
    with store.begin() as work:
        for entry in entries:
            work.audit.add(entry)
    with store.read() as work:
        assert work.audit.list(Page(1, 2)) == (entries[2], entries[1])
        assert work.audit.list(Page(), object_="ticket/0") == (entries[0],)


def test_what_was_never_kept_is_unknown(store: SqlStore) -> None:
    with store.begin() as work:
        for ask in (
            lambda: work.jobs.get("x"),
            lambda: work.jobs.finish("x", {}, NOON),
            lambda: work.imports.get("x"),
            lambda: work.imports.progress("x", 1, {}),
            lambda: work.rule_sets.archive("x"),
        ):
            with pytest.raises(UnknownRecord):
                ask()
