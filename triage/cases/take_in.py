"""Take tickets in: decide them and keep them with their reasons.

Works in chunks of one transaction each, so that a stop at any moment loses at most the chunk at hand and the same
file can simply be given again: known content is no change (a decision that places or rules have changed since is
kept as a new one), changed content is a new revision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from rules.ruleset import RuleSet
from triage.actors import Actor
from triage.cases.begin import begin_many
from triage.decide import Decided
from triage.ports import Store, Work
from triage.records import AuditEntry, Saved, Triaged
from triage.tickets import Reject, Ticket

CHUNK = 500

Clock = Callable[[], datetime]
DecideChunks = Callable[[Iterable[Sequence[Ticket]]], Iterator[list[Decided]]]


@dataclass(frozen=True, slots=True)
class Means:
    """What taking in needs. store: None keeps nothing. model_hash: of the wording model behind the decisions.

    rules: gives those that decide; None begins no lifecycles.
    """

    decide: DecideChunks
    store: Store | None
    model_hash: str
    now: Clock
    rules: Callable[[], RuleSet] | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """One chunk that is done: decisions in input order, rows that could not be read, and what it changed."""

    decided: list[Decided]
    rejects: list[Reject]
    saved: Saved


def take_in(rows: Iterable[Ticket | Reject], desk: Means, actor: Actor, *, batch: str | None = None) -> Iterator[Taken]:
    """Decide and keep rows chunk by chunk; each chunk is given out once it is safely kept.

    batch: the import the rejects belong to; None keeps no rejects. Raises what reading rows and the store raise.
    """
    waiting: list[list[Reject]] = []

    def chunks() -> Iterator[list[Ticket]]:
        source = iter(rows)
        while found := list(islice(source, CHUNK)):
            waiting.append([row for row in found if isinstance(row, Reject)])
            yield [row for row in found if isinstance(row, Ticket)]

    for decided in desk.decide(chunks()):
        rejects = waiting.pop(0)
        saved = Saved(len(decided), 0, 0)
        if desk.store is not None:
            with desk.store.begin() as work:
                saved = keep(work, decided, desk.model_hash, desk.now())
                if desk.rules is not None and saved.new:
                    begin_many(work, decided, desk.rules(), actor=actor, at=desk.now())
                if batch is not None and rejects:
                    work.rejects.add_many(batch, rejects)
                if saved.new or saved.revised:
                    detail = f"new {saved.new}, revised {saved.revised}"
                    work.audit.add(AuditEntry(desk.now(), actor.id, "take_in", f"import/{batch or '-'}", detail))
        yield Taken(decided, rejects, saved)


def keep(work: Work, decided: Sequence[Decided], model_hash: str, at: datetime) -> Saved:
    """Keep decisions in the caller's transaction: new tickets, revisions, and changed decisions on known content."""
    if not decided:
        return Saved(0, 0, 0)
    keys = [(one.ticket.source, one.ticket.number) for one in decided]
    known = work.tickets.find_many(keys)
    saved = work.tickets.save_many(
        [Triaged(one.ticket, one.decision, one.facts_json, model_hash, one.lifecycle) for one in decided], at
    )
    for one, key in zip(decided, keys, strict=True):
        if one.ticket.content_hash in known.get(key, frozenset()):
            _keep_if_changed(work, one, model_hash, at)
    return saved


def _keep_if_changed(work: Work, one: Decided, model_hash: str, at: datetime) -> None:
    if work.tickets.revisions(one.decision.id)[-1].ticket.content_hash != one.ticket.content_hash:
        return
    if work.decisions.latest(one.decision.id).decision != one.decision:
        work.decisions.add(one.decision, one.facts_json, model_hash, at)
