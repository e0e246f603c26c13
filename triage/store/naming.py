"""Which names of roads, compounds and doors is a ticket kept under, so that it is found near a place?

Names are those of the address in the newest decision. Never searches.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, bindparam

from geo.names import names_in
from triage.decisions import Address
from triage.store.rows import clean
from triage.store.tables_around import ticket_names

# Built once: for a single ticket, building statements would take as long as running them.
_FORGET = ticket_names.delete().where(ticket_names.c.ticket_id.in_(bindparam("ids", expanding=True)))
_KEEP = ticket_names.insert()
_REMEMBERED = 4096  # addresses: many tickets of a fault name the same one


def keep_names(connection: Connection, addresses: Mapping[str, Address], *, known: Iterable[str]) -> None:
    """Keep the names of addresses. addresses: by id of the ticket. known: the tickets that may have names already."""
    old = list(known)
    if old:
        connection.execute(_FORGET, {"ids": old})
    rows = [row for id_, address in addresses.items() for row in _rows(id_, address)]
    if rows:
        connection.execute(_KEEP, rows)


def _rows(id_: str, address: Address) -> list[dict[str, Any]]:
    return [{"ticket_id": id_, "name": name, "kind": kind} for name, kind in _kinds(address.rest)]


@lru_cache(maxsize=_REMEMBERED)
def _kinds(rest: str) -> tuple[tuple[str, str], ...]:
    """Return the names in the part of an address behind its divisions, each once, with what they name."""
    return tuple({clean(name.text): name.kind for name in reversed(names_in(rest))}.items())
