"""Was a password right? Checks the digest of a request against a password or HA1 that an engineer types in.

Nothing is kept: the secret is an argument and the answer true, false or unknown. Source: RFC 2617 3.2.2, RFC 7616 3.4.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from diagnostics.headers import credentials
from diagnostics.registrations import Registration
from diagnostics.sip_messages import SipTraffic

_HASHES: dict[str, Callable[[bytes], str]] = {
    "md5": lambda data: hashlib.md5(data, usedforsecurity=False).hexdigest(),
    "sha-256": lambda data: hashlib.sha256(data).hexdigest(),
    "sha-512-256": lambda data: hashlib.new("sha512_256", data).hexdigest(),
}


@dataclass(frozen=True, slots=True)
class Signed:
    """What a digest was made of, all of it in clear in the capture. fields: of Authorization, by lower-case name."""

    frame: int
    method: str
    body: bytes
    fields: Mapping[str, str]


def signed_requests(registration: Registration, traffic: SipTraffic) -> list[Signed]:
    """Return the requests of a registration that carry a digest, in order of time; the capture must still be open."""
    found = []
    for transaction in registration.transactions:
        for message in transaction.requests[:1]:
            if message.credentials:
                head = traffic.read(message)
                line = head.first("authorization") or head.first("proxy-authorization")
                found.append(Signed(message.frame, message.method, head.body, credentials(line)))
    return found


def verify_digest(signed: Signed, *, password: str | None = None, ha1: str | None = None) -> bool | None:
    """Return whether a digest was made with a secret; None where it cannot be told (another algorithm, parts missing).

    password: in clear, or ha1: hex of H(user:realm:password). Exactly one. Raises ValueError where neither or both are
    given. AKA digests (RFC 3310) cannot be checked with a password and give None.
    """
    if (password is None) == (ha1 is None):
        raise ValueError("give either the password or HA1, not both and not neither")
    fields = signed.fields
    algorithm = fields.get("algorithm", "md5").lower()
    session = algorithm.endswith("-sess")
    hashed = _HASHES.get(algorithm.removesuffix("-sess"))
    needed = ("username", "realm", "nonce", "uri", "response")
    if hashed is None or fields.get("scheme") != "digest" or any(name not in fields for name in needed):
        return None
    secret = ha1.lower() if ha1 is not None else hashed(f"{fields['username']}:{fields['realm']}:{password}".encode())
    if session:
        secret = hashed(f"{secret}:{fields['nonce']}:{fields.get('cnonce', '')}".encode())
    quality = fields.get("qop", "")
    request = f"{signed.method}:{fields['uri']}"
    if quality == "auth-int":
        request += f":{hashed(signed.body)}"
    middle = [fields["nonce"]]
    if quality:
        middle += [fields.get("nc", ""), fields.get("cnonce", ""), quality]
    expected = hashed(":".join((secret, *middle, hashed(request.encode()))).encode())
    return hmac.compare_digest(expected, fields["response"].lower())
