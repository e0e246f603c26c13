"""What becomes of an uploaded capture, from the upload to the end of its time?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.triage.makers import NOON, make_decision, make_ticket
from triage.actors import LOCAL_OPERATOR
from triage.cases.attach_capture import attach_capture
from triage.cases.expire_captures import expire_captures
from triage.cases.read_capture import read_capture
from triage.cases.upload_capture import upload_capture
from triage.ports_captures import CaptureRead
from triage.records import Import, Page, Triaged
from triage.records_captures import Capture
from triage.store.database import SqlStore
from triage.store.errors import UnknownRecord, UnknownTicket
from triage.uploads import Uploads

MONTH = timedelta(days=30)


@pytest.fixture
def uploads(tmp_path: Path) -> Uploads:
    return Uploads(tmp_path / "uploads", 1 << 20)


@pytest.fixture
def ticket_id(store: SqlStore) -> str:
    ticket = make_ticket("YN-1", "固话打不出去")
    id_ = store.id_of(ticket.source, ticket.number)
    with store.begin() as work:
        work.tickets.save_many([Triaged(ticket, make_decision(id_, "YN-1"), "{}")], NOON)
    return id_


def upload(store: SqlStore, uploads: Uploads, content: bytes = b"packets", ticket_id: str | None = None) -> Capture:
    kept = uploads.keep([content])
    return upload_capture(
        store, kept, "故障.pcap", ticket_id=ticket_id, keep=MONTH, actor=LOCAL_OPERATOR, at=NOON
    )  # fmt: skip


def reading(outcome: str = "read", **document: Any) -> CaptureRead:
    return CaptureRead("read" if outcome == "read" else "unreadable", "", "call.busy", document)


def test_an_upload_asks_for_one_job_that_names_it(store: SqlStore, uploads: Uploads) -> None:
    capture = upload(store, uploads)
    with store.read() as work:
        assert work.jobs.get(capture.job).args == {"capture_id": capture.id}


def test_reading_keeps_what_was_found(store: SqlStore, uploads: Uploads) -> None:
    capture = upload(store, uploads)
    seen: list[tuple[bytes, str]] = []

    def read(path: Path, name: str, report: object) -> CaptureRead:
        seen.append((path.read_bytes(), name))
        return reading(verdict={"code": "call.busy"})

    with store.read() as work:
        job = work.jobs.get(capture.job)
    result: Mapping[str, int | str] = read_capture(job, lambda *_: None, store=store, uploads=uploads, read=read)
    with store.read() as work:
        found = work.captures.get(capture.id, LOCAL_OPERATOR)
    assert (seen, result["verdict"], found.outcome) == ([(b"packets", "故障.pcap")], "call.busy", "read")
    assert found.document == {"verdict": {"code": "call.busy"}}


def test_the_same_file_again_is_a_duplicate_without_a_job(store: SqlStore, uploads: Uploads) -> None:
    first, again = upload(store, uploads), upload(store, uploads)
    assert (again.outcome, again.duplicate_of, again.job) == ("duplicate", first.id, "")
    with store.read() as work:
        assert len(work.jobs.in_state("queued")) == 1


def test_what_a_duplicate_is_attached_to_shows_the_one_that_was_read(
    store: SqlStore, uploads: Uploads, ticket_id: str
) -> None:
    first, again = upload(store, uploads), upload(store, uploads)
    attach_capture(store, again.id, ticket_id, actor=LOCAL_OPERATOR, at=NOON)
    with store.read() as work:
        assert [c.id for c in work.captures.attached_to(ticket_id, LOCAL_OPERATOR)] == [first.id]


def test_an_upload_for_a_ticket_is_its_evidence_at_once(store: SqlStore, uploads: Uploads, ticket_id: str) -> None:
    capture = upload(store, uploads, ticket_id=ticket_id)
    with store.read() as work:
        assert [c.id for c in work.captures.attached_to(ticket_id, LOCAL_OPERATOR)] == [capture.id]
        assert {entry.what for entry in work.audit.list(Page())} == {"upload_capture"}


def test_an_upload_for_no_ticket_leaves_nothing(store: SqlStore, uploads: Uploads) -> None:
    with pytest.raises(UnknownTicket):
        upload(store, uploads, ticket_id="nobody")
    with store.read() as work:
        assert work.captures.list(LOCAL_OPERATOR, Page())[1] == 0


def test_attaching_what_is_not_there_is_an_error(store: SqlStore, ticket_id: str) -> None:
    with pytest.raises(UnknownRecord):
        attach_capture(store, "nothing", ticket_id, actor=LOCAL_OPERATOR, at=NOON)


def test_an_expired_capture_loses_its_file_and_its_diagnosis(store: SqlStore, uploads: Uploads) -> None:
    capture = upload(store, uploads)
    assert expire_captures(store, uploads, NOON + MONTH) == 0
    assert expire_captures(store, uploads, NOON + MONTH + timedelta(seconds=1)) == 1
    assert not uploads.path(capture.content_hash).exists()
    assert expire_captures(store, uploads, NOON + MONTH + timedelta(days=1)) == 0


def test_a_file_that_is_also_an_import_stays(store: SqlStore, uploads: Uploads) -> None:
    capture = upload(store, uploads)
    with store.begin() as work:
        work.imports.add(Import("i1", "tickets", "a.xml", capture.content_hash, "eoms", NOON))
    assert expire_captures(store, uploads, NOON + MONTH + timedelta(seconds=1)) == 0
    assert uploads.path(capture.content_hash).exists()


def test_the_job_of_an_expired_capture_ends_without_reading(store: SqlStore, uploads: Uploads) -> None:
    capture = upload(store, uploads)
    expire_captures(store, uploads, NOON + MONTH + timedelta(seconds=1))
    with store.read() as work:
        job = work.jobs.get(capture.job)

    def refuse(*_: object) -> CaptureRead:
        raise AssertionError("nothing is left to read")

    assert read_capture(job, lambda *_: None, store=store, uploads=uploads, read=refuse) == {"outcome": "gone"}
