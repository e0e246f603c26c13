"""Sign in with login and password, and sign out.

An attempt counts as failed before the password is compared, so that many at once cannot slip through the pause. A
login that nobody has is treated like any other: same sentence, same work, same pause. No transaction is open while a
password is compared, because that takes long.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.errors import NotSignedIn, TriedTooOften
from triage.people import fold_login, paused_until
from triage.people_means import PeopleMeans
from triage.people_secrets import digest_of
from triage.records import AuditEntry
from triage.records_people import Session, User

WRONG = "登录名或口令不对，或者账号已停用；忘记口令请找系统管理员"


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that was just opened. secret: what the browser sends from now on; it is kept nowhere."""

    user: User
    session: Session
    secret: str


@dataclass(frozen=True, slots=True)
class Proven:
    """A user who knows his password. kept: the hash that it fitted; stronger: one to keep instead, if any."""

    user: User
    kept: str
    stronger: str | None


def sign_in(means: PeopleMeans, login: str, password: str) -> Opened:
    """Open a session. Raises NotSignedIn, TriedTooOften; which part was wrong is never said."""
    proven = prove(means, login, password)
    at, id_ = means.now(), proven.user.id
    session = Session(means.new_id(), id_, at, at, at + means.longest)
    secret = means.secret()
    with means.store.begin() as work:
        work.people.hold()
        if work.people.password_hash(id_) != proven.kept or not work.people.get(id_).active:
            raise NotSignedIn(WRONG)  # changed or locked while the password was compared
        if proven.stronger is not None:
            work.people.rehash(id_, proven.kept, proven.stronger)
        work.sessions.add(session, digest_of(secret))
        work.audit.add(AuditEntry(at, id_, "sign_in", f"user/{id_}", f"session/{session.id}"))
    return Opened(proven.user, session, secret)


def prove(means: PeopleMeans, login: str, password: str) -> Proven:
    """Return the active user whose login and password these are. Raises NotSignedIn, TriedTooOften."""
    typed, at = fold_login(login), means.now()
    with means.store.begin() as work:
        until = paused_until(work.login_attempts.hold(typed, at), at)
        if until is not None:
            raise TriedTooOften(_wait(until - at), until)
        work.login_attempts.fail(typed, at)
        user = work.people.find(typed)
        kept = None if user is None else work.people.password_hash(user.id)
    fits, stronger = means.passwords.fits(password, kept)
    if user is None or kept is None or not fits or not user.active:
        _note_failure(means, user, at)
        raise NotSignedIn(WRONG)
    with means.store.begin() as work:
        work.login_attempts.clear(typed)
    return Proven(user, kept, stronger)


def sign_out(means: PeopleMeans, secret: str) -> None:
    """End the session of a secret; one that is over or unknown stays so."""
    at = means.now()
    with means.store.begin() as work:
        session = work.sessions.by_digest(digest_of(secret))
        if session is not None and work.sessions.end(session.user_id, at, id_=session.id):
            who = session.user_id
            work.audit.add(AuditEntry(at, who, "sign_out", f"user/{who}", f"session/{session.id}"))


def _note_failure(means: PeopleMeans, user: User | None, at: datetime) -> None:
    with means.store.begin() as work:
        if user is not None:
            work.audit.add(AuditEntry(at, user.id, "sign_in_failed", f"user/{user.id}"))


def _wait(left: timedelta) -> str:
    minutes = -(-left // timedelta(minutes=1))
    return f"登录失败次数过多，请 {minutes} 分钟后再试，或请系统管理员解锁"
