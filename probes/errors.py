"""What can go wrong before a live system is asked?

ProbesError
├── ProbeMisconfigured   a setting of a probe cannot be used: a URL, a secret, a folder, a limit
└── PushRefused          a pushed result is not taken: unsigned, too old, seen before, unreadable

A live system that fails, answers nonsense or is not there raises nothing: the reading says so with its reason.
"""

from __future__ import annotations

from typing import Literal

Refusal = Literal["signature", "time", "replay", "content"]


class ProbesError(Exception):
    """Root of everything this package raises on purpose."""


class ProbeMisconfigured(ProbesError):
    """A setting of a probe cannot be used; the sentence says which one and what it looks like."""


class PushRefused(ProbesError):
    """A pushed result is not taken. why: signature | time | replay | content."""

    def __init__(self, why: Refusal, sentence: str) -> None:
        self.why = why
        super().__init__(sentence)
