"""Does every clock act at its moment, once, whatever process is killed when? On both databases."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from threading import Event as Signal

import pytest
from sqlalchemy import Engine, text

from tests.triage.flow_fakes import SetClock, handbook, keep_flow, life_of, make_desk
from tests.triage.makers import NOON, make_ticket, make_triaged
from triage.actors import LOCAL_OPERATOR
from triage.cases.begin import begin_many
from triage.cases.move import Event
from triage.decide import Decided
from triage.history_anchor import Anchor, verify
from triage.records import Page, Triaged
from triage.records_flow import Notice, Timer
from triage.store.database import SqlStore

ROOT = Path(__file__).parents[3]
PATIENCE_S = 120.0
MANY = 1_000
REPORT = {"kind": "risk", "problem": "掉话", "follower": "王工", "customer": "李某", "phone": "13800000000"}


def told(store: SqlStore) -> list[Notice]:
    with store.read() as work:
        return [notice for notice, _ in work.outbox.inbox(LOCAL_OPERATOR, Page(1, 200), unread=False)[0]]


def timer(store: SqlStore, ticket: str, clock: str, kind: str) -> Timer:
    with store.read() as work:
        return next(t for t in work.flows.timers(ticket) if (t.clock, t.kind) == (clock, kind))


def test_a_warning_comes_before_the_end_and_each_comes_once(store: SqlStore) -> None:
    keep_flow(store, "mobile_complaint")
    clock = SetClock()
    desk = make_desk(store, clock)
    acted = []
    for minutes in (89, 1, 29, 1, 60):
        clock.pass_by(minutes=minutes)
        acted.append((desk.sweep(), desk.sweep()))
    assert acted == [(0, 0), (1, 0), (0, 0), (1, 0), (0, 0)]
    texts = [notice.text for notice in reversed(told(store))]
    assert texts == [
        "工单YN-001的首次响应时限将在3月1日22时00分到期，请尽快处理",
        "工单YN-001的首次响应时限已在3月1日22时00分超时，当前环节：分析定位",
    ]


def test_a_clock_stands_still_while_the_ticket_waits(store: SqlStore) -> None:
    ticket, clock = keep_flow(store, "mobile_complaint"), SetClock()
    desk = make_desk(store, clock)
    clock.pass_by(hours=4)
    desk.fire(ticket, Event("handle", {"cause": "弱覆盖", "reply": "好了"}), actor=LOCAL_OPERATOR)
    assert timer(store, ticket, "resolution", "due").left_s == timedelta(hours=20).total_seconds()
    clock.pass_by(days=3)
    desk.fire(ticket, Event("reopen", {"reason": "没好"}), actor=LOCAL_OPERATOR)
    assert timer(store, ticket, "resolution", "due").due_at == clock() + timedelta(hours=20)


def test_a_first_response_is_answered_once_for_all(store: SqlStore) -> None:
    ticket, clock = keep_flow(store, "mobile_complaint"), SetClock()
    desk = make_desk(store, clock)
    desk.fire(ticket, Event("handle", {"cause": "弱覆盖", "reply": "好了"}), actor=LOCAL_OPERATOR)
    desk.fire(ticket, Event("reopen", {"reason": "没好"}), actor=LOCAL_OPERATOR)
    assert timer(store, ticket, "response", "due").state == "met"


def test_a_response_after_its_end_was_late(store: SqlStore) -> None:
    ticket, clock = keep_flow(store, "mobile_complaint"), SetClock()
    desk = make_desk(store, clock)
    clock.pass_by(hours=3)
    desk.sweep()
    desk.fire(ticket, Event("locate"), actor=LOCAL_OPERATOR)
    assert timer(store, ticket, "response", "due").state == "late"


def test_an_escalation_tells_level_after_level_until_it_is_solved(store: SqlStore) -> None:
    ticket, clock = keep_flow(store, "escalation", facts={"complaint.limit_hours": 2}), SetClock()
    desk = make_desk(store, clock)
    desk.fire(ticket, Event("report", REPORT), actor=LOCAL_OPERATOR)
    for _ in range(5):
        clock.pass_by(hours=2)
        desk.sweep()
    with store.read() as work:
        sent = [notice for notice in work.outbox.ready(clock(), 20) if notice.channel == "express"]
    assert [notice.recipient for notice in sent] == ["team_leader", "department_head", "company_leader"]
    assert sent[1].text.endswith("已4小时时间未处理好。")


def test_a_solved_escalation_tells_nobody_any_more(store: SqlStore) -> None:
    ticket, clock = keep_flow(store, "escalation"), SetClock()
    desk = make_desk(store, clock)
    desk.fire(ticket, Event("solve", {"cause": "光缆", "solution": "已修"}), actor=LOCAL_OPERATOR)
    clock.pass_by(days=9)
    assert desk.sweep() == 0


def test_the_quality_check_ends_by_itself(store: SqlStore) -> None:
    ticket, clock = keep_flow(store, "group_complaint"), SetClock()
    desk = make_desk(store, clock)
    desk.fire(ticket, Event("submit", {"subject": "专线", "receiver": "wang"}), actor=LOCAL_OPERATOR)
    desk.fire(ticket, Event("complete", {"result": "好了"}), actor=LOCAL_OPERATOR)
    clock.pass_by(days=2)
    desk.sweep()
    life = desk.look(ticket, LOCAL_OPERATOR)
    assert (life.standing.flow.state, life.standing.flow.changed_by) == ("archiving", "system")
    assert [kept.kind for kept in life.history][-2:] == ["step", "clock"]
    desk.fire(ticket, Event("redispatch", {"receiver": "wang"}), actor=LOCAL_OPERATOR)
    desk.fire(ticket, Event("complete", {"result": "又好了"}), actor=LOCAL_OPERATOR)
    assert timer(store, ticket, "quality", "due").due_at == clock() + timedelta(days=2)


def test_a_clock_that_was_put_off_does_not_act_for_whoever_saw_it_before(store: SqlStore) -> None:
    ticket, clock = keep_flow(store, "mobile_complaint"), SetClock()
    seen = timer(store, ticket, "resolution", "due")
    desk = make_desk(store, clock)
    clock.pass_by(hours=1)
    desk.fire(ticket, Event("handle", {"cause": "弱覆盖", "reply": "好了"}), actor=LOCAL_OPERATOR)
    desk.fire(ticket, Event("reopen", {"reason": "没好"}), actor=LOCAL_OPERATOR)
    clock.pass_by(minutes=1)
    with store.begin() as work:
        assert work.flows.claim(seen, clock()) is True  # no time was lost in waiting: the same moment
    with store.begin() as work:
        assert work.flows.claim(seen, clock()) is False


def keep_many(store: SqlStore, count: int) -> None:
    life, rules = life_of("mobile_complaint"), handbook()
    with store.begin() as work:
        many = [make_triaged(store, make_ticket(f"YN-{n:05d}")) for n in range(count)]
        named = (life.id, life.hash)
        work.tickets.save_many([Triaged(e.ticket, e.decision, e.facts_json, None, named) for e in many], NOON)
        work.rule_sets.remember(rules.hash, rules.archive(), NOON)
        decided = [Decided(e.ticket, e.decision, e.facts_json, named) for e in many]
        begin_many(work, decided, rules, actor=LOCAL_OPERATOR, at=NOON)


SWEEPER = """
import sys
from datetime import timedelta
from tests.triage.flow_fakes import SetClock, make_desk
from tests.triage.makers import NOON
from triage.store.database import SqlStore
from triage.store.engine import open_engine
store = SqlStore(open_engine(sys.argv[1]))
print(make_desk(store, SetClock(NOON + timedelta(minutes=100))).sweep())
"""


def acted(store: SqlStore) -> list[str]:
    """The tickets whose clocks have acted, by the history."""
    with store.read() as work:
        return [kept.ticket_id or "" for kept in work.history.walk() if kept.kind == "clock"]


def count(engine: Engine) -> int:
    """How many clocks have acted so far."""
    with engine.connect() as connection:
        return int(connection.scalar(text("SELECT count(*) FROM history WHERE kind = 'clock'")) or 0)


@pytest.mark.slow
def test_a_thousand_clocks_act_once_though_their_sweeps_are_killed(
    store: SqlStore, engine: Engine, tmp_path: Path
) -> None:
    keep_many(store, MANY)
    url = engine.url.render_as_string(hide_password=False)
    for killed_after in (1, 200, 500):
        sweeper = subprocess.Popen([sys.executable, "-c", SWEEPER, url], cwd=ROOT, stdout=subprocess.PIPE)
        end = time.monotonic() + PATIENCE_S
        while count(engine) < killed_after and sweeper.poll() is None:
            assert time.monotonic() < end
            Signal().wait(0.05)
        os.kill(sweeper.pid, signal.SIGKILL)
        sweeper.communicate()
        assert killed_after <= count(engine) < MANY
    both = [subprocess.Popen([sys.executable, "-c", SWEEPER, url], cwd=ROOT, stdout=subprocess.PIPE) for _ in range(2)]
    for sweeper in both:
        sweeper.communicate(timeout=PATIENCE_S)
    assert [sweeper.returncode for sweeper in both] == [0, 0]
    done = acted(store)
    assert (len(done), len(set(done))) == (MANY, MANY)
    with store.read() as work:
        assert work.outbox.inbox(LOCAL_OPERATOR, Page(1, 1), unread=False)[1] == MANY
        named = [json.loads(kept.content)["notices"] for kept in work.history.walk() if kept.kind == "clock"]
    assert len({notice for notices in named for notice in notices}) == MANY
    assert verify(store, Anchor(tmp_path / "heads.txt")).breaks == ()
