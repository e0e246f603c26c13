"""How is a running service put together: desk, uploads and the worker that does its jobs?

Kept apart from triage/wiring.py because DBOS takes seconds to import and only a service needs it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from geo.place import Place, PlaceReject
from geo.places import read_places
from triage.cases.expire_captures import expire_captures
from triage.cases.forget_sign_ins import forget_sign_ins
from triage.cases.front_desk import FrontDesk
from triage.cases.look_around import LookAround
from triage.cases.read_capture import read_capture
from triage.cases.run_import import Report, named, run_place_import, run_ticket_import
from triage.cases.take_in import Means
from triage.cases.walk_tree import WalkDesk
from triage.crew import decide_here
from triage.decide import Decider
from triage.flow_desk import FlowDesk
from triage.intake import read_file
from triage.intake.errors import IntakeError
from triage.jobs import Worker
from triage.live import Live
from triage.ports_captures import CaptureTools
from triage.records import Import, Job
from triage.settings import Settings
from triage.store.database import SqlStore
from triage.tickets import Reject, Ticket
from triage.uploads import Uploads
from triage.wiring import (
    index_places,
    make_decider,
    now,
    open_knowledge,
    open_places,
    remember_rules,
)
from triage.wiring_captures import capture_reader, capture_tools
from triage.wiring_flow import flow_chores, open_flow
from triage.wiring_speed import SpeedService, open_speed
from triage.wiring_walks import open_walks


@dataclass(frozen=True, slots=True)
class Service:
    """desk: the use cases. uploads: where files go. worker: does the jobs when its run() is called.

    speed: speed tests, whose sweep runs beside the worker. search: looks places up.
    captures: what is done with one upload while a person waits. walks: fault trees about tickets.
    flow: lives of tickets.
    """

    desk: FrontDesk
    uploads: Uploads
    worker: Worker
    speed: SpeedService
    search: LookAround
    captures: CaptureTools
    walks: WalkDesk
    flow: FlowDesk


def open_service(chosen: Settings, store: SqlStore, *, slot: str = "1") -> Service:
    """Put together a service over the store: desk, uploads, and a worker of the named slot."""
    knowledge = open_knowledge(chosen)
    uploads = Uploads(chosen.uploads, chosen.max_upload_mib * 1024 * 1024)

    def open_current() -> Decider:
        folders = index_places(chosen, store, knowledge.divisions)
        return make_decider(knowledge, open_places(folders, store, knowledge), store.id_of)

    remember_rules(store, knowledge.rules, now())
    live = Live(open_current)
    desk = FrontDesk(store, live, knowledge.model.hash, now)

    def import_tickets(job: Job, report: Report) -> Mapping[str, int | str]:
        live.refresh()
        means = Means(
            lambda chunks: decide_here(live(), chunks), store, knowledge.model.hash, now, lambda: live().rules
        )
        return run_ticket_import(job, report, means=means, store=store, uploads=uploads, read=_tickets_of)

    def import_places(job: Job, report: Report) -> Mapping[str, int | str]:
        counts = run_place_import(job, report, store=store, uploads=uploads, read=_places_of, now=now)
        live.refresh()
        return counts

    def read_upload(job: Job, report: Report) -> Mapping[str, int | str]:
        return read_capture(job, report, store=store, uploads=uploads, read=capture_reader(knowledge.rules))

    def let_captures_go() -> None:
        expire_captures(store, uploads, now())

    runners = {"import_tickets": import_tickets, "import_places": import_places, "read_capture": read_upload}
    flow = open_flow(
        chosen, store, lambda: live().rules, lambda ticket: live().decide([ticket])[0], knowledge.model.hash
    )
    chores = (
        let_captures_go,
        lambda: forget_sign_ins(store, now()),
        *flow_chores(chosen, store, flow, lambda: live().rules),
    )
    worker = Worker(store, runners, system_url=_jobs_url(chosen), now=now, slot=slot, chores=chores)
    search = LookAround(store, lambda: live().places, live().parse_address)
    speed = open_speed(chosen, store, knowledge.rules)
    walks = open_walks(chosen, store, knowledge.rules)
    return Service(desk, uploads, worker, speed, search, capture_tools(knowledge.rules), walks, flow)


def _jobs_url(chosen: Settings) -> str:
    """Return where DBOS keeps its records: a file of its own beside SQLite, else the same PostgreSQL."""
    if chosen.database_url.startswith("sqlite"):
        return f"sqlite:///{chosen.data_dir / 'jobs.db'}"
    return chosen.database_url


def _tickets_of(path: Path, import_: Import) -> Iterator[Ticket | Reject]:
    """Read an upload; its errors name the file as the person does, never where it is kept."""
    try:
        yield from named(read_file(path, source=import_.source), import_.file)
    except IntakeError as error:
        raise type(error)(import_.file, error.what, error.do) from error


def _places_of(path: Path, name: str) -> tuple[list[Place], list[PlaceReject]]:
    """Read an upload under the name that the person knows, whose suffix says what it is."""
    with TemporaryDirectory() as folder:
        linked = Path(folder) / Path(name).name
        linked.symlink_to(path)
        return read_places(linked)
