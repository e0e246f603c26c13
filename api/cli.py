"""`./suyin`: the command line, one verb a file under api/commands.

Only the module of the verb at hand is imported, because some rooms take seconds to import; help imports them all.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module

import typer

VERBS: Mapping[str, str] = {
    "triage": "triage",
    "explain": "explain",
    "rules": "rules",
    "places": "places",
    "capture": "capture",
    "model": "model",
    "speed": "speed",
    "tree": "tree",
    "flow": "flow",
    "audit": "audit",
    "user": "user",
    "serve": "serve",
    "work": "serve",
    "migrate": "keep",
    "backup": "keep",
    "restore": "keep",
    "doctor": "doctor",
    "demo": "demo",
}
ABOUT = "溯因 Suyin: traces network complaints to a specialty, a place, a cause and a centre, with its reasons."
GROUPS: Mapping[str, str] = {
    "rules": "Check, test, explain, compare and draw the rules.",
    "places": "Import, match, take apart and compare places.",
    "model": "Fit and measure the wording model.",
    "speed": "Test lines, judge rates, report the share that passed.",
    "flow": "List, show and try out the lifecycles of tickets.",
    "audit": "Check that the history is whole.",
    "tree": "List, show, draw and walk the fault trees.",
    "user": "Keep accounts, roles, passwords and tokens.",
}


def build(verbs: Sequence[str]) -> typer.Typer:
    """Return the application with some of its verbs."""
    app = typer.Typer(no_args_is_help=True, add_completion=False, help=ABOUT)
    app.callback()(lambda: None)  # keeps a single verb a verb
    for verb in verbs:
        module = import_module(f"api.commands.{VERBS[verb]}")
        if verb in GROUPS:
            app.add_typer(module.app, name=verb, help=GROUPS[verb])
        else:
            app.command(verb)(getattr(module, verb))
    return app


def main() -> None:
    """Run the verb that the arguments name."""
    asked = sys.argv[1] if len(sys.argv) > 1 else ""
    build([asked] if asked in VERBS else list(VERBS))(prog_name="suyin")


if __name__ == "__main__":
    main()
