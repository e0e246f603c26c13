"""Walk a fault tree about a ticket: begin, answer, take back, ask a system, take the conclusion over.

What is kept is what was said, by whom, when, from which evidence; where the walk stands follows from it, under the
rules it began with. Several people go on with one walk: each change names the version it saw, the second is told.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from diagnostics.errors import EvidenceUnreadable
from diagnostics.evidence import TYPED, find_tree, read_answer
from diagnostics.walk import Outcome, walk_tree
from rules.loader import load_archive
from rules.ruleset import RuleSet
from rules.trees import Tree
from triage.actors import Actor
from triage.errors import Conflict, Refused
from triage.ports import Store, Work
from triage.ports_walks import Probe
from triage.records import AuditEntry, DecisionRecord
from triage.records_walks import Entry, WalkRecord
from triage.store.ids import new_id
from triage.walk_decision import decision_after
from triage.walk_evidence import capture_detail, evidence, fact_entries, for_tree, from_capture, from_ticket

SIGNALLING = "signalling"
_MOST_NOTE = 2000
_SETS = 4  # sets of rules kept in memory for walks that began under older ones


@dataclass(frozen=True, slots=True)
class Walked:
    """A walk as it was kept, and where it stands."""

    record: WalkRecord
    outcome: Outcome


class WalkDesk:
    """Walks over one store."""

    def __init__(
        self, store: Store, rules: Callable[[], RuleSet], probes: Mapping[str, Probe], now: Callable[[], datetime]
    ) -> None:
        """rules: gives the set in force, which must be remembered in the store. probes: by the name trees give."""
        self._store, self._rules, self._probes, self._now = store, rules, probes, now
        self._older = lru_cache(maxsize=_SETS)(self._load)

    def rules(self) -> RuleSet:
        """Return the rules in force."""
        return self._rules()

    def rules_behind(self, walked: Walked) -> RuleSet:
        """Return the rules that a walk goes by: those it began with."""
        return self._rules_of(walked.record.rules_hash)

    def begin(self, ticket_id: str, tree: str | None, *, actor: Actor) -> tuple[Walked, bool]:
        """Begin a walk, or go on with the open one over the same tree; also return whether it is new.

        tree: name; None takes the one of the attached captures' main finding, else of the ticket's phenomenon.
        Raises UnknownTicket, Refused where there is no tree.
        """
        rules, at = self._rules(), self._now()
        with self._store.begin() as work:
            brought, suggested = self._bring(work, ticket_id, rules, actor, at)
            chosen = _tree(tree or suggested, rules)
            for known in work.walks.of(ticket_id):
                if known.tree == chosen.id and known.concluded_at is None:
                    return self._walked(known), False
            record = WalkRecord(
                new_id(), ticket_id, chosen.id, chosen.hash, rules.hash, actor.id, at, 1, actor.id, at,
                entries=for_tree(brought, chosen, rules),
            )  # fmt: skip
            work.walks.add(record)
            work.audit.add(AuditEntry(at, actor.id, "begin_walk", f"ticket/{ticket_id}", f"walk/{record.id}"))
            return self._walked(work.walks.get(record.id)), True

    def look(self, walk_id: str) -> Walked:
        """Return where a walk stands. Raises UnknownRecord."""
        with self._store.read() as work:
            return self._walked(work.walks.get(walk_id))

    def of(self, ticket_id: str) -> tuple[Walked, ...]:
        """Return all walks of a ticket, the first one first. Raises UnknownTicket."""
        with self._store.read() as work:
            work.tickets.get(ticket_id)
            return tuple(self._walked(record) for record in work.walks.of(ticket_id))

    def answer(self, walk_id: str, version: int, node: str, answer: str, note: str, *, actor: Actor) -> Walked:
        """Answer the open question. note: a person's own words, may be empty.

        Raises UnknownRecord, Conflict where somebody was faster or the walk is over, Refused where the node is not
        open or does not have the answer.
        """
        if len(note) > _MOST_NOTE:
            raise Refused(f"备注超过 {_MOST_NOTE} 字，请写得简短些", "note")

        def say(work: Work, walked: Walked, at: datetime) -> None:
            opened = walked.outcome.open
            if opened is None or opened.id != node:
                where = f"现在待回答的是 {opened.id}" if opened else "这次排查已有结论，要改请先收回答案"
                raise Refused(f"节点 {node} 现在不用回答；{where}", "node")
            try:
                read = read_answer(opened, answer)
            except EvidenceUnreadable as wrong:
                raise Refused(str(wrong), "answer") from wrong
            value = json.dumps(read, ensure_ascii=False)
            work.walks.say(walk_id, [Entry("answer", node, value, TYPED, actor.id, at, note.strip())])

        return self._change(walk_id, version, "answer_walk", node, say, actor)

    def take_back(self, walk_id: str, version: int, n: int, *, actor: Actor) -> Walked:
        """Take an entry back: an answer, or a piece of evidence that turned out wrong.

        Raises UnknownRecord, Conflict, Refused where no such entry stands.
        """

        def withdraw(work: Work, walked: Walked, at: datetime) -> None:
            if n not in {entry.n for entry in walked.record.standing}:
                raise Refused(f"没有第 {n} 条可以收回，请刷新后再看", "n")
            work.walks.withdraw(walk_id, n, actor.id, at)

        return self._change(walk_id, version, "take_back", str(n), withdraw, actor)

    def gather(self, walk_id: str, version: int, *, actor: Actor) -> Walked:
        """Take in what captures say that were attached or read since. Raises UnknownRecord, Conflict."""

        def take(work: Work, walked: Walked, at: datetime) -> None:
            rules = self._rules_of(walked.record.rules_hash)
            there = {entry.detail for entry in walked.record.entries}
            for capture in work.captures.attached_to(walked.record.ticket_id, actor):
                if capture_detail(capture) not in there:
                    brought = from_capture(capture, rules, actor.id, at).entries
                    work.walks.say(walk_id, for_tree(brought, walked.outcome.tree, rules))

        return self._change(walk_id, version, "gather_evidence", "captures", take, actor)

    def probe(self, walk_id: str, version: int, subject: str, *, actor: Actor) -> tuple[Walked, str]:
        """Let the system that the open check names answer it; also return what it said, in words.

        subject: the number, address or city it is asked about. Raises UnknownRecord, Conflict, Refused where the open
        question names no system.
        """
        walked = self.look(walk_id)
        opened = walked.outcome.open
        probe = self._probes.get(opened.probe or "") if opened else None
        if opened is None or probe is None:
            raise Refused("这一步没有可以查询的系统，请人工核实后回答", "probe")
        found = probe.ask(subject, self._now())  # outside the transaction: a slow system must not hold the database

        def say(work: Work, _walked: Walked, at: datetime) -> None:
            entries = fact_entries(sorted(found.facts.items()), found.origin, found.sentence, actor.id, at)
            work.walks.say(walk_id, entries)

        return self._change(walk_id, version, "probe", f"{opened.probe} {subject}", say, actor), found.sentence

    def conclude(self, walk_id: str, version: int, attached: Mapping[str, str], *, actor: Actor) -> DecisionRecord:
        """Take the conclusion over into the ticket's decision, with the whole path as its reasons.

        attached: what must be attached besides signalling → where it lies. Raises UnknownRecord, Conflict, Refused
        while there is no conclusion or something that it requires is not attached.
        """
        made: list[DecisionRecord] = []

        def take_over(work: Work, walked: Walked, at: datetime) -> None:
            record, found = walked.record, walked.outcome.conclusion
            if found is None:
                raise Refused(f"还没有结论，缺：{walked.outcome.needs}", "conclusion")
            captures = [c for c in work.captures.attached_to(record.ticket_id, actor) if not c.gone]
            for need, name in zip(found.requires, found.requires_names, strict=True):
                if not (captures if need == SIGNALLING else attached.get(need, "").strip()):
                    raise Refused(f"“{found.action}”须附{name}，请先附上再提交", need)
            latest = work.decisions.latest(record.ticket_id)
            rules = self._rules_of(record.rules_hash)
            decision = decision_after(latest.decision, walked.outcome, record, rules, attached)
            made.append(work.decisions.add(decision, latest.facts_json, latest.model_hash, at))
            work.walks.conclude(walk_id, actor.id, at)

        self._change(walk_id, version, "conclude_walk", "", take_over, actor)
        return made[0]

    def _change(
        self,
        walk_id: str,
        version: int,
        what: str,
        detail: str,
        change: Callable[[Work, Walked, datetime], None],
        actor: Actor,
    ) -> Walked:
        """Make one change in one transaction, after the version that the caller saw."""
        at = self._now()
        with self._store.begin() as work:
            work.walks.change(walk_id, version, actor.id, at)
            record = work.walks.get(walk_id)
            if record.concluded_at is not None:
                raise Conflict(f"这次排查已由 {record.concluded_by} 提交结论；要重新排查请另开一次")
            change(work, self._walked(record), at)
            work.audit.add(AuditEntry(at, actor.id, what, f"ticket/{record.ticket_id}", f"walk/{walk_id} {detail}"))
            return self._walked(work.walks.get(walk_id))

    def _bring(
        self, work: Work, ticket_id: str, rules: RuleSet, actor: Actor, at: datetime
    ) -> tuple[list[Entry], str | None]:
        """Return what ticket and captures bring, captures last, and the tree they speak for."""
        latest = work.decisions.latest(ticket_id)
        ticket = from_ticket(latest.decision, latest.facts_json, rules, actor.id, at)
        captures = [from_capture(c, rules, actor.id, at) for c in work.captures.attached_to(ticket_id, actor)]
        entries = [*ticket.entries, *(entry for brought in captures for entry in brought.entries)]
        return entries, next((brought.tree for brought in captures if brought.tree), ticket.tree)

    def _walked(self, record: WalkRecord) -> Walked:
        rules = self._rules_of(record.rules_hash)
        facts, answers = evidence(record, rules)
        return Walked(record, walk_tree(rules.content.trees[record.tree], rules, facts, answers))

    def _rules_of(self, hash_: str) -> RuleSet:
        rules = self._rules()
        return rules if rules.hash == hash_ else self._older(hash_)

    def _load(self, hash_: str) -> RuleSet:
        with self._store.read() as work:
            return load_archive(work.rule_sets.archive(hash_))


def _tree(name: str | None, rules: RuleSet) -> Tree:
    if name is None:
        raise Refused("从工单和抓包看不出该走哪棵排查树，请指定 tree", "tree")
    try:
        return find_tree(name, rules)
    except EvidenceUnreadable as wrong:
        raise Refused(str(wrong), "tree") from wrong
