"""Who is a person here, which login and password are good enough, and when may somebody try again?

Pure rules; sources are GB/T 22239-2019 8.1.4.1 (身份鉴别: complexity, limits on failed sign-ins), read as: twelve
characters of three kinds, and a pause that doubles from the fifth failure on. Never sees a database.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from triage.actors import Actor
from triage.areas import EVERYWHERE, may
from triage.errors import Conflict, Forbidden, Refused
from triage.ports import Work
from triage.records_people import Failures, Grant, User

ADMINISTRATOR = "administrator"
NOWHERE = "-"  # begins no division code: the area of somebody without any role
SCOPES: Mapping[str, str] = {
    "read": "查看用户可见的内容",
    "intake": "送入工单、地点和抓包",
    "act": "处理工单",
    "manage": "管理账号",
}

LEAST_PASSWORD, LONG_PASSWORD, MOST_PASSWORD = 12, 20, 128  # characters
_LEAST_KINDS = 3
_LEAST_DISTINCT = 5
_LEAST_OWN = 8  # characters besides the words that everybody tries
_TRIED_BY_EVERYBODY = re.compile(
    r"p[a@]ssw[o0]rd|admin|root|qwert(?:y|yuiop)?|asdf(?:ghjkl)?|zxcv(?:bnm)?|abcd?|1qaz|2wsx|china|mobile|cmcc|10086|"
    r"suyin|welcome|0?123456789|12345678?|1234|(.)\1{2,}"
)
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")

FREE_TRIES = 4
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(minutes=30)


def actor_of(user: User) -> Actor:
    """Return who acts where user does. Somebody without roles has the area NOWHERE, because no area would be all."""
    areas = frozenset(grant.area for grant in user.grants) or frozenset({NOWHERE})
    return Actor(
        user.id,
        frozenset(grant.role for grant in user.grants),
        frozenset() if EVERYWHERE in areas else areas,
        frozenset((grant.role, grant.area) for grant in user.grants),
    )


def fold_login(typed: str) -> str:
    """Return a login as it is compared: without blanks around it, in half width and small letters."""
    return unicodedata.normalize("NFKC", typed).strip().casefold()


def read_login(typed: str) -> str:
    """Return a login for a new account. Raises Refused."""
    login = fold_login(typed)
    if not _LOGIN.fullmatch(login):
        raise Refused("登录名应为 2 到 32 个小写字母、数字、点、横线或下划线，以字母或数字开头", "login")
    return login


def fold_password(password: str) -> str:
    """Return a password as it is hashed: typed on another keyboard it stays the same."""
    return unicodedata.normalize("NFKC", password)


def check_password(password: str, user: User) -> None:
    """Raise Refused where password is not good enough for user."""
    folded = fold_password(password)
    if not LEAST_PASSWORD <= len(folded) <= MOST_PASSWORD:
        raise Refused(f"口令应为 {LEAST_PASSWORD} 到 {MOST_PASSWORD} 个字符", "password")
    if _kinds(folded) < _LEAST_KINDS and len(folded) < LONG_PASSWORD:
        raise Refused(
            f"口令应包含大写字母、小写字母、数字、其他字符中的三种，或者不少于 {LONG_PASSWORD} 个字符", "password"
        )
    small = folded.casefold()
    if any(len(own) > 2 and own.casefold() in small for own in (user.login, user.name, user.phone)):
        raise Refused("口令不能包含登录名、姓名或电话", "password")
    if len(set(small)) < _LEAST_DISTINCT or len(_TRIED_BY_EVERYBODY.sub("", small)) < _LEAST_OWN:
        raise Refused("口令太常见，请换一个别人想不到的", "password")


def pause(failures: int) -> timedelta:
    """Return how long nobody may try after so many failures in a row: none after four, then 1, 2, 4 … 30 minutes."""
    if failures <= FREE_TRIES:
        return timedelta()
    doublings = min(failures - FREE_TRIES - 1, 10)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)


def paused_until(failures: Failures, now: datetime) -> datetime | None:
    """Return until when nobody may try; None where somebody may now."""
    if failures.last_at is None:
        return None
    until = failures.last_at + pause(failures.count)
    return until if now < until else None


def check_roles(grants: Sequence[Grant], known: Collection[str]) -> None:
    """Raise Refused where a role is not among the known ones."""
    for grant in grants:
        if grant.role not in known:
            raise Refused(f"没有角色 {grant.role}；可用的有 {'、'.join(sorted(known))}", "roles")


def check_in_charge(actor: Actor, grants: Sequence[Grant]) -> None:
    """Raise Forbidden unless actor is administrator wherever somebody with these grants may act."""
    if ADMINISTRATOR not in actor.roles:
        raise Forbidden("只有系统管理员可以管理账号")
    if not all(may(actor, ADMINISTRATOR, grant.area) for grant in grants):
        raise Forbidden("这个账号的角色超出您管理的区域，请找上级管理员")


def check_administrator_left(work: Work) -> None:
    """Raise Conflict where no active account is administrator everywhere any more."""
    if not any(Grant(ADMINISTRATOR) in user.grants for user in work.people.of_role(ADMINISTRATOR)):
        raise Conflict("至少要有一个启用的账号是全部区域的系统管理员，请先指定另一个")


def _kinds(password: str) -> int:
    found = {
        "upper" if c.isupper() else "lower" if c.islower() else "digit" if c.isdigit() else "other" for c in password
    }
    return len(found)
