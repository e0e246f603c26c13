"""How is a decision written as a JSON document, and read back?

The document is the contract of `./suyin triage --json`, of the JSON API and of the stored decisions.
Never decides, never stores.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from rules.text import Span
from triage.decisions import Address, Coordinate, Decision, PlaceCandidate, PlaceFound, Ranked, Reason

encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_COPIED = (
    "ticket", "id", "domain", "phenomenon", "specialty", "confidence", "action", "centre", "centre_name", "priority",
    "escalation", "reply", "rules_hash",
)  # fmt: skip


def decision_document(decision: Decision) -> dict[str, Any]:
    """Return decision as JSON values; spans are [field, start, end] in code points of the original text."""
    address, place = decision.address, decision.place
    return {
        "ticket": decision.ticket,
        "id": decision.id,
        "domain": decision.domain,
        "phenomenon": decision.phenomenon,
        "specialty": decision.specialty,
        "confidence": decision.confidence,
        "address": {
            "text": address.text, "source": address.source, "province": address.province, "city": address.city,
            "district": address.district, "town": address.town, "rest": address.rest,
        },
        "coordinate": _coordinate_document(decision.coordinate),
        "place": {
            "kind": place.kind, "id": place.id, "probability": place.probability, "outcome": place.outcome,
            "candidates": [_candidate_document(candidate) for candidate in place.candidates],
        },
        "action": decision.action,
        "centre": decision.centre,
        "centre_name": decision.centre_name,
        "priority": decision.priority,
        "escalation": decision.escalation,
        "reply": decision.reply,
        "why": [
            {"rule": r.rule, "source": r.source, "spans": [list(s) for s in r.spans], "sentence": r.sentence}
            for r in decision.why
        ],
        "rules_hash": decision.rules_hash,
        "phenomena": [{"value": r.value, "probability": r.probability} for r in decision.phenomena],
        "specialties": [{"value": r.value, "probability": r.probability} for r in decision.specialties],
        "notes": list(decision.notes),
    }  # fmt: skip


def decision_from(document: Mapping[str, Any]) -> Decision:
    """Return the decision that decision_document wrote. Raises KeyError where a part is missing."""
    place = document["place"]
    coordinate = document.get("coordinate")  # decisions of earlier versions have none
    return Decision(
        **{name: document[name] for name in _COPIED},
        address=Address(**document["address"]),
        place=PlaceFound(
            kind=place["kind"],
            id=place["id"],
            probability=place["probability"],
            outcome=place["outcome"],
            candidates=tuple(PlaceCandidate(**candidate) for candidate in place["candidates"]),
        ),
        why=tuple(
            Reason(r["rule"], r["source"], tuple(Span(*span) for span in r["spans"]), r["sentence"])
            for r in document["why"]
        ),
        phenomena=tuple(Ranked(**ranked) for ranked in document["phenomena"]),
        specialties=tuple(Ranked(**ranked) for ranked in document["specialties"]),
        notes=tuple(document["notes"]),
        coordinate=Coordinate(**coordinate) if coordinate else None,
    )


def _coordinate_document(coordinate: Coordinate | None) -> dict[str, Any] | None:
    if coordinate is None:
        return None
    return {
        "lon": coordinate.lon, "lat": coordinate.lat, "datum": coordinate.datum, "source": coordinate.source,
    }  # fmt: skip


def _candidate_document(candidate: PlaceCandidate) -> dict[str, Any]:
    return {
        "kind": candidate.kind,
        "id": candidate.id,
        "name": candidate.name,
        "probability": candidate.probability,
        "level": candidate.level,
        "sentence": candidate.sentence,
    }
