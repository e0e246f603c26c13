"""Which lifecycle does a ticket go by? The version it began with, however the rules have changed since.

The rules in force serve every ticket whose lifecycle they still hold unchanged; for the others the whole set that the
ticket began under is opened from the store, so that its texts, tables and calendars are those of then too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from rules.lifecycles import Lifecycle
from rules.loader import load_archive
from rules.ruleset import RuleSet
from triage.errors import NotFound
from triage.ports import Work
from triage.records_flow import Flow


@dataclass(frozen=True, slots=True)
class Law:
    """What a ticket goes by: its lifecycle, in the set of rules that it stands in."""

    life: Lifecycle
    rules: RuleSet


class Shelf:
    """The lifecycles of now and of before."""

    def __init__(self, rules: Callable[[], RuleSet]) -> None:
        """rules: gives the set in force."""
        self._rules = rules
        self._old: dict[str, RuleSet] = {}
        self._turn = Lock()

    def current(self, name: str) -> Law:
        """Return an active lifecycle of now by id, with or without `workflow.`. Raises NotFound."""
        rules = self._rules()
        life = rules.lifecycles.get(name) or rules.lifecycles.get(f"workflow.{name.replace('-', '_')}")
        if life is None:
            raise NotFound(f"没有这个流程，现有：{'、'.join(rules.lifecycles)}")
        return Law(life, rules)

    def all(self) -> tuple[Lifecycle, ...]:
        """Return the active lifecycles of now."""
        return tuple(self._rules().lifecycles.values())

    def of(self, work: Work, flow: Flow) -> Law:
        """Return what a ticket goes by. Raises UnknownRecord where its set of rules is lost."""
        rules = self._rules()
        life = rules.lifecycles.get(flow.lifecycle)
        if life is None or life.hash != flow.lifecycle_hash:
            rules = self._opened(work, flow.rules_hash)
            life = rules.content.lifecycles[flow.lifecycle]
        return Law(life, rules)

    def remember(self, work: Work, law: Law, flow: Flow) -> None:
        """Make sure that what a ticket begins under is kept whole."""
        work.rule_sets.remember(law.rules.hash, law.rules.archive(), flow.begun_at)

    def _opened(self, work: Work, hash_: str) -> RuleSet:
        with self._turn:
            if hash_ not in self._old:
                self._old[hash_] = load_archive(work.rule_sets.archive(hash_))
            return self._old[hash_]
