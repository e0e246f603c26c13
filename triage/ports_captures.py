"""What do the use cases ask of the store about captures, and of the analyser? Protocols only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from triage.actors import Actor
from triage.records import Page
from triage.records_captures import Attachment, Capture, CaptureOutcome

if TYPE_CHECKING:  # its compiled libraries take a second to import, and every port would pay for them
    from diagnostics.digest_check import DigestAnswer


class Captures(Protocol):
    """Captures; every reading says for whom, and what he may not see is not there."""

    def add(self, capture: Capture) -> None:
        """Keep a new capture."""

    def get(self, id_: str, actor: Actor) -> Capture:
        """Return a capture that actor may see. Raises UnknownRecord, also where he may not."""

    def of_content(self, content_hash: str, owner: str) -> Capture | None:
        """Return owner's newest capture with this content that still has its file and is no duplicate itself."""

    def list(self, actor: Actor, page: Page) -> tuple[tuple[Capture, ...], int]:
        """Return one page of the captures that actor may see, the newest first, and how many there are."""

    def settle(
        self, id_: str, outcome: CaptureOutcome, message: str, verdict: str | None, document: Mapping[str, Any] | None
    ) -> None:
        """Note what reading the capture gave. Raises UnknownRecord."""

    def attach(self, attachment: Attachment) -> None:
        """Make a capture evidence of a ticket; again is no change."""

    def attached_to(self, ticket_id: str, actor: Actor) -> tuple[Capture, ...]:
        """Return the captures of a ticket that actor may see, the oldest first."""

    def expire(self, before: datetime) -> tuple[str, ...]:
        """Let go of all captures whose time ended before that; return the hashes of files that no capture needs now."""


@dataclass(frozen=True, slots=True)
class CaptureRead:
    """What reading a file gave. message: a sentence where it was not read. document: the diagnosis as JSON values."""

    outcome: Literal["read", "unreadable", "timed_out"]
    message: str
    verdict: str | None
    document: Mapping[str, Any] | None


ReadCapture = Callable[[Path, str, Callable[[int, int | None], None]], CaptureRead]
"""Reads the file at a path, which people know by a name, saying how far it is."""

CutCall = Callable[[Path, str, Path], int]
"""Writes the packets of one call of a capture to another file; returns how many. Raises KeyError: no such call."""


class CheckSecret(Protocol):
    """Tells which signed requests of a capture a secret fits; keeps nothing of it."""

    def __call__(
        self, path: Path, call_id: str | None, *, password: str | None, ha1: str | None
    ) -> tuple[DigestAnswer, ...]:
        """Return the signed requests. password or ha1, exactly one. Raises KeyError: no such registration."""


@dataclass(frozen=True, slots=True)
class CaptureTools:
    """What is done with the packets of an upload while a person waits. cut: one call out. check: a secret tried."""

    cut: CutCall
    check: CheckSecret
