"""Means for cases about people: a clock that is moved by hand, and passwords that cost nothing and are counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

from tests.triage.makers import NOON
from triage.actors import LOCAL_OPERATOR, Actor
from triage.cases.add_user import add_user
from triage.people_means import PeopleMeans
from triage.records import AuditEntry, Page
from triage.records_people import Grant, User
from triage.store.database import SqlStore

GOOD = "Herbst-12x/4"
BETTER = "Fruehling-34y/5"
ROLES = {"administrator": "系统管理员", "analyst": "分析定位人员", "branch": "分公司"}
EVERYWHERE = (Grant("administrator"),)


class Clock:
    """Says the time it was given."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at

    def go(self, **step: float) -> None:
        self.at += timedelta(**step)


class CountedPasswords:
    """Keeps passwords readable; remembers what was compared, and can do something while it compares."""

    def __init__(self) -> None:
        self.compared: list[str | None] = []
        self.meanwhile: Callable[[], object] = lambda: None
        self.mark = "v1:"

    def hash(self, password: str) -> str:
        return self.mark + password

    def fits(self, password: str, kept: str | None) -> tuple[bool, str | None]:
        self.compared.append(kept)
        self.meanwhile()
        fits = kept is not None and kept.partition(":")[2] == password
        return fits, self.hash(password) if fits and kept and not kept.startswith(self.mark) else None


def make_means(store: SqlStore, clock: Clock | None = None, passwords: CountedPasswords | None = None) -> PeopleMeans:
    """Return means over store whose ids and secrets are s1, s2 …"""
    numbers = count(1)
    return PeopleMeans(
        store,
        passwords or CountedPasswords(),
        ROLES,
        lambda: f"secret{next(numbers)}",
        lambda: f"id{next(numbers)}",
        clock or Clock(),
    )


def wish(login: str = "anna", *grants: Grant, **changes: object) -> User:
    """Return a wished account; an administrator everywhere unless grants say otherwise."""
    user = User("", login, "安娜", True, False, NOON, NOON, grants=grants or EVERYWHERE)
    return replace(user, **changes)  # type: ignore[arg-type]


def added(means: PeopleMeans, login: str = "anna", *grants: Grant, actor: Actor = LOCAL_OPERATOR) -> User:
    """Add an account whose password is GOOD."""
    return add_user(means, wish(login, *grants), GOOD, actor=actor)


def audited(store: SqlStore) -> list[AuditEntry]:
    """Return the audit trail, the newest entry first."""
    with store.read() as work:
        return list(work.audit.list(Page()))
