"""A decider with the real rules, model and divisions, opened once for the session."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from geo.place import Place
from triage import wiring
from triage.decide import Decided, Decider
from triage.intake import ticket_from_mapping
from triage.settings import PROJECT, read_settings
from triage.tickets import Ticket
from triage.wiring import Knowledge

Decide = Callable[..., Decided]


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    """Rules, model and divisions of this checkout; the model is kept in .cache between runs."""
    return wiring.open_knowledge(read_settings({"SUYIN_DATA_DIR": str(PROJECT / ".cache" / "tests")}))


@pytest.fixture(scope="session")
def decide(knowledge: Knowledge) -> Decide:
    """Decide one ticket made of Chinese field names, against the places given."""

    def decide_one(fields: dict[str, str], places: Sequence[Place] = ()) -> Decided:
        book = wiring.places_at_hand(places, knowledge)
        decider: Decider = wiring.make_decider(knowledge, book, wiring.unstored_id)
        ticket = ticket_from_mapping({"工单流水号": "T-1", **fields})
        assert isinstance(ticket, Ticket)
        return decider.decide([ticket])[0]

    return decide_one
