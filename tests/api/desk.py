"""A front desk for tests: it decides everything the same, and keeps it in a real store."""

from __future__ import annotations

from collections.abc import Mapping

from tests.triage.makers import NOON, make_decision, make_ticket
from triage.actors import Actor
from triage.errors import Refused
from triage.records import CorrectedField, Correction, DecisionRecord, TicketTaken, Triaged
from triage.store.database import SqlStore
from triage.tickets import CONTENT, NUMBER

SPECIALTIES = ("无线-基站及配套", "无线网优", "无线-核心网", "交换", "数据核心网")


class FakeDesk:
    """Answers as the product would, without rules."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    def take_in(
        self, fields: Mapping[str, str | int | float | bool | None], *, source: str, actor: Actor
    ) -> TicketTaken:
        if NUMBER not in fields:
            raise Refused("缺少工单流水号，请补上", NUMBER)
        texts = {name: str(value) for name, value in fields.items()}
        ticket = make_ticket(texts.pop(NUMBER), texts.pop(CONTENT, ""), source=source, **texts)
        id_ = self._store.id_of(source, ticket.number)
        with self._store.begin() as work:
            saved = work.tickets.save_many([Triaged(ticket, make_decision(id_, ticket.number), "{}")], NOON)
            record = work.decisions.latest(id_)
        return TicketTaken(id_, "new" if saved.new else "revised" if saved.revised else "unchanged", record)

    def correct(
        self, ticket_id: str, field: CorrectedField, after: str | None, why: str, *, actor: Actor
    ) -> Correction:
        if field == "specialty" and after is not None and after not in SPECIALTIES:
            raise Refused("没有这个专业，请从列表中选择", "after")
        with self._store.begin() as work:
            before = work.decisions.latest(ticket_id).decision.specialty
            correction = Correction(ticket_id, 1, NOON, actor.id, field, before, after, why)
            work.corrections.add(correction)
        return correction

    def decide_again(self, ticket_id: str, *, actor: Actor) -> DecisionRecord:
        with self._store.begin() as work:
            number = work.tickets.get(ticket_id).number
            return work.decisions.add(make_decision(ticket_id, number), "{}", None, NOON)

    def rules_hash(self) -> str:
        return "a" * 64

    def choices(self, field: CorrectedField) -> Mapping[str, str]:
        names = {"phenomenon": {"no_signal": "无信号"}, "specialty": {name: name for name in SPECIALTIES}}
        return names.get(field, {})
