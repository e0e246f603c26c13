"""What can be wrong with a whole file?

IntakeError                 root; file, what is wrong, what to do
├── NotAFileError           a directory, a missing or an unreadable path
├── EmptyFileError          nothing in it
├── UnknownFormatError      none of XML, XLSX, CSV, JSON
├── NoHeaderError           a table without a recognisable header row
├── BrokenFileError         the format is known, the content cannot be read on
├── TooLargeError           more rows or more unpacked bytes than the caps allow
├── ForbiddenError          a document type, an entity or another construct that is never read
└── MappingError            a field mapping names what does not exist; every problem with its line

A single row that cannot be read is no error: it is a `triage.tickets.Reject`, and the rest goes on.
"""

from __future__ import annotations


class IntakeError(Exception):
    """A file that cannot be read at all. file: its path; what: what is wrong; do: what a person can do."""

    def __init__(self, file: str, what: str, do: str) -> None:
        super().__init__(f"{file}：{what}。{do}。")
        self.file = file
        self.what = what
        self.do = do


class NotAFileError(IntakeError):
    """The path is a directory, does not exist or may not be read."""


class EmptyFileError(IntakeError):
    """There is nothing in the file."""


class UnknownFormatError(IntakeError):
    """The content is none of the formats that can be read."""


class NoHeaderError(IntakeError):
    """No row near the top names the fields of a ticket."""


class BrokenFileError(IntakeError):
    """The format was recognised, and the content breaks off or contradicts it."""


class TooLargeError(IntakeError):
    """The file holds more than the caps allow."""


class ForbiddenError(IntakeError):
    """The file uses a construct that is refused for safety: a document type or an entity."""


class MappingError(IntakeError):
    """The field mapping cannot be used; `what` lists every problem as file:line: sentence."""
