"""Who acts? Every case takes an Actor; until accounts exist it is the local operator. Never checks a password."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """id: stable name of a person or service. roles: names of roles. areas: division codes; empty means all."""

    id: str
    roles: frozenset[str]
    areas: frozenset[str]


LOCAL_OPERATOR = Actor(
    id="local-operator",
    roles=frozenset({"analyst", "network_engineer", "rule_keeper", "administrator"}),
    areas=frozenset(),
)
SYSTEM = Actor(id="system", roles=frozenset(), areas=frozenset())  # what the program does by itself
