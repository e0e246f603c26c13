"""How are accounts, their roles and their groups kept? Never sees a password, and never decides who may do what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, insert, select, update

from triage.errors import Conflict
from triage.records_people import Grant, User
from triage.store.errors import UnknownRecord
from triage.store.ids import new_id
from triage.store.rows import clean
from triage.store.statements import insert_new
from triage.store.tables import installation
from triage.store.tables_people import group_members, groups, user_roles, users

_SHOWN = tuple(column for column in users.c if column.name != "password_hash")
_MISSING = "没有这个账号；用 ./suyin user list 查看全部账号"


class SqlPeople:
    """The accounts of one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on connection."""
        self._connection = connection

    def add(self, user: User, password_hash: str) -> None:
        """Keep a new account; only after hold(). Raises Conflict where its login is taken."""
        if self.find(user.login) is not None:
            raise Conflict(f"登录名 {user.login} 已有人使用，请换一个")
        row = {column.name: getattr(user, column.name) for column in _SHOWN}
        row |= {"name": clean(user.name), "phone": clean(user.phone), "email": clean(user.email)}
        self._connection.execute(insert(users).values(password_hash=password_hash, **row))
        self.set_grants(user.id, user.grants)
        self.set_groups(user.id, user.groups)

    def get(self, id_: str) -> User:
        """Return an account. Raises UnknownRecord."""
        found = self._read(select(*_SHOWN).where(users.c.id == id_))
        if not found:
            raise UnknownRecord(_MISSING)
        return found[0]

    def find(self, login: str) -> User | None:
        """Return the account with a login, if there is one."""
        found = self._read(select(*_SHOWN).where(users.c.login == clean(login)))
        return found[0] if found else None

    def list(self) -> tuple[User, ...]:
        """Return all accounts by login."""
        return self._read(select(*_SHOWN).order_by(users.c.login))

    def of_role(self, role: str) -> tuple[User, ...]:
        """Return the active accounts that have a role anywhere, by login."""
        having = select(user_roles.c.user_id).where(user_roles.c.role == role)
        return self._read(select(*_SHOWN).where(users.c.active, users.c.id.in_(having)).order_by(users.c.login))

    def hold(self) -> None:
        """Make others who would change accounts wait for the end of this transaction."""
        self._connection.execute(select(installation.c.one).with_for_update())

    def password_hash(self, id_: str) -> str:
        """Return the hash of an account's password. Raises UnknownRecord."""
        found: str | None = self._connection.scalar(select(users.c.password_hash).where(users.c.id == id_))
        if found is None:
            raise UnknownRecord(_MISSING)
        return found

    def set_password(self, id_: str, password_hash: str, at: datetime, *, must_change: bool) -> None:
        """Replace the hash of an account's password. Raises UnknownRecord."""
        self._change(id_, password_hash=password_hash, password_at=at, must_change=must_change)

    def rehash(self, id_: str, before: str, after: str) -> None:
        """Put a stronger hash of the same password in the place of one, unless the password was changed meanwhile."""
        same = (users.c.id == id_) & (users.c.password_hash == before)
        self._connection.execute(update(users).where(same).values(password_hash=after))

    def set_active(self, id_: str, active: bool) -> None:
        """Let an account in again, or no more. Raises UnknownRecord."""
        self._change(id_, active=active)

    def set_grants(self, id_: str, grants: Sequence[Grant]) -> None:
        """Replace the roles of an account."""
        self._connection.execute(delete(user_roles).where(user_roles.c.user_id == id_))
        rows = [{"user_id": id_, "role": grant.role, "area": grant.area} for grant in grants]
        insert_new(self._connection, user_roles, rows)

    def set_groups(self, id_: str, names: Sequence[str]) -> None:
        """Replace the groups of an account; a group that is not there yet is made."""
        wanted = sorted({clean(name) for name in names})
        insert_new(self._connection, groups, [{"id": new_id(), "name": name} for name in wanted])
        ids = self._connection.scalars(select(groups.c.id).where(groups.c.name.in_(wanted))).all()
        self._connection.execute(delete(group_members).where(group_members.c.user_id == id_))
        insert_new(self._connection, group_members, [{"group_id": group, "user_id": id_} for group in ids])

    def _change(self, id_: str, **values: object) -> None:
        if self._connection.execute(update(users).where(users.c.id == id_).values(**values)).rowcount == 0:
            raise UnknownRecord(_MISSING)

    def _read(self, statement: Select[Any]) -> tuple[User, ...]:
        rows = self._connection.execute(statement).all()
        ids = [row.id for row in rows]
        grants: defaultdict[str, list[Grant]] = defaultdict(list)
        held = select(user_roles).where(user_roles.c.user_id.in_(ids)).order_by(user_roles.c.role, user_roles.c.area)
        for row in self._connection.execute(held):
            grants[row.user_id].append(Grant(row.role, row.area))
        named: defaultdict[str, list[str]] = defaultdict(list)
        member = select(group_members.c.user_id, groups.c.name).join(groups, groups.c.id == group_members.c.group_id)
        for row in self._connection.execute(member.where(group_members.c.user_id.in_(ids)).order_by(groups.c.name)):
            named[row.user_id].append(row.name)
        return tuple(User(**row._mapping, groups=tuple(named[row.id]), grants=tuple(grants[row.id])) for row in rows)
