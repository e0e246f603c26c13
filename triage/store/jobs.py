"""How are jobs kept, claimed and followed? Their rows commit with the request that asks for them. Never runs one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from triage.documents import encode
from triage.records import Job, JobState
from triage.store.errors import UnknownRecord
from triage.store.ids import new_id
from triage.store.rows import clean
from triage.store.statements import insert_new
from triage.store.tables import jobs

Args = Mapping[str, str | int | bool | None]


class SqlJobs:
    """The jobs of one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on connection."""
        self._connection = connection

    def add(self, kind: str, args: Args, *, key: str, at: datetime) -> Job:
        """Ask for a job and return it; where key was used before, return the job it named then.

        args: JSON values without secrets. key: at most 200 characters, what makes the work the same work.
        """
        row = {
            "id": new_id(), "kind": kind, "args": encode(dict(args)), "key": key, "state": "queued", "done": 0,
            "message": "", "attempts": 0, "created_at": at, "updated_at": at,
        }  # fmt: skip
        insert_new(self._connection, jobs, [row])
        return _job(self._connection.execute(select(jobs).where(jobs.c.key == key)).one())

    def get(self, id_: str) -> Job:
        """Return a job. Raises UnknownRecord."""
        row = self._connection.execute(select(jobs).where(jobs.c.id == id_)).one_or_none()
        if row is None:
            raise UnknownRecord("没有这个任务，请用提交时返回的地址查询")
        return _job(row)

    def find(self, key: str) -> Job | None:
        """Return the job that was asked for with key; None where there was none."""
        row = self._connection.execute(select(jobs).where(jobs.c.key == key)).one_or_none()
        return None if row is None else _job(row)

    def in_state(self, state: JobState, *, before: datetime | None = None) -> tuple[Job, ...]:
        """Return the jobs in a state, the oldest first. before: only those untouched since then."""
        statement = select(jobs).where(jobs.c.state == state).order_by(jobs.c.created_at, jobs.c.id)
        if before is not None:
            statement = statement.where(jobs.c.updated_at < before)
        return tuple(_job(row) for row in self._connection.execute(statement))

    def begin(self, id_: str, at: datetime) -> Job:
        """Note that a worker begins the job, perhaps not for the first time. Raises UnknownRecord."""
        self._set(id_, at, state="running", message="", attempts=jobs.c.attempts + 1)
        return self.get(id_)

    def progress(self, id_: str, done: int, total: int | None, at: datetime) -> None:
        """Note how far the job is. Raises UnknownRecord."""
        self._set(id_, at, done=done, total=total)

    def touch(self, id_: str, at: datetime) -> None:
        """Note that the job is still being worked on. Raises UnknownRecord."""
        self._set(id_, at)

    def finish(self, id_: str, result: Mapping[str, int | str], at: datetime) -> None:
        """Note that the job is done. Raises UnknownRecord."""
        self._set(id_, at, state="done", message="", result=encode(dict(result)))

    def fail(self, id_: str, sentence: str, at: datetime) -> None:
        """Note that the job cannot be done and why. Raises UnknownRecord."""
        self._set(id_, at, state="failed", message=clean(sentence))

    def requeue(self, id_: str, at: datetime) -> None:
        """Ask for the job once more. Raises UnknownRecord."""
        self._set(id_, at, state="queued", message="")

    def _set(self, id_: str, at: datetime, **values: Any) -> None:
        changed = self._connection.execute(update(jobs).where(jobs.c.id == id_).values(updated_at=at, **values))
        if changed.rowcount == 0:
            raise UnknownRecord("没有这个任务，请用提交时返回的地址查询")


def _job(row: Row[Any]) -> Job:
    values = dict(row._mapping)
    values["args"] = json.loads(row.args)
    values["result"] = None if row.result is None else json.loads(row.result)
    return Job(**values)
