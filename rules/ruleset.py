"""What does a loaded set of rules offer?

A set never changes. Its hash names its content, so that a decision can name the rules it was made by; its archive holds
it whole, so that the decision can be made again years later.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

from rules.calendars import Calendar
from rules.centres import Centre, PartyCentre, parties_of
from rules.content import Content
from rules.evaluation import Engine, Evaluation
from rules.explanation import Explanation, explain
from rules.facts import FactValue, Vocabulary
from rules.findings import FindingRule
from rules.handbook import Instruction
from rules.lifecycles import Lifecycle
from rules.problems import Problem
from rules.replies import Reply
from rules.roles import Role
from rules.rule import Rule
from rules.speed import SpeedRules
from rules.tables import Table
from rules.trees import Tree

MANIFEST = "archive.json"
ARCHIVE_FORMAT = 1
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip can hold; the same content gives the same bytes


@dataclass(frozen=True, slots=True)
class Origin:
    """What a set was read from. hash: see RuleSet. files: path below the folder → text."""

    hash: str
    province: str | None
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class RuleSet:
    """One province's set of rules, checked and ready.

    hash: sha256 hex of its content and province; comments and layout play no part. province: None is the base.
    rules: all that are not retired, by id. tables, replies, trees, lifecycles: the active ones, by id.
    content: everything, drafts included. files: what it was read from. notes: findings that do not refuse it.
    """

    hash: str
    province: str | None
    content: Content
    files: Mapping[str, str]
    notes: tuple[Problem, ...]
    engine: Engine
    tables: Mapping[str, Table]
    replies: Mapping[str, Reply]
    trees: Mapping[str, Tree]
    lifecycles: Mapping[str, Lifecycle]
    parties: Mapping[str, PartyCentre]

    @property
    def facts(self) -> Vocabulary:
        """The vocabulary."""
        return self.content.facts

    @property
    def rules(self) -> Mapping[str, Rule]:
        """Rules by id: draft, trial and active."""
        return self.content.rules

    @property
    def centres(self) -> Mapping[str, Centre]:
        """Handling centres by id."""
        return self.content.centres

    @property
    def findings(self) -> Mapping[str, FindingRule]:
        """What is said of each code of the vocabulary of captures, by code."""
        return self.content.findings

    @property
    def handbook(self) -> Mapping[str, Instruction]:
        """The handbooks' instructions by id, in the order of the file."""
        return self.content.handbook

    @property
    def speed(self) -> Mapping[str, SpeedRules]:
        """Kinds of speed tests by id: the active ones."""
        return {key: item for key, item in self.content.speed.items() if item.status == "active"}

    @property
    def roles(self) -> Mapping[str, Role]:
        """Roles by id."""
        return self.content.roles

    @property
    def calendars(self) -> Mapping[str, Calendar]:
        """Calendars of working time by id: the active ones."""
        return {key: item for key, item in self.content.calendars.items() if item.status == "active"}

    def evaluate(self, facts: Mapping[str, FactValue | None]) -> Evaluation:
        """Return what the rules conclude; a fact that is absent or None is unknown, a given one is never overwritten.

        facts: fact id → value; a text fact takes a Text, or a str that is then its own field.
        Raises FactUnknown for a fact that facts.yaml does not name.
        """
        return self.engine.run(facts)[0]

    def explain(self, facts: Mapping[str, FactValue | None]) -> Explanation:
        """Return the conclusions and, for each rule, what held, failed or was unknown. Raises FactUnknown."""
        evaluation, state = self.engine.run(facts)
        return explain(self.content.rules.values(), self.content.facts, evaluation, state)

    def party_centre(self, party: str) -> Centre | None:
        """Return who answers for a party of a capture; None where nobody is to be dispatched to.

        Raises KeyError for a party that parties.yaml does not name.
        """
        centre = self.parties[party].centre
        return None if centre is None else self.content.centres[centre]

    def archive(self) -> bytes:
        """Return the whole set as a zip of its files; rules.loader.load_archive reads it back with the same hash."""
        buffer = io.BytesIO()
        manifest = json.dumps({"format": ARCHIVE_FORMAT, "province": self.province})
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, text in ((MANIFEST, manifest), *sorted(self.files.items())):
                packed.writestr(zipfile.ZipInfo(name, _EPOCH), text, zipfile.ZIP_DEFLATED)
        return buffer.getvalue()


def make_ruleset(content: Content, engine: Engine, notes: tuple[Problem, ...], origin: Origin) -> RuleSet:
    """Return the set of some checked content."""
    return RuleSet(
        origin.hash,
        origin.province,
        content,
        origin.files,
        notes,
        engine,
        {key: item for key, item in content.tables.items() if item.status == "active"},
        {key: item for key, item in content.replies.items() if item.status == "active"},
        {key: item for key, item in content.trees.items() if item.status == "active"},
        {key: item for key, item in content.lifecycles.items() if item.status == "active"},
        parties_of(content.parties, origin.province),
    )
