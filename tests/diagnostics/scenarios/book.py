"""What does scenarios.yaml say of each capture in a folder?"""

from __future__ import annotations

import hashlib
import re
import subprocess
from pathlib import Path

import yaml

from tests.diagnostics.scenarios.declared import REGISTRY, Scenario
from tests.diagnostics.scenarios.making import frames

HEAD = """# What each capture in this folder shows, why it is here, how it was made, and what must be said of it.
# Written by `python -m tests.diagnostics.scenarios`; change the scenario, not this file.
# verdict (verdict_or: may stand as well), findings, absent: codes.
# responsible: parties of the verdict by the base tables.
# frames: proof by tshark, where it is a few.
# healthy: no finding may be a fault or a warning. Live ones differ in times and tags each time they are made.
"""
MANY = 12
VERSIONS = {"sipp": "-v", "kamailio": "-v", "freeradius": "-v", "osmo-ggsn": "-V", "dumpcap": "--version"}


def write(out: Path) -> None:
    """Write scenarios.yaml for the folder and for kept-apart/, of the captures that exist there."""
    versions = _versions()
    for apart in (False, True):
        rows = [
            _row(each, out, versions)
            for each in REGISTRY.values()
            if each.apart is apart and (out / each.file).exists()
        ]
        if not rows:
            continue
        path = out / ("kept-apart/scenarios.yaml" if apart else "scenarios.yaml")
        text = yaml.safe_dump(rows, allow_unicode=True, sort_keys=False, width=118, default_flow_style=None)
        path.write_text(HEAD + text, encoding="utf-8")


def _row(scenario: Scenario, out: Path, versions: dict[str, str]) -> dict[str, object]:
    path = out / scenario.file
    expected = scenario.expected
    named = [f"{program} {version}" for program, version in versions.items() if program in scenario.made_by]
    row: dict[str, object] = {
        "name": scenario.name,
        "file": path.name,
        "shows": scenario.shows,
        "why": scenario.why,
        "made": scenario.made_by + (f" ({', '.join(named)})" if named else ""),
        "verdict": expected.verdict or None,
        "verdict_or": list(expected.either),
        "responsible": list(expected.responsible),
        "findings": list(expected.findings),
        "absent": list(expected.absent),
        "healthy": expected.healthy,
        "frames": {code: found for code, proof in expected.proof.items() if len(found := frames(path, proof)) <= MANY},
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }
    if expected.cause is not None:
        row["cause"] = expected.cause
    return row


def _versions() -> dict[str, str]:
    found = {}
    for program, option in VERSIONS.items():
        try:
            done = subprocess.run([program, option], capture_output=True, text=True, check=False, timeout=10)
        except FileNotFoundError:
            continue
        if match := re.search(r"\d+\.\d+(\.\d+)*", done.stdout + done.stderr):
            found[program] = match.group()
    return found
