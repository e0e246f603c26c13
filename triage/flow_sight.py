"""May somebody see a ticket? The one place that every use case of lifecycles asks before anything else."""

from __future__ import annotations

from triage.actors import Actor
from triage.ports import Work
from triage.records import TicketSummary


def seen(work: Work, ticket_id: str, actor: Actor) -> TicketSummary:  # noqa: ARG001
    """Return what holds now of a ticket. Raises UnknownTicket where there is none for this actor.

    Until tickets have an area of their own everybody who is let in sees all of them.
    """
    return work.tickets.get(ticket_id)
