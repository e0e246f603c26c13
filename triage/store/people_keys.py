"""How is kept what lets people and programs in: sessions, tokens, and how often somebody failed?

Sees digests of secrets only. Never decides who is let in.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from triage.records_people import ApiToken, Failures, Session
from triage.store.rows import clean
from triage.store.statements import insert_new
from triage.store.tables_people import api_tokens, login_attempts, sessions

_TOKEN = tuple(column for column in api_tokens.c if column.name != "digest")
_SESSION = tuple(column for column in sessions.c if column.name != "digest")


class SqlApiTokens:
    """The tokens of one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on connection."""
        self._connection = connection

    def add(self, token: ApiToken, digest: str) -> None:
        """Keep a new token under the digest of its secret."""
        row = {column.name: getattr(token, column.name) for column in _TOKEN}
        row |= {"name": clean(token.name), "scopes": " ".join(sorted(token.scopes)), "digest": digest}
        self._connection.execute(insert(api_tokens).values(row))

    def by_digest(self, digest: str) -> ApiToken | None:
        """Return the token whose secret has this digest."""
        found = self._connection.execute(select(*_TOKEN).where(api_tokens.c.digest == digest)).one_or_none()
        return None if found is None else _token(found)

    def of(self, user_id: str) -> tuple[ApiToken, ...]:
        """Return all tokens of a user, the oldest first."""
        statement = select(*_TOKEN).where(api_tokens.c.user_id == user_id)
        rows = self._connection.execute(statement.order_by(api_tokens.c.made_at, api_tokens.c.id))
        return tuple(_token(row) for row in rows)

    def revoke(self, user_id: str, at: datetime, id_: str | None = None) -> int:
        """Revoke one token of a user, or all; return how many were not revoked before."""
        which = (api_tokens.c.user_id == user_id) & api_tokens.c.revoked_at.is_(None)
        if id_ is not None:
            which &= api_tokens.c.id == clean(id_)
        return self._connection.execute(update(api_tokens).where(which).values(revoked_at=at)).rowcount

    def touch(self, id_: str, at: datetime) -> None:
        """Note that a token was used."""
        self._connection.execute(update(api_tokens).where(api_tokens.c.id == id_).values(used_at=at))


class SqlSessions:
    """The sessions of one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on connection."""
        self._connection = connection

    def add(self, session: Session, digest: str) -> None:
        """Keep a new session under the digest of its secret."""
        row = {column.name: getattr(session, column.name) for column in _SESSION}
        self._connection.execute(insert(sessions).values(digest=digest, **row))

    def by_digest(self, digest: str) -> Session | None:
        """Return the session whose secret has this digest."""
        found = self._connection.execute(select(*_SESSION).where(sessions.c.digest == digest)).one_or_none()
        return None if found is None else Session(**found._mapping)

    def of(self, user_id: str) -> tuple[Session, ...]:
        """Return the sessions of a user that nobody ended, the oldest first."""
        statement = select(*_SESSION).where(sessions.c.user_id == user_id, sessions.c.ended_at.is_(None))
        rows = self._connection.execute(statement.order_by(sessions.c.begun_at, sessions.c.id))
        return tuple(Session(**row._mapping) for row in rows)

    def end(self, user_id: str, at: datetime, *, id_: str | None = None, but: str | None = None) -> int:
        """End one session of a user, or all but one; return how many were not ended before."""
        which = (sessions.c.user_id == user_id) & sessions.c.ended_at.is_(None)
        if id_ is not None:
            which &= sessions.c.id == clean(id_)
        if but is not None:
            which &= sessions.c.id != but
        return self._connection.execute(update(sessions).where(which).values(ended_at=at)).rowcount

    def touch(self, id_: str, at: datetime) -> None:
        """Note that a session was used."""
        self._connection.execute(update(sessions).where(sessions.c.id == id_).values(seen_at=at))

    def forget(self, before: datetime) -> int:
        """Erase sessions whose time was over before that; return how many."""
        return self._connection.execute(delete(sessions).where(sessions.c.expires_at < before)).rowcount


class SqlLoginAttempts:
    """The failed sign-ins of one unit of work."""

    def __init__(self, connection: Connection, secret: bytes) -> None:
        """Work on connection; secret keys the hashes of logins."""
        self._connection = connection
        self._secret = secret

    def hold(self, login: str, at: datetime) -> Failures:
        """Return the failures under a login, and make others who try it wait for the end of this transaction."""
        key = self._key(login)
        insert_new(self._connection, login_attempts, [{"login_key": key, "failures": 0, "last_at": at}])
        wanted = select(login_attempts).where(login_attempts.c.login_key == key).with_for_update()
        row = self._connection.execute(wanted).one_or_none()
        return Failures(row.failures, row.last_at) if row is not None and row.failures else Failures()

    def fail(self, login: str, at: datetime) -> None:
        """Count one more failure; only after hold()."""
        mine = login_attempts.c.login_key == self._key(login)
        more = {"failures": login_attempts.c.failures + 1, "last_at": at}
        self._connection.execute(update(login_attempts).where(mine).values(more))

    def clear(self, login: str) -> None:
        """Forget the failures under a login."""
        mine = login_attempts.c.login_key == self._key(login)
        self._connection.execute(update(login_attempts).where(mine).values(failures=0))

    def forget(self, before: datetime) -> int:
        """Erase failures whose last was before that; return how many logins."""
        return self._connection.execute(delete(login_attempts).where(login_attempts.c.last_at < before)).rowcount

    def _key(self, login: str) -> str:
        return blake2b(clean(login).encode(), digest_size=32, key=self._secret).hexdigest()


def _token(row: Row[Any]) -> ApiToken:
    values = dict(row._mapping)
    return ApiToken(**values | {"scopes": frozenset(row.scopes.split())})
