"""What does the SIP of a capture say? Messages to dialogs, dialogs to calls and registrations, and what was seen."""

from __future__ import annotations

from dataclasses import dataclass

from diagnostics.call_outcomes import see_call, see_request
from diagnostics.calls import Call, calls_of
from diagnostics.capture_sightings import see_cuts, see_encryption, see_fragments
from diagnostics.icmp import icmp_errors
from diagnostics.packet_files import Note
from diagnostics.packets import Capture, Limits
from diagnostics.registrations import Registration, registrations_of, see_registration
from diagnostics.scans import find_scans
from diagnostics.sightings import Sighting
from diagnostics.sip_dialogs import dialogs
from diagnostics.sip_evidence import SipEvidence, ends_whole
from diagnostics.sip_messages import SipTraffic, sip_traffic
from rules.ruleset import RuleSet

SCANNERS = "terms.sip_scanners"


@dataclass(slots=True)
class Signalling:
    """The SIP of a capture. messages: how many. calls, registrations: in order of time, without those of attackers."""

    traffic: SipTraffic
    messages: int
    calls: tuple[Call, ...]
    registrations: tuple[Registration, ...]
    sightings: list[Sighting]
    notes: list[Note]


def read_signalling(capture: Capture, limits: Limits, rules: RuleSet) -> Signalling:
    """Return the calls and registrations of a capture and what was seen of them."""
    traffic = sip_traffic(capture, limits)
    found = dialogs(traffic.messages)
    times = capture.packets.time_ns
    evidence = SipEvidence(traffic, int(times.max()) if len(times) else 0, ends_whole(traffic))
    evidence.remember(icmp_errors(capture), found)
    scanners = rules.content.terms[SCANNERS].terms if SCANNERS in rules.content.terms else ()
    sightings, attacks = find_scans(found, scanners)
    honest = [dialog for dialog in found if dialog.call_id not in attacks]
    calls = calls_of([dialog for dialog in honest if dialog.method == "INVITE"], traffic)
    registrations = registrations_of(dialog for dialog in honest if dialog.method == "REGISTER")
    for registration in registrations:
        sightings += see_registration(registration, evidence)
    registered = {r.user for r in registrations if r.outcome == "registration.ok"}
    for call in calls:
        sightings += see_call(call, evidence, rules, registered)
    for dialog in honest:
        if dialog.method not in ("INVITE", "REGISTER", "ACK", "BYE", "CANCEL"):
            sightings += see_request(dialog, evidence, rules)
    for seen in (see_fragments(traffic), see_cuts(capture), see_encryption(capture)):
        sightings += seen
    return Signalling(traffic, len(traffic.messages), tuple(calls), tuple(registrations), sightings, _notes(traffic))


def _notes(traffic: SipTraffic) -> list[Note]:
    notes = []
    if traffic.more:
        notes.append(
            Note(
                f"SIP 消息超过 {len(traffic.messages)} 条，其余未分析",
                f"more than {len(traffic.messages)} SIP messages; the rest was not read",
            )
        )
    for problem, count in sorted(traffic.problems.items()):
        notes.append(
            Note(f"{count} 条 SIP 消息格式有误（{problem}）", f"{count} SIP messages are malformed ({problem})")
        )
    return notes
