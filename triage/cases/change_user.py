"""Change a user: give roles and groups, lock and unlock. Every change is audited; one administrator always stays."""

from __future__ import annotations

from collections.abc import Sequence

from triage.actors import Actor
from triage.cases.add_user import check_groups, grants_text
from triage.people import check_administrator_left, check_in_charge, check_roles
from triage.people_means import PeopleMeans
from triage.records import AuditEntry
from triage.records_people import Grant, User


def give_roles(means: PeopleMeans, user_id: str, grants: Sequence[Grant], *, actor: Actor) -> User:
    """Replace the roles of a user and return him; none at all leaves him nothing to see.

    Raises UnknownRecord, Refused for an unknown role, Forbidden where actor is not in charge of what he has or gets,
    Conflict where nobody would be administrator any more.
    """
    wished = tuple(sorted(set(grants)))
    check_roles(wished, means.roles)
    at = means.now()
    with means.store.begin() as work:
        work.people.hold()
        before = work.people.get(user_id)
        check_in_charge(actor, (*before.grants, *wished))
        work.people.set_grants(user_id, wished)
        check_administrator_left(work)
        detail = f"{grants_text(before.grants) or '-'} → {grants_text(wished) or '-'}"
        work.audit.add(AuditEntry(at, actor.id, "give_roles", f"user/{user_id}", detail))
        return work.people.get(user_id)


def put_in_groups(means: PeopleMeans, user_id: str, groups: Sequence[str], *, actor: Actor) -> User:
    """Replace the groups of a user and return him. Raises UnknownRecord, Refused, Forbidden."""
    wished = tuple(sorted(set(groups)))
    check_groups(wished)
    at = means.now()
    with means.store.begin() as work:
        work.people.hold()
        before = work.people.get(user_id)
        check_in_charge(actor, before.grants)
        work.people.set_groups(user_id, wished)
        detail = f"{'、'.join(before.groups) or '-'} → {'、'.join(wished) or '-'}"
        work.audit.add(AuditEntry(at, actor.id, "put_in_groups", f"user/{user_id}", detail))
        return work.people.get(user_id)


def lock(means: PeopleMeans, user_id: str, *, actor: Actor) -> User:
    """Let a user in no more, end his sessions, and return him; his tokens let nobody in while he is locked.

    Raises UnknownRecord, Forbidden, Conflict where nobody would be administrator any more.
    """
    at = means.now()
    with means.store.begin() as work:
        work.people.hold()
        check_in_charge(actor, work.people.get(user_id).grants)
        work.people.set_active(user_id, False)
        check_administrator_left(work)
        ended = work.sessions.end(user_id, at)
        work.audit.add(AuditEntry(at, actor.id, "lock_user", f"user/{user_id}", f"{ended} sessions"))
        return work.people.get(user_id)


def unlock(means: PeopleMeans, user_id: str, *, actor: Actor) -> User:
    """Let a user in again, end the pause after failed sign-ins, and return him. Raises UnknownRecord, Forbidden."""
    at = means.now()
    with means.store.begin() as work:
        work.people.hold()
        user = work.people.get(user_id)
        check_in_charge(actor, user.grants)
        work.people.set_active(user_id, True)
        work.login_attempts.clear(user.login)
        work.audit.add(AuditEntry(at, actor.id, "unlock_user", f"user/{user_id}"))
        return work.people.get(user_id)
