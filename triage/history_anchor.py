"""Is the history whole, and is it the one that we saw before?

Heads of the chain are written into a file outside the database, one line each: number, hash, time. Whoever rewrites
the database would have to rewrite that file too; keep it, or copies of it, where administrators of the database cannot
write. Verifying walks the chain, compares it with every line of the file, with the audit trail, and with where tickets
stand, and says where it first breaks.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from triage.ports import Store, Work
from triage.records_flow import Kept
from triage.store.history import chained

GENESIS = "0" * 64
_MOVES = ("begin", "step", "action", "hold", "merge")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verifying found. breaks: sentences, none where everything is whole. entries, anchors: how many were seen."""

    entries: int
    anchors: int
    breaks: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing is broken."""
        return not self.breaks


class Anchor:
    """The file of heads."""

    def __init__(self, file: Path) -> None:
        """Use file, made at the first head."""
        self.file = file

    def write(self, store: Store, at: datetime) -> bool:
        """Add the newest head where it is not the last line already; return whether one was added."""
        with store.read() as work:
            seq, hash_ = work.history.head()
        lines = self._lines()
        if seq == 0 or (lines and int(lines[-1].split()[0]) >= seq):
            return False
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self.file.open("a", encoding="utf-8") as out:
            out.write(f"{seq} {hash_} {at.astimezone(UTC).isoformat()}\n")
            out.flush()
            os.fsync(out.fileno())
        return True

    def heads(self) -> Mapping[int, str]:
        """Return the hash that was seen at each number."""
        return {int(line.split()[0]): line.split()[1] for line in self._lines()}

    def _lines(self) -> list[str]:
        if not self.file.exists():
            return []
        kept = self.file.read_text("utf-8").splitlines()
        return [line for line in kept if len(line.split()) >= 2 and line.split()[0].isdigit()]


def verify(store: Store, anchor: Anchor) -> Verdict:
    """Check chain, anchors, audit trail and flows against one another."""
    with store.read() as work:
        walked = _Walk(anchor.heads())
        for kept in work.history.walk():
            walked.see(kept)
        breaks = [*walked.breaks, *_ends(work, walked), *_audit(work, walked), *_flows(work, walked)]
    return Verdict(walked.seq, len(walked.heads), tuple(breaks))


class _Walk:
    """What was seen of the chain so far."""

    def __init__(self, heads: Mapping[int, str]) -> None:
        self.heads, self.breaks = heads, list[str]()
        self.seq, self.hash = 0, GENESIS
        self.audit: dict[int, str] = {}
        self.stands: dict[str, tuple[str, int]] = {}

    def see(self, kept: Kept) -> None:
        if self.breaks:
            self.seq = kept.seq
            return
        where = f"第 {kept.seq} 条（{kept.at:%Y-%m-%d %H:%M:%S} UTC，{kept.kind}，工单 {kept.ticket_id or '-'}）"
        if kept.seq != self.seq + 1:
            self.breaks.append(f"历史在第 {self.seq} 条之后缺少 {kept.seq - self.seq - 1} 条")
        elif chained(self.hash, kept) != kept.hash:
            self.breaks.append(f"历史的{where}内容与其哈希不符：这一条被改过")
        elif kept.seq in self.heads and self.heads[kept.seq] != kept.hash:
            self.breaks.append(f"历史的{where}与库外保存的链头不符：这一条或之前的历史被整体改写过")
        self.seq, self.hash = kept.seq, kept.hash
        self._note(kept)

    def _note(self, kept: Kept) -> None:
        content = json.loads(kept.content)
        if kept.kind == "audit":
            self.audit[content["row"]] = content["digest"]
        elif kept.ticket_id is not None and kept.kind in _MOVES:
            self.stands[kept.ticket_id] = (content["to"], content["version"])


def _ends(work: Work, walked: _Walk) -> Iterator[str]:
    if walked.breaks:
        return
    if work.history.head() != (walked.seq, walked.hash):
        yield f"历史的末尾被删过：现存 {walked.seq} 条，应有 {work.history.head()[0]} 条"
    if walked.heads and max(walked.heads) > walked.seq:
        last = max(walked.heads)
        yield f"库外保存的链头到第 {last} 条，数据库只有 {walked.seq} 条：末尾被删过，或恢复了较旧的备份"


def _audit(work: Work, walked: _Walk) -> Iterator[str]:
    if walked.breaks:
        return
    there = dict(work.history.audit_digests())
    first = min(walked.audit, default=0)
    for row, digest in walked.audit.items():
        if row not in there:
            yield f"审计记录第 {row} 行被删除"
            return
        if there[row] != digest:
            yield f"审计记录第 {row} 行被改过"
            return
    added = [row for row in there if first and row >= first and row not in walked.audit]
    if added:
        yield f"审计记录第 {added[0]} 行不是由程序写入的"


def _flows(work: Work, walked: _Walk) -> Iterator[str]:
    if walked.breaks:
        return
    for ticket_id, (state, version) in work.history.states().items():
        if walked.stands.get(ticket_id) != (state, version):
            yield f"工单 {ticket_id} 的环节与历史不符：现在是 {state}（第 {version} 版）"
            return
