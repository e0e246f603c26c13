"""Recognise who sends a request, by the secret of a session or of a token. Never compares a password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.actors import Actor
from triage.errors import NotSignedIn
from triage.people import SCOPES, actor_of
from triage.people_means import PeopleMeans
from triage.people_secrets import digest_of
from triage.ports import Work
from triage.records_people import ApiToken, Session, User

_SEEN_EVERY = timedelta(minutes=1)  # exact enough, and spares a write a request
_OVER = "登录已失效，请重新登录"
_REVOKED = "令牌无效、已过期或已撤销，请向系统管理员申请新的令牌"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who was recognised. scopes: what the request may be for; all of them for a session.

    session_id: None for a token. must_change: whether the password must be changed before anything else.
    """

    user: User
    actor: Actor
    scopes: frozenset[str]
    session_id: str | None
    must_change: bool


def by_session(means: PeopleMeans, secret: str) -> SignedIn:
    """Return whose session a secret belongs to. Raises NotSignedIn where it is unknown, over, idle, or ended."""
    at = means.now()
    with means.store.read() as work:
        session = work.sessions.by_digest(digest_of(secret))
        if session is None or not _holds(session, at, means.idle):
            raise NotSignedIn(_OVER)
        user = _active(work, session.user_id, _OVER)
    if at - session.seen_at >= _SEEN_EVERY:
        with means.store.begin() as work:
            work.sessions.touch(session.id, at)
    return SignedIn(user, actor_of(user), frozenset(SCOPES), session.id, user.must_change)


def by_token(means: PeopleMeans, secret: str) -> SignedIn:
    """Return whose token a secret belongs to. Raises NotSignedIn where it is unknown, over or revoked."""
    at = means.now()
    with means.store.read() as work:
        token = work.api_tokens.by_digest(digest_of(secret))
        if token is None or token.revoked_at is not None or at >= token.expires_at:
            raise NotSignedIn(_REVOKED)
        user = _active(work, token.user_id, _REVOKED)
    if _stale(token, at):
        with means.store.begin() as work:
            work.api_tokens.touch(token.id, at)
    return SignedIn(user, actor_of(user), token.scopes, None, False)


def _holds(session: Session, at: datetime, idle: timedelta) -> bool:
    return session.ended_at is None and at < session.expires_at and at < session.seen_at + idle


def _stale(token: ApiToken, at: datetime) -> bool:
    return token.used_at is None or at - token.used_at >= _SEEN_EVERY


def _active(work: Work, user_id: str, sentence: str) -> User:
    user = work.people.get(user_id)
    if not user.active:
        raise NotSignedIn(sentence)
    return user
