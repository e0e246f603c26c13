"""Does closing ask what the handbook asks, and count what it says?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from probes.speed.measurement import Pending
from tests.triage.makers import NOON
from tests.triage.speed_fakes import (
    SPEED,
    Clock,
    FakeAaa,
    FakeProbe,
    keep_ticket,
    make_means,
    measured,
    pressed,
    to_the_end,
)
from triage.actors import LOCAL_OPERATOR
from triage.cases.close import close
from triage.cases.run_speed_test import SpeedMeans, press, settle
from triage.cases.speed_kpi import speed_kpi
from triage.errors import Conflict, Refused
from triage.records_speed import Closing
from triage.store.database import SqlStore
from triage.store.errors import UnknownTicket


def shut(store: SqlStore, ticket: str, *, confirm: bool = False, visit: bool | None = None) -> Closing:
    return close(store, SPEED, ticket, confirm=confirm, visit=visit, actor=LOCAL_OPERATOR, at=NOON)


def make_tests(store: SqlStore, ticket: str, *rates: int, clock: Clock | None = None) -> SpeedMeans:
    """Make one test after another, each with the rate it measures."""
    clock = clock or Clock()
    means = make_means(store, clock, probe=FakeProbe(*rates))
    for n, _ in enumerate(rates):
        to_the_end(means, clock, pressed(means, ticket, f"k{n}"))
    return means


def test_without_a_visit_a_test_must_have_been_made(store: SqlStore) -> None:
    ticket = keep_ticket(store)
    for confirm in (False, True):
        with pytest.raises(Conflict, match="请先测速"):
            shut(store, ticket, confirm=confirm)


def test_a_pass_needs_no_confirmation(store: SqlStore) -> None:
    ticket = keep_ticket(store, 装维班组="二组")
    make_tests(store, ticket, 95_600_000)
    found = shut(store, ticket)
    assert (found.verdict, found.confirmed, found.method, found.team, found.tier_bps) == (
        "pass", False, "remote", "二组", 100_000_000,
    )  # fmt: skip


@pytest.mark.parametrize("visit", ["是", "否"])
def test_a_miss_needs_a_recorded_confirmation(sqlite_store: SqlStore, visit: str) -> None:
    ticket = keep_ticket(sqlite_store, 是否上门=visit)
    clock = Clock()
    means = make_means(sqlite_store, clock, aaa=FakeAaa("closed"))
    pressed(means, ticket)
    with pytest.raises(Conflict, match="计为不达标"):
        shut(sqlite_store, ticket)
    found = shut(sqlite_store, ticket, confirm=True)
    assert (found.verdict, found.reason, found.confirmed, found.by) == (
        "fail", "FAIL_ACCOUNT_OFFLINE", True, LOCAL_OPERATOR.id,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("rates", "verdict"),
    [((50_000_000, 95_600_000), "pass"), ((95_600_000, 50_000_000), "fail"), ((95_600_000, 90_000_000), "fail")],
)
def test_the_last_test_counts_not_the_best(sqlite_store: SqlStore, rates: tuple[int, int], verdict: str) -> None:
    ticket = keep_ticket(sqlite_store)
    make_tests(sqlite_store, ticket, *rates)
    assert shut(sqlite_store, ticket, confirm=True).verdict == verdict


def test_a_pass_and_then_an_offline_account_is_a_miss(sqlite_store: SqlStore) -> None:
    ticket, clock = keep_ticket(sqlite_store), Clock()
    make_tests(sqlite_store, ticket, 95_600_000, clock=clock)
    pressed(make_means(sqlite_store, clock, aaa=FakeAaa("closed")), ticket, "later")
    assert shut(sqlite_store, ticket, confirm=True).reason == "FAIL_ACCOUNT_OFFLINE"


def test_last_means_asked_for_last_whenever_results_arrive(sqlite_store: SqlStore) -> None:
    """Two attempts under way at once cannot be pressed; they come of a restored backup, and order must still hold."""
    ticket, clock = keep_ticket(sqlite_store), Clock()
    means = make_means(sqlite_store, clock, probe=FakeProbe(Pending()))
    first = pressed(means, ticket, "k1")
    with sqlite_store.begin() as work:
        second = work.speed_tests.add(replace(first.asked, id="second", key="k2"))
    settle(means, second, measured(95_600_000))
    settle(means, first, measured(1_000_000))
    found = shut(sqlite_store, ticket)
    assert (found.attempt_id, found.verdict) == ("second", "pass")


def test_a_test_under_way_must_be_waited_for_or_confirmed(store: SqlStore) -> None:
    ticket = keep_ticket(store)
    pressed(make_means(store, Clock(), probe=FakeProbe(Pending())), ticket)
    with pytest.raises(Conflict, match="还没有结果"):
        shut(store, ticket)
    assert shut(store, ticket, confirm=True).reason == "FAIL_PROBE_TIMEOUT"


def test_a_pass_from_before_the_repair_does_not_count(sqlite_store: SqlStore) -> None:
    ticket = keep_ticket(sqlite_store)
    make_tests(sqlite_store, ticket, 95_600_000)
    keep_ticket(sqlite_store, 修复时间=(NOON + timedelta(hours=1)).isoformat())
    with pytest.raises(Conflict, match="修复后请重新测速"):
        shut(sqlite_store, ticket)
    assert shut(sqlite_store, ticket, confirm=True).reason == "FAIL_STALE_RESULT"


def test_a_test_after_the_repair_counts(sqlite_store: SqlStore) -> None:
    ticket, clock = keep_ticket(sqlite_store), Clock()
    make_tests(sqlite_store, ticket, 10_000_000, clock=clock)
    clock.later(7200)
    keep_ticket(sqlite_store, 修复时间=(NOON + timedelta(hours=1)).isoformat())
    means = make_means(sqlite_store, clock)
    to_the_end(means, clock, pressed(means, ticket, "after"))
    assert shut(sqlite_store, ticket).verdict == "pass"


def test_with_a_visit_no_test_closes_on_confirmation_as_a_miss(sqlite_store: SqlStore) -> None:
    ticket = keep_ticket(sqlite_store, 是否上门="是")
    with pytest.raises(Conflict, match="计为不达标"):
        shut(sqlite_store, ticket)
    found = shut(sqlite_store, ticket, confirm=True)
    assert (found.attempt_id, found.method, found.verdict, found.reason) == (None, "onsite", "none", "NONE_NOT_TESTED")


def test_a_change_of_method_counts_the_last_test_and_warns(sqlite_store: SqlStore) -> None:
    ticket = keep_ticket(sqlite_store)
    make_tests(sqlite_store, ticket, 95_600_000)
    keep_ticket(sqlite_store, 是否上门="是")
    found = shut(sqlite_store, ticket)
    assert (found.verdict, found.method) == ("pass", "remote")
    assert found.warnings == ("工单为现场测速，计入的最后一次测速是远程",)


def test_a_closed_ticket_is_closed_for_good(store: SqlStore) -> None:
    ticket = keep_ticket(store)
    means = make_tests(store, ticket, 95_600_000)
    shut(store, ticket)
    with pytest.raises(Conflict, match="已经完结"):
        shut(store, ticket)
    with pytest.raises(Conflict, match="已经完结"):
        press(means, ticket, key="late", method=None, actor=LOCAL_OPERATOR)


def test_whether_there_was_a_visit_must_be_known(sqlite_store: SqlStore) -> None:
    ticket = keep_ticket(sqlite_store, 是否上门="")
    with pytest.raises(Refused, match="是否上门"):
        shut(sqlite_store, ticket, confirm=True)
    assert shut(sqlite_store, ticket, confirm=True, visit=True).method == "onsite"


def test_a_ticket_about_something_else_just_closes(sqlite_store: SqlStore) -> None:
    ticket = keep_ticket(sqlite_store, domain="mobile", 宽带账号="")
    found = shut(sqlite_store, ticket)
    assert (found.subject, found.verdict) == (False, None)
    assert speed_kpi(sqlite_store, SPEED, start=None, end=None).whole.count == 0


def test_an_unknown_ticket_is_not_closed(store: SqlStore) -> None:
    with pytest.raises(UnknownTicket):
        shut(store, "nobody")


def test_the_rate_holds_every_closed_ticket_once(store: SqlStore) -> None:
    for number, rates in (("A", (95_600_000,)), ("B", (95_600_000, 50_000_000)), ("C", (50_000_000, 95_600_000))):
        ticket = keep_ticket(store, number, 装维班组="一组" if number == "A" else "二组")
        make_tests(store, ticket, *rates)
        shut(store, ticket, confirm=True)
    offline = keep_ticket(store, "D", 签约带宽="300M", 装维班组="一组")
    pressed(make_means(store, Clock(), aaa=FakeAaa("closed")), offline)
    shut(store, offline, confirm=True)
    report = speed_kpi(store, SPEED, start=NOON, end=NOON + timedelta(seconds=1))
    assert (report.whole.passed, report.whole.count, report.whole.colour) == (2, 4, "missed")
    assert (report.misses, report.misses_offline) == (2, 1)
    assert {team: (part.passed, part.count) for team, part in report.groups["team"].items()} == {
        "二组": (1, 2), "一组": (1, 2),
    }  # fmt: skip
    assert list(report.groups["tier"]) == ["100M", "300M"]
    assert report.groups["reason"]["FAIL_ACCOUNT_OFFLINE"].count == 1


def test_a_period_holds_its_start_and_not_its_end(sqlite_store: SqlStore) -> None:
    ticket = keep_ticket(sqlite_store)
    make_tests(sqlite_store, ticket, 95_600_000)
    shut(sqlite_store, ticket)
    assert speed_kpi(sqlite_store, SPEED, start=NOON, end=None).whole.count == 1
    assert speed_kpi(sqlite_store, SPEED, start=None, end=NOON).whole.count == 0
