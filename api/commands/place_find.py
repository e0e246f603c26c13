"""`./suyin places find Q`: what a typed place means and what is near it (综合查询)."""

from __future__ import annotations

from contextlib import closing
from typing import Annotated

import typer
from rich.console import Console

from api.failing import sentences_for
from api.schemas_places import AroundOut
from triage import wiring, wiring_places
from triage.cases.look_around import how_near
from triage.names import PLACE_KINDS
from triage.places import KINDS
from triage.records import Page
from triage.records_places import Around, FoundPlace
from triage.sighting import metres

err = Console(stderr=True, highlight=False)
_STATUS = {"current": "有效", "over": "已失效", None: "状态不明"}


def place_find(
    q: Annotated[str, typer.Argument(help="an address, a name, a number of a list, or “lon,lat datum”")],
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object, as GET /api/v1/places gives it")] = False,
    page: Annotated[int, typer.Option(min=1, help="of places and tickets")] = 1,
    size: Annotated[int, typer.Option(min=1, max=200, help="places and tickets on a page")] = 20,
) -> None:
    """Look up a place: blind spots, plans and tickets near it."""
    with sentences_for(err):
        chosen = wiring.settings()
        with closing(wiring.open_store(chosen)) as store:
            around = wiring_places.open_search(chosen, store).find(q, Page(page, size))
        if as_json:
            typer.echo(AroundOut.of(around).model_dump_json())
        else:
            typer.echo("\n".join(_lines(around)))


def _lines(around: Around) -> list[str]:
    lines = [around.note] if around.note else []
    if around.parsed:
        parts = (around.parsed.province, around.parsed.city, around.parsed.district, around.parsed.town)
        lines.append(f"理解为：{''.join(parts) or '区划不明'} {around.parsed.rest}")
        if len(around.parsed.candidates) > 1:
            lines.append(f"可能的区划：{'、'.join(''.join(candidate) for candidate in around.parsed.candidates)}")
    for kind in KINDS:
        lines.append(f"{PLACE_KINDS[kind]}：共 {around.counts[kind]} 处")
        lines += [f"  {_line(found)}" for found in around.places if found.place.kind == kind]
    lines.append(f"附近的工单：共 {around.counts['ticket']} 张")
    lines += [f"  {near.ticket.number}  {near.address}  {how_near(near)}" for near in around.tickets]
    return lines


def _line(found: FoundPlace) -> str:
    parts = [found.place.id, found.place.name or found.place.address, _STATUS[found.status]]
    if found.probability is not None:
        parts.append(f"{found.probability:.0%}")
    if found.distance_m is not None:
        parts.append(metres(found.distance_m))
    return "  ".join((*parts, found.sentence))
