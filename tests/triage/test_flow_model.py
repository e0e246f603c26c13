"""Whatever people and time do, is every ticket moved only as its lifecycle says, and never stuck? All lifecycles.

A model that knows only three things: an ended ticket stays ended and its clocks stand; a change has its entry in the
history; from wherever a ticket stands there is a way on.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from rules.lifecycles import Transition
from tests.triage.flow_fakes import LIVES, SetClock, handbook, keep_flow, life_of, make_desk, satisfied
from triage.actors import LOCAL_OPERATOR
from triage.cases.move import Event
from triage.errors import SuyinError
from triage.flow_desk import Life
from triage.history_anchor import Anchor, verify
from triage.store.database import SqlStore
from triage.store.engine import open_engine
from triage.store.migrate import migrate

RULES = handbook()
EVENTS = sorted({step.event for name in LIVES for step in life_of(name).doings})


class Lives(RuleBasedStateMachine):
    """One ticket on one lifecycle, moved at random."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        engine = open_engine(f"sqlite:///{self.folder.name}/suyin.db")
        migrate(engine)
        self.store, self.clock = SqlStore(engine), SetClock()
        self.desk = make_desk(self.store, self.clock)
        self.name, self.ticket = "", ""

    @initialize(name=st.sampled_from(LIVES), level=st.sampled_from(["gold", "silver", None]))
    def begin(self, name: str, level: str | None) -> None:
        self.name = name
        self.ticket = keep_flow(self.store, name, facts={} if level is None else {"customer.level": level})

    def life(self) -> Life:
        return self.desk.look(self.ticket, LOCAL_OPERATOR)

    @rule(data=st.data())
    @precondition(lambda self: self.life().standing.offers)
    def do_what_is_offered(self, data: st.DataObject) -> None:
        """An event that is offered goes through once its fields are filled in and its condition holds, else nothing."""
        before = self.life()
        event = data.draw(st.sampled_from([offer.event for offer in before.standing.offers]))
        with self.unless_changed(before):
            self.desk.fire(self.ticket, Event(event, self.filled(before, event)), actor=LOCAL_OPERATOR)

    @rule(event=st.sampled_from(EVENTS))
    def do_anything(self, event: str) -> None:
        before = self.life()
        with self.unless_changed(before):
            self.desk.fire(self.ticket, Event(event), actor=LOCAL_OPERATOR)

    @rule(minutes=st.sampled_from([1, 40, 130, 60 * 12, 60 * 30, 60 * 24 * 4]))
    def let_time_pass(self, minutes: int) -> None:
        before = self.life()
        self.clock.pass_by(minutes=minutes)
        acted = self.desk.sweep()
        after = self.life()
        assert len(after.history) >= len(before.history) + acted
        assert self.desk.sweep() == 0

    @invariant()
    def nothing_runs_after_the_end(self) -> None:
        if self.ticket and self.life().standing.flow.ended_at is not None:
            assert not [t for t in self.life().standing.timers if t.state in ("running", "paused")]

    @invariant()
    def there_is_a_way_on(self) -> None:
        if not self.ticket:
            return
        flow, law = self.life().standing.flow, self.life().standing.law
        steps = law.life.steps(flow.state)
        assert bool(steps) is (flow.ended_at is None)
        assert flow.ended_at is not None or any(satisfied(law.life, law.rules, step) is not None for step in steps)

    @invariant()
    def every_version_has_its_entry(self) -> None:
        if self.ticket:
            changes = [kept for kept in self.life().history if kept.kind in ("begin", "step", "action")]
            assert len(changes) == self.life().standing.flow.version

    def filled(self, life: Life, event: str) -> dict[str, str]:
        law, state = life.standing.law, life.standing.flow.state
        for step in law.life.doings:
            here = state in step.from_states if isinstance(step, Transition) else True
            if step.event == event and here:
                found = satisfied(law.life, law.rules, step)
                locked = life.locked
                return {} if found is None else {k: v for k, v in found[1].items() if k not in locked}
        return {}

    @contextmanager
    def unless_changed(self, before: Life) -> Iterator[None]:
        """What is refused has changed nothing; what is not has one entry more."""
        try:
            yield
        except SuyinError:
            assert self.life().standing.flow == before.standing.flow
            assert self.life().history == before.history
        else:
            assert len(self.life().history) == len(before.history) + 1

    def teardown(self) -> None:
        if self.ticket:
            assert verify(self.store, Anchor(Path(self.folder.name) / "heads.txt")).breaks == ()
        self.store.close()
        self.folder.cleanup()


Lives.TestCase.settings = settings(
    max_examples=25, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True,
    database=None,
)  # fmt: skip
TestLives = pytest.mark.slow(Lives.TestCase)  # half a minute


def test_every_lifecycle_can_be_walked_to_every_end() -> None:
    for name in LIVES:
        life = life_of(name)
        leads = {(start, step.to) for step in life.transitions for start in step.from_states
                 if satisfied(life, RULES, step) is not None}  # fmt: skip
        reached = {life.initial}
        for _ in itertools.repeat(None, len(life.states)):
            reached |= {to for start, to in leads if start in reached}
        assert reached == set(life.states)
