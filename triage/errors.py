"""What can go wrong in the core?

SuyinError
├── ModelUnreadable   the wording model's file is damaged or of another form
├── SettingsInvalid   an environment variable cannot be used
├── Forbidden         the person lacks the role for it
├── Conflict          what was asked for does not fit what is under way or done already
├── Refused           what was asked for cannot be done as it stands; names the field where there is one
└── NotFound          no such ticket, job, import or place
"""

from __future__ import annotations


class SuyinError(Exception):
    """Root of the core's errors; its sentence says what was wrong, where, and what to do."""


class ModelUnreadable(SuyinError):
    """The wording model's file is damaged or of another form."""


class SettingsInvalid(SuyinError):
    """An environment variable cannot be used."""


class Forbidden(SuyinError):
    """The person lacks the role for it."""


class NotFound(SuyinError):
    """No such ticket, job, import or place."""


class Conflict(SuyinError):
    """What was asked for does not fit what is under way or done already."""


class Refused(SuyinError):
    """What was asked for cannot be done as it stands. field: name of the input that is wrong, "" for the whole."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field
