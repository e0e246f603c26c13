"""What set-up compiles is what a search needs."""

from __future__ import annotations

from typing import Any, cast

from geo import search
from geo.divisions import Divisions
from geo.warm import warm


def test_built_opened_and_changed_lists_share_one_compiled_search(divisions: Divisions) -> None:
    warm(divisions)
    assert len(cast(Any, search._run).signatures) == 1
