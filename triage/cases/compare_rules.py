"""What would another set of rules decide differently? Both decide the same tickets; only differences are given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from triage.decide import Decider
from triage.decisions import Decision
from triage.tickets import Ticket

COMPARED = ("domain", "phenomenon", "specialty", "action", "centre", "priority", "escalation", "reply")


@dataclass(frozen=True, slots=True)
class Change:
    """One ticket that would be decided differently: the parts that differ, and the new reason for the action."""

    ticket: str
    before: Mapping[str, str | None]
    after: Mapping[str, str | None]
    because: str


def compare_rules(old: Decider, new: Decider, chunks: Iterable[Sequence[Ticket]]) -> Iterator[tuple[int, list[Change]]]:
    """Give for each chunk how many tickets were decided and what would change, in input order."""
    for chunk in chunks:
        pairs = zip(old.decide(chunk), new.decide(chunk), strict=True)
        found = (_change(before.decision, after.decision) for before, after in pairs)
        yield len(chunk), [change for change in found if change is not None]


def _change(before: Decision, after: Decision) -> Change | None:
    differing = [name for name in COMPARED if getattr(before, name) != getattr(after, name)]
    if not differing:
        return None
    because = next((r.sentence for r in after.why if r.rule.startswith("table.action#")), "")
    return Change(
        before.ticket,
        {name: getattr(before, name) for name in differing},
        {name: getattr(after, name) for name in differing},
        because,
    )
