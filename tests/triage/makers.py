"""Tickets, decisions and places for tests: everything has a default, a test names only what it is about."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

from geo.place import Place
from rules.text import Span
from triage.decisions import Address, Decision, PlaceCandidate, PlaceFound, Ranked, Reason
from triage.records import Triaged
from triage.store.database import SqlStore
from triage.tickets import CONTENT, NUMBER, TITLE, Origin, Ticket

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
TEXT = "客户在天府三街199号无信号，周围用户都这样"


def make_ticket(number: str = "YN-001", content: str = TEXT, *, source: str = "eoms", **fields: str) -> Ticket:
    """Return a ticket with this content."""
    all_fields = {NUMBER: number, TITLE: "四星级客户投诉1次下派", CONTENT: content, **fields}
    digest = hashlib.sha256(repr((source, sorted(all_fields.items()))).encode("utf-8", "surrogatepass")).hexdigest()
    return Ticket(source, number, False, all_fields, {"班组": "一组"}, digest, Origin("tickets.csv", 2), ("一处推测",))


def make_decision(id_: str, number: str = "YN-001", **changes: object) -> Decision:
    """Return a decision about the ticket with this id; changes replace its parts."""
    candidate = PlaceCandidate("blind_spot", "B-1", "天府三街", 0.71, "same_road", "路名相同，缺门牌")
    decision = Decision(
        ticket=number,
        id=id_,
        domain="mobile",
        phenomenon="no_signal",
        specialty="无线网优",
        confidence=0.875,
        address=Address("天府三街199号", "template", "四川省", "成都市", "武侯区", "", "天府三街199号"),
        place=PlaceFound("blind_spot", "B-1", 0.71, "review", (candidate,)),
        action="review",
        centre="wyzx",
        centre_name="网优中心",
        priority="p3",
        escalation="none",
        reply=None,
        why=(Reason("specialty.no-signal", "规范 第二步", (Span(CONTENT, 11, 14),), "投诉内容提到无信号"),),
        rules_hash="a" * 64,
        phenomena=(Ranked("no_signal", 0.9),),
        specialties=(Ranked("无线网优", 0.875),),
        notes=("样例",),
    )
    return replace(decision, **changes)  # type: ignore[arg-type]


def make_triaged(store: SqlStore, ticket: Ticket | None = None, **changes: object) -> Triaged:
    """Return a ticket with a decision about it, as the store of this id secret wants it."""
    ticket = ticket or make_ticket()
    id_ = store.id_of(ticket.source, ticket.number)
    return Triaged(ticket, make_decision(id_, ticket.number, **changes), '{"complaint.wide":true}', "m" * 64)


def make_place(number: str = "B-1", **changes: object) -> Place:
    """Return a blind spot; changes replace its parts."""
    place = Place(
        kind="blind_spot",
        id=number,
        name="天府三街",
        address="成都市武侯区天府三街199号",
        city="成都市",
        district="武侯区",
        lon=104.06,
        lat=30.54,
        datum="gcj02",
        extra={"描述": "室内弱覆盖"},
    )
    return replace(place, **changes)  # type: ignore[arg-type]
