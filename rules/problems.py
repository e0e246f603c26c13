"""Where is what wrong with a set of rules? Problems are collected, so that one load names them all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple


class Place(NamedTuple):
    """A line of a rule file. file: path below content/, with forward slashes. line: from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. severity: `error` refuses to load, `note` is only reported."""

    place: Place
    sentence: str
    severity: Literal["error", "note"] = "error"

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}"


@dataclass(slots=True)
class Problems:
    """The problems found so far while a set is read."""

    found: list[Problem] = field(default_factory=list)

    def error(self, place: Place, sentence: str) -> None:
        """Record what keeps the set from loading."""
        self.found.append(Problem(place, sentence))

    def note(self, place: Place, sentence: str) -> None:
        """Record what a rule keeper should look at."""
        self.found.append(Problem(place, sentence, "note"))

    @property
    def errors(self) -> list[Problem]:
        """The problems that refuse the set."""
        return [problem for problem in self.found if problem.severity == "error"]
