"""How do files become parsed tickets? `read_file` and `ticket_from_mapping` bring tickets in, `parse` reads them,
`facts_of` and `area_hint` say what their fields state."""

from triage.intake.build import content_hash, ticket_from_mapping
from triage.intake.caps import Caps
from triage.intake.facts import AreaHint, area_hint, facts_of
from triage.intake.mapping import FieldMapping, load_mapping
from triage.intake.parse import parse
from triage.intake.read import read_file

__all__ = [
    "AreaHint",
    "Caps",
    "FieldMapping",
    "area_hint",
    "content_hash",
    "facts_of",
    "load_mapping",
    "parse",
    "read_file",
    "ticket_from_mapping",
]
