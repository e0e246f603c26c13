"""What does the store remember of captures? Frozen values; times are UTC. Never reads a packet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

CaptureOutcome = Literal["waiting", "read", "unreadable", "duplicate", "timed_out"]


@dataclass(frozen=True, slots=True)
class Capture:
    """One upload of a capture by one person.

    The file itself is kept once by content_hash (sha256 hex); the upload, its owner and its areas are its own, so that
    nobody learns that someone elsewhere has uploaded the same file. areas: division codes of the owner, empty for all.
    job: the id of the job that reads it, "" for a duplicate. message: a sentence for people where it was not read.
    duplicate_of: the same owner's earlier upload of the same file. verdict: code of the main finding.
    document: the diagnosis as the command line prints it, None until read. gone: its file has been deleted by policy.
    """

    id: str
    owner: str
    areas: tuple[str, ...]
    file: str
    content_hash: str
    size: int
    uploaded_at: datetime
    expires_at: datetime
    job: str
    outcome: CaptureOutcome
    message: str = ""
    duplicate_of: str | None = None
    verdict: str | None = None
    document: Mapping[str, Any] | None = None
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Attachment:
    """A capture that belongs to a ticket's evidence."""

    capture_id: str
    ticket_id: str
    at: datetime
    actor: str
