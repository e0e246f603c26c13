"""Captures over HTTP: upload one, follow it, read its diagnosis, attach it to a ticket, have its packets back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import mkstemp
from typing import Annotated

from fastapi import APIRouter, File, Query, Response, UploadFile
from fastapi import Path as InPath
from fastapi.responses import FileResponse
from pydantic import SecretStr
from starlette.background import BackgroundTask

from api.house import Acting, House, InHouse
from api.schemas import Paging
from api.schemas_captures import AttachIn, CaptureDetailOut, CaptureOut, CapturesOut, DigestOut, SecretIn
from diagnostics.ladder import ladder_svg
from diagnostics.magic import HEAD, format_of
from triage.cases.attach_capture import attach_capture
from triage.cases.download_capture import download_capture
from triage.cases.upload_capture import upload_capture
from triage.errors import NotFound, Refused
from triage.masking import mask_text, may_see_numbers
from triage.ports_captures import CaptureTools

router = APIRouter(prefix="/api/v1", tags=["captures"])
CaptureId = Annotated[str, InPath(max_length=64)]
TicketId = Annotated[str, InPath(max_length=64)]
CallId = Annotated[str, Query(max_length=500, description="a Call-ID of the diagnosis")]
PCAP = "application/vnd.tcpdump.pcap"
_BLOCK = 1 << 20


@router.post("/captures", status_code=202, summary="Upload a capture")
def upload(
    house: InHouse,
    actor: Acting,
    response: Response,
    file: Annotated[UploadFile, File(description="pcap or pcapng, also packed with gzip")],
    ticket_id: Annotated[str | None, Query(max_length=64, description="the ticket it is evidence of")] = None,
) -> CaptureOut:
    """Keep the file and ask for the job that reads it; `Location` is where its diagnosis will be."""
    if format_of(file.file.read(HEAD)) is None:
        raise Refused("这不是抓包文件；可以上传 pcap、pcapng，或用 gzip 压缩的这两种", "file")
    file.file.seek(0)
    kept = house.uploads.keep(_blocks(file))
    name = (file.filename or "")[-200:]
    capture = upload_capture(
        house.store, kept, name, ticket_id=ticket_id, keep=house.keep_captures, actor=actor, at=house.now()
    )
    response.headers["Location"] = f"/api/v1/captures/{capture.duplicate_of or capture.id}"
    return CaptureOut.of(capture, actor)


@router.get("/captures", summary="List captures")
def list_captures(house: InHouse, actor: Acting, paging: Annotated[Paging, Query()]) -> CapturesOut:
    """Return one page of the captures that the caller may see, the newest first."""
    with house.store.read() as work:
        found, total = work.captures.list(actor, paging.stretch())
    return CapturesOut.of(found, total, paging.stretch(), actor)


@router.get("/captures/{capture_id}", summary="Read a capture's diagnosis")
def look_at(house: InHouse, actor: Acting, capture_id: CaptureId) -> CaptureDetailOut:
    """Return the capture with its findings, calls, registrations and streams."""
    with house.store.read() as work:
        return CaptureDetailOut.of(work.captures.get(capture_id, actor), actor)


@router.post("/captures/{capture_id}/attach", status_code=204, summary="Make a capture evidence of a ticket")
def attach(house: InHouse, actor: Acting, capture_id: CaptureId, wanted: AttachIn) -> None:
    """Attach the capture; its facts feed the fault trees of the ticket."""
    attach_capture(house.store, capture_id, wanted.ticket_id, actor=actor, at=house.now())


@router.get("/tickets/{ticket_id}/captures", summary="List the captures of a ticket")
def of_ticket(house: InHouse, actor: Acting, ticket_id: TicketId) -> list[CaptureOut]:
    """Return the captures attached to a ticket that the caller may see, the oldest first."""
    with house.store.read() as work:
        work.tickets.get(ticket_id)
        return [CaptureOut.of(capture, actor) for capture in work.captures.attached_to(ticket_id, actor)]


@router.get(
    "/captures/{capture_id}/raw",
    summary="Download the capture as it was uploaded",
    description="Only for network engineers; every download is noted in the audit trail.",
    response_class=FileResponse,
    responses={200: {"content": {PCAP: {}}}},
)
def raw(house: InHouse, actor: Acting, capture_id: CaptureId) -> FileResponse:
    """Return the file."""
    capture = download_capture(house.store, capture_id, "whole", actor=actor, at=house.now())
    return FileResponse(
        house.uploads.path(capture.content_hash),
        media_type=PCAP,
        filename=capture.file or f"{capture.id}.pcap",
    )


@router.get(
    "/captures/{capture_id}/call",
    summary="Download one call with its media",
    description="Only for network engineers; every download is noted in the audit trail.",
    response_class=FileResponse,
    responses={200: {"content": {PCAP: {}}}},
)
def one_call(house: InHouse, actor: Acting, capture_id: CaptureId, call_id: CallId) -> FileResponse:
    """Return a pcap of the messages of the call on every leg, and of its media."""
    tools = _tools(house)
    capture = download_capture(house.store, capture_id, call_id, actor=actor, at=house.now())
    out = Path(mkstemp(suffix=".pcap")[1])
    try:
        tools.cut(house.uploads.path(capture.content_hash), call_id, out)
    except KeyError as error:
        out.unlink()
        raise NotFound("抓包里没有这个 Call-ID 的呼叫或注册，请从诊断结果里选择") from error
    return FileResponse(out, media_type=PCAP, filename=f"{capture.id}-call.pcap", background=BackgroundTask(out.unlink))


@router.get(
    "/captures/{capture_id}/ladder",
    summary="Draw a call or a registration",
    response_class=Response,
    responses={200: {"content": {"image/svg+xml": {}}}},
)
def ladder(house: InHouse, actor: Acting, capture_id: CaptureId, call_id: CallId | None = None) -> Response:
    """Return the ladder of what the first finding is about, or of the Call-ID asked for."""
    with house.store.read() as work:
        capture = work.captures.get(capture_id, actor)
    if capture.document is None:
        raise NotFound("这个抓包还没有诊断结果，请等分析完成后再看")
    try:
        drawn = ladder_svg(capture.document, call_id)
    except KeyError as error:
        raise NotFound("抓包里没有可以画的呼叫或注册，请从诊断结果里选择 Call-ID") from error
    return Response(drawn if may_see_numbers(actor) else mask_text(drawn), media_type="image/svg+xml")


@router.post(
    "/captures/{capture_id}/digest",
    summary="Try a password on the registrations of a capture",
    description="Compared at once and kept nowhere; only for network engineers, and that it was tried is noted.",
)
def try_secret(house: InHouse, actor: Acting, capture_id: CaptureId, tried: SecretIn) -> list[DigestOut]:
    """Return the signed requests, each with whether the password or HA1 made its digest."""
    tools = _tools(house)
    capture = download_capture(house.store, capture_id, "digest", actor=actor, at=house.now())
    path = house.uploads.path(capture.content_hash)
    try:
        answers = tools.check(path, tried.call_id, password=_opened(tried.password), ha1=_opened(tried.ha1))
    except KeyError as error:
        raise NotFound("抓包里没有这个 Call-ID 的注册，请从诊断结果里选择") from error
    return [DigestOut.model_validate(answer) for answer in answers]


def _opened(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()


def _tools(house: House) -> CaptureTools:
    if house.captures is None:
        raise Refused("这个服务没有打开抓包分析，请用 ./suyin serve 启动完整的服务")
    return house.captures


def _blocks(file: UploadFile) -> Iterator[bytes]:
    while block := file.file.read(_BLOCK):
        yield block
