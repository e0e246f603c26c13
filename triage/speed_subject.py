"""What does a ticket say about the line to test: account, contract rate, visit, team, repair?

Read from the upstream system's fields, by the names below, and from labelled lines of 投诉内容 (宽带账号：…). What is
not said, or cannot be read, is None. Never guesses a unit: 100 without M is no rate.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from rules.errors import RateUnreadable
from rules.speed_rate import parse_rate
from triage.intake.facts import yes_or_no
from triage.intake.labels import read_labels
from triage.records import Revision
from triage.tickets import CONTENT

ACCOUNT = ("宽带账号", "宽带帐号", "上网账号", "上网帐号", "业务账号", "用户账号")
CONTRACT = ("签约带宽", "签约速率", "下行带宽", "宽带带宽", "带宽")
VISIT = ("是否上门",)
TEAM = ("装维班组", "处理班组", "班组")
REPAIRED = ("修复时间", "故障修复时间", "故障恢复时间")
_BEIJING = timezone(timedelta(hours=8))  # EOMS writes local times without a zone
_RATE = re.compile(r"(?P<number>[0-9]{1,6}(?:\.[0-9]{1,6})?)\s*(?P<multiple>[kKmMgG兆])(?:bps|bit/s|b/s)?")
_MULTIPLES = {"k": "k", "m": "M", "g": "G", "兆": "M"}


@dataclass(frozen=True, slots=True)
class SpeedSubject:
    """The line that a ticket is about.

    account: "" where the ticket names none. visit: 是否上门. arrived_at: when the ticket was taken in first.
    repaired_at: when it was repaired last, UTC.
    """

    account: str
    contract_bps: int | None
    visit: bool | None
    team: str
    arrived_at: datetime
    repaired_at: datetime | None

    @property
    def not_before(self) -> datetime:
        """Results that began before this do not count."""
        return max(self.arrived_at, self.repaired_at) if self.repaired_at else self.arrived_at


def subject_of(revisions: tuple[Revision, ...]) -> SpeedSubject:
    """Return what the newest revision says; revisions: all of a ticket, the first one first."""
    ticket = revisions[-1].ticket
    labelled = {label.key: label.value for label in reversed(read_labels(ticket.fields.get(CONTENT, ""), ()))}
    said = {**labelled, **ticket.extra, **ticket.fields}
    visits = [yes_or_no(value) for value in _values(said, VISIT)]
    return SpeedSubject(
        account=next(_values(said, ACCOUNT), ""),
        contract_bps=next((bps for text in _values(said, CONTRACT) if (bps := contract_rate(text)) is not None), None),
        visit=visits[0] if visits else None,
        team=next(_values(said, TEAM), ""),
        arrived_at=revisions[0].taken_at,
        repaired_at=next((time for text in _values(said, REPAIRED) if (time := _time(text)) is not None), None),
    )


def contract_rate(text: str) -> int | None:
    """Return the bit/s of 100M, 100Mbps, 100兆 or 1G; None for anything else, e.g. 100MB/s or a bare number."""
    found = _RATE.fullmatch(text.strip())
    if found is None:
        return None
    try:
        return parse_rate(found["number"] + _MULTIPLES[found["multiple"].lower()])
    except RateUnreadable:
        return None


def _values(said: Mapping[str, str], names: Iterable[str]) -> Iterator[str]:
    return iter([said[name].strip() for name in names if said.get(name, "").strip()])


def _time(text: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (time if time.tzinfo is not None else time.replace(tzinfo=_BEIJING)).astimezone(UTC)
