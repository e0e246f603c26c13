"""Change a password: one's own by knowing the old one, somebody else's by being in charge of him.

All other sessions end with it. Tokens stay: they are secrets of their own, and are revoked by name.
"""

from __future__ import annotations

from triage.actors import Actor
from triage.cases.sign_in import WRONG, prove
from triage.errors import NotSignedIn, Refused
from triage.people import check_in_charge, check_password, fold_password
from triage.people_means import PeopleMeans
from triage.records import AuditEntry
from triage.records_people import User


def change_password(means: PeopleMeans, user: User, old: str, new: str, *, session_id: str | None = None) -> None:
    """Replace a user's own password. session_id: the session that stays.

    Raises NotSignedIn where old is wrong, TriedTooOften, Refused where new is too weak or no other.
    """
    check_password(new, user)
    if fold_password(new) == fold_password(old):
        raise Refused("新口令不能与旧口令相同", "password")
    proven = prove(means, user.login, old)
    hashed = means.passwords.hash(new)
    at = means.now()
    with means.store.begin() as work:
        work.people.hold()
        if work.people.password_hash(user.id) != proven.kept:
            raise NotSignedIn(WRONG)  # somebody else changed it meanwhile
        work.people.set_password(user.id, hashed, at, must_change=False)
        ended = work.sessions.end(user.id, at, but=session_id)
        work.audit.add(AuditEntry(at, user.id, "change_password", f"user/{user.id}", f"{ended} sessions ended"))


def set_password(means: PeopleMeans, user_id: str, new: str, *, temporary: bool, actor: Actor) -> None:
    """Give a user a new password, and end the pause after failed sign-ins.

    temporary: whether he must change it at the next sign-in. Raises UnknownRecord, Refused, Forbidden.
    """
    with means.store.read() as work:
        check_password(new, work.people.get(user_id))
    hashed = means.passwords.hash(new)
    at = means.now()
    with means.store.begin() as work:
        work.people.hold()
        user = work.people.get(user_id)
        check_in_charge(actor, user.grants)
        work.people.set_password(user_id, hashed, at, must_change=temporary)
        work.login_attempts.clear(user.login)
        ended = work.sessions.end(user_id, at)
        detail = f"{'temporary, ' if temporary else ''}{ended} sessions ended"
        work.audit.add(AuditEntry(at, actor.id, "set_password", f"user/{user_id}", detail))
