"""What is decided about a ticket, and for which reasons?

The dataclasses here are the contract of `./suyin triage --json` and of the JSON API. Never decides anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from geo.coordinates import Spot, spot
from geo.place import Datum
from rules.text import Span
from triage.carried import Carried

Domain = Literal["mobile", "fixed_ims", "broadband", "leased_line", "non_network", "unclear"]
Action = Literal["self_handle", "dispatch_centre", "dispatch_field_test", "return_to_service", "review"]
Outcome = Literal["match", "review", "none"]
Priority = Literal["p1", "p2", "p3", "p4"]
Escalation = Literal["none", "risk", "tendency"]


@dataclass(frozen=True, slots=True)
class Address(Carried):
    """The address that was taken, and its divisions; an empty string is an unknown part."""

    text: str
    source: Literal["template", "field", "none"]
    province: str
    city: str
    district: str
    town: str
    rest: str


@dataclass(frozen=True, slots=True)
class Coordinate(Carried):
    """The coordinate that was taken. lon, lat: degrees in datum; datum: None where nobody said it, low trust then."""

    lon: float
    lat: float
    datum: Datum | None
    source: Literal["template", "field"]


@dataclass(frozen=True, slots=True)
class PlaceCandidate(Carried):
    """A blind spot or plan that could be meant. probability: 0 to 1, calibrated. sentence: why, in words."""

    kind: Literal["blind_spot", "plan"]
    id: str
    name: str
    probability: float
    level: str
    sentence: str


@dataclass(frozen=True, slots=True)
class PlaceFound(Carried):
    """Outcome of the place search; kind and id are None unless outcome is match or review."""

    kind: Literal["blind_spot", "plan"] | None
    id: str | None
    probability: float
    outcome: Outcome
    candidates: tuple[PlaceCandidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason(Carried):
    """One step of the decision: which rule or table row, its source, what it saw, and a sentence."""

    rule: str
    source: str
    spans: tuple[Span, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Ranked(Carried):
    """A candidate a person may choose from. score: probability 0 to 1."""

    value: str
    probability: float


@dataclass(frozen=True, slots=True)
class Decision(Carried):
    """The whole decision for one revision of a ticket. Source: 移动网络投诉处理规范, 第一步 to 第六步."""

    ticket: str
    id: str
    domain: Domain
    phenomenon: str | None
    specialty: str | None
    confidence: float
    address: Address
    place: PlaceFound
    action: Action
    centre: str | None
    centre_name: str | None
    priority: Priority
    escalation: Escalation
    reply: str | None
    why: tuple[Reason, ...]
    rules_hash: str
    phenomena: tuple[Ranked, ...] = ()
    specialties: tuple[Ranked, ...] = ()
    notes: tuple[str, ...] = ()
    coordinate: Coordinate | None = None


def spot_of(coordinate: Coordinate | None) -> Spot | None:
    """Return a coordinate as a point in WGS-84, None where there is none."""
    return spot(coordinate.lon, coordinate.lat, coordinate.datum) if coordinate else None
