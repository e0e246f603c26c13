"""Forget sessions and failed sign-ins that nobody needs any more. Done by the worker; the audit trail keeps its own."""

from __future__ import annotations

from datetime import datetime, timedelta

from triage.ports import Store

KEPT = timedelta(days=30)


def forget_sign_ins(store: Store, at: datetime) -> int:
    """Erase sessions that were over, and failures whose last was, more than KEPT before at; return how many went."""
    before = at - KEPT
    with store.begin() as work:
        return work.sessions.forget(before) + work.login_attempts.forget(before)
