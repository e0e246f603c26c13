"""What do the ways in ask of the combined look-up of a place (综合查询)? A protocol only."""

from __future__ import annotations

from typing import Protocol

from triage.records import Page
from triage.records_places import Around


class PlaceSearch(Protocol):
    """Implemented by triage.cases.look_around."""

    def find(self, text: str, page: Page) -> Around:
        """Return blind spots, plans and tickets for a typed number, coordinate or address; empty lists all places."""
