"""Make a capture evidence of a ticket, from where its facts reach the fault trees."""

from __future__ import annotations

from datetime import datetime

from triage.actors import Actor
from triage.ports import Store
from triage.records import AuditEntry
from triage.records_captures import Attachment


def attach_capture(store: Store, capture_id: str, ticket_id: str, *, actor: Actor, at: datetime) -> None:
    """Attach a capture that actor may see; again is no change. Raises UnknownRecord, UnknownTicket."""
    with store.begin() as work:
        capture = work.captures.get(capture_id, actor)
        work.tickets.get(ticket_id)
        work.captures.attach(Attachment(capture.duplicate_of or capture.id, ticket_id, at, actor.id))
        work.audit.add(AuditEntry(at, actor.id, "attach_capture", f"ticket/{ticket_id}", f"capture/{capture_id}"))
