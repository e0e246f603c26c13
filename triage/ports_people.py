"""What do the use cases ask about people: of the store, and of what hashes passwords? Protocols only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from triage.records_people import ApiToken, Failures, Grant, Session, User


class People(Protocol):
    """Accounts with their roles and groups."""

    def add(self, user: User, password_hash: str) -> None:
        """Keep a new account. Raises Conflict where its login is taken."""

    def get(self, id_: str) -> User:
        """Return an account. Raises UnknownRecord."""

    def find(self, login: str) -> User | None:
        """Return the account with a login, if there is one."""

    def list(self) -> tuple[User, ...]:
        """Return all accounts by login."""

    def of_role(self, role: str) -> tuple[User, ...]:
        """Return the active accounts that have a role anywhere, by login."""

    def hold(self) -> None:
        """Make others who would change accounts wait for the end of this transaction."""

    def password_hash(self, id_: str) -> str:
        """Return the hash of an account's password. Raises UnknownRecord."""

    def set_password(self, id_: str, password_hash: str, at: datetime, *, must_change: bool) -> None:
        """Replace the hash of an account's password. Raises UnknownRecord."""

    def rehash(self, id_: str, before: str, after: str) -> None:
        """Put a stronger hash of the same password in the place of one, unless the password was changed meanwhile."""

    def set_active(self, id_: str, active: bool) -> None:
        """Let an account in again, or no more. Raises UnknownRecord."""

    def set_grants(self, id_: str, grants: Sequence[Grant]) -> None:
        """Replace the roles of an account."""

    def set_groups(self, id_: str, names: Sequence[str]) -> None:
        """Replace the groups of an account; a group that is not there yet is made."""


class ApiTokens(Protocol):
    """Tokens of programs."""

    def add(self, token: ApiToken, digest: str) -> None:
        """Keep a new token under the digest of its secret."""

    def by_digest(self, digest: str) -> ApiToken | None:
        """Return the token whose secret has this digest."""

    def of(self, user_id: str) -> tuple[ApiToken, ...]:
        """Return all tokens of a user, the oldest first."""

    def revoke(self, user_id: str, at: datetime, id_: str | None = None) -> int:
        """Revoke one token of a user, or all; return how many were not revoked before."""

    def touch(self, id_: str, at: datetime) -> None:
        """Note that a token was used."""


class Sessions(Protocol):
    """Sign-ins on devices."""

    def add(self, session: Session, digest: str) -> None:
        """Keep a new session under the digest of its secret."""

    def by_digest(self, digest: str) -> Session | None:
        """Return the session whose secret has this digest."""

    def of(self, user_id: str) -> tuple[Session, ...]:
        """Return the sessions of a user that nobody ended, the oldest first."""

    def end(self, user_id: str, at: datetime, *, id_: str | None = None, but: str | None = None) -> int:
        """End one session of a user, or all but one; return how many were not ended before."""

    def touch(self, id_: str, at: datetime) -> None:
        """Note that a session was used."""

    def forget(self, before: datetime) -> int:
        """Erase sessions whose time was over before that; return how many."""


class LoginAttempts(Protocol):
    """Failed sign-ins, by what was typed as login; the typed text itself is not kept."""

    def hold(self, login: str, at: datetime) -> Failures:
        """Return the failures under a login, and make others who try it wait for the end of this transaction."""

    def fail(self, login: str, at: datetime) -> None:
        """Count one more failure; only after hold()."""

    def clear(self, login: str) -> None:
        """Forget the failures under a login."""

    def forget(self, before: datetime) -> int:
        """Erase failures whose last was before that; return how many logins."""


class Passwords(Protocol):
    """What hashes passwords. Both calls take a good part of a second, so no transaction is open meanwhile."""

    def hash(self, password: str) -> str:
        """Return a salted hash."""

    def fits(self, password: str, kept: str | None) -> tuple[bool, str | None]:
        """Say whether a password has a hash, and give a stronger hash where the kept one is outdated.

        kept: None where there is no such account; that takes as long and never fits.
        """
