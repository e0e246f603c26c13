"""Is every speed test judged as the handbook says, to the bit?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.account import AccountState
from probes.speed.measurement import Failed, FailureCause, Measurement
from probes.speed_rule import (
    Circumstances,
    Verdict,
    exact_percent,
    judge,
    judge_result,
    needed_bps,
    shown_percent,
)
from rules.speed_rate import parse_rate, rate_in
from tests.rules.sets import home_speed

RULES = home_speed().speed["speed.home-broadband"]
NOON = datetime(2026, 3, 4, 4, 0, tzinfo=UTC)
C100 = 100_000_000
WIRED = Measurement(
    "softprobe", "down", 95_600_000, 119_500_000, 10_000, 4, "wired", "13800000000", NOON, NOON + timedelta(seconds=10),
    "t1", "{}",
)  # fmt: skip


def result(measurement: Measurement | Failed, contract: int | None = C100, **given: object) -> Verdict:
    known = {"at": NOON + timedelta(seconds=20), "not_before": None, **given}
    return judge_result(RULES, contract, "13800000000", measurement, **known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("measured", "verdict", "percent"),
    [
        (89_999_999, "fail", "89.999999"),
        (90_000_000, "fail", "90"),
        (90_000_001, "pass", "90.000001"),
        (100_000_000, "pass", "100"),
        (0, "fail", "0"),
    ],
)
def test_the_share_must_be_exceeded(measured: int, verdict: str, percent: str) -> None:
    found = judge(RULES, C100, measured, "online")
    assert (found.verdict, found.percent) == (verdict, percent)


def test_exactly_nine_tenths_of_any_contract_miss() -> None:
    texts = [(str(contract), str(Decimal(contract) * Decimal("0.9"))) for contract in range(1, 2001)]
    passed = [c for c, m in texts if judge(RULES, parse_rate(f"{c}M"), parse_rate(f"{m}M"), "online").passed]
    assert passed == []


@given(contract=st.integers(1, 10**13), measured=st.integers(0, 10**13))
def test_no_float_ever_decides(contract: int, measured: int) -> None:
    passed = Fraction(measured, contract) > Fraction(9, 10)
    assert judge(RULES, contract, measured, "online").passed is passed


@given(contract=st.integers(1, 10**10), over=st.integers(-3, 3))
def test_at_the_edge_one_bit_decides(contract: int, over: int) -> None:
    measured = contract * 9 // 10 + over
    found = judge(RULES, contract, max(measured, 0), "online")
    assert found.passed is (max(measured, 0) * 10 > contract * 9)
    assert found.percent is not None
    assert (Decimal(found.percent) > 90) is found.passed


@given(contract=st.integers(1, 10**10))
def test_the_rate_that_is_asked_for_is_the_smallest_that_passes(contract: int) -> None:
    least = needed_bps(RULES, contract)
    assert judge(RULES, contract, least, "online").passed
    assert not judge(RULES, contract, least - 1, "online").passed


@pytest.mark.parametrize(
    ("account", "verdict", "reason"),
    [
        ("offline", "fail", "FAIL_ACCOUNT_OFFLINE"),
        ("stale", "fail", "FAIL_ACCOUNT_STALE"),
        ("unknown", "none", "NONE_AAA_UNKNOWN"),
        ("ambiguous", "none", "NONE_ACCOUNT_AMBIGUOUS"),
    ],
)
def test_the_account_comes_before_the_rate(account: AccountState, verdict: str, reason: str) -> None:
    found = judge(RULES, C100, 2 * C100, account)
    assert (found.verdict, found.reason) == (verdict, reason)


@pytest.mark.parametrize("contract", [None, 0, -1])
def test_without_a_contract_rate_nothing_passes(contract: int | None) -> None:
    found = judge(RULES, contract, C100, "online")
    assert (found.verdict, found.reason, found.percent) == ("fail", "FAIL_NO_CONTRACT_RATE", None)


@pytest.mark.parametrize("nonsense", [-1, True, "95600000", 95.6e6, float("nan"), float("inf"), "", Decimal(10**8)])
def test_what_is_no_whole_number_never_passes(nonsense: int) -> None:
    found = judge(RULES, C100, nonsense, "online")
    assert (found.verdict, found.reason) == ("fail", "FAIL_INVALID_RESULT")


def test_without_a_test_there_is_no_verdict() -> None:
    assert judge(RULES, C100, None, "online").reason == "NONE_NOT_TESTED"


def test_megabytes_are_another_rate_than_megabits() -> None:
    assert judge(RULES, C100, rate_in("11.95", "MB/s"), "online").passed
    wrong = judge(RULES, C100, rate_in("11.95", "Mbit/s"), "online")
    assert (wrong.verdict, wrong.hints) == ("fail", ("megabytes",))


def test_upload_and_overhead_play_no_part() -> None:
    """95.6 Mbit/s is what TCP carries over a faultless 100 M line; no factor makes it more."""
    assert judge(RULES, C100, 95_600_000, "online").percent == "95.6"


@pytest.mark.parametrize(
    ("cause", "reason"),
    [
        ("expired", "FAIL_PROBE_TIMEOUT"),
        ("stale", "FAIL_STALE_RESULT"),
        ("invalid", "FAIL_INVALID_RESULT"),
        ("unreachable", "FAIL_PROBE_ERROR"),
        ("refused", "FAIL_PROBE_ERROR"),
        ("lost", "FAIL_PROBE_ERROR"),
    ],
)
def test_a_probe_that_fails_gives_a_miss_with_its_reason(cause: FailureCause, reason: str) -> None:
    assert result(Failed(cause, "探针没有应答")).reason == reason


def test_a_result_from_before_the_repair_does_not_count() -> None:
    assert result(WIRED, not_before=NOON + timedelta(seconds=1)).reason == "FAIL_STALE_RESULT"
    assert result(WIRED, not_before=NOON).verdict == "pass"


def test_a_probe_whose_clock_runs_ahead_is_not_believed() -> None:
    late = timedelta(seconds=RULES.future_s)
    at = WIRED.ended_at - late
    assert result(WIRED, at=at).verdict == "pass"
    assert result(WIRED, at=at - timedelta(seconds=1)).reason == "FAIL_INVALID_RESULT"


def test_a_result_that_ends_before_it_begins_is_not_believed() -> None:
    assert result(replace(WIRED, ended_at=NOON - timedelta(seconds=1))).reason == "FAIL_INVALID_RESULT"


def test_a_result_without_a_rate_is_not_believed() -> None:
    assert result(replace(WIRED, bits_per_second=None)).reason == "FAIL_INVALID_RESULT"


def test_another_account_counts_and_is_said() -> None:
    found = result(replace(WIRED, tested_account="13900000000", bits_per_second=1))
    assert (found.verdict, found.reason) == ("fail", "FAIL_BELOW_90")
    assert "other_account" in found.hints


@pytest.mark.parametrize("name", ["13800000000@home.example", " 13800000000 "])
def test_case_and_realm_make_no_other_account(name: str) -> None:
    assert "other_account" not in result(replace(WIRED, tested_account=name)).hints


@pytest.mark.parametrize(
    ("contract", "measured", "known", "hint", "holds"),
    [
        ("300M", "94M", Circumstances(), "port_100m", True),
        ("100M", "94M", Circumstances(), "port_100m", False),
        ("300M", "87999999", Circumstances(), "port_100m", False),
        ("300M", "97000001", Circumstances(), "port_100m", False),
        ("1000M", "936M", Circumstances(), "port_1000m", True),
        ("2000M", "941M", Circumstances(), "above_1000m_port", True),
        ("1000M", "941M", Circumstances(), "above_1000m_port", False),
        ("100M", "300M", Circumstances(), "suspect", False),
        ("100M", "300100k", Circumstances(), "suspect", True),
        ("100M", "95M", Circumstances(wifi=True), "wifi_pass", True),
        ("100M", "50M", Circumstances(wifi=True), "wifi_fail", True),
        ("100M", "50M", Circumstances(wifi=None), "wifi_fail", False),
        ("100M", "95M", Circumstances(duration_ms=7_999), "too_short", True),
        ("100M", "95M", Circumstances(duration_ms=8_000), "too_short", False),
        ("500M", "460M", Circumstances(streams=3), "single_stream", True),
        ("300M", "290M", Circumstances(streams=1), "single_stream", False),
        ("100M", "95M", Circumstances(sessions=2), "several_sessions", True),
        ("100M", "100M", Circumstances(first_second_bps=69_900_000), "slow_start", True),
        ("100M", "100M", Circumstances(first_second_bps=70_000_000), "slow_start", False),
        ("100M", "95M", Circumstances(server_load_percent=90), "server_busy", True),
    ],
)
def test_a_hint_stands_beside_the_verdict(
    contract: str, measured: str, known: Circumstances, hint: str, holds: bool
) -> None:
    found = judge(RULES, parse_rate(contract), parse_rate(measured), "online", known)
    bare = judge(RULES, parse_rate(contract), parse_rate(measured), "online")
    assert (hint in found.hints) is holds
    assert found.verdict == bare.verdict


@pytest.mark.parametrize(
    ("percent", "shown"), [("89.999", "89.9"), ("90", "90.0"), ("90.000001", "90.0"), ("0", "0.0")]
)
def test_a_shown_percentage_is_cut(percent: str, shown: str) -> None:
    assert shown_percent(percent) == shown


def test_a_percentage_that_does_not_end_is_cut_after_twelve_decimals() -> None:
    assert exact_percent(2, 3) == "66.666666666666"
