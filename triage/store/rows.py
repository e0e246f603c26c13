"""How does a ticket, a decision or a revision become a row, and a row the value again? Never runs a statement."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from triage.decisions import Decision, spot_of
from triage.documents import decision_document, decision_from, encode
from triage.records import DecisionRecord, Revision, TicketSummary, Triaged
from triage.store.tables import tickets
from triage.tickets import TITLE, Origin, Ticket

_UNSHOWN = ("revision_row", "lon", "lat")
SUMMARY = tuple(column for column in tickets.c if column.name not in _UNSHOWN)


def clean(value: str) -> str:
    """Return value as both databases can hold it: NUL and lone surrogates become the replacement character."""
    if "\0" in value:
        value = value.replace("\0", "\ufffd")
    try:
        value.encode()
    except UnicodeEncodeError:
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


def columns_of(decision: Decision) -> dict[str, Any]:
    """Return what the list shows of a decision."""
    here = spot_of(decision.coordinate)
    return {
        "domain": decision.domain,
        "phenomenon": decision.phenomenon,
        "specialty": decision.specialty,
        "action": decision.action,
        "centre": decision.centre,
        "centre_name": decision.centre_name,
        "priority": decision.priority,
        "escalation": decision.escalation,
        "place_outcome": decision.place.outcome,
        "confidence": decision.confidence,
        "city": clean(decision.address.city),
        "district": clean(decision.address.district),
        "lon": here.lon if here else None,
        "lat": here.lat if here else None,
    }


def ticket_row(entry: Triaged, *, id_: str, revision: int, revision_row: int, at: datetime) -> dict[str, Any]:
    """Return the row of `tickets` for a first or a new revision; a ticket stays on the lifecycle it began."""
    lifecycle, lifecycle_hash = entry.lifecycle or (None, None)
    begun = {"lifecycle": lifecycle, "lifecycle_hash": lifecycle_hash} if revision == 1 else {}
    return {
        **begun,
        "id": id_,
        "source": clean(entry.ticket.source),
        "number": clean(entry.ticket.number),
        "title": clean(entry.ticket.fields.get(TITLE, "")),
        "revision": revision,
        "revision_row": revision_row,
        "taken_at": at,
        "updated_at": at,
        "corrected": False,
        **columns_of(entry.decision),
    }


def revision_row(ticket: Ticket, *, id_: str, n: int, row: int, at: datetime) -> dict[str, Any]:
    """Return the row of `revisions`."""
    return {
        "row": row,
        "ticket_id": id_,
        "n": n,
        "content_hash": ticket.content_hash,
        "number_made": ticket.number_made,
        "fields": clean(encode(dict(ticket.fields))),
        "extra": clean(encode(dict(ticket.extra))),
        "notes": clean(encode(ticket.notes)),
        "origin_file": clean(ticket.origin.file),
        "origin_row": ticket.origin.row,
        "taken_at": at,
    }


def decision_row(
    decision: Decision, facts_json: str, model_hash: str | None, *, id_: str, n: int, revision: int, at: datetime
) -> dict[str, Any]:
    """Return the row of `decisions`; it is the latest one."""
    return {
        "ticket_id": id_,
        "n": n,
        "revision": revision,
        "latest": True,
        "made_at": at,
        "rules_hash": decision.rules_hash,
        "model_hash": model_hash,
        "facts": clean(facts_json),
        "document": clean(encode(decision_document(decision))),
    }


def searchable(ticket: Ticket) -> str:
    """Return everything of a ticket that people look for."""
    return "\n".join((ticket.number, *ticket.fields.values(), *ticket.extra.values()))


def summary(row: Row[Any]) -> TicketSummary:
    """Return one line of the list from a row of the SUMMARY columns."""
    return summary_of(dict(row._mapping))


def summary_of(values: Mapping[str, Any]) -> TicketSummary:
    """Return one line of the list from the values of the SUMMARY columns."""
    return TicketSummary(**values)


def revision(row: Row[Any], source: str, number: str) -> Revision:
    """Return one revision from a row of `revisions`."""
    ticket = Ticket(
        source=source,
        number=number,
        number_made=row.number_made,
        fields=json.loads(row.fields),
        extra=json.loads(row.extra),
        content_hash=row.content_hash,
        origin=Origin(row.origin_file, row.origin_row),
        notes=tuple(json.loads(row.notes)),
    )
    return Revision(n=row.n, ticket=ticket, taken_at=row.taken_at)


def decision_record(row: Row[Any]) -> DecisionRecord:
    """Return one decision from a row of `decisions`."""
    return DecisionRecord(
        n=row.n,
        revision=row.revision,
        made_at=row.made_at,
        model_hash=row.model_hash,
        facts_json=row.facts,
        decision=decision_from(json.loads(row.document)),
    )
