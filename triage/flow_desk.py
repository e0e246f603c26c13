"""Lives of tickets as the API, the pages and the command line see them: every use case as one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rules.lifecycles import Lifecycle
from rules.speed import SpeedRules
from triage.actors import Actor
from triage.cases import close as closing
from triage.cases import relate
from triage.cases.begin import Decide, NewTicket, make_ticket, may_begin
from triage.cases.move import Event, Mover, Standing, look, move
from triage.cases.relate import ChildDone, SameNumber
from triage.cases.send_notices import Post, send_notices
from triage.cases.sweep_clocks import sweep_clocks
from triage.errors import NotNow
from triage.flow_facts import known_facts
from triage.flow_fields import fill
from triage.flow_shelf import Law, Shelf
from triage.flow_sight import seen
from triage.ports import Store
from triage.records import Page
from triage.records_flow import Flow, FlowLines, FlowQuery, Kept, ListName, Notice
from triage.records_speed import Closing

LISTS: Mapping[ListName, str] = {
    "waiting": "待接单", "group": "本组处理", "mine": "个人待办", "done": "个人已办", "followed": "跟踪工单",
    "local": "本地网工单", "history": "历史工单", "warned": "预警", "overdue": "超期", "all": "综合查询",
}  # fmt: skip
_CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Life:
    """Where a ticket stands, with all that happened and what belongs to it. locked: fields that a table fills in."""

    standing: Standing
    history: tuple[Kept, ...]
    children: tuple[Flow, ...]
    locked: frozenset[str]


class FlowDesk:
    """Use cases over one store."""

    def __init__(
        self,
        store: Store,
        shelf: Shelf,
        now: Callable[[], datetime],
        *,
        decide: Decide | None = None,
        model_hash: str | None = None,
        speed: SpeedRules | None = None,
        post: Post | None = None,
    ) -> None:
        """decide: for tickets made by hand; None makes none. speed: of closing. post: None sends nothing."""
        self.shelf = shelf
        self._store, self._now, self._speed, self._post = store, now, speed, post
        self._mover = Mover(shelf, decide, model_hash)

    def lifecycles(self, actor: Actor) -> tuple[tuple[Lifecycle, bool], ...]:
        """Return the lifecycles of now, and whether an actor may make tickets of each."""
        return tuple((life, may_begin(life, actor)) for life in self.shelf.all())

    def new(self, lifecycle: str, new: NewTicket, *, actor: Actor) -> Life:
        """Make a ticket by hand. Raises NotFound, Forbidden, Refused, NotNow where this service makes none."""
        if self._mover.decide is None:
            raise NotNow("这个服务不能新建工单，请用 ./suyin serve 启动完整的服务", {})
        law, at = self.shelf.current(lifecycle), self._now()
        with self._store.begin() as work:
            if new.parent_id is not None:
                seen(work, new.parent_id, actor)
            id_ = make_ticket(work, law, new, self._mover.decide, actor=actor, at=at, model_hash=self._mover.model_hash)
        return self.look(id_, actor)

    def look(self, ticket_id: str, actor: Actor) -> Life:
        """Return where a ticket stands, what an actor may do, and what happened. Raises UnknownTicket."""
        with self._store.read() as work:
            standing = look(work, self._mover, ticket_id, actor)
            law, flow = standing.law, standing.flow
            facts = known_facts(work, ticket_id, law.life, law.rules.facts)
            locked = fill(law.life, law.rules, facts, flow.values).locked
            return Life(standing, work.history.of(ticket_id), work.flows.children(ticket_id), locked)

    def fire(self, ticket_id: str, event: Event, *, actor: Actor) -> Life:
        """Fire an event. Raises what triage.cases.move.move() raises."""
        with self._store.begin() as work:
            move(work, self._mover, ticket_id, event, actor=actor, at=self._now())
        return self.look(ticket_id, actor)

    def close(self, ticket_id: str, *, confirm: bool, visit: bool | None, actor: Actor) -> Closing | None:
        """Close a ticket by its lifecycle's event `close`; None where it began no lifecycle.

        Asks what the handbook of speed tests asks. Raises what triage.cases.close.close() and move() raise.
        """
        at = self._now()
        with self._store.begin() as work:
            seen(work, ticket_id, actor)
            if self._speed is None or work.flows.find(ticket_id) is None:
                return None
            found = closing.check(work, self._speed, ticket_id, confirm=confirm, visit=visit, actor=actor, at=at)
            onsite = found.method == "onsite" if visit is None else visit
            given: dict[str, bool] = {"onsite": onsite, "confirmed": confirm} if found.subject else {}
            law = self.shelf.of(work, work.flows.get(ticket_id))
            given = {name: value for name, value in given.items() if name in law.life.fields}
            move(work, self._mover, ticket_id, Event(_CLOSE, given), actor=actor, at=at)
            kept = work.closings.get(ticket_id)
            if kept is None:
                work.closings.add(found)
            return kept or found

    def take(self, ticket_id: str, *, actor: Actor) -> Life:
        """Take a ticket that nobody holds (接单)."""
        with self._store.begin() as work:
            relate.take(work, ticket_id, actor=actor, at=self._now())
        return self.look(ticket_id, actor)

    def hand_over(self, ticket_id: str, to: str, *, actor: Actor) -> Life:
        """Hand a ticket over to somebody (转交、指派)."""
        with self._store.begin() as work:
            relate.hand_over(work, ticket_id, to, actor=actor, at=self._now())
        return self.look(ticket_id, actor)

    def hand_over_all(self, whose: str, to: str, *, actor: Actor) -> int:
        """Hand over all open work of somebody; return how many tickets."""
        return relate.hand_over_all(self._store, whose, to, actor=actor, at=self._now())

    def merge(self, ticket_id: str, into: str, *, actor: Actor) -> Life:
        """Merge a ticket into another one."""
        with self._store.begin() as work:
            relate.merge(work, ticket_id, into, actor=actor, at=self._now())
        return self.look(ticket_id, actor)

    def move_children(self, ticket_id: str, event: Event, *, actor: Actor) -> tuple[ChildDone, ...]:
        """Fire an event in all open children of a ticket."""
        return relate.move_children(self._store, self._mover, ticket_id, event, actor=actor, at=self._now())

    def follow(self, ticket_id: str, *, on: bool, actor: Actor) -> None:
        """Put a ticket on the list of followed ones, or take it off. Raises UnknownTicket."""
        with self._store.begin() as work:
            seen(work, ticket_id, actor)
            work.flows.follow(ticket_id, actor.id, on=on)

    def erase_personal(self, ticket_id: str, why: str, *, actor: Actor) -> int:
        """Erase the personal values in a ticket's fields; return how many there were."""
        with self._store.begin() as work:
            return relate.erase_personal(work, ticket_id, why, actor=actor, at=self._now())

    def same_number(self, number: str, *, actor: Actor, without: str = "") -> tuple[SameNumber, ...]:
        """Return the tickets about a business number, those under way first."""
        with self._store.read() as work:
            return relate.same_number(work, number, actor=actor, without=without)

    def list(self, name: ListName, query: FlowQuery, page: Page, *, actor: Actor) -> FlowLines:
        """Return one page of a work list."""
        with self._store.read() as work:
            return work.flows.lines(name, query, page, actor=actor, now=self._now())

    def counts(self, actor: Actor) -> Mapping[ListName, int]:
        """Return how many tickets each work list has."""
        with self._store.read() as work:
            return {name: work.flows.count(name, actor=actor, now=self._now()) for name in LISTS}

    def law_of(self, flow: Flow) -> Law:
        """Return what a ticket goes by."""
        with self._store.read() as work:
            return self.shelf.of(work, flow)

    def inbox(self, page: Page, *, unread: bool, actor: Actor) -> tuple[tuple[tuple[Notice, bool], ...], int]:
        """Return one page of what somebody is told on pages, with whether it was read, and how many there are."""
        with self._store.read() as work:
            return work.outbox.inbox(actor, page, unread=unread)

    def read_notices(self, ids: Sequence[str], *, actor: Actor) -> int:
        """Note that somebody has read notices; return how many were unread."""
        with self._store.begin() as work:
            return work.outbox.read(actor, ids, self._now())

    def sweep(self) -> int:
        """Let every clock act that is due; return how many did."""
        return sweep_clocks(self._store, self._mover, self._now())

    def send(self) -> int:
        """Send what is to be told; return how many notices were handed over."""
        return 0 if self._post is None else send_notices(self._store, self._post, self._now())
