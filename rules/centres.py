"""Which centres handle tickets, and which of them answers for which party?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rules.form import Form, suggest
from rules.problems import Place, Problems
from rules.source import Source, read_source
from rules.yaml_nodes import Node

BASE = "base"  # the province of what holds everywhere


@dataclass(frozen=True, slots=True)
class Centre:
    """A handling centre. name: Chinese. kind: what sort of unit. province: `base` where every province has it."""

    id: str
    name: str
    kind: str
    province: str
    source: Source
    place: Place
    node: Node


@dataclass(frozen=True, slots=True)
class PartyCentre:
    """Who answers for a party in a province. centre: None where nobody is dispatched to. because: why (Chinese)."""

    party: str
    province: str
    centre: str | None
    because: str
    source: Source
    place: Place
    node: Node


def read_centre(node: Node, problems: Problems) -> Centre:
    """Return one entry of centres.yaml."""
    form = Form(node, problems, "centre", ("id", "name", "kind", "province", "source"))
    return Centre(
        form.text("id"), form.text("name"), form.text("kind"), form.text("province"), read_source(form),
        node.place, node,
    )  # fmt: skip


def read_party(node: Node, problems: Problems) -> PartyCentre:
    """Return one entry of parties.yaml."""
    form = Form(node, problems, "party", ("party", "province", "centre", "because", "source"))
    centre = form.need("centre")
    named = form.text("centre") if centre is not None and centre.value is not None else None
    return PartyCentre(
        form.text("party"), form.text("province"), named, form.maybe_text("because") or "", read_source(form),
        node.place, node,
    )  # fmt: skip


def parties_of(entries: Mapping[tuple[str, str], PartyCentre], province: str | None) -> dict[str, PartyCentre]:
    """Return party → who answers for it in the province; what the province does not say, the base says."""
    chosen = {party: entry for (party, where), entry in entries.items() if where == BASE}
    chosen.update({party: entry for (party, where), entry in entries.items() if where == province})
    return chosen


def check_parties(
    entries: Mapping[tuple[str, str], PartyCentre], centres: Mapping[str, Centre], problems: Problems
) -> None:
    """Record parties whose centre does not exist."""
    for entry in entries.values():
        if entry.centre is not None and entry.centre not in centres:
            hint = suggest(entry.centre, centres)
            problems.error(entry.place, f"party {entry.party}: there is no centre {entry.centre}{hint}")
