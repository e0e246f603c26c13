"""How does a command end when something is wrong? One sentence on stderr and exit code 2, never a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console

from diagnostics.errors import DiagnosticsError
from geo.errors import GeoError
from rules.errors import RulesError
from triage.errors import SuyinError
from triage.intake.errors import IntakeError


@contextmanager
def sentences_for(console: Console) -> Iterator[None]:
    """Print the sentence of an expected error and leave with exit code 2."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError as error:  # whoever reads, e.g. head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from error
    except (SuyinError, IntakeError, RulesError, GeoError, DiagnosticsError, OSError) as error:
        console.print(f"suyin: {error}", style="red", markup=False, soft_wrap=True)
        raise typer.Exit(2) from error
