"""`./suyin demo`: the samples, taken in once. What `make run` does before it serves."""

from __future__ import annotations

import typer

from api.commands.triage import triage
from triage.settings import PROJECT

SAMPLES = PROJECT / "samples"
TICKETS = (".xml", ".xlsx", ".csv", ".jsonl")


def demo() -> None:
    """Take the sample places and tickets in; again is no change."""
    tickets = sorted(f for f in SAMPLES.glob("tickets*") if f.suffix in TICKETS)
    places = sorted(SAMPLES.glob("blind_spots*.csv")) + sorted(SAMPLES.glob("plans*.csv"))
    if not tickets:
        raise typer.BadParameter(f"no samples under {SAMPLES}; the checkout is incomplete, clone it anew")
    triage(files=tickets, places=places, province=None, mapping=None, source="eoms", as_json=False, dry_run=False)
