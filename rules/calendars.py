"""When is working time? Calendars of calendars/*.yaml, and counting working time between two moments.

A calendar says its zone, its hours of a working day (so a lunch break is the gap between two stretches), its working
weekdays, and year by year the holidays and the days that are worked for them. Moments are aware; all counting is done
on the wall clock of the calendar's zone. The calendar `always` counts every hour.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rules.form import Form
from rules.problems import Place, Problems
from rules.source import STATUSES, Source, Status, read_source
from rules.yaml_nodes import Node

FIELDS = ("id", "title", "status", "source", "zone", "hours", "weekdays", "years")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ALWAYS = "always"
_FAR = 3660  # days: a length of working time that is not over after ten years never will be


@dataclass(frozen=True, slots=True)
class Stretch:
    """Working time from start to end on the wall clock of one day."""

    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Calendar:
    """One calendar. weekdays: 0 is Monday. holidays, worked: days that differ from their weekday.

    years: those whose holidays are known; beyond them only weekdays count.
    """

    id: str
    title: str
    status: Status
    source: Source
    zone: ZoneInfo
    hours: tuple[Stretch, ...]
    weekdays: frozenset[int]
    holidays: frozenset[date]
    worked: frozenset[date]
    years: tuple[int, ...]
    place: Place
    node: Node

    def is_worked(self, day: date) -> bool:
        """Return whether a day is a working day."""
        return day in self.worked or (day.weekday() in self.weekdays and day not in self.holidays)

    def due(self, start: datetime, length: timedelta) -> datetime:
        """Return the moment, in the zone of start, when so much working time has passed since start.

        Raises ValueError where the calendar has no such moment within ten years.
        """
        left = length
        for begins, ends in self._stretches(start, _FAR):
            if ends - begins >= left:
                return (begins + left).astimezone(start.tzinfo)
            left -= ends - begins
        raise ValueError(f"calendar {self.id} has no {length} of working time after {start}")

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """Return the working time between two moments; zero where end is not after start."""
        days = max((end.astimezone(self.zone).date() - start.astimezone(self.zone).date()).days + 1, 0)
        worked = (min(ends, end) - begins for begins, ends in self._stretches(start, days) if begins < end)
        return sum(worked, timedelta())

    def _stretches(self, start: datetime, days: int) -> Iterator[tuple[datetime, datetime]]:
        """Give the stretches of working time after start within so many days, the one at hand shortened."""
        first = start.astimezone(self.zone).date()
        for day in (first + timedelta(days=n) for n in range(days)):
            for stretch in self.hours if self.is_worked(day) else ():
                begins = datetime.combine(day, stretch.start, self.zone)
                ends = datetime.combine(day, stretch.end, self.zone)
                if ends > start:
                    yield max(begins, start.astimezone(self.zone)), ends


def read_calendar(node: Node, problems: Problems) -> Calendar:
    """Return the calendar of one document; problems are recorded, never raised."""
    form = Form(node, problems, "calendar", FIELDS)
    years = {name: _read_year(name, item, problems) for name, item in form.mapping("years").items()}
    weekdays = [WEEKDAYS.index(name) if name in WEEKDAYS else -1 for name in form.texts("weekdays", required=True)]
    if -1 in weekdays:
        form.error("weekdays", f"weekdays are {', '.join(WEEKDAYS)}")
    hours = tuple(_read_stretch(text, form) for text in form.texts("hours", required=True))
    if any(later.start < earlier.end for earlier, later in pairwise(hours)):
        form.error("hours", "hours must rise: each stretch begins after the one before it ends")
    return Calendar(
        form.text("id"), form.text("title"), form.choice("status", STATUSES), read_source(form), _zone(form), hours,
        frozenset(weekdays), _days(years, 0), _days(years, 1), tuple(sorted(int(y) for y in years if y.isdigit())),
        node.place, node,
    )  # fmt: skip


_Year = tuple[frozenset[date], frozenset[date]]


def _read_year(name: str, node: Node, problems: Problems) -> _Year:
    form = Form(node, problems, f"year {name}", ("holidays", "worked", "source"))
    read_source(form)
    days = [frozenset(_read_days(name, text, form, field)) for field in ("holidays", "worked")
            for text in [form.texts(field)]]  # fmt: skip
    return days[0], days[1]


def _read_days(year: str, texts: tuple[str, ...], form: Form, field: str) -> Iterator[date]:
    """Give the days of `01-28..02-04` and `04-27`."""
    for text in texts:
        first, _, last = text.partition("..")
        try:
            begins, ends = date.fromisoformat(f"{year}-{first}"), date.fromisoformat(f"{year}-{last or first}")
        except ValueError:
            form.error(field, f"{text} is no day of {year}; write 04-27 or 01-28..02-04")
            continue
        if ends < begins:
            form.error(field, f"{text} ends before it begins")
        yield from (begins + timedelta(days=n) for n in range((ends - begins).days + 1))


def _days(years: Mapping[str, _Year], which: int) -> frozenset[date]:
    return frozenset(day for year in years.values() for day in year[which])


def _read_stretch(text: str, form: Form) -> Stretch:
    first, _, last = text.partition("-")
    try:
        stretch = Stretch(time.fromisoformat(first), time.fromisoformat(last))
    except ValueError:
        form.error("hours", f"{text} is no stretch of a day; write 09:00-12:00")
        return Stretch(time(0), time(23, 59))
    if stretch.end <= stretch.start:
        form.error("hours", f"{text} ends before it begins")
    return stretch


def _zone(form: Form) -> ZoneInfo:
    name = form.text("zone")
    try:
        return ZoneInfo(name or "Asia/Shanghai")
    except (ZoneInfoNotFoundError, ValueError):
        form.error("zone", f"there is no zone {name}; write one like Asia/Shanghai")
        return ZoneInfo("Asia/Shanghai")
