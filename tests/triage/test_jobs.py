"""Is every job done to its end, whatever happens to the process that does it?"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest

from triage.errors import SuyinError
from triage.jobs import Report, Runner, Worker
from triage.records import Job, JobState
from triage.store.database import SqlStore

pytestmark = pytest.mark.slow  # DBOS needs a second to start
PATIENCE_S = 30.0


def now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def working(
    store: SqlStore, directory: Path, runners: Mapping[str, Runner], *chores: Callable[[], object]
) -> Iterator[Worker]:
    url = f"sqlite:///{directory / 'jobs.db'}"
    worker = Worker(store, runners, system_url=url, now=now, poll_s=0.05, chores=chores)
    thread = Thread(target=worker.run)
    thread.start()
    try:
        yield worker
    finally:
        worker.stop()
        thread.join(PATIENCE_S)


def ask(store: SqlStore, kind: str, key: str = "k") -> str:
    with store.begin() as work:
        return work.jobs.add(kind, {"rows": 3}, key=key, at=now()).id


def until(store: SqlStore, id_: str, state: JobState) -> Job:
    """Return the job once it is in the state; the only way to see another thread's work is to look again."""
    end = time.monotonic() + PATIENCE_S
    while True:
        with store.read() as work:
            job = work.jobs.get(id_)
        if job.state == state or time.monotonic() > end:
            assert job.state == state, job
            return job
        Event().wait(0.05)


def count_rows(job: Job, report: Report) -> Mapping[str, int | str]:
    for done in range(1, int(job.args["rows"] or 0) + 1):
        report(done, 3)
    return {"new": 3}


def refuse(job: Job, report: Report) -> Mapping[str, int | str]:
    raise SuyinError("文件里没有表头，请补上")


def break_down(job: Job, report: Report) -> Mapping[str, int | str]:
    raise ZeroDivisionError


def test_a_job_is_done_with_its_progress(sqlite_store: SqlStore, tmp_path: Path) -> None:
    id_ = ask(sqlite_store, "count")
    with working(sqlite_store, tmp_path, {"count": count_rows}):
        job = until(sqlite_store, id_, "done")
    assert (job.done, job.total, job.result, job.attempts) == (3, 3, {"new": 3}, 1)


@pytest.mark.parametrize(("kind", "sentence"), [("refuse", "没有表头"), ("break", "内部出错"), ("unknown", "更新程序")])
def test_a_job_that_cannot_be_done_says_why(sqlite_store: SqlStore, tmp_path: Path, kind: str, sentence: str) -> None:
    id_ = ask(sqlite_store, kind)
    with working(sqlite_store, tmp_path, {"refuse": refuse, "break": break_down}):
        job = until(sqlite_store, id_, "failed")
    assert sentence in job.message


def test_a_failed_job_can_be_asked_for_again(sqlite_store: SqlStore, tmp_path: Path) -> None:
    id_ = ask(sqlite_store, "count")
    with working(sqlite_store, tmp_path, {"count": break_down}):
        until(sqlite_store, id_, "failed")
    with sqlite_store.begin() as work:
        work.jobs.requeue(id_, now())
    with working(sqlite_store, tmp_path, {"count": count_rows}):
        assert until(sqlite_store, id_, "done").attempts == 2


def test_a_stopped_worker_queues_its_job_again(sqlite_store: SqlStore, tmp_path: Path) -> None:
    begun = Event()

    def endless(job: Job, report: Report) -> Mapping[str, int | str]:
        while True:
            report(1, None)
            begun.set()

    id_ = ask(sqlite_store, "count")
    with working(sqlite_store, tmp_path, {"count": endless}):
        begun.wait(PATIENCE_S)
    assert until(sqlite_store, id_, "queued").done == 1
    with working(sqlite_store, tmp_path, {"count": count_rows}):
        until(sqlite_store, id_, "done")


def test_a_job_that_nobody_touches_any_more_is_taken_up(sqlite_store: SqlStore, tmp_path: Path) -> None:
    id_ = ask(sqlite_store, "count")
    with sqlite_store.begin() as work:
        work.jobs.begin(id_, now() - timedelta(minutes=2))
    with working(sqlite_store, tmp_path, {"count": count_rows}):
        assert until(sqlite_store, id_, "done").attempts == 2


def test_a_job_that_ends_its_worker_every_time_is_given_up(sqlite_store: SqlStore, tmp_path: Path) -> None:
    id_ = ask(sqlite_store, "count")
    with sqlite_store.begin() as work:
        for _ in range(5):
            work.jobs.begin(id_, now() - timedelta(minutes=2))
    with working(sqlite_store, tmp_path, {"count": count_rows}):
        assert "5 次" in until(sqlite_store, id_, "failed").message


KILLED = """
import sys
from pathlib import Path
sys.path.insert(0, "{root}")
from tests.triage.test_jobs import Worker, now
from triage.store.database import SqlStore
from triage.store.engine import open_engine
directory = Path("{directory}")
def hang(job, report):
    report(1, 3)
    (directory / "begun").touch()
    sys.stdin.read()
store = SqlStore(open_engine(f"sqlite:///{{directory / 'suyin.db'}}"))
Worker(store, {{"count": hang}}, system_url=f"sqlite:///{{directory / 'jobs.db'}}", now=now, poll_s=0.05).run()
"""


def wait_for(fact: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not fact() and time.monotonic() < end:
        Event().wait(0.05)


def test_a_killed_worker_is_followed_by_the_next_of_its_slot(sqlite_store: SqlStore, tmp_path: Path) -> None:
    id_ = ask(sqlite_store, "count")
    code = KILLED.format(root=Path(__file__).parents[2], directory=tmp_path)
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE) as process:
        wait_for((tmp_path / "begun").exists)
        os.kill(process.pid, signal.SIGKILL)
    with working(sqlite_store, tmp_path, {"count": count_rows}):
        job = until(sqlite_store, id_, "done")
    assert (job.attempts, job.done) == (2, 3)


def test_a_chore_that_breaks_stops_neither_the_next_one_nor_jobs(sqlite_store: SqlStore, tmp_path: Path) -> None:
    done = Event()

    def break_down() -> None:
        raise RuntimeError("broken")

    with working(sqlite_store, tmp_path, {"count": count_rows}, break_down, done.set):
        assert done.wait(PATIENCE_S)
        until(sqlite_store, ask(sqlite_store, "count"), "done")
