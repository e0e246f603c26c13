"""Add a user: who it is, what he may do where, and his first password.

The first account must be administrator everywhere, so that there is always somebody to manage the others. Audit names
the account by its id alone.
"""

from __future__ import annotations

from dataclasses import replace

from triage.actors import Actor
from triage.errors import Refused
from triage.people import ADMINISTRATOR, check_in_charge, check_password, check_roles, read_login
from triage.people_means import PeopleMeans
from triage.ports import Work
from triage.records import AuditEntry
from triage.records_people import Grant, User

_LONGEST_NAME, _LONGEST_CONTACT, _LONGEST_GROUP = 60, 200, 100


def add_user(means: PeopleMeans, user: User, password: str, *, actor: Actor) -> User:
    """Keep a new account and return it.

    user: what is wished; id and times are given here, and its login is folded. Raises Refused where a part cannot be
    used or the password is too weak, Forbidden where actor is not in charge, Conflict where the login is taken.
    """
    at = means.now()
    check_in_charge(actor, user.grants)
    wished = replace(
        user, id=means.new_id(), login=read_login(user.login), name=user.name.strip(), made_at=at, password_at=at
    )
    _check(means, wished)
    check_password(password, wished)
    hashed = means.passwords.hash(password)
    with means.store.begin() as work:
        work.people.hold()
        _check_first(work, wished)
        work.people.add(wished, hashed)
        work.audit.add(AuditEntry(at, actor.id, "add_user", f"user/{wished.id}", grants_text(wished.grants)))
        return work.people.get(wished.id)


def grants_text(grants: tuple[Grant, ...]) -> str:
    """Return grants as audit and people read them: `analyst@5101 supervisor`."""
    return " ".join(f"{grant.role}@{grant.area}" if grant.area else grant.role for grant in grants)


def check_groups(names: tuple[str, ...]) -> None:
    """Raise Refused where the name of a group is empty or too long."""
    if not all(name == name.strip() and 0 < len(name) <= _LONGEST_GROUP for name in names):
        raise Refused(f"组名应为 1 到 {_LONGEST_GROUP} 个字，前后没有空格", "groups")


def _check(means: PeopleMeans, user: User) -> None:
    if not 0 < len(user.name) <= _LONGEST_NAME or not user.name.isprintable():
        raise Refused(f"姓名应为 1 到 {_LONGEST_NAME} 个字", "name")
    for field in ("phone", "email"):
        value: str = getattr(user, field)
        if len(value) > _LONGEST_CONTACT or not value.isprintable():
            raise Refused(f"联系方式最多 {_LONGEST_CONTACT} 个字符，不含换行", field)
    check_roles(user.grants, means.roles)
    check_groups(user.groups)


def _check_first(work: Work, user: User) -> None:
    if not work.people.list() and not (user.active and Grant(ADMINISTRATOR) in user.grants):
        raise Refused("第一个账号必须是全部区域的系统管理员：--role administrator", "roles")
