"""`./suyin model …`: fit the weights of the wording model and measure what it is worth on labelled tickets."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from api.failing import sentences_for
from triage import wiring
from triage.calibrate import Calibration, calibrate
from triage.wordings import read_weights, read_wordings, write_weights

app = typer.Typer(no_args_is_help=True)
out, err = Console(highlight=False), Console(stderr=True, highlight=False)


@app.command()
def fit(
    write: Annotated[bool, typer.Option("--write", help="replace rules/content/wordings/weights.json")] = False,
) -> None:
    """Fit the weights on wordings held out from the model, and show the reliability table."""
    with sentences_for(err):
        _, thresholds = read_weights()
        found = calibrate(wiring.open_rules(None), read_wordings())
        show(found)
        if write:
            write_weights(found.weights, thresholds, measured(found))


def measured(found: Calibration) -> dict[str, object]:
    """Return what is written beside the weights."""
    return {
        "wordings": found.wordings,
        "right": round(found.right, 4),
        "right_of_surest_90_percent": round(found.covered, 4),
        "expected_calibration_error": round(found.error, 4),
        "reliability": [[round(mean, 3), round(share, 3), count] for mean, share, count in found.table],
    }


def show(found: Calibration) -> None:
    """Print what a calibration is worth."""
    out.print(f"{found.wordings} wordings: right {found.right:.3f}, of the surest 90 % {found.covered:.3f}")
    table = Table("probability", "right", "wordings", box=None, padding=(0, 2))
    for mean, share, count in found.table:
        table.add_row(f"{mean:.2f}", f"{share:.2f}", str(count))
    out.print(table)
    out.print(f"expected calibration error {found.error:.3f}")
