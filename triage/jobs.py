"""Who does the work that takes longer than a page, and what happens when that process dies?

The row in `jobs` is the truth: it commits with the request that asks for it. A worker hands queued rows to DBOS,
which runs each to its end however often the process is killed: a worker of the same slot takes up at its start what
the last one left, and every worker looks for running rows that nobody has touched for a minute. So a runner may be
begun more than once and must end the same. DBOS is told ids only. The only module that knows DBOS.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Lock, Thread

from dbos import DBOS, DBOSConfig, SetWorkflowID
from dbos._serialization import DBOSPortableJSONSerializer

from geo.errors import GeoError
from rules.errors import RulesError
from triage.errors import SuyinError
from triage.intake.errors import IntakeError
from triage.ports import Store
from triage.records import Job
from triage.store.engine import use_wal

Report = Callable[[int, int | None], None]
Runner = Callable[[Job, Report], Mapping[str, int | str]]

_QUEUE = "suyin-jobs"
_ABANDONED = timedelta(seconds=60)  # six heartbeats
_CHORES_S = 60.0
_HEARTBEAT_S = 10.0
_MOST_ATTEMPTS = 5  # a job that ended its worker as often would do so again
_EXPECTED = (SuyinError, IntakeError, GeoError, RulesError)  # their texts are sentences for people
_UNFINISHED = ["ENQUEUED", "PENDING"]
_log = logging.getLogger(__name__)


class _Stopping(BaseException):
    """The worker is asked to stop; passes through runners, because they catch nothing this wide."""


class Worker:
    """Works through the jobs of one store; one at a time, and one worker in a process."""

    def __init__(
        self,
        store: Store,
        runners: Mapping[str, Runner],
        *,
        system_url: str,
        now: Callable[[], datetime],
        slot: str = "1",
        poll_s: float = 1.0,
        chores: Sequence[Callable[[], object]] = (),
    ) -> None:
        """Prepare a worker.

        runners: by kind of job. system_url: where DBOS keeps its own records, `sqlite:///file` or `postgresql://…`.
        slot: name of this worker's place, the same after a restart, never used by two at a time. chores: done at the
        start and then every minute; each does its work once, however often and by however many workers it is called.
        """
        self._store, self._runners, self._now, self._poll_s = store, runners, now, poll_s
        self._chores, self._chores_due = chores, 0.0
        self._stop = Event()
        self._one_at_a_time = Lock()
        self._config: DBOSConfig = {
            "name": "suyin",
            "system_database_url": system_url,
            "application_version": "1",  # of what workflows look like, not of the program: old ones must go on
            "executor_id": f"worker-{slot}",
            "serializer": DBOSPortableJSONSerializer(),
            "log_level": "ERROR",
        }

    def run(self) -> None:
        """Work until stop() is called; what is unfinished then is queued again."""
        file = (self._config["system_database_url"] or "").removeprefix("sqlite:///")
        if "://" not in file:
            use_wal(Path(file))  # DBOS leaves its file in a mode in which readers block the writer
        DBOS(config=self._config)

        @DBOS.workflow(name="suyin.job")
        def workflow(job_id: str) -> None:
            self._perform(job_id)

        DBOS.launch()
        DBOS.register_queue(_QUEUE, worker_concurrency=1, polling_interval_sec=self._poll_s)
        try:
            while not self._stop.is_set():
                self._hand_over(workflow)
                self._take_up_abandoned()
                self._do_chores()
                self._stop.wait(self._poll_s)
        finally:
            self._stop.set()
            DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=30)

    def stop(self) -> None:
        """Ask run() to end; returns at once."""
        self._stop.set()

    def _hand_over(self, workflow: Callable[[str], None]) -> None:
        """Give every queued row to DBOS; the same row again is the same workflow."""
        with self._store.read() as work:
            queued = work.jobs.in_state("queued")
        for job in queued:
            with SetWorkflowID(f"{job.id}.{job.attempts}"):
                DBOS.enqueue_workflow(_QUEUE, workflow, job.id)

    def _take_up_abandoned(self) -> None:
        """Find running rows that no worker touches any more and have them begun again."""
        with self._store.read() as work:
            abandoned = work.jobs.in_state("running", before=self._now() - _ABANDONED)
        for job in abandoned:
            left = DBOS.list_workflows(workflow_id_prefix=f"{job.id}.", status=_UNFINISHED, load_input=False)
            for status in left:
                DBOS.resume_workflow(status.workflow_id, queue_name=_QUEUE)
            with self._store.begin() as work:
                if left:
                    work.jobs.touch(job.id, self._now())
                else:  # DBOS knows nothing of it, e.g. after a restore
                    work.jobs.requeue(job.id, self._now())

    def _do_chores(self) -> None:
        if time.monotonic() < self._chores_due:
            return
        self._chores_due = time.monotonic() + _CHORES_S
        for chore in self._chores:
            try:
                chore()
            except Exception:  # noqa: BLE001 - a chore may break in any way; jobs and other chores must not notice
                _log.exception("a chore failed; it is tried again in a minute")

    def _perform(self, job_id: str) -> None:
        with self._one_at_a_time:
            with self._store.begin() as work:
                job = work.jobs.begin(job_id, self._now())
            if job.attempts > _MOST_ATTEMPTS:
                self._fail(job, f"任务 {_MOST_ATTEMPTS} 次都没有做完，程序每次都中断了；请查看日志后重新提交")
                return
            with _Heartbeat(lambda: self._touch(job.id)):
                self._run(job)

    def _run(self, job: Job) -> None:
        """Run a job to its end; the outermost edge of a worker, so nothing but a stop escapes."""
        runner = self._runners.get(job.kind)
        if runner is None:
            self._fail(job, f"这个版本的程序不会做 {job.kind} 这类任务，请更新程序后重新提交")
            return
        try:
            result = runner(job, self._reporter(job.id))
        except _Stopping:
            with self._store.begin() as work:
                work.jobs.requeue(job.id, self._now())
        except _EXPECTED as error:
            self._fail(job, str(error))
        except Exception:  # noqa: BLE001 - a runner may break in any way; the next job must not notice
            _log.exception("job %s (%s) failed", job.id, job.kind)
            self._fail(job, f"程序内部出错，任务没有做完；请把任务编号 {job.id} 告诉管理员")
        else:
            with self._store.begin() as work:
                work.jobs.finish(job.id, result, self._now())

    def _reporter(self, job_id: str) -> Report:
        def report(done: int, total: int | None) -> None:
            with self._store.begin() as work:
                work.jobs.progress(job_id, done, total, self._now())
            if self._stop.is_set():
                raise _Stopping

        return report

    def _touch(self, job_id: str) -> None:
        with self._store.begin() as work:
            work.jobs.touch(job_id, self._now())

    def _fail(self, job: Job, sentence: str) -> None:
        with self._store.begin() as work:
            work.jobs.fail(job.id, sentence, self._now())


class _Heartbeat:
    """Says every few seconds that the job at hand is still being worked on."""

    def __init__(self, beat: Callable[[], None]) -> None:
        self._beat = beat
        self._end = Event()
        self._thread = Thread(target=self._run, name="job-heartbeat", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._end.wait(_HEARTBEAT_S):
            self._beat()
