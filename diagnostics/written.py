"""How are findings, calls and registrations written in the JSON document of a diagnosis?"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from diagnostics.calls import Call
from diagnostics.findings import Finding
from diagnostics.registrations import Registration
from diagnostics.sip_messages import SipMessage

MOST_MESSAGES = 500  # of one call or registration
_OF_SIP = ("registration", "call", "media", "fax")


def finding_json(finding: Finding) -> dict[str, Any]:
    """Return one finding; call_id and cause only where there is one."""
    document: dict[str, Any] = {
        "code": finding.code, "severity": finding.severity, "responsible": list(finding.responsible),
        "frames": list(finding.frames), "sentence": finding.sentence, "sentence_en": finding.sentence_en,
        "source": finding.source,
    }  # fmt: skip
    if finding.session is not None:
        family = finding.code.partition(".")[0]
        document["call_id" if family in _OF_SIP else "session"] = finding.session
    if finding.details:
        document["dissected"] = list(finding.details)
    if finding.cause is not None:
        document["cause"] = finding.cause
    return document


def call_json(call: Call) -> dict[str, Any]:
    """Return one call with the messages of its ladder."""
    messages = call.messages
    return {
        "call_id": call.id, "call_ids": list(call.call_ids), "caller": call.caller, "callee": call.callee,
        "start": time_text(call.start_ns), "ringing": time_text(call.ringing_ns),
        "answered": time_text(call.answered_ns), "ended": time_text(call.ended_ns), "outcome": call.outcome,
        "cause": call.cause,
        "message_count": len(messages), "messages": [message_json(message) for message in messages[:MOST_MESSAGES]],
    }  # fmt: skip


def registration_json(registration: Registration) -> dict[str, Any]:
    """Return one registration with the messages of its ladder."""
    messages = registration.messages
    return {
        "call_id": registration.id, "user": registration.user, "device": str(registration.device),
        "server": str(registration.server), "start": time_text(registration.start_ns),
        "outcome": registration.outcome, "cause": registration.cause, "message_count": len(messages),
        "messages": [message_json(message) for message in messages[:MOST_MESSAGES]],
    }  # fmt: skip


def message_json(message: SipMessage) -> dict[str, Any]:
    """Return one arrow of a ladder."""
    label = message.method if message.is_request else f"{message.status} {message.phrase}".strip()
    return {
        "frame": message.frame, "time": time_text(message.time_ns), "source": str(message.source),
        "destination": str(message.destination), "label": label, "method": message.method, "status": message.status,
        "cseq": message.cseq, "call_id": message.call_id, "transport": message.transport, "sdp": message.sdp,
    }  # fmt: skip


def time_text(time_ns: int | None) -> str | None:
    """Return a time as ISO 8601 UTC with microseconds; None for None or a time that no calendar has."""
    if time_ns is None or not 0 <= time_ns < 253_402_300_800_000_000_000:
        return None
    seconds, rest = divmod(time_ns, 1_000_000_000)
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S") + f".{rest // 1000:06d}Z"
