"""Is an event kept with everything that follows from it, once, on the lifecycle that the ticket began with?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta

import pytest

from rules.loader import load_files
from rules.problems import Problems
from rules.ruleset import RuleSet
from tests.triage.flow_fakes import SetClock, handbook, keep_flow, make_desk, person
from tests.triage.makers import NOON, make_triaged
from tests.triage.speed_fakes import Clock, FakeProbe, make_means, pressed, to_the_end
from triage.actors import LOCAL_OPERATOR, SYSTEM
from triage.cases.begin import NewTicket, begin_late
from triage.cases.move import Event
from triage.errors import Conflict, Forbidden, NotNow, Refused
from triage.records import Page, Triaged
from triage.records_flow import FlowQuery
from triage.store.database import SqlStore

DONE = {"cause": "弱覆盖", "reply": "已处理"}


def changed(old: str, new: str) -> RuleSet:
    """The handbooks' rules with something changed in the mobile lifecycle."""
    files = dict(handbook().files)
    name = "workflows/mobile-complaint.yaml"
    assert old in files[name]
    return load_files({**files, name: files[name].replace(old, new)}, None, Problems())


def test_a_step_is_kept_with_its_history_its_clocks_and_its_reply(store: SqlStore) -> None:
    ticket = keep_flow(store, "mobile_complaint")
    life = make_desk(store).fire(ticket, Event("handle", DONE), actor=LOCAL_OPERATOR)
    assert (life.standing.flow.state, life.standing.flow.version) == ("replied", 2)
    assert [kept.kind for kept in life.history] == ["begin", "step"]
    assert {t.clock: t.state for t in life.standing.timers} == {"response": "met", "resolution": "paused"}
    with store.read() as work:
        (reply,) = work.outbox.ready(NOON, 10)
    assert (reply.channel, reply.recipient, reply.text) == ("webhook", "eoms", "已处理")


def test_of_two_people_who_press_at_once_the_second_is_told(store: SqlStore) -> None:
    ticket, desk = keep_flow(store, "mobile_complaint"), make_desk(store)
    desk.fire(ticket, Event("locate", {}, version=1), actor=person("wang", "analyst"))
    with pytest.raises(Conflict, match="wang"):
        desk.fire(ticket, Event("handle", DONE, version=1), actor=person("li", "analyst"))


def test_a_change_that_saw_an_older_version_is_refused_by_the_store(store: SqlStore) -> None:
    ticket = keep_flow(store, "mobile_complaint")
    with store.read() as work:
        seen = work.flows.get(ticket)
    make_desk(store).fire(ticket, Event("locate"), actor=person("wang", "analyst"))
    with pytest.raises(Conflict, match="wang"), store.begin() as work:
        work.flows.change(seen, seen)


def test_a_ticket_stays_on_the_lifecycle_that_it_began_with(store: SqlStore) -> None:
    ticket = keep_flow(store, "mobile_complaint")
    desk = make_desk(store, rules=changed("event: handle, label: 自行处理并回复", "event: handle, label: 就地解决"))
    new = keep_flow(store, "mobile_complaint", "YN-002", rules=desk.shelf.current("mobile_complaint").rules)
    labels = [
        next(offer.label for offer in desk.look(id_, LOCAL_OPERATOR).standing.offers if offer.event == "handle")
        for id_ in (ticket, new)
    ]
    assert labels == ["自行处理并回复", "就地解决"]
    assert desk.fire(ticket, Event("handle", DONE), actor=LOCAL_OPERATOR).standing.flow.state == "replied"


def test_a_step_that_tells_less_than_it_must_changes_nothing(store: SqlStore) -> None:
    ticket, desk = keep_flow(store, "escalation"), make_desk(store)
    with pytest.raises(Refused, match="客户"):
        desk.fire(ticket, Event("raise", {"kind": "risk", "reason": "超时"}), actor=LOCAL_OPERATOR)
    assert len(desk.look(ticket, LOCAL_OPERATOR).history) == 1


def test_the_first_report_says_the_handbooks_words(sqlite_store: SqlStore) -> None:
    ticket = keep_flow(sqlite_store, "escalation")
    given = {
        "kind": "risk",
        "customer": "五星级客户李某",
        "phone": "13800000000",
        "problem": "掉话",
        "follower": "王工",
    }
    make_desk(sqlite_store).fire(ticket, Event("report", given), actor=LOCAL_OPERATOR)
    with sqlite_store.read() as work:
        (told,) = work.outbox.ready(NOON, 10)
    assert (told.channel, told.to_kind, told.recipient) == ("sms", "role", "team_leader")
    assert told.text == "1日20点受理五星级客户李某掉话问题,现由王工跟进处理,客户电话:13800000000。"


def test_a_ticket_that_is_taken_in_again_does_not_begin_again(store: SqlStore) -> None:
    ticket = keep_flow(store, "mobile_complaint")
    make_desk(store).fire(ticket, Event("handle", DONE), actor=LOCAL_OPERATOR)
    keep_flow(store, "mobile_complaint")
    life = make_desk(store).look(ticket, LOCAL_OPERATOR)
    assert (life.standing.flow.state, len(life.history)) == ("replied", 2)


def test_tickets_from_before_lifecycles_begin_late_and_once(store: SqlStore) -> None:
    life = handbook().lifecycles["workflow.mobile_complaint"]
    entry = make_triaged(store)
    with store.begin() as work:
        lifecycle = (life.id, "0" * 64)
        work.tickets.save_many([Triaged(entry.ticket, entry.decision, entry.facts_json, None, lifecycle)], NOON)
    begun = [begin_late(store, handbook(), actor=SYSTEM, at=NOON) for _ in range(2)]
    assert begun == [1, 0]
    assert make_desk(store).look(entry.decision.id, LOCAL_OPERATOR).standing.flow.state == "locating"


def test_personal_values_are_named_in_the_history_not_written_into_it(store: SqlStore) -> None:
    ticket, desk = keep_flow(store, "escalation"), make_desk(store)
    desk.fire(ticket, Event("raise", _raised()), actor=LOCAL_OPERATOR)
    life = desk.look(ticket, LOCAL_OPERATOR)
    assert life.standing.flow.personal["customer"] == "李某某"
    assert not [kept for kept in life.history if "李某某" in kept.content or "13900000000" in kept.content]
    assert desk.erase_personal(ticket, "本人申请", actor=LOCAL_OPERATOR) == 2
    assert desk.look(ticket, LOCAL_OPERATOR).standing.flow.personal == {}


def _raised() -> Mapping[str, str]:
    return {
        "kind": "risk", "reason": "超时", "customer": "李某某", "phone": "13900000000", "problem": "掉话",
        "follower": "王工",
    }  # fmt: skip


def test_a_ticket_made_by_hand_is_filled_and_needs_a_role(store: SqlStore) -> None:
    desk = make_desk(store)
    fields = {"specialty_type": "无线", "task_scope": "室分", "task_type": "投诉实测"}
    made = desk.new("general_ticket", NewTicket("室分测试", "", fields), actor=person("wang", "task_sender"))
    flow = made.standing.flow
    assert (flow.state, flow.creator, flow.fields["unit_price"]) == ("draft", "wang", "300.00")
    with pytest.raises(Forbidden, match="通用工单"):
        desk.new("general_ticket", NewTicket("室分测试", "", {}), actor=person("li", "installer"))
    with pytest.raises(Refused, match="工单参数配置表"):
        desk.new("general_ticket", NewTicket("x", "", {**fields, "quantity": "2"}), actor=LOCAL_OPERATOR)


def test_children_are_closed_together_and_each_says_why_not(store: SqlStore) -> None:
    desk, parent = make_desk(store), keep_flow(store, "mobile_complaint")
    ready, waiting = (
        desk.new("escalation", NewTicket(f"升级{n}", "", {}, parent), actor=LOCAL_OPERATOR).standing.flow.ticket_id
        for n in range(2)
    )
    desk.fire(ready, Event("solve", {"cause": "光缆", "solution": "已修"}), actor=LOCAL_OPERATOR)
    done = desk.move_children(parent, Event("solve", {"cause": "光缆"}), actor=LOCAL_OPERATOR)
    assert [(child.ticket_id, "解决办法" in child.sentence) for child in done] == [(waiting, True)]
    closed = desk.move_children(parent, Event("solve", {"cause": "光缆", "solution": "已修"}), actor=LOCAL_OPERATOR)
    assert [child.sentence for child in closed] == [""]
    assert {child.state for child in desk.look(parent, LOCAL_OPERATOR).children} == {"solved"}


def test_a_merged_ticket_ends_with_its_clocks_and_says_where_to_go_on(store: SqlStore) -> None:
    first, second = keep_flow(store, "mobile_complaint"), keep_flow(store, "mobile_complaint", "YN-002")
    desk = make_desk(store)
    merged = desk.merge(second, first, actor=LOCAL_OPERATOR)
    assert {timer.state for timer in merged.standing.timers} == {"met"}
    with pytest.raises(NotNow, match="并入"):
        desk.fire(second, Event("handle", DONE), actor=LOCAL_OPERATOR)
    with pytest.raises(Refused, match="它自己"):
        desk.merge(first, first, actor=LOCAL_OPERATOR)


def test_who_takes_a_ticket_first_has_it(store: SqlStore) -> None:
    ticket, desk = keep_flow(store, "mobile_complaint"), make_desk(store)
    assert desk.take(ticket, actor=person("wang", "analyst")).standing.flow.holder == "wang"
    with pytest.raises(Conflict, match="wang"):
        desk.take(ticket, actor=person("li", "analyst"))
    with pytest.raises(Forbidden):
        desk.hand_over(ticket, "li", actor=person("li", "analyst"))
    assert desk.hand_over_all("wang", "li", actor=person("zhao", "supervisor")) == 1
    assert desk.look(ticket, LOCAL_OPERATOR).standing.flow.holder == "li"


def test_the_same_number_is_found_under_way_and_past(store: SqlStore) -> None:
    desk = make_desk(store)
    past = keep_flow(store, "mobile_complaint", "YN-001", 故障号码="13812345678")
    desk.fire(past, Event("return", {"reason": "重复"}), actor=LOCAL_OPERATOR)
    open_ = keep_flow(store, "mobile_complaint", "YN-002", 故障号码="13812345678")
    keep_flow(store, "mobile_complaint", "YN-003", 故障号码="13812345679")
    found = desk.same_number("13812345678", actor=LOCAL_OPERATOR)
    assert [(same.ticket.id, same.open) for same in found] == [(open_, True), (past, False)]


def test_work_lists_show_each_person_their_own(store: SqlStore) -> None:
    clock = SetClock()
    desk = make_desk(store, clock)
    ids = [keep_flow(store, "mobile_complaint", f"YN-{n}") for n in range(4)]
    wang, service = person("wang", "analyst"), person("kefu", "customer_service")
    desk.take(ids[0], actor=wang)
    desk.fire(ids[1], Event("handle", DONE), actor=wang)
    desk.fire(ids[2], Event("return", {"reason": "重复"}), actor=wang)
    desk.follow(ids[2], on=True, actor=wang)
    counts = desk.counts(wang)
    assert {name: count for name, count in counts.items() if name not in ("warned", "overdue")} == {
        "waiting": 1, "group": 2, "mine": 1, "done": 2, "followed": 1, "local": 3, "history": 1, "all": 4,
    }  # fmt: skip
    assert desk.counts(service)["waiting"] == 1
    clock.pass_by(hours=22, minutes=30)
    desk.sweep()
    assert (desk.counts(wang)["warned"], desk.counts(wang)["overdue"]) == (0, 2)
    lines = desk.list("all", FlowQuery(sort="number", descending=False), Page(2, 3), actor=wang)
    assert ([line.ticket.number for line in lines.items], lines.total) == (["YN-3"], 4)


def test_closing_is_the_event_of_the_lifecycle_and_is_kept_once(store: SqlStore) -> None:
    ticket = keep_flow(store, "broadband_fault", 宽带账号="kd1", 带宽="100M", 是否上门="否")
    desk = make_desk(store)
    with pytest.raises(NotNow, match="测速"):
        desk.fire(ticket, Event("close", {"confirmed": True}), actor=LOCAL_OPERATOR)
    with pytest.raises(Conflict, match="测速"):
        desk.close(ticket, confirm=True, visit=None, actor=LOCAL_OPERATOR)
    clock = Clock()
    means = make_means(store, clock, probe=FakeProbe(95_600_000))
    to_the_end(means, clock, pressed(means, ticket))
    closing = desk.close(ticket, confirm=False, visit=None, actor=LOCAL_OPERATOR)
    assert closing is not None
    assert (closing.verdict, closing.confirmed, closing.subject) == ("pass", False, True)
    assert desk.look(ticket, LOCAL_OPERATOR).standing.flow.state == "closed"
    with pytest.raises(Conflict):
        desk.close(ticket, confirm=False, visit=None, actor=LOCAL_OPERATOR)


def test_the_event_close_keeps_what_the_rate_counts(store: SqlStore) -> None:
    ticket = keep_flow(store, "broadband_fault", 宽带账号="kd1", 带宽="100M")
    given = {"onsite": True, "confirmed": True}
    make_desk(store).fire(ticket, Event("close", given), actor=LOCAL_OPERATOR)
    with store.read() as work:
        closing = work.closings.get(ticket)
    assert closing is not None
    assert (closing.verdict, closing.confirmed, closing.method) == ("none", True, "onsite")


def test_a_deadline_that_the_ticket_states_counts(store: SqlStore) -> None:
    ticket = keep_flow(store, "mobile_complaint", facts={"complaint.limit_hours": 12.0})
    timers = make_desk(store).look(ticket, LOCAL_OPERATOR).standing.timers
    due = {timer.clock: timer.due_at for timer in timers if timer.kind == "due"}
    assert due == {"response": NOON + timedelta(hours=2), "resolution": NOON + timedelta(hours=12)}


def test_what_the_history_says_can_be_read_back(store: SqlStore) -> None:
    ticket, desk = keep_flow(store, "mobile_complaint"), make_desk(store)
    centre = next(iter(handbook().centres))
    step = desk.fire(ticket, Event("test", {"centre": centre}), actor=LOCAL_OPERATOR)
    content = json.loads(step.history[-1].content)
    assert (content["event"], content["from"], content["to"]) == ("test", "locating", "field_test")
    assert content["holder"][1] == content["fields"]["centre"]
