"""`./suyin`: the command line, one verb a file under api/commands. Imports of heavy rooms wait for their verb."""

from __future__ import annotations

import typer

from api.commands import demo, doctor, explain, keep, model, places, rules, serve, triage

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode="rich", help=(
    "溯因 Suyin: traces network complaints to a specialty, a place, a cause and a handling centre, with its reasons."
))  # fmt: skip
app.command()(triage.triage)
app.command()(explain.explain)
app.command()(serve.serve)
app.command()(serve.work)
app.command()(keep.migrate)
app.command()(keep.backup)
app.command()(keep.restore)
app.command()(doctor.doctor)
app.command()(demo.demo)
app.add_typer(rules.app, name="rules", help="check, test, explain, compare and draw the rules")
app.add_typer(places.app, name="places", help="import, match, parse and compare places")
app.add_typer(model.app, name="model", help="fit and measure the wording model")

if __name__ == "__main__":
    app()
