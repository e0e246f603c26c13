"""Did a speed test pass? Whole bit/s against whole bit/s, strictly greater, with the reason and what strikes the eye.

Source: 家宽投诉(报障)工单测速说明手册, parts 1 and 2. No float takes part: in binary `(0.9 * c) / c > 0.9` holds for
258 of the whole numbers from 1 to 2000. Shares and texts are data (rules/speed.py). Never asks a live system.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from probes.account import AccountState, same_account
from probes.speed.measurement import Failed, FailureCause, Measurement
from rules.speed import Quantity, SpeedReason, SpeedRules, SpeedVerdict

_PLACES = 12  # decimals of a percentage that does not end; a contract of 10^10 bit/s needs 8 to tell 90 from more
_FAILURES: Mapping[FailureCause, SpeedReason] = MappingProxyType(
    {"expired": "FAIL_PROBE_TIMEOUT", "stale": "FAIL_STALE_RESULT", "invalid": "FAIL_INVALID_RESULT"}
)
_MISSED: Mapping[AccountState, SpeedReason] = MappingProxyType(
    {"offline": "FAIL_ACCOUNT_OFFLINE", "stale": "FAIL_ACCOUNT_STALE"}
)
_UNSURE: Mapping[AccountState, SpeedReason] = MappingProxyType(
    {"unknown": "NONE_AAA_UNKNOWN", "ambiguous": "NONE_ACCOUNT_AMBIGUOUS"}
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a test comes to.

    percent: measured ÷ contract × 100 as exact decimal text, cut after 12 decimals where it does not end; None where
    one of the two is missing. hints: ids of the hints that hold. sentence: the reason in Chinese.
    """

    verdict: SpeedVerdict
    reason: SpeedReason
    sentence: str
    percent: str | None = None
    hints: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the test passed."""
        return self.verdict == "pass"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known besides the rate; None is unknown. sessions: open ones of the account."""

    streams: int | None = None
    duration_ms: int | None = None
    wifi: bool | None = None
    sessions: int | None = None
    server_load_percent: int | None = None
    first_second_bps: int | None = None
    other_account: bool | None = None


NOTHING_KNOWN = Circumstances()


def judge(
    rules: SpeedRules,
    contract_bps: int | None,
    measured_bps: int | None,
    account: AccountState,
    known: Circumstances = NOTHING_KNOWN,
) -> Verdict:
    """Judge one speed test against the contract.

    contract_bps: signed downstream rate, bit/s; None or not above 0 cannot be passed.
    measured_bps: measured downstream rate, bit/s; None where no test ran; what is no whole number from 0 is invalid.
    account: what AAA said just before the test. Offline and stale miss whatever was measured (part 1, note 1);
        unknown and ambiguous give no verdict.
    """
    reason = _reason(rules.percent, contract_bps, measured_bps, account)
    judged = _whole(measured_bps) and _whole(contract_bps)
    percent = (
        exact_percent(measured_bps, contract_bps) if judged and contract_bps and measured_bps is not None else None
    )
    return _verdict(rules, reason, percent, contract_bps, measured_bps, known)


def judge_result(
    rules: SpeedRules,
    contract_bps: int | None,
    account: str,
    result: Measurement | Failed,
    *,
    at: datetime,
    not_before: datetime | None,
    sessions: int | None = None,
) -> Verdict:
    """Judge what a probe gave back for an account that was online when it was asked.

    account: the ticket's. at: now, UTC. not_before: when the ticket arrived or was repaired, whichever is later; a
    result that began before it does not count (修复后请重新测速). A tested account other than the ticket's counts and
    is never left out (part 1, note 2).
    """
    if isinstance(result, Failed):
        return _verdict(rules, _FAILURES.get(result.cause, "FAIL_PROBE_ERROR"), None, None, None, NOTHING_KNOWN)
    known = circumstances_of(result, account, sessions)
    limit = at + timedelta(seconds=rules.future_s)
    if not_before is not None and result.started_at < not_before:
        return _verdict(rules, "FAIL_STALE_RESULT", None, contract_bps, result.bits_per_second, known)
    ended_well = result.started_at <= result.ended_at <= limit
    if result.bits_per_second is None or not ended_well:
        return _verdict(rules, "FAIL_INVALID_RESULT", None, contract_bps, result.bits_per_second, known)
    return judge(rules, contract_bps, result.bits_per_second, "online", known)


def circumstances_of(result: Measurement, account: str, sessions: int | None) -> Circumstances:
    """Return what a measurement tells besides its rate. account: the ticket's."""
    tested = result.tested_account
    return Circumstances(
        result.streams,
        result.duration_ms,
        None if result.link == "unknown" else result.link == "wifi",
        sessions,
        result.server_load_percent,
        result.first_second_bps,
        None if tested is None else not same_account(tested, account),
    )


def exact_percent(measured_bps: int, contract_bps: int) -> str:
    """Return measured ÷ contract × 100 without rounding up. measured_bps: from 0; contract_bps: above 0."""
    whole, rest = divmod(measured_bps * 100, contract_bps)
    decimals = f"{rest * 10**_PLACES // contract_bps:0{_PLACES}d}".rstrip("0")
    return f"{whole}.{decimals}" if decimals else str(whole)


def shown_percent(percent: str) -> str:
    """Return a percentage as people read it: one decimal, cut and never rounded, so that 89.999 is not shown as 90."""
    whole, _, decimals = percent.partition(".")
    return f"{whole}.{decimals[:1] or '0'}"


def needed_bps(rules: SpeedRules, contract_bps: int) -> int:
    """Return the smallest rate in bit/s that passes."""
    return contract_bps * rules.percent // 100 + 1


def _reason(percent: int, contract_bps: int | None, measured_bps: int | None, account: AccountState) -> SpeedReason:
    if account in _MISSED:
        return _MISSED[account]
    if account in _UNSURE:
        return _UNSURE[account]
    if not _whole(contract_bps) or not contract_bps:
        return "FAIL_NO_CONTRACT_RATE"
    if measured_bps is None:
        return "NONE_NOT_TESTED"
    if not _whole(measured_bps):
        return "FAIL_INVALID_RESULT"
    return "PASS_OVER_90" if measured_bps * 100 > contract_bps * percent else "FAIL_BELOW_90"


def _whole(value: int | None) -> bool:
    """Whether value is a whole number from 0; what comes from outside may be a flag, a float or a text all the same."""
    return type(value) is int and value >= 0


def _verdict(
    rules: SpeedRules,
    reason: SpeedReason,
    percent: str | None,
    contract_bps: int | None,
    measured_bps: int | None,
    known: Circumstances,
) -> Verdict:
    verdict: SpeedVerdict = "pass" if reason.startswith("PASS") else "none" if reason.startswith("NONE") else "fail"
    seen = _quantities(contract_bps if _whole(contract_bps) else None, measured_bps if _whole(measured_bps) else None)
    seen.update(_of_circumstances(known, measured_bps if _whole(measured_bps) else None))
    hints = tuple(
        hint.id
        for hint in rules.hints
        if (not hint.verdicts or verdict in hint.verdicts)
        and all(bound.holds(seen.get(bound.quantity)) for bound in hint.bounds)
    )
    return Verdict(verdict, reason, rules.reasons[reason], percent, hints)


def _quantities(contract_bps: int | None, measured_bps: int | None) -> dict[Quantity, int | None]:
    both = contract_bps and measured_bps is not None
    return {
        "contract_bps": contract_bps,
        "measured_bps": measured_bps,
        "permille": measured_bps * 1000 // contract_bps if both and contract_bps and measured_bps is not None else None,
    }


def _of_circumstances(known: Circumstances, measured_bps: int | None) -> dict[Quantity, int | None]:
    first = known.first_second_bps
    return {
        "streams": known.streams,
        "duration_ms": known.duration_ms,
        "sessions": known.sessions,
        "server_load_percent": known.server_load_percent,
        "first_second_permille": first * 1000 // measured_bps if first is not None and measured_bps else None,
        "other_account": None if known.other_account is None else int(known.other_account),
        "wifi": None if known.wifi is None else int(known.wifi),
    }
