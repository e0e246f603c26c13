"""`./suyin doctor`: what of the environment is missing, what works without it, and how to get it."""

from __future__ import annotations

import shutil
import socket
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Literal

import typer
from rich.console import Console
from rich.table import Table

from triage import wiring
from triage.errors import SuyinError
from triage.settings import PROJECT, Settings

State = Literal["ok", "missing", "broken"]
SIGNS = {"ok": "[green]✓[/]", "missing": "[yellow]–[/]", "broken": "[red]✗[/]"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. remedy: what to do, empty where nothing is to be done."""

    name: str
    state: State
    found: str
    remedy: str = ""


def doctor() -> None:
    """Look at everything Suyin needs; exit 1 where something it cannot do without is broken."""
    out = Console(highlight=False)
    table = Table(box=None, padding=(0, 2), show_header=False)
    findings = examine()
    for finding in findings:
        table.add_row(SIGNS[finding.state], finding.name, finding.found, finding.remedy)
    out.print(table)
    if any(finding.state == "broken" for finding in findings):
        raise typer.Exit(1)


def examine() -> list[Finding]:
    """Return what was found, the necessary things first."""
    version = ".".join(map(str, sys.version_info[:3]))
    findings = [Finding("Python", "ok" if sys.version_info >= (3, 11) else "broken", version)]
    try:
        chosen = wiring.settings()
    except SuyinError as error:
        return [*findings, Finding("settings", "broken", str(error), "correct the variable and try again")]
    findings += [
        _tried("data directory", lambda: _writable(chosen), "make the directory writable or set SUYIN_DATA_DIR")
    ]
    findings += [_tried("database", lambda: _database(chosen), "check SUYIN_DATABASE_URL; then ./suyin migrate")]
    findings += [_tried("rules", _rules, "run ./suyin rules check: it names file and line")]
    findings += [_file(chosen.divisions.name, chosen.divisions.exists(), "make setup")]
    assets = PROJECT / "api" / "static" / "vendor"
    findings += [_file("page assets", assets.is_dir() and any(assets.iterdir()), "make setup")]
    findings += [_port(chosen)]
    findings += [_program("tshark", "captures cannot be read", "sudo apt-get install tshark")]
    findings += [_program("node", "only needed to build page assets; make setup brings its own", "")]
    findings += [_program("chromium", "only needed by make test for the pages", "sudo apt-get install chromium")]
    return findings


def _tried(name: str, look: Callable[[], str], remedy: str) -> Finding:
    try:
        return Finding(name, "ok", look())
    except (SuyinError, OSError, ValueError) as error:
        return Finding(name, "broken", str(error), remedy)


def _writable(chosen: Settings) -> str:
    chosen.data_dir.mkdir(parents=True, exist_ok=True)
    probe = chosen.data_dir / ".doctor"
    probe.write_text("", "utf-8")
    probe.unlink()
    return str(chosen.data_dir)


def _database(chosen: Settings) -> str:
    with closing(wiring.open_store(chosen)) as store:
        return f"installation {store.installation.id}"


def _rules() -> str:
    rules = wiring.open_rules(None)
    return f"{len(rules.rules)} rules, {len(rules.tables)} tables, set {rules.hash[:12]}"


def _file(name: str, there: bool, remedy: str) -> Finding:
    return Finding(name, "ok", "built") if there else Finding(name, "broken", "not built", remedy)


def _port(chosen: Settings) -> Finding:
    with socket.socket() as probe:
        busy = probe.connect_ex((chosen.host, chosen.port)) == 0
    where = f"{chosen.host}:{chosen.port}"
    if busy:
        return Finding("port", "missing", f"{where} is in use", "stop what serves there or set SUYIN_PORT")
    return Finding("port", "ok", f"{where} is free")


def _program(name: str, without: str, remedy: str) -> Finding:
    path = shutil.which(name)
    return Finding(name, "ok", path) if path else Finding(name, "missing", without, remedy)
