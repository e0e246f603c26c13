"""Which tickets would another set of rules decide differently? Printed ticket by ticket, with a count at the end."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path

from rich.console import Console

from rules.ruleset import RuleSet
from triage import wiring
from triage.cases.compare_rules import Change, compare_rules
from triage.cases.take_in import CHUNK
from triage.intake import read_file
from triage.tickets import Ticket


def decided_differently(old: RuleSet, new: RuleSet, files: Sequence[Path], *, as_json: bool) -> None:
    """Decide the tickets of files by both sets, over the stored places, and print what differs."""
    out, err = Console(highlight=False, soft_wrap=True), Console(stderr=True, highlight=False)
    chosen = wiring.settings()
    with closing(wiring.open_store(chosen)) as store:
        before, after = (wiring.open_decider_by(chosen, store, rules) for rules in (old, new))
        tickets = changed = 0
        for count, changes in compare_rules(before, after, _chunks(files)):
            tickets, changed = tickets + count, changed + len(changes)
            for change in changes:
                out.print(_json(change) if as_json else _line(change), markup=False)
    err.print(f"{changed} of {tickets} tickets would be decided differently")


def _chunks(files: Sequence[Path]) -> Iterator[list[Ticket]]:
    rows = (row for file in files for row in read_file(file) if isinstance(row, Ticket))
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def _line(change: Change) -> str:
    parts = (f"{name}: {change.before[name] or '—'} → {change.after[name] or '—'}" for name in change.before)
    return f"{change.ticket}  {'；'.join(parts)}（{change.because}）"


def _json(change: Change) -> str:
    record = {"ticket": change.ticket, "before": dict(change.before), "after": dict(change.after)}
    return json.dumps(record | {"because": change.because}, ensure_ascii=False)
