"""What tickets have to do with one another and with people: children, merging, hand-over, following, erasure.

None of it belongs to one lifecycle: a ticket may be taken, handed over, followed or merged on any of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from triage import flow_clocks
from triage.actors import Actor
from triage.cases.move import Event, Mover, move
from triage.errors import Conflict, Forbidden, NotFound, Refused, SuyinError
from triage.flow_sight import seen
from triage.ports import Store, Work
from triage.records import AuditEntry, Page, Sort, TicketFilter, TicketSummary
from triage.records_flow import Entry, Flow

_OVERSEERS = frozenset({"administrator", "supervisor"})
NUMBERS = ("故障号码", "客户电话", "业务号码", "宽带账号", "宽带帐号", "上网账号", "业务账号", "用户账号", "phone")
_MOST = 100


@dataclass(frozen=True, slots=True)
class ChildDone:
    """What became of one child. sentence: why it was not moved, "" where it was."""

    ticket_id: str
    number: str
    sentence: str


@dataclass(frozen=True, slots=True)
class SameNumber:
    """A ticket about the same business number. open: 在途单; else 历史单."""

    ticket: TicketSummary
    open: bool


def take(work: Work, ticket_id: str, *, actor: Actor, at: datetime) -> Flow:
    """Take a ticket that nobody holds (接单). Raises Forbidden, Conflict, UnknownTicket, UnknownRecord."""
    now = _open(work, ticket_id, actor)
    if now.role and now.role not in actor.roles:
        raise Forbidden("这张工单不在您的角色的待接单中")
    if now.holder and now.holder != actor.id:
        raise Conflict(f"这张工单已由 {now.holder} 接单，请刷新列表")
    return _hold(work, now, actor.id, "take", "接单", actor, at)


def hand_over(work: Work, ticket_id: str, to: str, *, actor: Actor, at: datetime) -> Flow:
    """Hand a ticket over to somebody; "" puts it back among the waiting ones.

    Its holder, a supervisor or an administrator may. Raises Forbidden, Refused, Conflict, UnknownTicket.
    """
    now = _open(work, ticket_id, actor)
    to = to.strip()
    if len(to) > 100 or not to.isprintable():
        raise Refused("接收人应是人员或班组的编号，最多 100 字", "to")
    if now.holder != actor.id and actor.roles.isdisjoint(_OVERSEERS):
        raise Forbidden("只有处理这张工单的人或主管可以转交")
    return _hold(work, now, to, "hand_over", "转交", actor, at)


def hand_over_all(store: Store, whose: str, to: str, *, actor: Actor, at: datetime) -> int:
    """Hand over all open work of somebody, e.g. who leaves; return how many tickets. Raises Forbidden, Refused."""
    with store.begin() as work:
        ids = work.flows.held_by(whose)
        for ticket_id in ids:
            hand_over(work, ticket_id, to, actor=actor, at=at)
        work.audit.add(AuditEntry(at, actor.id, "hand_over_all", f"user/{whose}", f"{len(ids)} → {to}"))
    return len(ids)


def move_children(
    store: Store, mover: Mover, ticket_id: str, event: Event, *, actor: Actor, at: datetime
) -> tuple[ChildDone, ...]:
    """Fire an event in all open children of a ticket, e.g. close them all; each by itself, each with its outcome.

    Raises UnknownTicket.
    """
    with store.read() as work:
        seen(work, ticket_id, actor)
        children = [child.ticket_id for child in work.flows.children(ticket_id) if child.ended_at is None]
    done: list[ChildDone] = []
    for child in children:
        try:
            with store.read() as work:
                number = seen(work, child, actor).number
        except NotFound:
            continue  # somebody else's area
        try:
            with store.begin() as work:
                move(work, mover, child, replace(event, version=None), actor=actor, at=at)
            done.append(ChildDone(child, number, ""))
        except SuyinError as error:
            done.append(ChildDone(child, number, str(error)))
    return tuple(done)


def merge(work: Work, ticket_id: str, into: str, *, actor: Actor, at: datetime) -> Flow:
    """Merge a ticket into another one that is about the same: it ends here and becomes that one's child.

    Raises Refused, Conflict, Forbidden, UnknownTicket, UnknownRecord.
    """
    if ticket_id == into:
        raise Refused("不能把工单并入它自己，请选另一张", "into")
    main = _open(work, into, actor)
    now = _open(work, ticket_id, actor)
    if main.parent_id == ticket_id:
        raise Refused("要并入的工单是这张工单的子工单，请反过来合并", "into")
    if now.holder and now.holder != actor.id and actor.roles.isdisjoint(_OVERSEERS):
        raise Forbidden(f"这张工单由 {now.holder} 处理，请他合并，或由主管合并")
    after = replace(
        now, version=now.version + 1, merged_into=into, parent_id=into, ended_at=at, changed_by=actor.id, changed_at=at
    )
    work.flows.change(now, after)
    work.flows.put_timers(flow_clocks.stop_all(work.flows.timers(ticket_id), at))
    content: dict[str, object] = {
        "event": "merge",
        "label": "合并",
        "to": now.state,
        "version": after.version,
        "into": into,
    }
    work.history.add(Entry(at, actor.id, "merge", ticket_id, content))
    return after


def erase_personal(work: Work, ticket_id: str, why: str, *, actor: Actor, at: datetime) -> int:
    """Erase the personal values in a ticket's fields, as the law may ask; the history stays whole without them.

    Raises Forbidden, Refused, UnknownTicket.
    """
    seen(work, ticket_id, actor)
    if actor.roles.isdisjoint(_OVERSEERS):
        raise Forbidden("只有主管或管理员可以删除个人信息")
    if not why.strip():
        raise Refused("请写明删除的依据", "why")
    erased = work.flows.erase_personal(ticket_id)
    content: dict[str, object] = {"event": "erase", "label": "删除个人信息", "values": erased, "why": why.strip()[:500]}
    work.history.add(Entry(at, actor.id, "erase", ticket_id, content))
    return erased


def same_number(work: Work, number: str, *, actor: Actor, without: str = "") -> tuple[SameNumber, ...]:
    """Return the tickets about a business number that an actor may see, those under way first.

    without: a ticket to leave out.
    """
    number = number.strip()
    if len(number) < 5:
        return ()
    found = work.tickets.list(TicketFilter(words=number), Sort(), Page(1, _MOST)).items
    same: list[SameNumber] = []
    for ticket in found:
        if ticket.id == without or not _may_see(work, ticket.id, actor) or not _is_about(work, ticket.id, number):
            continue
        now = work.flows.find(ticket.id)
        ended = now.ended_at is not None if now is not None else work.closings.get(ticket.id) is not None
        same.append(SameNumber(ticket, not ended))
    return tuple(sorted(same, key=lambda one: not one.open))


def _may_see(work: Work, ticket_id: str, actor: Actor) -> bool:
    try:
        seen(work, ticket_id, actor)
    except NotFound:
        return False
    return True


def _is_about(work: Work, ticket_id: str, number: str) -> bool:
    newest = work.tickets.revisions(ticket_id)[-1].ticket
    said = {**newest.extra, **newest.fields}
    return any(said.get(name, "").strip() == number for name in NUMBERS)


def _open(work: Work, ticket_id: str, actor: Actor) -> Flow:
    seen(work, ticket_id, actor)
    work.flows.hold(ticket_id)
    now = work.flows.get(ticket_id)
    if now.ended_at is not None:
        raise Conflict("这张工单已经结束")
    return now


def _hold(work: Work, now: Flow, holder: str, event: str, label: str, actor: Actor, at: datetime) -> Flow:
    after = replace(
        now, version=now.version + 1, holder=holder, previous=now.holder, changed_by=actor.id, changed_at=at
    )
    work.flows.change(now, after)
    content: dict[str, object] = {
        "event": event, "label": label, "to": now.state, "version": after.version, "holder": [now.holder, holder],
    }  # fmt: skip
    work.history.add(Entry(at, actor.id, "hold", now.ticket_id, content))
    return after
