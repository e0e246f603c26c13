"""What have people said about which place an address means?

Their corrections of the field place, each with the address that counts: the corrected one where it was corrected too.
Never fits anything.
"""

from __future__ import annotations

from geo.place import PlaceQuery
from triage.ports import Work


def stored_pairs(work: Work) -> list[tuple[PlaceQuery, str | None]]:
    """Return an address and the number of the place it means for every ticket whose place was corrected.

    The number is None where a person said that no listed place is meant; a later correction replaces an earlier one.
    """
    meant = {c.ticket_id: c.after for c in work.corrections.by_field("place")}
    texts = {c.ticket_id: c.after for c in work.corrections.by_field("address")}
    pairs = []
    for ticket_id, place in meant.items():
        address = work.decisions.latest(ticket_id).decision.address
        if text := texts.get(ticket_id) or address.text:
            pairs.append((PlaceQuery(text, address.city or None, address.district or None), place))
    return pairs
