"""Where are the word lists, thresholds and coefficients of this room, and how are they read?

They are data under rules/content/geo: a line-based list (`#` starts a comment, columns are separated by blanks) or
JSON. Never holds a word itself.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import rules
from geo.errors import ContentUnreadable

DIRECTORY = Path(rules.__file__).parent / "content" / "geo"


def lines(name: str, *, columns: int) -> list[list[str]]:
    """Return the rows of a list, each with at least that many columns. Raises ContentUnreadable with file and line."""
    rows = []
    for number, line in enumerate(_text(name).splitlines(), 1):
        row = line.partition("#")[0].split()
        if row and len(row) < columns:
            raise ContentUnreadable(f"{name} line {number}: {columns} columns are needed, found {len(row)}")
        if row:
            rows.append(row)
    return rows


def document(name: str) -> dict[str, Any]:
    """Return a JSON object. Raises ContentUnreadable."""
    try:
        found = json.loads(_text(name))
    except ValueError as error:
        raise ContentUnreadable(f"{name} is not JSON: {error}") from error
    if not isinstance(found, dict):
        raise ContentUnreadable(f"{name} must hold an object")
    return found


@cache
def digest(name: str) -> str:
    """Return the sha256 of one file, as 64 hex digits. Raises ContentUnreadable."""
    return hashlib.sha256(_text(name).encode()).hexdigest()


def _text(name: str) -> str:
    try:
        return (DIRECTORY / name).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ContentUnreadable(f"{DIRECTORY / name} cannot be read: {error}") from error
