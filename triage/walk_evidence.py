"""What do a ticket and its captures bring to a walk over a fault tree, and which tree do they begin with?

Never stores, never walks.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from diagnostics.evidence import CAPTURE, DERIVING, TYPED, evidence_of, read_facts, seen_of
from rules.ruleset import RuleSet
from rules.trees import Tree
from rules.walking import Known
from triage.decisions import Decision
from triage.records_captures import Capture
from triage.records_walks import Entry, WalkRecord

FROM_TICKET = "工单"
_TICKET_TABLE = "table.ticket_tree"


@dataclass(frozen=True, slots=True)
class Brought:
    """Facts as entries, and the id of the tree they speak for; None where they speak for none."""

    entries: tuple[Entry, ...]
    tree: str | None


def from_ticket(decision: Decision, facts_json: str, rules: RuleSet, by: str, at: datetime) -> Brought:
    """Return what a ticket's decision and facts settle. facts_json: as it was kept with the decision."""
    known: dict[str, object] = {
        name: value for name, value in json.loads(facts_json).items() if name in rules.facts and _plain(value)
    }
    known["place.outcome"] = decision.place.outcome
    if decision.place.outcome == "match":
        known["place.kind"] = decision.place.kind
    if decision.address.city:
        known["place.city"] = decision.address.city
    outputs = rules.tables[_TICKET_TABLE].decide({"phenomenon": decision.phenomenon}).outputs or {}
    tree = outputs.get("tree")
    known |= {name: value for name, value in outputs.items() if name != "tree" and value is not None}
    return Brought(_entries(known, TYPED, FROM_TICKET, by, at), None if tree is None else str(tree))


def from_capture(capture: Capture, rules: RuleSet, by: str, at: datetime) -> Brought:
    """Return what a capture that was read settles. Raises EvidenceUnreadable for codes the rules do not know."""
    if capture.document is None:
        return Brought((), None)
    found = evidence_of(seen_of(capture.document), rules)
    values = {name: known.value for name, known in found.facts.items()}
    return Brought(_entries(values, CAPTURE, capture_detail(capture), by, at), found.tree)


def capture_detail(capture: Capture) -> str:
    """Return how an entry names the capture it comes from."""
    return f"capture/{capture.id}"


def for_tree(entries: Iterable[Entry], tree: Tree, rules: RuleSet) -> tuple[Entry, ...]:
    """Return the entries that some node of the tree, or a table it derives facts by, can use."""
    nodes = tree.nodes.values()
    used = {node.fact for node in nodes if node.fact is not None}
    used |= {node.conclusion.party_fact for node in nodes if node.conclusion and node.conclusion.party_fact}
    for table in (rules.tables[name] for name in DERIVING):
        if any(output.name in used for output in table.outputs):
            used |= {item.fact.id for item in table.inputs}
    return tuple(entry for entry in entries if entry.name in used)


def evidence(walk: WalkRecord, rules: RuleSet) -> tuple[dict[str, Known], dict[str, Known]]:
    """Return facts and answers of a walk: of several entries for one name the last that stands holds."""
    facts: dict[str, Known] = {}
    answers: dict[str, Known] = {}
    for entry in walk.standing:
        value = json.loads(entry.value)
        if entry.kind == "answer":
            answers[entry.name] = Known(str(value), entry.origin)
        else:
            facts |= read_facts({entry.name: {"value": value, "from": entry.origin}}, rules)
    return facts, answers


def fact_entries(facts: Sequence[tuple[str, object]], origin: str, detail: str, by: str, at: datetime) -> list[Entry]:
    """Return facts as entries."""
    return [Entry("fact", name, _written(value), origin, by, at, detail) for name, value in facts]


def _entries(known: Mapping[str, object], origin: str, detail: str, by: str, at: datetime) -> tuple[Entry, ...]:
    return tuple(fact_entries(sorted(known.items()), origin, detail, by, at))


def _plain(value: object) -> bool:
    return isinstance(value, str | int | float | bool)


def _written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
