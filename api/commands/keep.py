"""`./suyin migrate`, `backup` and `restore`: keeping what the database holds."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from api.failing import sentences_for
from triage import wiring

out, err = Console(highlight=False), Console(stderr=True, highlight=False)


def migrate() -> None:
    """Bring the database to the schema of this program; an existing one is backed up first."""
    with sentences_for(err):
        chosen = wiring.settings()
        changed = wiring.migrate_store(chosen)
        out.print("the database was brought up to date" if changed else "the database is up to date")


def backup(file: Annotated[Path, typer.Argument(help="file to write, e.g. suyin-2026-11-23.zip")]) -> None:
    """Write database, uploads and rules in force into one file; works while the service runs."""
    with sentences_for(err):
        chosen = wiring.settings()
        with closing(wiring.open_store(chosen)):
            manifest = wiring.back_up(chosen, file)
        out.print(
            f"{file}: {sum(manifest.rows.values())} rows in {len(manifest.rows)} tables, as of {manifest.made_at}"
        )


def restore(
    file: Annotated[Path, typer.Argument(help="file that `backup` wrote")],
    replace: Annotated[bool, typer.Option("--replace", help="throw away what the database holds now")] = False,
) -> None:
    """Bring back what a backup holds, into SQLite or PostgreSQL; refuses a database that is not empty."""
    with sentences_for(err):
        manifest = wiring.restore(wiring.settings(), file, replace=replace)
        out.print(f"{file}: {sum(manifest.rows.values())} rows in {len(manifest.rows)} tables brought back")
