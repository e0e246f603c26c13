"""Run the job behind a file that was handed in: tickets or places, with progress, from the start if need be.

A job may be begun more than once and ends the same: known content is no change.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from geo.place import Place, PlaceReject
from triage.actors import LOCAL_OPERATOR, Actor
from triage.cases.import_places import import_places
from triage.cases.take_in import Means, take_in
from triage.ports import Store
from triage.records import Import, Job
from triage.tickets import Reject, Ticket
from triage.uploads import Uploads

Report = Callable[[int, int | None], None]
ReadTickets = Callable[[Path, Import], Iterable[Ticket | Reject]]
ReadPlaces = Callable[[Path, str], tuple[list[Place], list[PlaceReject]]]


def run_ticket_import(
    job: Job, report: Report, *, means: Means, store: Store, uploads: Uploads, read: ReadTickets
) -> Mapping[str, int | str]:
    """Take in the tickets of the import that job names; return the counts."""
    import_ = _import(store, job)
    counts = {"tickets": 0, "new": 0, "revised": 0, "unchanged": 0, "rejected": 0}
    for taken in take_in(read(uploads.path(import_.content_hash), import_), means, _actor(job), batch=import_.id):
        found = (len(taken.decided), taken.saved.new, taken.saved.revised, taken.saved.unchanged, len(taken.rejects))
        counts = {name: counts[name] + more for name, more in zip(counts, found, strict=True)}
        report(counts["tickets"] + counts["rejected"], None)
    _finish(store, import_, counts, means.now())
    return counts


def run_place_import(
    job: Job, report: Report, *, store: Store, uploads: Uploads, read: ReadPlaces, now: Callable[[], datetime]
) -> Mapping[str, int | str]:
    """Keep the places of the import that job names; return the counts."""
    import_ = _import(store, job)
    done = import_places(
        store,
        uploads.path(import_.content_hash),
        lambda path: read(path, import_.file),
        _actor(job),
        now(),
        complete=bool(job.args.get("complete")),
        import_id=import_.id,
    )
    report(1, 1)
    return {
        "added": done.changes.added,
        "changed": done.changes.changed,
        "unchanged": done.changes.unchanged,
        "gone": done.gone,
        "rejected": len(done.rejects),
    }


def named(rows: Iterable[Ticket | Reject], file: str) -> Iterator[Ticket | Reject]:
    """Give rows the name under which the person handed the file in."""
    for row in rows:
        if isinstance(row, Reject):
            yield dataclasses.replace(row, file=file)
        else:
            yield dataclasses.replace(row, origin=dataclasses.replace(row.origin, file=file))


def _import(store: Store, job: Job) -> Import:
    with store.read() as work:
        return work.imports.get(str(job.args["import_id"]))


def _actor(job: Job) -> Actor:
    return dataclasses.replace(LOCAL_OPERATOR, id=str(job.args.get("actor") or LOCAL_OPERATOR.id))


def _finish(store: Store, import_: Import, counts: Mapping[str, int], at: datetime) -> None:
    with store.begin() as work:
        rows = counts["tickets"] + counts["rejected"]
        work.imports.progress(import_.id, rows, counts, finished_at=at)
