"""What can go wrong in the rules room?

RulesError
├── RulesInvalid      a set of rules does not load; carries every problem, each with file and line
├── FactUnknown       a fact was given or asked for that facts.yaml does not name
├── FactNeeded        a table says `unknown: error` for an input and the fact is missing
├── ReplyIncomplete   a reply was to be rendered without a part it requires
├── RateUnreadable    a text is not a rate in bit/s
└── ArchiveInvalid    bytes are not an archive of a set of rules
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rules.problems import Problem


class RulesError(Exception):
    """Root of everything this package raises on purpose."""


class RulesInvalid(RulesError):
    """A set of rules does not load. problems: all of them, in order of file and line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.place))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class FactUnknown(RulesError):
    """facts.yaml does not name the fact. fact: its id as given."""

    def __init__(self, fact: str) -> None:
        self.fact = fact
        super().__init__(f"fact {fact} is not in facts.yaml; add it there or correct its name")


class FactNeeded(RulesError):
    """A table refuses to decide without the fact. table, fact: ids."""

    def __init__(self, table: str, fact: str) -> None:
        self.table, self.fact = table, fact
        super().__init__(f"table {table} cannot decide while {fact} is unknown; ask for it first")


class ReplyIncomplete(RulesError):
    """A reply lacks a part it requires. reply: id; parts: what is missing."""

    def __init__(self, reply: str, parts: tuple[str, ...]) -> None:
        self.reply, self.parts = reply, parts
        super().__init__(f"reply {reply} needs {'、'.join(parts)}; give a non-empty text for each")


class RateUnreadable(RulesError):
    """A text is not a rate. text: as given."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(
            f"速率 {text[:60]!r} 看不懂：请写成整数 bit/s，如 90000001，或带十进制倍数 k、M、G，如 90000.001k、90M；"
            "不能有正负号或单位（MB/s 不是 Mbit/s）"
        )


class ArchiveInvalid(RulesError):
    """The bytes are not an archive written by RuleSet.archive()."""
