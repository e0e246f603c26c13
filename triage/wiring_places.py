"""How is the combined look-up of a place put together? Never decides anything."""

from __future__ import annotations

from geo.divisions import Divisions
from geo.parse import ParsedAddress, parse
from triage.cases.look_around import LookAround
from triage.decide import ParseAddress
from triage.settings import Settings
from triage.store.database import SqlStore
from triage.wiring import index_places, open_knowledge, open_places


def open_search(chosen: Settings, store: SqlStore) -> LookAround:
    """Open a look-up over the stored places and tickets. Raises RulesInvalid, DivisionsUnreadable."""
    knowledge = open_knowledge(chosen)
    book = open_places(index_places(chosen, store, knowledge.divisions), store, knowledge)
    return LookAround(store, lambda: book, address_parser(knowledge.divisions))


def address_parser(divisions: Divisions) -> ParseAddress:
    """Return a function that takes an address apart: text, city hint, county hint."""

    def parse_address(text: str, city: str | None, county: str | None) -> ParsedAddress:
        return parse(text, divisions, city=city, district=county)

    return parse_address
