"""How is a ticket named to the outside, without telling who it is about?

The id is a keyed hash of the upstream key: nobody can guess it, the same ticket always has the same one, and a
bulk import needs no look-up. Never reads a database.
"""

from __future__ import annotations

import base64
import secrets
from hashlib import blake2b

_BYTES = 12  # 96 bits: 20 base32 characters, no collision to be expected below 10^12 tickets


def ticket_id(secret: bytes, source: str, number: str) -> str:
    """Return the opaque id of the ticket: 20 characters a to z and 2 to 7.

    secret: the installation's, 16 to 64 bytes. source, number: the upstream key of the ticket.
    """
    key = f"{source}\0{number}".encode("utf-8", "surrogatepass")
    digest = blake2b(key, digest_size=_BYTES, key=secret).digest()
    return base64.b32encode(digest).decode("ascii").rstrip("=").lower()


def new_id() -> str:
    """Return a random id for a job or an import: 26 characters a to z and 2 to 7."""
    return base64.b32encode(secrets.token_bytes(16)).decode("ascii").rstrip("=").lower()


def new_secret() -> bytes:
    """Return a secret for a new installation: 32 random bytes."""
    return secrets.token_bytes(32)
