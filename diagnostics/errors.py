"""What can go wrong in the diagnostics room?

DiagnosticsError
├── CaptureUnreadable     a file is no capture that can be read; says what, where and what to do, in Chinese and English
└── EvidenceUnreadable    facts, findings or an answer for a fault tree that cannot be used; says which and what to do
"""

from __future__ import annotations


class DiagnosticsError(Exception):
    """Root of everything this package raises on purpose."""


class CaptureUnreadable(DiagnosticsError):
    """A file is no capture that can be read. sentence: Chinese, for staff. sentence_en: the same in English."""

    def __init__(self, sentence: str, sentence_en: str) -> None:
        self.sentence, self.sentence_en = sentence, sentence_en
        super().__init__(sentence_en)


class EvidenceUnreadable(DiagnosticsError):
    """Facts, findings or an answer for a fault tree that cannot be used. field: the fact or node, "" for the whole."""

    def __init__(self, sentence: str, field: str = "") -> None:
        self.field = field
        super().__init__(sentence)
