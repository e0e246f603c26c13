"""The product as the API and the pages see it: one ticket in, a correction, a decision made again.

Implements triage.ports.FrontDesk. Every change is one transaction with its audit entry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Literal

from rules.ruleset import RuleSet
from triage.actors import Actor
from triage.cases.begin import begin_many
from triage.decide import Decider
from triage.decisions import Decision
from triage.errors import Refused
from triage.intake import ticket_from_mapping
from triage.names import ACTIONS
from triage.ports import Store
from triage.records import AuditEntry, CorrectedField, Correction, DecisionRecord, TicketTaken, Triaged
from triage.tickets import Reject, Ticket

Scalar = str | int | float | bool | None

_MOST_WHY = 2000  # characters of a reason


class FrontDesk:
    """Use cases over one store, with the decider of now."""

    def __init__(
        self, store: Store, decider: Callable[[], Decider], model_hash: str, now: Callable[[], datetime]
    ) -> None:
        """decider: gives the one in force, which changes when places are imported. now: UTC."""
        self._store, self._decider, self._model_hash, self._now = store, decider, model_hash, now

    def take_in(self, fields: Mapping[str, Scalar], *, source: str, actor: Actor) -> TicketTaken:
        """Take in one ticket, decide it and keep it. Raises Refused where its fields cannot be read."""
        ticket = ticket_from_mapping(fields, source=source, file="api")
        if isinstance(ticket, Reject):
            raise Refused(f"{ticket.field}：{ticket.sentence}", ticket.field)
        decided = self._decider().decide([ticket])[0]
        at = self._now()
        with self._store.begin() as work:
            entry = Triaged(ticket, decided.decision, decided.facts_json, self._model_hash, decided.lifecycle)
            saved = work.tickets.save_many([entry], at)
            outcome: Literal["new", "revised", "unchanged"] = (
                "new" if saved.new else "revised" if saved.revised else "unchanged"
            )
            if outcome == "new":
                begin_many(work, [decided], self._rules(), actor=actor, at=at)
            if outcome != "unchanged":
                work.audit.add(AuditEntry(at, actor.id, "take_in", f"ticket/{decided.decision.id}", outcome))
            return TicketTaken(decided.decision.id, outcome, work.decisions.latest(decided.decision.id))

    def decide_again(self, ticket_id: str, *, actor: Actor) -> DecisionRecord:
        """Decide the current revision with the rules and places of now. Raises UnknownTicket."""
        with self._store.read() as work:
            ticket: Ticket = work.tickets.revisions(ticket_id)[-1].ticket
        decided = self._decider().decide([ticket])[0]
        at = self._now()
        with self._store.begin() as work:
            record = work.decisions.add(decided.decision, decided.facts_json, self._model_hash, at)
            work.audit.add(AuditEntry(at, actor.id, "decide_again", f"ticket/{ticket_id}"))
        return record

    def correct(
        self, ticket_id: str, field: CorrectedField, after: str | None, why: str, *, actor: Actor
    ) -> Correction:
        """Keep a person's word against the decision. Raises UnknownTicket, Refused."""
        why, after = why.strip(), (after or "").strip() or None
        if not why:
            raise Refused("请写明更正的原因，其他人要据此复核", "why")
        if len(why) > _MOST_WHY:
            raise Refused(f"原因超过 {_MOST_WHY} 字，请写得简短些", "why")
        allowed = self.choices(field)
        if after is not None and allowed and after not in allowed:
            raise Refused(f"没有“{after}”这个值，可选：{'、'.join(allowed)}", "after")
        at = self._now()
        with self._store.begin() as work:
            summary, latest = work.tickets.get(ticket_id), work.decisions.latest(ticket_id)
            made = [c for c in work.corrections.of(ticket_id) if c.field == field and c.revision == summary.revision]
            before = made[-1].after if made else _value(latest.decision, field)
            if before == after:
                raise Refused("更正前后的值相同，没有需要更正的内容", "after")
            correction = Correction(ticket_id, summary.revision, at, actor.id, field, before, after, why)
            work.corrections.add(correction)
            detail = f"{field}: {before or '—'} → {after or '—'}"
            work.audit.add(AuditEntry(at, actor.id, "correct", f"ticket/{ticket_id}", detail))
        return correction

    def rules_hash(self) -> str:
        """Return the hash of the rules in force."""
        return self._rules().hash

    def choices(self, field: CorrectedField) -> Mapping[str, str]:
        """Return the values that a correction of field may have, with their names; empty where any text may be."""
        rules = self._rules()
        if field in ("specialty", "phenomenon"):
            return dict(rules.facts[field].values)
        if field == "action":
            return ACTIONS
        if field == "centre":
            return {centre.id: centre.name for centre in rules.centres.values()}
        return {}

    def _rules(self) -> RuleSet:
        return self._decider().rules


def _value(decision: Decision, field: CorrectedField) -> str | None:
    values: Mapping[CorrectedField, str | None] = {
        "specialty": decision.specialty,
        "phenomenon": decision.phenomenon,
        "address": decision.address.text or None,
        "place": decision.place.id if decision.place.outcome == "match" else None,
        "action": decision.action,
        "centre": decision.centre,
    }
    return values[field]
