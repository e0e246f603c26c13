"""What does the store remember of people, and of what they sign in with?

The values that triage/ports_people.py takes and gives, all frozen. Times are UTC and aware. A password, a token or
the secret of a session is in none of them. Never touches a database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


class Grant(NamedTuple):
    """One role within one area. area: the first 2, 4, 6 or 9 digits of a division code; "" for everywhere."""

    role: str
    area: str = ""


@dataclass(frozen=True, slots=True)
class User:
    """One person or service with an account.

    id: opaque and never used again; it is what history and audit name. login: small letters, digits, `.`, `_`, `-`.
    active: whether it lets anybody in. phone, email: where notices go, "" for none. groups: their names. grants: roles
    with their areas; none lets see nothing. must_change: whether the password must be changed at the next sign-in.
    password_at: when the password was set.
    """

    id: str
    login: str
    name: str
    active: bool
    must_change: bool
    made_at: datetime
    password_at: datetime
    phone: str = ""
    email: str = ""
    groups: tuple[str, ...] = ()
    grants: tuple[Grant, ...] = ()


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in on a device. seen_at: last use, exact to the minute. ended_at: when it was ended by somebody."""

    id: str
    user_id: str
    begun_at: datetime
    seen_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ApiToken:
    """What lets a program in as its user. scopes: names of triage/people.SCOPES. used_at: exact to the minute."""

    id: str
    user_id: str
    name: str
    scopes: frozenset[str]
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Failures:
    """Failed sign-ins under one login since the last good one. last_at: None where there was none."""

    count: int = 0
    last_at: datetime | None = None
