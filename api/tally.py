"""What did a run of triage do? Counts for the summary at its end; prints, decides nothing."""

from __future__ import annotations

from collections import Counter

from rich.console import Console
from rich.table import Table

from triage.cases.take_in import Taken
from triage.decisions import Decision
from triage.names import ACTIONS, DOMAINS
from triage.tickets import Reject


class Tally:
    """What a run did, counted for the summary."""

    def __init__(self) -> None:
        """Start from nothing."""
        self.tickets = self.new = self.revised = self.unchanged = 0
        self.rejects: list[Reject] = []
        self.counts: dict[str, Counter[str]] = {
            name: Counter() for name in ("专业", "处理方式", "处理中心", "转人工原因")
        }

    def add(self, taken: Taken) -> None:
        """Count one chunk."""
        self.tickets += len(taken.decided)
        self.new, self.revised = self.new + taken.saved.new, self.revised + taken.saved.revised
        self.unchanged += taken.saved.unchanged
        self.rejects += taken.rejects
        for one in taken.decided:
            self._count(one.decision)

    def _count(self, decision: Decision) -> None:
        specialty = decision.specialty or f"（五专业之外）{DOMAINS[decision.domain]}"
        self.counts["专业"][specialty] += 1
        self.counts["处理方式"][ACTIONS[decision.action]] += 1
        if decision.centre_name:
            self.counts["处理中心"][decision.centre_name] += 1
        if decision.action == "review":
            self.counts["转人工原因"][why_review(decision)] += 1

    def print(self, console: Console) -> None:
        """Print the summary: counts by specialty, action and centre, and why tickets went to a person."""
        for name, counter in self.counts.items():
            if counter:
                table = Table(title=name, title_justify="left", show_header=False, box=None, padding=(0, 2))
                for value, count in counter.most_common(12):
                    table.add_row(value, str(count), f"{count / max(self.tickets, 1):.1%}")
                console.print(table)
        kept = f"新 {self.new}，新版本 {self.revised}，未变 {self.unchanged}"
        console.print(f"共 {self.tickets} 张：{kept}；无法读取 {len(self.rejects)} 行")
        for reject in self.rejects[:20]:
            console.print(f"[yellow]{reject.file} 第 {reject.row} 行 {reject.field}：{reject.sentence}[/]")


def why_review(decision: Decision) -> str:
    """Return the sentence of the table row that sent a ticket to a person."""
    rows = [reason.sentence for reason in decision.why if reason.rule.startswith("table.action#")]
    return rows[0] if rows else "没有可答复的内容，转人工"
