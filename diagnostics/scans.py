"""Which addresses are attacking rather than calling? Scanners by name or by what they do; password guessing.

What a scanner sends says nothing of a customer, so its dialogs are taken out before calls and registrations are judged.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from diagnostics.sightings import Sighting
from diagnostics.sip_dialogs import SECOND_NS, Dialog
from rules.findings import Value
from rules.text import normalise

MANY_USERS = 8  # numbers that one address tries in vain before it is a scan (assumed)
MANY_GUESSES = 10  # refused passwords of one address within a minute before it is guessing (assumed)
_MINUTE_NS = 60 * SECOND_NS
_MOST_FRAMES = 200


@dataclass(slots=True)
class _Source:
    """What one address did. failed: users whose requests came to nothing; refused: times of refused passwords."""

    dialogs: list[Dialog] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    users: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    served: set[str] = field(default_factory=set)
    refused: list[int] = field(default_factory=list)


def find_scans(dialogs: Iterable[Dialog], scanners: Iterable[str]) -> tuple[list[Sighting], set[str]]:
    """Return what was seen of attacks, and the Call-IDs that belong to them. scanners: parts of User-Agent names."""
    names = tuple(scanners)
    sources: dict[str, _Source] = {}
    for dialog in dialogs:
        first = dialog.first
        if first.is_request:
            _note(sources.setdefault(first.source.address, _Source()), dialog)
    sightings, calls = [], set[str]()
    for address, source in sources.items():
        tool = next((agent for agent in source.agents if any(name in normalise(agent)[0] for name in names)), None)
        if tool is None and not _attacks(source):
            continue
        calls.update(dialog.call_id for dialog in source.dialogs)
        frames = tuple(t.first.frame for dialog in source.dialogs for t in dialog.transactions)[:_MOST_FRAMES]
        values: dict[str, Value] = {
            "source_address": address, "requests": sum(len(d.transactions) for d in source.dialogs),
        }  # fmt: skip
        if len(source.users) > 1:
            values["users"] = len(source.users)
        if tool is not None:
            values["tool"] = tool
        sightings.append(Sighting("sip.scan", frames, address, None, values))
    return sightings, calls


def _note(source: _Source, dialog: Dialog) -> None:
    source.dialogs.append(dialog)
    user = dialog.first.callee
    source.users.add(user)
    if dialog.first.agent:
        source.agents.add(dialog.first.agent)
    statuses = [t.status for t in dialog.transactions if t.initial]
    if any(status is not None and status < 300 for status in statuses):
        source.served.add(user)
    elif any(status in (401, 403, 404, 405, 407, 484, 603, 604) for status in statuses):
        source.failed.add(user)
    source.refused += [
        t.final.time_ns for t in dialog.transactions
        if t.method == "REGISTER" and t.credentials and t.final is not None and t.status in (401, 403, 407)
    ]  # fmt: skip


def _attacks(source: _Source) -> bool:
    failed = source.failed - source.served
    if len(failed) >= MANY_USERS and len(failed) >= 4 * len(source.served):
        return True
    times = sorted(source.refused)
    return any(later - earlier <= _MINUTE_NS for earlier, later in zip(times, times[MANY_GUESSES - 1 :], strict=False))
