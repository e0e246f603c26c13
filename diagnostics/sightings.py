"""What has an analyser seen in a capture, before the rules say how bad it is and who must act?

Analysers give sightings; diagnostics/findings.py turns them into findings by tables of rules content.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Sighting:
    """One thing that was seen.

    code: of the vocabulary, e.g. `registration.bad_credentials`. frames: numbers of the packets that prove it, rising.
    session: Call-ID, IMSI, user name or tunnel that it is about. cause: the protocol's own number (SIP status, Q.850,
    GTP cause), None where it gave none. values: facts that the tables look at and the sentences name, by short
    English names.
    """

    code: str
    frames: tuple[int, ...]
    session: str | None = None
    cause: int | None = None
    values: Mapping[str, str | int | float | bool] = field(default_factory=dict)
