"""How is a ticket named to the outside, without telling who it is about?

The id is a keyed hash of the upstream key: nobody can guess it, the same ticket always has the same one, and a
bulk import needs no look-up. Never reads a database.
"""

from __future__ import annotations

import base64
import secrets
from hashlib import blake2b

_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
# The letters of each 10 bits; base64 takes twice as long.
_PAIRS = tuple(first + second for first in _LETTERS for second in _LETTERS)
_SHIFTS = range(90, -1, -10)
_BYTES = 12  # 96 bits: 20 base32 characters, no collision to be expected below 10^12 tickets


def ticket_id(secret: bytes, source: str, number: str) -> str:
    """Return the opaque id of the ticket: 20 characters a to z and 2 to 7.

    secret: the installation's, 16 to 64 bytes. source, number: the upstream key of the ticket.
    """
    key = f"{source}\0{number}".encode("utf-8", "surrogatepass")
    digest = blake2b(key, digest_size=_BYTES, key=secret).digest()
    bits = int.from_bytes(digest, "big") << 4  # base32 pads the last letter with zeros
    return "".join([_PAIRS[bits >> shift & 1023] for shift in _SHIFTS])


def new_id() -> str:
    """Return a random id for a job or an import: 26 characters a to z and 2 to 7."""
    return base64.b32encode(secrets.token_bytes(16)).decode("ascii").rstrip("=").lower()


def new_secret() -> bytes:
    """Return a secret for a new installation: 32 random bytes."""
    return secrets.token_bytes(32)
