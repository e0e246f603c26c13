"""Revoke what lets in as a user: one token or all, one session or all."""

from __future__ import annotations

from triage.actors import Actor
from triage.errors import NotFound
from triage.people import check_in_charge
from triage.people_means import PeopleMeans
from triage.ports import Work
from triage.records import AuditEntry


def revoke_tokens(means: PeopleMeans, user_id: str, token_id: str | None = None, *, actor: Actor) -> int:
    """Revoke one token of a user, or all; return how many were not revoked before.

    Raises NotFound where the user is unknown or has no such token, Forbidden.
    """
    at = means.now()
    with means.store.begin() as work:
        _check(work, user_id, actor)
        if token_id is not None and all(token.id != token_id for token in work.api_tokens.of(user_id)):
            raise NotFound("这个账号没有这个令牌；用 ./suyin user show 查看")
        revoked = work.api_tokens.revoke(user_id, at, token_id)
        detail = f"token/{token_id}" if token_id is not None else f"{revoked} tokens"
        work.audit.add(AuditEntry(at, actor.id, "revoke_tokens", f"user/{user_id}", detail))
    return revoked


def end_sessions(means: PeopleMeans, user_id: str, session_id: str | None = None, *, actor: Actor) -> int:
    """End one session of a user, or all; return how many were not ended before.

    Raises NotFound where the user is unknown or has no such session that still holds, Forbidden.
    """
    at = means.now()
    with means.store.begin() as work:
        _check(work, user_id, actor)
        ended = work.sessions.end(user_id, at, id_=session_id)
        if session_id is not None and not ended:
            raise NotFound("这个账号没有这个登录，或者它已经结束；用 ./suyin user show 查看")
        detail = f"session/{session_id}" if session_id is not None else f"{ended} sessions"
        work.audit.add(AuditEntry(at, actor.id, "end_sessions", f"user/{user_id}", detail))
    return ended


def _check(work: Work, user_id: str, actor: Actor) -> None:
    work.people.hold()
    user = work.people.get(user_id)
    if actor.id != user_id:
        check_in_charge(actor, user.grants)
