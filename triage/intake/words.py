"""Which words end an address, announce it, or can never belong to one?

The lists stand in words.toml, so that they can be read and corrected without code. Never holds places.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Words:
    """The lists of words.toml; what each is for stands there."""

    breaks: tuple[str, ...]
    kept: tuple[str, ...]
    divisions: tuple[str, ...]
    towns: tuple[str, ...]
    villages: tuple[str, ...]
    roads: tuple[str, ...]
    numbers: tuple[str, ...]
    compounds: tuple[str, ...]
    nameless: tuple[str, ...]


@cache
def words() -> Words:
    """Return the lists, read once."""
    lists = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
    return Words(**{field.name: tuple(lists[field.name].split()) for field in fields(Words)})
