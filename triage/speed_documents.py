"""How do the values of a speed test become JSON text, and the text the values again? Never interprets them."""

from __future__ import annotations

from pydantic import TypeAdapter

from probes.account import AccountReading
from probes.speed.measurement import Handle
from triage.records_speed import Outcome

READING = TypeAdapter(AccountReading)
HANDLE: TypeAdapter[Handle | None] = TypeAdapter(Handle | None)
OUTCOME = TypeAdapter(Outcome)
