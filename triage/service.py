"""What does a running service consist of? The desk, the uploads and the worker over one store; see triage/wiring.py."""

from __future__ import annotations

from dataclasses import dataclass

from triage.cases.front_desk import FrontDesk
from triage.jobs import Worker
from triage.uploads import Uploads


@dataclass(frozen=True, slots=True)
class Service:
    """desk: the use cases. uploads: where files go. worker: does the jobs when its run() is called."""

    desk: FrontDesk
    uploads: Uploads
    worker: Worker
