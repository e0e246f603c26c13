"""Let captures go whose time is over: the diagnosis, and the file where nothing else needs it."""

from __future__ import annotations

from datetime import datetime

from triage.actors import SYSTEM
from triage.ports import Store
from triage.records import AuditEntry
from triage.uploads import Uploads


def expire_captures(store: Store, uploads: Uploads, at: datetime) -> int:
    """Delete what expired before at; return how many files went. A file that an import needs stays."""
    with store.begin() as work:
        unneeded = [
            hash_
            for hash_ in work.captures.expire(at)
            if work.imports.of_content("tickets", hash_) is None and work.imports.of_content("places", hash_) is None
        ]
        if unneeded:
            work.audit.add(AuditEntry(at, SYSTEM.id, "expire_captures", "captures", str(len(unneeded))))
    for hash_ in unneeded:
        uploads.path(hash_).unlink(missing_ok=True)
    return len(unneeded)
