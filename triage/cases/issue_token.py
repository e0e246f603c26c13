"""Issue a token, with which a program acts as a user within some scopes until a day. Its secret is shown once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from triage.actors import Actor
from triage.errors import Refused
from triage.people import SCOPES, check_in_charge
from triage.people_means import PeopleMeans
from triage.people_secrets import TOKEN_MARK, digest_of
from triage.records import AuditEntry
from triage.records_people import ApiToken

MOST_DAYS = 366
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Issued:
    """A token that was just issued. secret: what the program sends; it is kept nowhere."""

    token: ApiToken
    secret: str


def issue_token(
    means: PeopleMeans, user_id: str, name: str, scopes: Collection[str], days: int, *, actor: Actor
) -> Issued:
    """Issue a token that acts as a user. name: which program it is for. days: 1 to MOST_DAYS.

    Raises UnknownRecord, Refused, Forbidden where actor is neither the user nor in charge of him.
    """
    if not 0 < len(name.strip()) <= _LONGEST_NAME or not name.isprintable():
        raise Refused(f"令牌名称应为 1 到 {_LONGEST_NAME} 个字，说明给哪个程序使用", "name")
    if not scopes or not set(scopes) <= set(SCOPES):
        raise Refused(f"令牌范围应为 {'、'.join(SCOPES)} 中的一个或几个", "scopes")
    if not 1 <= days <= MOST_DAYS:
        raise Refused(f"令牌有效期应为 1 到 {MOST_DAYS} 天", "days")
    at, secret = means.now(), TOKEN_MARK + means.secret()
    token = ApiToken(means.new_id(), user_id, name.strip(), frozenset(scopes), at, at + timedelta(days=days))
    with means.store.begin() as work:
        work.people.hold()
        user = work.people.get(user_id)
        if actor.id != user_id:
            check_in_charge(actor, user.grants)
        if not user.active:
            raise Refused("账号已停用，请先解锁再发令牌", "user")
        work.api_tokens.add(token, digest_of(secret))
        detail = f"token/{token.id} {' '.join(sorted(scopes))} {days} days"
        work.audit.add(AuditEntry(at, actor.id, "issue_token", f"user/{user_id}", detail))
    return Issued(token, secret)
