"""What is known of a ticket when its lifecycle looks at it?

The facts its newest decision rests on, what holds now (corrections included), and whether a speed test was made and
how it counts. Only words of the vocabulary; what is not known is absent.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from rules.facts import FactValue, Vocabulary
from rules.lifecycles import Lifecycle
from triage.actors import Actor
from triage.cases.close import counted
from triage.ports import Work
from triage.speed_subject import subject_of

SPEED = ("speed.tested", "speed.verdict")


def known_facts(work: Work, ticket_id: str, life: Lifecycle, vocabulary: Vocabulary) -> dict[str, FactValue]:
    """Return the facts of a ticket. Raises UnknownTicket."""
    now, decided = work.tickets.get(ticket_id), work.decisions.latest(ticket_id)
    facts = plain_facts(decided.facts_json, vocabulary)
    holds = {"domain": now.domain, "phenomenon": now.phenomenon, "specialty": now.specialty}
    facts |= {name: value for name, value in holds.items() if value and name in vocabulary}
    if asks_for_speed(life):
        counts = counted(work.speed_tests.of(ticket_id), subject_of(work.tickets.revisions(ticket_id)))
        facts |= {"speed.tested": counts.attempt is not None, "speed.verdict": counts.verdict}
    return facts


def plain_facts(facts_json: str, vocabulary: Vocabulary) -> dict[str, FactValue]:
    """Return the facts of a JSON object that the vocabulary names."""
    found: Mapping[str, object] = json.loads(facts_json)
    facts: dict[str, FactValue] = {}
    for name, value in found.items():
        if name in vocabulary and isinstance(value, str | int | float | bool):
            facts[name] = value
        elif name in vocabulary and isinstance(value, list):
            facts[name] = tuple(str(item) for item in value)
    return facts


def asks_for_speed(life: Lifecycle) -> bool:
    """Whether a lifecycle looks at speed tests."""
    reads = {name for step in life.doings if step.when is not None for name in step.when.condition.reads()}
    return not reads.isdisjoint(SPEED)


def attached(work: Work, ticket_id: str, actor: Actor) -> frozenset[str]:
    """Return the kinds of evidence that an actor sees at a ticket: capture, speed_test, walk."""
    kinds = {
        "capture": bool(work.captures.attached_to(ticket_id, actor)),
        "speed_test": bool(work.speed_tests.of(ticket_id)),
        "walk": bool(work.walks.of(ticket_id)),
    }
    return frozenset(kind for kind, there in kinds.items() if there)
