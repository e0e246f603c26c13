"""`./suyin places import FILE...`: keep blind spots and plans; again by number says what was added, changed, gone."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from api.failing import sentences_for
from geo.places import read_places
from triage import wiring
from triage.actors import LOCAL_OPERATOR
from triage.cases.import_places import import_places
from triage.store.database import SqlStore

err = Console(stderr=True, highlight=False)


def place_import(
    files: Annotated[list[Path], typer.Argument(help="lists of blind spots or plans")],
    complete: Annotated[bool, typer.Option("--complete", help="the list is whole: places it lacks are gone")] = False,
) -> None:
    """Keep lists of places; a row that cannot be read is reported and never stops the rest."""
    with sentences_for(err):
        chosen = wiring.settings()
        with closing(wiring.open_store(chosen)) as store:
            for file in files:
                import_into(store, file, err, complete=complete)
            wiring.index_places(chosen, store, wiring.open_table_of_divisions(chosen))


def import_into(store: SqlStore, file: Path, console: Console, *, complete: bool = False) -> None:
    """Keep the places of one file and print what that changed."""
    done = import_places(store, file, read_places, LOCAL_OPERATOR, wiring.now(), complete=complete)
    changes = done.changes
    counts = f"新增 {changes.added}，变更 {changes.changed}，未变 {changes.unchanged}，消失 {done.gone}"
    console.print(f"{file.name}：{counts}；无法读取 {len(done.rejects)} 行")
    for reject in done.rejects[:20]:
        console.print(
            f"{reject.file} 第 {reject.row} 行 {reject.field}：{reject.sentence}", style="yellow", markup=False
        )
