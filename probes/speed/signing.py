"""Is a message really from the platform, new, and seen for the first time?

HMAC-SHA256 over purpose, time, nonce and body, each on its own line; the time within WINDOW of ours; each nonce once.
What a nonce was used for need only be remembered as long as its time would still be taken.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Protocol

from probes.errors import ProbeMisconfigured, PushRefused

TIME_HEADER = "X-Suyin-Time"
NONCE_HEADER = "X-Suyin-Nonce"
SIGNATURE_HEADER = "X-Suyin-Signature"
WINDOW = timedelta(minutes=5)
SHORTEST_SECRET = 16
_NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)
_SECONDS = re.compile(r"[0-9]{1,12}", re.ASCII)
_YEAR_9999 = 253_370_764_800  # in seconds since 1970; what a datetime can still hold
_UNSIGNED = "签名不正确，请用约定的密钥按 docs/speed-probes.md 签名"


class Nonces(Protocol):
    """Who remembers the nonces that were used; over a restart and between processes, where there are several."""

    def use(self, nonce: str, until: datetime, at: datetime) -> bool:
        """Remember nonce until then; False where it is remembered already. at: now, UTC."""


class RecentNonces:
    """Nonces of one process, in memory. Never holds more than those of two windows."""

    def __init__(self) -> None:
        self._until: dict[str, datetime] = {}

    def use(self, nonce: str, until: datetime, at: datetime) -> bool:
        """Remember nonce until then; False where it is remembered already. at: now, UTC."""
        self._until = {known: end for known, end in self._until.items() if end >= at}
        if nonce in self._until:
            return False
        self._until[nonce] = until
        return True


def check_secret(secret: str, platform: str) -> bytes:
    """Return secret as bytes. Raises ProbeMisconfigured where it is shorter than SHORTEST_SECRET."""
    if len(secret) < SHORTEST_SECRET:
        raise ProbeMisconfigured(f"the {platform} secret has {len(secret)} letters; give {SHORTEST_SECRET} or more")
    return secret.encode()


def sign(secret: bytes, purpose: str, at: datetime, nonce: str, body: bytes) -> dict[str, str]:
    """Return the headers that sign a message. purpose: `push`, or method and path of a request."""
    seconds = str(int(at.timestamp()))
    return {
        TIME_HEADER: seconds,
        NONCE_HEADER: nonce,
        SIGNATURE_HEADER: _signature(secret, purpose, seconds, nonce, body),
    }


def verify(
    secret: bytes, purpose: str, headers: Mapping[str, str], body: bytes, *, nonces: Nonces, at: datetime
) -> None:
    """Raise PushRefused unless the message is signed, of now, and new. headers: names in any case; at: now, UTC."""
    given = {name.lower(): value for name, value in headers.items()}
    seconds, nonce, signature = (given.get(h.lower(), "") for h in (TIME_HEADER, NONCE_HEADER, SIGNATURE_HEADER))
    if not _SECONDS.fullmatch(seconds) or not _NONCE.fullmatch(nonce):
        raise PushRefused("signature", _UNSIGNED)
    expected = _signature(secret, purpose, seconds, nonce, body)
    if not hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace")):
        raise PushRefused("signature", _UNSIGNED)
    signed_at = datetime.fromtimestamp(min(int(seconds), _YEAR_9999), UTC)
    if abs(signed_at - at) > WINDOW:
        raise PushRefused("time", f"签名时间 {signed_at:%F %T} UTC 与本系统相差 5 分钟以上，请校时后重新签名")
    if not nonces.use(nonce, signed_at + WINDOW, at):
        raise PushRefused("replay", "这条消息已经收到过，请换一个随机数重新签名")


def _signature(secret: bytes, purpose: str, seconds: str, nonce: str, body: bytes) -> str:
    message = b"\n".join((purpose.encode(), seconds.encode(), nonce.encode(), body))
    return hmac.new(secret, message, hashlib.sha256).hexdigest()
