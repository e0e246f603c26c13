"""What can go wrong in the core?

SuyinError
├── ModelUnreadable   the wording model's file is damaged or of another form
├── SettingsInvalid   an environment variable cannot be used
├── CarrierFailed     a gateway, mail server or other system did not take a message
├── Forbidden         the person lacks the role for it
├── NotSignedIn       a login, password, session or token lets nobody in
│   └── TriedTooOften  signing in is paused under this login; says until when
├── Conflict          what was asked for does not fit what is under way or done already
│   └── NotNow        the ticket's lifecycle does not allow the step now; names what it allows
├── Refused           what was asked for cannot be done as it stands; names the field where there is one
└── NotFound          no such ticket, job, import or place
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime


class SuyinError(Exception):
    """Root of the core's errors; its sentence says what was wrong, where, and what to do."""


class ModelUnreadable(SuyinError):
    """The wording model's file is damaged or of another form."""


class SettingsInvalid(SuyinError):
    """An environment variable cannot be used."""


class CarrierFailed(SuyinError):
    """A gateway, mail server or other system did not take a message."""


class Forbidden(SuyinError):
    """The person lacks the role for it."""


class NotSignedIn(SuyinError):
    """A login, password, session or token lets nobody in; the sentence never says which part was wrong."""


class TriedTooOften(NotSignedIn):
    """Signing in is paused under this login. until: when it may be tried again, UTC."""

    def __init__(self, sentence: str, until: datetime) -> None:
        super().__init__(sentence)
        self.until = until


class NotFound(SuyinError):
    """No such ticket, job, import or place."""


class Conflict(SuyinError):
    """What was asked for does not fit what is under way or done already."""


class NotNow(Conflict):
    """The ticket's lifecycle does not allow the step now. allowed: event → label of what the person may do."""

    def __init__(self, sentence: str, allowed: Mapping[str, str]) -> None:
        super().__init__(sentence)
        self.allowed = allowed


class Refused(SuyinError):
    """What was asked for cannot be done as it stands. field: name of the input that is wrong, "" for the whole."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field
