"""Report 达标率: how many of the closed tickets passed, by team, tier, method, reason and hint, with what it proves.

Every closed ticket that is subject to testing is in it once, with the attempt that counted when it was closed; a
ticket without a pass is a miss, whatever the reason. Offline and other accounts are counted apart for information and
never subtracted (家宽投诉(报障)工单测速说明手册, notes 1 and 2).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from rules.speed import SpeedRules
from rules.speed_rate import show_rate
from triage.ports import Store
from triage.records_speed import METHODS, Closing
from triage.speed_kpi import Rate, rate

Group = Literal["team", "tier", "method", "reason", "hint"]
_UNKNOWN = "-"
_MARGIN = ("FAIL_ACCOUNT_OFFLINE", "FAIL_ACCOUNT_STALE")


@dataclass(frozen=True, slots=True)
class SpeedReport:
    """The rate of a period and its parts.

    groups: group → value → rate; under reason and hint a rate says how many tickets have it. misses: how many missed.
    misses_offline, misses_other_account: of these, for comparison with the margin that the target leaves.
    without_verdict: tickets without a verdict, e.g. because AAA did not answer; they are misses too.
    """

    target_percent: int
    whole: Rate
    groups: Mapping[Group, Mapping[str, Rate]]
    misses: int
    misses_offline: int
    misses_other_account: int
    without_verdict: int


def speed_kpi(store: Store, rules: SpeedRules, *, start: datetime | None, end: datetime | None) -> SpeedReport:
    """Return the report over tickets closed in a period. start: included; end: excluded; None is open."""
    with store.read() as work:
        closings = work.closings.between(start, end)
    missed = [closing for closing in closings if closing.verdict != "pass"]
    return SpeedReport(
        rules.target_percent,
        _rate(closings, rules),
        {group: _by(closings, values, rules) for group, values in _VALUES.items()},
        len(missed),
        sum(closing.reason in _MARGIN for closing in missed),
        sum("other_account" in closing.hints for closing in missed),
        sum(closing.verdict == "none" for closing in missed),
    )


def _rate(closings: tuple[Closing, ...] | list[Closing], rules: SpeedRules) -> Rate:
    passed = sum(closing.verdict == "pass" for closing in closings)
    return rate(passed, len(closings), rules.target_percent)


def _by(
    closings: tuple[Closing, ...], values: Callable[[Closing], tuple[str, ...]], rules: SpeedRules
) -> dict[str, Rate]:
    parts: defaultdict[str, list[Closing]] = defaultdict(list)
    for closing in closings:
        for value in values(closing):
            parts[value].append(closing)
    sizes = Counter({value: len(part) for value, part in parts.items()})
    return {value: _rate(parts[value], rules) for value, _ in sizes.most_common()}


def _tier(closing: Closing) -> str:
    return _UNKNOWN if closing.tier_bps is None else f"{show_rate(closing.tier_bps).removesuffix('.0')}M"


_VALUES: Mapping[Group, Callable[[Closing], tuple[str, ...]]] = {
    "team": lambda closing: (closing.team or _UNKNOWN,),
    "tier": lambda closing: (_tier(closing),),
    "method": lambda closing: (METHODS[closing.method] if closing.method else _UNKNOWN,),
    "reason": lambda closing: (closing.reason or _UNKNOWN,),
    "hint": lambda closing: closing.hints,
}
