"""Which requests of a capture were signed with this password? For an engineer who types one in; nothing is kept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from diagnostics.digest import signed_requests, verify_digest
from diagnostics.packets import Limits, open_capture
from diagnostics.signalling import read_signalling
from rules.ruleset import RuleSet


@dataclass(frozen=True, slots=True)
class DigestAnswer:
    """One signed request. right: whether the secret made its digest; None where that cannot be told."""

    frame: int
    call_id: str
    user: str
    realm: str
    right: bool | None


def check_digests(
    path: Path,
    rules: RuleSet,
    *,
    call_id: str | None = None,
    password: str | None = None,
    ha1: str | None = None,
    limits: Limits | None = None,
) -> tuple[DigestAnswer, ...]:
    """Return the signed requests of a capture's registrations, in order of time, each with whether the secret fits.

    call_id: only this registration. password in clear, or ha1 as hex; exactly one. Raises ValueError where neither or
    both are given, KeyError where there is no such registration, CaptureUnreadable.
    """
    limits = limits or Limits()
    with open_capture(path, limits) as capture:
        signalling = read_signalling(capture, limits, rules)
        wanted = [one for one in signalling.registrations if call_id in (None, one.id)]
        if call_id is not None and not wanted:
            raise KeyError(call_id)
        return tuple(
            DigestAnswer(
                signed.frame, registration.id, signed.fields.get("username", ""), signed.fields.get("realm", ""),
                verify_digest(signed, password=password, ha1=ha1),
            )
            for registration in wanted
            for signed in signed_requests(registration, signalling.traffic)
        )  # fmt: skip
