"""`./suyin audit verify`: is the history whole, and the same that was seen before? Exit code 1 where it is not."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from typing import Annotated

import typer
from rich.console import Console

from api.failing import sentences_for
from triage import wiring
from triage.history_anchor import verify
from triage.wiring_flow import open_anchor

app = typer.Typer(no_args_is_help=True)
app.callback()(lambda: None)  # keeps a single sub-command a sub-command
out = Console(highlight=False)
err = Console(stderr=True, highlight=False, markup=False)


@app.command("verify")
def verify_history(as_json: Annotated[bool, typer.Option("--json", help="JSON on stdout")] = False) -> None:
    """Check the chain of the history, the heads kept outside the database, the audit trail and the tickets."""
    with sentences_for(err):
        chosen = wiring.settings()
        anchor = open_anchor(chosen)
        with closing(wiring.open_store(chosen)) as store:
            found = verify(store, anchor)
            if found.whole:
                anchor.write(store, wiring.now())
    if as_json:
        document = {
            "whole": found.whole, "entries": found.entries, "anchors": found.anchors, "breaks": list(found.breaks),
        }  # fmt: skip
        sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    elif found.whole:
        out.print(f"历史完整：{found.entries} 条，与 {anchor.file} 中的 {found.anchors} 个链头一致", soft_wrap=True)
    else:
        for sentence in found.breaks:
            out.print(sentence, soft_wrap=True, markup=False)
    if not found.whole:
        raise typer.Exit(1)
