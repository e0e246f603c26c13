"""Who acts? Every case takes an Actor; until accounts exist it is the local operator. Never checks a password."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """id: stable name of a person or service. roles: names of roles. areas: division codes; empty means all.

    grants: each role with an area in which it holds, "" for everywhere; empty where every role holds in every area.
    """

    id: str
    roles: frozenset[str]
    areas: frozenset[str]
    grants: frozenset[tuple[str, str]] = frozenset()


ROLES = (
    "analyst", "centre", "branch", "customer_service", "network_engineer", "installer", "dispatcher",
    "ticket_creator", "ticket_receiver", "quality_group", "task_sender", "task_reviewer", "task_worker",
    "task_manager", "parameter_keeper", "first_contact", "team_leader", "department_head", "company_leader",
    "supervisor", "rule_keeper",
)  # fmt: skip
"""The roles of rules/content/roles.yaml; a test compares both."""
LOCAL_OPERATOR = Actor(
    id="local-operator",
    roles=frozenset({"administrator", *ROLES}),
    areas=frozenset(),
)
SYSTEM = Actor(id="system", roles=frozenset(), areas=frozenset())  # what the program does by itself
