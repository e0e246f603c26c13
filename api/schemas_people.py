"""How do accounts look in JSON? Without anything that lets in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel

from triage.records_people import ApiToken, Session, User


class GrantOut(BaseModel):
    """One role within one area; area is the beginning of a division code, empty for everywhere."""

    role: str
    area: str


class UserOut(BaseModel):
    """One account."""

    id: str
    login: str
    name: str
    active: bool
    must_change: bool
    phone: str
    email: str
    groups: list[str]
    roles: list[GrantOut]
    made_at: datetime
    password_at: datetime

    @classmethod
    def of(cls, user: User) -> UserOut:
        """Return how an account looks."""
        return cls.model_validate(_values(user))


class TokenOut(BaseModel):
    """One token without its secret."""

    id: str
    name: str
    scopes: list[str]
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    used_at: datetime | None

    @classmethod
    def of(cls, token: ApiToken) -> TokenOut:
        """Return how a token looks."""
        return cls(
            id=token.id, name=token.name, scopes=sorted(token.scopes), made_at=token.made_at,
            expires_at=token.expires_at, revoked_at=token.revoked_at, used_at=token.used_at,
        )  # fmt: skip


class SessionOut(BaseModel):
    """One sign-in that nobody ended."""

    id: str
    begun_at: datetime
    seen_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, session: Session) -> SessionOut:
        """Return how a session looks."""
        return cls(id=session.id, begun_at=session.begun_at, seen_at=session.seen_at, expires_at=session.expires_at)


class UserWhole(UserOut):
    """One account with its tokens and sessions."""

    tokens: list[TokenOut]
    sessions: list[SessionOut]

    @classmethod
    def with_keys(cls, user: User, tokens: Sequence[ApiToken], sessions: Sequence[Session]) -> UserWhole:
        """Return how an account looks with what lets in as it."""
        keys = {
            "tokens": [TokenOut.of(token) for token in tokens],
            "sessions": [SessionOut.of(session) for session in sessions],
        }
        return cls.model_validate(_values(user) | keys)


def _values(user: User) -> dict[str, object]:
    shown = ("id", "login", "name", "active", "must_change", "phone", "email", "made_at", "password_at")
    roles = [GrantOut(role=grant.role, area=grant.area) for grant in user.grants]
    return {name: getattr(user, name) for name in shown} | {"groups": list(user.groups), "roles": roles}
