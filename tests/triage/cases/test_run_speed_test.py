"""Does every press of 测速 come to an end, and to the right one, whatever fails on the way?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from probes.account import AccountCause
from probes.speed.measurement import Failed, Pending
from tests.triage.makers import NOON
from tests.triage.speed_fakes import (
    ACCOUNT,
    SPEED,
    Clock,
    FakeAaa,
    FakeProbe,
    keep_ticket,
    make_means,
    measured,
    pressed,
    take_on,
    to_the_end,
)
from triage.actors import LOCAL_OPERATOR
from triage.cases.close import close
from triage.cases.run_speed_test import SpeedMeans, give_up, press, settle
from triage.errors import Conflict, Refused
from triage.records import Page
from triage.records_speed import Attempt
from triage.store.database import SqlStore
from triage.store.errors import UnknownTicket


@pytest.fixture
def clock() -> Clock:
    return Clock()


def reason(attempt: Attempt) -> str:
    assert attempt.outcome is not None
    return attempt.outcome.verdict.reason


def test_a_remote_test_passes(store: SqlStore, clock: Clock) -> None:
    probe = FakeProbe(Pending(), Pending(), 95_600_000)
    means = make_means(store, clock, probe=probe)
    ticket = keep_ticket(store)
    begun = pressed(means, ticket)
    assert (begun.state, begun.asked.method, begun.seq) == ("running", "remote", 1)
    done = to_the_end(means, clock, begun)
    assert done.outcome is not None
    assert (done.outcome.verdict.verdict, done.outcome.verdict.percent) == ("pass", "95.6")
    assert done.outcome.measurement == measured(95_600_000, begun.started_at or NOON)
    assert (len(probe.started), probe.polled) == (1, 3)


def test_polls_come_ever_less_often(sqlite_store: SqlStore, clock: Clock) -> None:
    means = make_means(sqlite_store, clock, probe=FakeProbe(Pending()))
    attempt = pressed(means, keep_ticket(sqlite_store))
    waits = []
    for _ in range(4):
        assert attempt.due_at is not None
        waits.append((attempt.due_at - clock.at) / timedelta(seconds=1))
        clock.at = attempt.due_at
        attempt = take_on(means, attempt.id)
    assert waits == [2.0, 3.0, 4.5, 6.75]


def test_the_probe_is_asked_for_the_signed_line(sqlite_store: SqlStore, clock: Clock) -> None:
    probe = FakeProbe()
    attempt = pressed(make_means(sqlite_store, clock, probe=probe), keep_ticket(sqlite_store, 签约带宽="500M"))
    request, key = probe.started[0]
    assert key == attempt.id
    assert (request.account, request.contract_bps, request.streams, request.framed_ip) == (
        ACCOUNT, 500_000_000, SPEED.many_streams, "100.64.0.7",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        ("closed", "FAIL_ACCOUNT_OFFLINE"),
        ("absent", "FAIL_ACCOUNT_OFFLINE"),
        ("silent", "FAIL_ACCOUNT_STALE"),
        ("down", "NONE_AAA_UNKNOWN"),
        ("busy", "NONE_AAA_UNKNOWN"),
        ("invalid", "NONE_AAA_UNKNOWN"),
        ("realms", "NONE_ACCOUNT_AMBIGUOUS"),
    ],
)
def test_only_an_account_that_is_online_is_tested(
    sqlite_store: SqlStore, clock: Clock, cause: AccountCause, expected: str
) -> None:
    probe = FakeProbe()
    attempt = pressed(make_means(sqlite_store, clock, aaa=FakeAaa(cause), probe=probe), keep_ticket(sqlite_store))
    assert (reason(attempt), probe.started) == (expected, [])


def test_the_same_press_is_one_test(store: SqlStore, clock: Clock) -> None:
    means = make_means(store, clock)
    ticket = keep_ticket(store)
    first, new = press(means, ticket, key="tap", method=None, actor=LOCAL_OPERATOR)
    again, new_again = press(means, ticket, key="tap", method=None, actor=LOCAL_OPERATOR)
    assert (new, new_again, again.id) == (True, False, first.id)


def test_another_press_waits_for_the_first(store: SqlStore, clock: Clock) -> None:
    means = make_means(store, clock, probe=FakeProbe(Pending()))
    ticket = keep_ticket(store)
    pressed(means, ticket)
    with pytest.raises(Conflict, match="正在测速"):
        press(means, ticket, key="k2", method=None, actor=LOCAL_OPERATOR)


def test_of_an_unknown_ticket_nothing_is_tested(store: SqlStore, clock: Clock) -> None:
    with pytest.raises(UnknownTicket):
        press(make_means(store, clock), "nobody", key="k", method=None, actor=LOCAL_OPERATOR)


def test_a_ticket_that_does_not_say_whether_to_visit_needs_a_method(sqlite_store: SqlStore, clock: Clock) -> None:
    means = make_means(sqlite_store, clock)
    ticket = keep_ticket(sqlite_store, 是否上门="")
    with pytest.raises(Refused, match="是否上门"):
        press(means, ticket, key="k", method=None, actor=LOCAL_OPERATOR)
    assert press(means, ticket, key="k", method="onsite", actor=LOCAL_OPERATOR)[0].asked.method == "onsite"


def test_nothing_hangs_where_the_probe_never_answers(sqlite_store: SqlStore, clock: Clock) -> None:
    means = make_means(sqlite_store, clock, probe=FakeProbe(Pending()))
    attempt = to_the_end(means, clock, pressed(means, keep_ticket(sqlite_store)))
    assert reason(attempt) == "FAIL_PROBE_TIMEOUT"
    assert clock.at - NOON == timedelta(seconds=SPEED.deadline_s)


def test_a_result_at_the_deadline_still_counts(sqlite_store: SqlStore, clock: Clock) -> None:
    probe = FakeProbe(Pending())
    means = make_means(sqlite_store, clock, probe=probe)
    attempt = pressed(means, keep_ticket(sqlite_store))
    probe.readings = [95_600_000]
    clock.at = attempt.asked.expires_at
    assert reason(take_on(means, attempt.id)) == "PASS_OVER_90"


def test_a_test_that_nobody_took_on_expires(sqlite_store: SqlStore, clock: Clock) -> None:
    probe = FakeProbe()
    means = make_means(sqlite_store, clock, probe=probe)
    attempt, _ = press(means, keep_ticket(sqlite_store), key="k", method=None, actor=LOCAL_OPERATOR)
    clock.later(SPEED.deadline_s)
    assert (reason(take_on(means, attempt.id)), probe.started) == ("FAIL_PROBE_TIMEOUT", [])


def test_a_probe_that_refuses_gives_a_miss(sqlite_store: SqlStore, clock: Clock) -> None:
    means = make_means(sqlite_store, clock, probe=FakeProbe(refuses=Failed("refused", "平台不接受")))
    attempt = pressed(means, keep_ticket(sqlite_store))
    assert reason(attempt) == "FAIL_PROBE_ERROR"
    assert attempt.outcome is not None
    assert attempt.outcome.failure == Failed("refused", "平台不接受")


def test_a_session_that_drops_during_the_test_is_named(sqlite_store: SqlStore, clock: Clock) -> None:
    aaa = FakeAaa("fresh", "closed")
    means = make_means(sqlite_store, clock, aaa=aaa, probe=FakeProbe(Failed("faulted", "设备出错")))
    attempt = to_the_end(means, clock, pressed(means, keep_ticket(sqlite_store)))
    assert (reason(attempt), len(aaa.asked)) == ("FAIL_ACCOUNT_OFFLINE", 2)


def test_a_start_that_was_cut_off_is_begun_again_with_the_same_key(sqlite_store: SqlStore, clock: Clock) -> None:
    class Dying(FakeProbe):
        def poll(self, handle: object, at: object) -> Pending:
            return Pending()

    probe = Dying()
    means = make_means(sqlite_store, clock, probe=probe)
    attempt, _ = press(means, keep_ticket(sqlite_store), key="k", method=None, actor=LOCAL_OPERATOR)
    with sqlite_store.begin() as work:  # what is there when the process dies within the call to the probe
        work.speed_tests.account_read(attempt.id, FakeAaa().check(ACCOUNT, NOON), NOON)
        work.speed_tests.started(attempt.id, None, NOON)
    assert take_on(means, attempt.id).handle is not None
    assert [key for _, key in probe.started] == [attempt.id]


def test_what_one_sweep_has_claimed_no_other_gets_before_its_time(store: SqlStore, clock: Clock) -> None:
    means = make_means(store, clock)
    press(means, keep_ticket(store), key="k", method=None, actor=LOCAL_OPERATOR)
    lease = NOON + timedelta(seconds=30)
    with store.begin() as work:
        first = work.speed_tests.claim(NOON, lease, 8)
    with store.begin() as work:
        second, later = work.speed_tests.claim(NOON, lease, 8), work.speed_tests.claim(lease, lease, 8)
    assert (len(first), len(second), len(later)) == (1, 0, 1)


def test_what_the_egress_does_not_carry_waits(store: SqlStore, clock: Clock) -> None:
    means = make_means(store, clock, probe=FakeProbe(Pending()), egress_bps=150_000_000)
    first, second = keep_ticket(store), keep_ticket(store, "YN-002")
    assert pressed(means, first).state == "running"
    waiting = pressed(means, second)
    assert (waiting.state, waiting.due_at) == ("waiting", NOON + timedelta(seconds=5))
    with store.read() as work:
        running = work.speed_tests.of(first)[0]
    settle(means, running, measured(95_600_000))
    clock.later(5)
    assert take_on(means, waiting.id).state == "running"


def test_a_single_test_larger_than_the_egress_is_not_locked_out(sqlite_store: SqlStore, clock: Clock) -> None:
    means = make_means(sqlite_store, clock, egress_bps=1_000_000)
    assert pressed(means, keep_ticket(sqlite_store)).state == "running"


def test_another_account_is_counted_and_never_left_out(sqlite_store: SqlStore, clock: Clock) -> None:
    means = make_means(sqlite_store, clock, probe=FakeProbe(Pending()))
    attempt = pressed(means, keep_ticket(sqlite_store))
    done = settle(means, attempt, measured(50_000_000, tested_account="13911111111"))
    assert reason(done) == "FAIL_BELOW_90"
    closing = close(sqlite_store, SPEED, done.asked.ticket_id, confirm=True, visit=None, actor=LOCAL_OPERATOR, at=NOON)
    assert (closing.subject, closing.verdict, closing.hints) == (True, "fail", ("other_account",))


def test_a_result_after_closing_is_kept_and_changes_nothing(store: SqlStore, clock: Clock) -> None:
    means = make_means(store, clock, probe=FakeProbe(Pending(), 95_600_000))
    ticket = keep_ticket(store)
    attempt = pressed(means, ticket)
    closing = close(store, SPEED, ticket, confirm=True, visit=None, actor=LOCAL_OPERATOR, at=clock.at)
    assert (closing.verdict, closing.reason) == ("fail", "FAIL_PROBE_TIMEOUT")
    done = to_the_end(means, clock, attempt)
    assert done.outcome is not None
    assert (done.outcome.late, done.outcome.verdict.verdict) == (True, "pass")
    with store.read() as work:
        assert work.closings.get(ticket) == closing


def test_an_attempt_that_has_ended_stays_as_it_is(store: SqlStore, clock: Clock) -> None:
    means = make_means(store, clock)
    done = to_the_end(means, clock, pressed(means, keep_ticket(store)))
    assert settle(means, done, measured(1)) == done
    give_up(means, done)
    with store.read() as work:
        assert work.speed_tests.get(done.id) == done


def test_a_repair_during_the_test_makes_its_result_old(sqlite_store: SqlStore, clock: Clock) -> None:
    means = make_means(sqlite_store, clock, probe=FakeProbe(Pending(), 95_600_000))
    attempt = pressed(means, keep_ticket(sqlite_store))
    keep_ticket(sqlite_store, 修复时间=(NOON + timedelta(seconds=1)).isoformat())
    assert reason(to_the_end(means, clock, attempt)) == "FAIL_STALE_RESULT"


def test_an_onsite_test_waits_for_the_installer_and_calls_no_probe(sqlite_store: SqlStore, clock: Clock) -> None:
    probe = FakeProbe()
    means = make_means(sqlite_store, clock, probe=probe)
    attempt = pressed(means, keep_ticket(sqlite_store, 是否上门="是"))
    assert (attempt.state, attempt.asked.method, attempt.due_at) == ("running", "onsite", attempt.asked.expires_at)
    assert probe.started == []
    assert reason(to_the_end(means, clock, attempt)) == "FAIL_PROBE_TIMEOUT"


def test_every_step_is_in_the_audit_trail(sqlite_store: SqlStore, clock: Clock) -> None:
    means: SpeedMeans = make_means(sqlite_store, clock)
    attempt = to_the_end(means, clock, pressed(means, keep_ticket(sqlite_store)))
    with sqlite_store.read() as work:
        trail = [(entry.what, entry.detail) for entry in work.audit.list(Page())]
    assert ("end_speed_test", "pass PASS_OVER_90") in trail
    assert ("press_speed_test", "remote") in trail
    assert attempt.asked.requested_by == LOCAL_OPERATOR.id
