"""What can go wrong with the store?

StoreError (a SuyinError, see triage/errors.py)
├── UnknownTicket     no ticket has this id (also a NotFound)
├── UnknownRecord     no job, import or rule set has this id (also a NotFound)
├── DatabaseUnusable  the URL cannot be opened, or the database is older or newer than the program
└── BackupError       a backup cannot be written, read or trusted
    └── TargetNotEmpty  restoring would overwrite tickets
"""

from __future__ import annotations

from triage.errors import NotFound, SuyinError


class StoreError(SuyinError):
    """Root of the store's errors; the text is a sentence for people."""


class UnknownTicket(StoreError, NotFound):
    """No ticket has this id."""


class UnknownRecord(StoreError, NotFound):
    """No job, import or rule set has this id."""


class DatabaseUnusable(StoreError):
    """The database cannot be opened or has another schema than the program."""


class BackupError(StoreError):
    """A backup cannot be written, read or trusted."""


class TargetNotEmpty(BackupError):
    """Restoring would overwrite what is there."""
