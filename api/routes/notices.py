"""Notices over JSON: what a person is told on pages, and that it was read."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.house import Acting, InHouse
from api.schemas_flow import NoticeOut, NoticesOut, ReadIn, ReadOut
from triage.records import Page

router = APIRouter(prefix="/api/v1/notices", tags=["notices"])


@router.get("", summary="Read notices")
def inbox(
    house: InHouse,
    actor: Acting,
    unread: Annotated[bool, Query()] = False,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    size: Annotated[int, Query(ge=1, le=200)] = 50,
) -> NoticesOut:
    """Return what the person, or one of their roles, is told, the newest first."""
    items, total = house.flow.inbox(Page(page, size), unread=unread, actor=actor)
    return NoticesOut(total=total, items=[NoticeOut.of(notice, was_read) for notice, was_read in items])


@router.post("/read", summary="Note that notices were read")
def mark_read(house: InHouse, actor: Acting, given: ReadIn) -> ReadOut:
    """Note that the person has read notices; those of others are left alone."""
    return ReadOut(read=house.flow.read_notices(given.ids, actor=actor))
