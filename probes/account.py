"""Is the customer's account online, according to AAA?

The handbook checks this before every speed test (家宽投诉(报障)工单测速说明手册, parts 1 and 2). It knows 在线 and
不在线 only; what AAA really holds needs five answers. Values and the protocol; probes/account_sql.py asks a
radacct table. Never asks AAA to change anything: no CoA, no disconnect.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

AccountState = Literal["online", "stale", "offline", "unknown", "ambiguous"]
"""online: an open session that is fresh. stale: open sessions, none of them fresh. offline: no open session.
unknown: AAA could not be asked. ambiguous: the account fits users of several realms. The last two give no verdict."""

AccountCause = Literal[
    "fresh",  # open session, updated in time
    "unchecked",  # open session; this AAA sends no interim updates, so freshness cannot be known
    "silent",  # open session, its last update is too old
    "closed",  # there were sessions, all of them have ended
    "absent",  # AAA has never seen the account
    "realms",  # users of several realms fit
    "busy",  # the AAA database was locked, also after retries
    "down",  # the AAA database cannot be reached or read
    "invalid",  # the ticket's account is empty or not one account
]
STATE_OF: dict[AccountCause, AccountState] = {
    "fresh": "online",
    "unchecked": "online",
    "silent": "stale",
    "closed": "offline",
    "absent": "offline",
    "realms": "ambiguous",
    "busy": "unknown",
    "down": "unknown",
    "invalid": "unknown",
}


@dataclass(frozen=True, slots=True)
class Session:
    """One open session of AAA. username as AAA holds it; times UTC, None where AAA has none."""

    username: str
    started_at: datetime | None
    updated_at: datetime | None
    nas: str | None
    framed_ip: str | None
    fresh: bool | None  # None: freshness is not checked


@dataclass(frozen=True, slots=True)
class AccountReading:
    """What AAA said about an account at a time.

    account: as asked. reason: a Chinese sentence for the page. sessions: the open ones, the freshest first.
    warnings: Chinese sentences that do not change the state (一号多线, freshness unchecked).
    """

    account: str
    checked_at: datetime
    cause: AccountCause
    reason: str
    sessions: tuple[Session, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def state(self) -> AccountState:
        """Which of the five answers this is."""
        return STATE_OF[self.cause]

    @property
    def updated_at(self) -> datetime | None:
        """When AAA last heard of the freshest session."""
        return self.sessions[0].updated_at if self.sessions else None

    @property
    def nas(self) -> str | None:
        """The NAS of the freshest session."""
        return self.sessions[0].nas if self.sessions else None

    @property
    def framed_ip(self) -> str | None:
        """The address of the freshest session; a probe is aimed at it."""
        return self.sessions[0].framed_ip if self.sessions else None


class AccountCheck(Protocol):
    """Whoever can ask AAA."""

    def check(self, account: str, at: datetime) -> AccountReading:
        """Return what AAA says about account; at: now, UTC. A failure is a reading, never an exception."""


def fold(account: str) -> str:
    """Return account without case, outer spaces and realm (`@…`), as accounts are compared."""
    return account.strip().partition("@")[0].lower()


def same_account(one: str, other: str) -> bool:
    """Return whether two names mean one account: equal but for case, outer spaces and realm, and not empty."""
    return fold(one) == fold(other) != ""
