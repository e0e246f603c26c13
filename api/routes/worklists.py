"""Work lists over JSON and as spreadsheets: 待接单, 本组处理, 个人待办, 个人已办, 跟踪 and the others of LISTS."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.house import Acting, House, InHouse
from api.schemas_flow import LineOut, LinesOut, LinesQuery, ListOut, Names
from triage.flow_desk import LISTS
from triage.flow_export import MOST_ROWS, write_lines
from triage.masking import mask_text
from triage.records import Page
from triage.records_flow import FlowLine

router = APIRouter(prefix="/api/v1/worklists", tags=["worklists"])
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_STRETCH = 200


@router.get("", summary="Count the work lists")
def counts(house: InHouse, actor: Acting) -> list[ListOut]:
    """Return every list with how many tickets it has for the person."""
    return [ListOut.of(name, count) for name, count in house.flow.counts(actor).items()]


@router.get("/{name}", summary="Read a work list")
def lines(house: InHouse, actor: Acting, name: Names, query: Annotated[LinesQuery, Query()]) -> LinesOut:
    """Return one page of a list, the newest change first unless asked otherwise."""
    found = house.flow.list(name, query.query(), query.stretch(), actor=actor)
    labels = _labels(house)
    items = [LineOut.of(line, labels(line)) for line in found.items]
    return LinesOut(name=name, title=LISTS[name], total=found.total, page=query.page, size=query.size, items=items)


@router.get(
    "/{name}/export.xlsx",
    summary="Export a work list",
    response_class=Response,
    responses={200: {"content": {XLSX: {"schema": {"type": "string", "format": "binary"}}}}},
)
def export(house: InHouse, actor: Acting, name: Names, query: Annotated[LinesQuery, Query()]) -> Response:
    """Return the lines that fit as a spreadsheet, numbers masked; at most 20,000 of them."""
    labels = _labels(house)
    rows: list[tuple[FlowLine, str]] = []
    for page in range(1, MOST_ROWS // _STRETCH + 1):
        found = house.flow.list(name, query.query(), Page(page, _STRETCH), actor=actor).items
        rows += [(line, labels(line)) for line in found]
        if len(found) < _STRETCH:
            break
    headers = {"Content-Disposition": f'attachment; filename="{name}.xlsx"'}
    return Response(write_lines(LISTS[name], rows, mask_text), media_type=XLSX, headers=headers)


class _Labels:
    """Names of states, by the lifecycles of now; the id where a ticket is on an older one that lacks it."""

    def __init__(self, house: House) -> None:
        self._lives = {life.id: life for life in house.flow.shelf.all()}

    def __call__(self, line: FlowLine) -> str:
        life = self._lives.get(line.ticket.lifecycle or "")
        state = life.states.get(line.state) if life is not None else None
        return state.label if state is not None else line.state


def _labels(house: House) -> _Labels:
    return _Labels(house)
