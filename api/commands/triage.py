"""`./suyin triage FILE...`: tickets in, decisions out.

Decisions go to stdout (one JSON object a line with --json), progress, rejects and the summary to stderr.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn

from api.commands.place_import import import_into
from api.failing import sentences_for
from api.tally import Tally
from geo.place import Place
from geo.places import read_places
from triage import wiring
from triage.actors import LOCAL_OPERATOR
from triage.cases.take_in import Means, Taken, take_in
from triage.crew import decide_here
from triage.documents import decision_document, encode
from triage.intake import load_mapping, read_file
from triage.settings import Settings
from triage.tickets import Reject, Ticket

err = Console(stderr=True, highlight=False)
LARGE = 2_000_000  # bytes of tickets from which worker processes pay for their start


def triage(
    files: Annotated[list[Path], typer.Argument(help="EOMS XML, XLSX, CSV or JSON files with tickets")],
    places: Annotated[list[Path] | None, typer.Option(help="blind spots or plans (repeatable)")] = None,
    province: Annotated[str | None, typer.Option(help="sichuan or anhui: overlays the base rules")] = None,
    mapping: Annotated[Path | None, typer.Option(help="YAML: their field names → ours")] = None,
    source: Annotated[str, typer.Option(help="name of the upstream system, part of the key")] = "eoms",
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a line on stdout")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="keep nothing")] = False,
) -> None:
    """Decide tickets: what each is about, where it is, who must handle it, and why."""
    with sentences_for(err):
        chosen = wiring.settings(province=province)
        fields = load_mapping(mapping) if mapping else None
        for file in [*files, *(places or [])]:
            if not file.is_file():
                raise typer.BadParameter(f"{file} is not a file; give a file of tickets (XML, XLSX, CSV or JSON)")
        rows = (row for file in files for row in read_file(file, mapping=fields, source=source))
        batches = _dry(chosen, places or [], rows) if dry_run else _kept(chosen, places or [], rows, files)
        show(batches, as_json=as_json)


def _dry(chosen: Settings, places: list[Path], rows: Iterable[Ticket | Reject]) -> Iterator[Taken]:
    knowledge = wiring.open_knowledge(chosen)
    listed: list[Place] = []
    for file in places:
        found, rejects = read_places(file)
        listed += found
        for reject in rejects:
            err.print(f"[yellow]{reject.file} 第 {reject.row} 行 {reject.field}：{reject.sentence}[/]")
    book = wiring.places_at_hand([*wiring.stored_places(chosen), *listed], knowledge)
    decider = wiring.make_decider(knowledge, book, wiring.unstored_id)
    desk = Means(partial(decide_here, decider), None, knowledge.model.hash, wiring.now)
    return take_in(rows, desk, LOCAL_OPERATOR)


def _kept(chosen: Settings, places: list[Path], rows: Iterable[Ticket | Reject], files: list[Path]) -> Iterator[Taken]:
    with closing(wiring.open_store(chosen)) as store:
        for file in places:
            import_into(store, file, err)
        desk, _ = wiring.open_means(chosen, store, large=sum(file.stat().st_size for file in files) > LARGE)
        batch = wiring.begin_import(store, files, wiring.now())
        yield from take_in(rows, desk, LOCAL_OPERATOR, batch=batch)


def show(batches: Iterator[Taken], *, as_json: bool) -> None:
    """Print decisions as they come, and the summary at the end."""
    tally = Tally()
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task("分诊", total=None)
        for taken in batches:
            tally.add(taken)
            progress.update(task, completed=tally.tickets, description=f"分诊 {tally.tickets} 张")
            if as_json:
                sys.stdout.writelines(encode(decision_document(d.decision)) + "\n" for d in taken.decided)
                sys.stdout.flush()
    tally.print(err)
