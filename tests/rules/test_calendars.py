"""When does working time end, over nights, lunch, weekends, holidays and the days worked for them?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.calendars import Calendar, read_calendar
from rules.loader import load_rules
from rules.problems import Problems
from rules.yaml_nodes import read_documents

CHINA = ZoneInfo("Asia/Shanghai")
OFFICE = """
id: calendar.office
title: 办公
status: active
source: {handbook: 自定, section: 一, reading: assumed}
zone: Asia/Shanghai
hours: ["09:00-12:00", "13:00-18:00"]
weekdays: [mon, tue, wed, thu, fri]
years:
  "2026":
    source: {handbook: 通知, section: 一, reading: literal}
    holidays: [10-01..10-07]
    worked: [09-20, 10-10]
"""


def calendar(text: str = OFFICE) -> tuple[Calendar, list[str]]:
    problems = Problems()
    found = [read_calendar(node, problems) for node in read_documents("c.yaml", text, problems)]
    return found[0], [str(problem) for problem in problems.found]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-03-02 09:00", 3, "2026-03-02 12:00"),  # to the lunch break
        ("2026-03-02 11:00", 2, "2026-03-02 14:00"),  # over it
        ("2026-03-02 12:30", 1, "2026-03-02 14:00"),  # from within it
        ("2026-03-02 17:00", 2, "2026-03-03 10:00"),  # over a night
        ("2026-03-06 17:30", 1, "2026-03-09 09:30"),  # over a weekend
        ("2026-03-07 08:00", 1, "2026-03-09 10:00"),  # from a Saturday
        ("2026-09-30 17:00", 2, "2026-10-08 10:00"),  # over the National Day holidays
        ("2026-09-19 10:00", 8, "2026-09-20 18:00"),  # a Sunday that is worked
        ("2026-10-09 17:00", 2, "2026-10-10 10:00"),  # a Saturday that is worked
    ],
)
def test_working_time_ends_when_it_should(start: str, hours: int, due: str) -> None:
    assert calendar()[0].due(moment(start), timedelta(hours=hours)) == moment(due)


def test_the_zone_of_the_answer_is_that_of_the_question() -> None:
    due = calendar()[0].due(datetime(2026, 3, 2, 1, 0, tzinfo=UTC), timedelta(hours=3))
    assert (due, due.tzinfo) == (datetime(2026, 3, 2, 4, 0, tzinfo=UTC), UTC)


@given(begins=st.integers(0, 1_000_000), minutes=st.integers(1, 20_000))
def test_what_is_due_has_just_elapsed(begins: int, minutes: int) -> None:
    office, length = calendar()[0], timedelta(minutes=minutes)
    start = moment("2025-01-01 00:00") + timedelta(minutes=begins)
    assert office.elapsed(start, office.due(start, length)) == length


def test_nothing_elapses_backwards() -> None:
    assert calendar()[0].elapsed(moment("2026-03-03 10:00"), moment("2026-03-02 10:00")) == timedelta()


def test_a_calendar_without_working_days_says_so() -> None:
    with pytest.raises(ValueError, match=r"calendar\.office has no"):
        calendar(OFFICE.replace("weekdays: [mon, tue, wed, thu, fri]", "weekdays: []"))[0].due(
            moment("2030-01-01 00:00"), timedelta(hours=1)
        )


@pytest.mark.parametrize(
    ("wrong", "right", "problem"),
    [
        ("10-01..10-07", "02-30", "02-30 is no day of 2026"),
        ("10-01..10-07", "10-07..10-01", "ends before it begins"),
        ('"09:00-12:00"', '"9-12"', "is no stretch of a day"),
        ('"13:00-18:00"', '"11:00-18:00"', "hours must rise"),
        ("Asia/Shanghai", "Asia/Chengdu2", "there is no zone"),
        ("[mon,", "[monday,", "weekdays are mon"),
    ],
)
def test_a_mistake_is_named(wrong: str, right: str, problem: str) -> None:
    assert any(problem in found for found in calendar(OFFICE.replace(wrong, right))[1])


def test_the_calendar_of_china_knows_this_year() -> None:
    china = load_rules().calendars["calendar.china"]
    assert china.is_worked(moment("2026-02-14 00:00").date())
    assert not china.is_worked(moment("2026-02-17 00:00").date())
    assert 2026 in china.years
