"""How are passwords hashed, and secrets made and recognised? Argon2id by pwdlib; random secrets by SHA-256."""

from __future__ import annotations

import secrets
from functools import cached_property
from hashlib import sha256

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from triage.people import MOST_PASSWORD, fold_password

TOKEN_MARK = "suyin_"  # noqa: S105 - tells scanners of leaked secrets what it is; no secret itself
_MEMORY_KIB = 65_536


class Argon2Passwords:
    """Passwords under argon2id (RFC 9106, second recommended choice: 64 MiB, 3 passes, 4 lanes)."""

    def __init__(self, *, passes: int = 3, memory_kib: int = _MEMORY_KIB, lanes: int = 4) -> None:
        """Cost what the parameters say."""
        self._hasher = PasswordHash([Argon2Hasher(time_cost=passes, memory_cost=memory_kib, parallelism=lanes)])

    @cached_property
    def _nobodys(self) -> str:
        """A hash that no password has, and that takes as long to compare as everybody's."""
        return self._hasher.hash(secrets.token_urlsafe())

    def hash(self, password: str) -> str:
        """Return a salted hash."""
        return self._hasher.hash(_encoded(password))

    def fits(self, password: str, kept: str | None) -> tuple[bool, str | None]:
        """Say whether a password has a hash, and give a stronger hash where the kept one is outdated.

        kept: None where there is no such account; that takes as long and never fits.
        """
        tried = _encoded(password[: MOST_PASSWORD * 8])
        if kept is None:
            self._hasher.verify(tried, self._nobodys)
            return False, None
        try:
            return self._hasher.verify_and_update(tried, kept)
        except UnknownHashError:
            return False, None


def _encoded(password: str) -> bytes:
    return fold_password(password).encode("utf-8", "surrogatepass")


def new_secret() -> str:
    """Return a secret for a session or a token: 256 random bits, 43 characters."""
    return secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    """Return what is kept of a random secret. One pass is enough: nobody can try 2^256 of them."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
