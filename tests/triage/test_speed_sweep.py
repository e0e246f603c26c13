"""Does every speed test come to its end, whatever happens to the process that takes it on?"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest

from probes.account import AccountReading
from probes.speed.measurement import Done, Failed, Handle, Method, Pending, Reading, SpeedRequest
from tests.triage.speed_fakes import RULES, SPEED, Clock, FakeAaa, FakeProbe, keep_ticket, make_means, measured
from triage.actors import LOCAL_OPERATOR
from triage.cases.run_speed_test import SpeedMeans, press
from triage.records_speed import Attempt
from triage.speed_sweep import SpeedSweep
from triage.store.database import SqlStore
from triage.store.engine import open_engine

PATIENCE_S = 30.0


def now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def sweeping(means: SpeedMeans) -> Iterator[SpeedSweep]:
    sweep = SpeedSweep(means, poll_s=0.05)
    thread = Thread(target=sweep.run)
    thread.start()
    try:
        yield sweep
    finally:
        sweep.stop()
        thread.join(PATIENCE_S)


def until(means: SpeedMeans, id_: str, fact: Callable[[Attempt], bool]) -> Attempt:
    """Return the attempt once it is so; the only way to see another thread's work is to look again."""
    end = time.monotonic() + PATIENCE_S
    while True:
        with means.store.read() as work:
            attempt = work.speed_tests.get(id_)
        if fact(attempt) or time.monotonic() > end:
            assert fact(attempt), attempt
            return attempt
        Event().wait(0.02)


def ask(means: SpeedMeans, ticket: str) -> str:
    return press(means, ticket, key="k", method=None, actor=LOCAL_OPERATOR)[0].id


def test_many_tests_run_side_by_side(sqlite_store: SqlStore) -> None:
    means = SpeedMeans(sqlite_store, FakeAaa(), FakeProbe(), SPEED, RULES.hash, 10**12, now)
    tickets = [keep_ticket(sqlite_store, f"YN-{n}") for n in range(20)]
    with sweeping(means) as sweep:
        ids = [ask(means, ticket) for ticket in tickets]
        sweep.wake()
        done = [until(means, id_, lambda attempt: attempt.state == "done") for id_ in ids]
    assert {attempt.outcome and attempt.outcome.verdict.verdict for attempt in done} == {"pass"}


def test_a_step_that_breaks_is_begun_again_and_given_up_when_its_time_is_over(sqlite_store: SqlStore) -> None:
    class Broken(FakeAaa):
        def check(self, account: str, at: datetime) -> AccountReading:
            self.asked.append(account)
            raise ZeroDivisionError

    clock, aaa = Clock(), Broken()
    means = make_means(sqlite_store, clock, aaa=aaa)
    id_ = ask(means, keep_ticket(sqlite_store))
    sweep = SpeedSweep(means)
    sweep.once()
    sweep.once()
    assert len(aaa.asked) == 1  # claimed for half a minute
    clock.later(30)
    sweep.once()
    assert len(aaa.asked) == 2
    clock.later(SPEED.deadline_s)
    sweep.once()
    with sqlite_store.read() as work:
        outcome = work.speed_tests.get(id_).outcome
    assert outcome is not None
    assert outcome.verdict.reason == "FAIL_PROBE_TIMEOUT"


def test_a_probe_that_breaks_at_the_end_is_given_up(sqlite_store: SqlStore) -> None:
    class Broken(FakeProbe):
        def poll(self, handle: Handle, at: datetime) -> Reading:
            raise ZeroDivisionError

    clock = Clock()
    means = make_means(sqlite_store, clock, probe=Broken())
    id_ = ask(means, keep_ticket(sqlite_store))
    sweep = SpeedSweep(means)
    sweep.once()
    clock.later(SPEED.deadline_s)
    sweep.once()
    with sqlite_store.read() as work:
        outcome = work.speed_tests.get(id_).outcome
    assert outcome is not None
    assert (outcome.verdict.reason, outcome.failure and outcome.failure.cause) == ("FAIL_PROBE_ERROR", "lost")


class FileProbe:
    """A platform that outlives the process: it knows tests by their key, in a file, and ends them once told to."""

    method: Method = "softprobe"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def start(self, request: SpeedRequest, key: str, at: datetime) -> Handle | Failed:
        with (self.folder / "starts").open("a") as file:
            file.write(key + "\n")
        return Handle(key, at, request)

    def poll(self, handle: Handle, at: datetime) -> Reading:
        (self.folder / "polled").touch()
        ready = (self.folder / "ready").exists()
        return Done(measured(95_600_000, handle.started_at)) if ready else Pending()


KILLED = """
import sys
sys.path.insert(0, "{root}")
from pathlib import Path
from tests.triage.test_speed_sweep import means_in
from triage.speed_sweep import SpeedSweep
SpeedSweep(means_in(Path("{folder}")), poll_s=0.05).run()
"""


def means_in(folder: Path) -> SpeedMeans:
    store = SqlStore(open_engine(f"sqlite:///{folder / 'suyin.db'}"))
    return SpeedMeans(store, FakeAaa(), FileProbe(folder), SPEED, RULES.hash, 10**9, now)


@pytest.mark.slow
def test_a_killed_process_is_followed_by_the_next(sqlite_store: SqlStore, tmp_path: Path) -> None:
    """kill -9 while the platform measures: the next process polls the same test and starts no other."""
    means = means_in(tmp_path)
    id_ = ask(means, keep_ticket(sqlite_store))
    code = KILLED.format(root=Path(__file__).parents[2], folder=tmp_path)
    with subprocess.Popen([sys.executable, "-c", code]) as process:
        until(means, id_, lambda attempt: attempt.handle is not None and (tmp_path / "polled").exists())
        os.kill(process.pid, signal.SIGKILL)
    (tmp_path / "ready").touch()
    with sqlite_store.begin() as work:  # half a minute later
        work.speed_tests.look_again(id_, now() - timedelta(seconds=1), 1)
    with sweeping(means):
        done = until(means, id_, lambda attempt: attempt.state == "done")
    assert done.outcome is not None
    assert done.outcome.verdict.reason == "PASS_OVER_90"
    assert (tmp_path / "starts").read_text().split() == [id_]
