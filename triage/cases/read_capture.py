"""Run the job behind an uploaded capture: have it diagnosed and keep what was found. Never judges itself.

A job may be begun more than once and ends the same: the newest reading stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from triage.actors import SYSTEM
from triage.ports import Store
from triage.ports_captures import ReadCapture
from triage.records import Job
from triage.uploads import Uploads


def read_capture(
    job: Job, report: Callable[[int, int | None], None], *, store: Store, uploads: Uploads, read: ReadCapture
) -> Mapping[str, int | str]:
    """Diagnose the capture that job names; return outcome and verdict. Raises UnknownRecord."""
    id_ = str(job.args["capture_id"])
    with store.read() as work:
        capture = work.captures.get(id_, SYSTEM)
    if capture.gone:
        return {"outcome": "gone"}
    found = read(uploads.path(capture.content_hash), capture.file, report)
    with store.begin() as work:
        work.captures.settle(id_, found.outcome, found.message, found.verdict, found.document)
    return {"outcome": found.outcome, "verdict": found.verdict or ""}
