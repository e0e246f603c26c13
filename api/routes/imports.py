"""Files over HTTP: hand in tickets or places, follow the job, read what was rejected."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, File, Path, Query, Response, UploadFile

from api.house import Acting, House, InHouse
from api.routes.tickets import Source
from api.schemas import JobOut, Paging, RejectsOut
from triage.actors import Actor
from triage.cases.hand_in import hand_in
from triage.records import ImportKind

router = APIRouter(prefix="/api/v1")
RecordId = Annotated[str, Path(max_length=64)]
_BLOCK = 1 << 20


@router.post("/imports", status_code=202, tags=["tickets"], summary="Hand in a file of tickets")
def import_tickets(
    house: InHouse,
    actor: Acting,
    response: Response,
    file: Annotated[UploadFile, File(description="EOMS XML, XLSX, CSV, JSON or JSON lines")],
    source: Annotated[Source, Query(description="upstream system of the tickets")] = "eoms",
) -> JobOut:
    """Keep the file and ask for the job that imports it; `Location` is where to follow it."""
    return _hand_in(house, actor, response, file, "tickets", source=source, complete=False)


@router.get("/imports/{import_id}/rejects", tags=["tickets"], summary="Read which rows could not be read, and why")
def rejects(house: InHouse, import_id: RecordId, paging: Annotated[Paging, Query()]) -> RejectsOut:
    """Return one page of the rejects in the order of the file."""
    with house.store.read() as work:
        work.imports.get(import_id)
        found, total = work.rejects.of(import_id, paging.stretch())
    return RejectsOut.of(found, total, paging.stretch())


@router.get("/jobs/{job_id}", tags=["jobs"], summary="Follow a job")
def follow(house: InHouse, job_id: RecordId) -> JobOut:
    """Return how far a job is."""
    with house.store.read() as work:
        return JobOut.of(work.jobs.get(job_id))


@router.post("/places/imports", status_code=202, tags=["places"], summary="Hand in a file of blind spots or plans")
def import_places(
    house: InHouse,
    actor: Acting,
    response: Response,
    file: Annotated[UploadFile, File(description="CSV, XLSX, GeoJSON, Shapefile (zip) or KML")],
    complete: Annotated[bool, Query(description="the file lists all places of its kind; others are gone")] = False,
) -> JobOut:
    """Keep the file and ask for the job that imports it; `Location` is where to follow it."""
    return _hand_in(house, actor, response, file, "places", source="places", complete=complete)


def _hand_in(
    house: House, actor: Actor, response: Response, file: UploadFile, kind: ImportKind, *, source: str, complete: bool
) -> JobOut:
    upload = house.uploads.keep(_blocks(file))
    name = (file.filename or "")[-200:]
    job = hand_in(house.store, upload, kind, name, source=source, complete=complete, actor=actor, at=house.now())
    response.headers["Location"] = f"/api/v1/jobs/{job.id}"
    return JobOut.of(job)


def _blocks(file: UploadFile) -> Iterator[bytes]:
    while block := file.file.read(_BLOCK):
        yield block
