"""Upload a capture: keep whose it is and ask for the job that reads it, in one transaction. Never opens the file."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from triage.actors import Actor
from triage.ports import Store
from triage.records import AuditEntry
from triage.records_captures import Attachment, Capture
from triage.store.ids import new_id
from triage.uploads import Upload


def upload_capture(
    store: Store,
    upload: Upload,
    file_name: str,
    *,
    ticket_id: str | None,
    keep: timedelta,
    actor: Actor,
    at: datetime,
) -> Capture:
    """Return the new capture; it waits to be read, or is a duplicate of the actor's own earlier one.

    file_name: as the person knows it. ticket_id: the ticket that it is evidence of. keep: how long its file is kept.
    Raises UnknownTicket.
    """
    with store.begin() as work:
        if ticket_id is not None:
            work.tickets.get(ticket_id)
        before = work.captures.of_content(upload.content_hash, actor.id)
        id_ = new_id()
        capture = Capture(
            id_, actor.id, tuple(sorted(actor.areas)), file_name, upload.content_hash, upload.size, at, at + keep,
            "", "duplicate", duplicate_of=before.id if before else None,
        )  # fmt: skip
        if before is None:
            job = work.jobs.add("read_capture", {"capture_id": id_}, key=f"capture:{id_}", at=at)
            capture = replace(capture, job=job.id, outcome="waiting")
        work.captures.add(capture)
        if ticket_id is not None:
            work.captures.attach(Attachment(before.id if before else id_, ticket_id, at, actor.id))
        work.audit.add(AuditEntry(at, actor.id, "upload_capture", f"capture/{id_}", file_name))
    return capture
