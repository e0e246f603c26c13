"""What became of a call after it was answered: acknowledged, refreshed, ended by whom and why?

Source: RFC 3261 13.3.1.4 (a 200 without its ACK), 15 (BYE); RFC 4028 (session timers); RFC 3326 (Reason of a BYE).
"""

from __future__ import annotations

from collections.abc import Iterator

from diagnostics.calls import Call
from diagnostics.sightings import Sighting
from diagnostics.sip_dialogs import SECOND_NS, Transaction
from diagnostics.sip_evidence import SipEvidence
from rules.findings import Value

_FEW = 3  # transmissions of a 200 before the lack of an ACK counts
_MANY = 6  # transmissions of a 200 that show that the ACK never reached its sender although one was sent
_LATEST_NS = 2 * SECOND_NS
_TIMER_WORDS = (
    "session timer",
    "session expired",
    "session expire",
    "session-expire",
    "sessiontimer",
    "session timeout",
)
_FAILURES = (34, 38, 41, 42, 44, 47, 27, 102)


def see_answered(
    call: Call, answered: Transaction, evidence: SipEvidence, values: dict[str, Value]
) -> Iterator[Sighting]:
    """Give what was seen of an answered call and put its outcome. answered: its INVITE on the first hop."""
    assert answered.final is not None
    call.cause = answered.status
    seen = _no_ack(call, values) or _timer(call, answered, evidence, values) or _broken(call, evidence, values)
    if seen is not None:
        call.outcome = seen.code
        yield seen
        return
    call.outcome = "call.ok"
    ending = _ending(call, answered)
    finals = [t.final for d in call.dialogs for t in d.of("INVITE") if t.final is not None]
    frames = {*answered.frames(), *(final.frame for final in finals if (final.status or 0) < 300)}
    yield Sighting("call.ok", tuple(sorted(frames)), call.id, answered.status, {**values, **ending})


def _ending(call: Call, answered: Transaction) -> dict[str, Value]:
    if call.ended_ns is None or answered.final is None:
        return {}
    values: dict[str, Value] = {"seconds": round((call.ended_ns - answered.final.time_ns) / SECOND_NS, 1)}
    for bye in call.dialogs[0].of("BYE"):
        if bye.requests:
            by_caller = (
                bye.source.address == answered.source.address and bye.requests[0].from_tag == answered.first.from_tag
            )
            values["ended"] = "主叫挂机" if by_caller else "被叫挂机"
            values["ended_en"] = "ended by the caller" if by_caller else "ended by the callee"
            break
    return values


def _no_ack(call: Call, values: dict[str, Value]) -> Sighting | None:
    """A 200 that is repeated because its ACK did not come."""
    for transaction in call.invites():
        sent = [message for message in transaction.responses if 200 <= (message.status or 0) < 300]
        if len(sent) < _FEW or (transaction.acks and len(sent) < _MANY):
            continue
        said: dict[str, Value] = {**values, "sent": len(sent), "server": str(transaction.destination)}
        if call.ended_ns is not None and call.ended_ns > sent[0].time_ns:
            said["seconds"] = round((call.ended_ns - sent[0].time_ns) / SECOND_NS, 1)
        frames = tuple(message.frame for message in (*transaction.requests[:1], *sent))
        return Sighting("call.missing_ack", frames, call.id, transaction.status, said)
    return None


def _timer(call: Call, answered: Transaction, evidence: SipEvidence, values: dict[str, Value]) -> Sighting | None:
    """A call that a session timer ended: a refresh refused, a BYE that says so, or one just when a refresh was due."""
    assert answered.final is not None
    refused = _refused_refresh(call)
    expires = parameters_number(evidence.traffic.read(answered.final).first("session-expires"))
    if refused is not None and refused.final is not None and expires is not None:
        said = {**values, **evidence.response_values(refused.final), "server": str(refused.destination)}
        return Sighting("call.session_timer", refused.frames(), call.id, refused.status, said)
    byes = [t for dialog in call.dialogs for t in dialog.of("BYE") if t.requests]
    if not byes:
        return None
    bye = byes[0].requests[0]
    said = dict(values)
    reason = evidence.reason(bye)
    text = str(reason.get("text", "")).lower()
    lasted = (bye.time_ns - answered.final.time_ns) / SECOND_NS
    due = expires is not None and _when_due(lasted, expires) and not _refreshed(call, answered)
    if not due and not any(word in text for word in _TIMER_WORDS):
        return None
    said.update(reason)
    said["seconds"] = round(lasted, 1)
    if expires is not None:
        said["session_expires"] = expires
    return Sighting("call.session_timer", (answered.first.frame, answered.final.frame, bye.frame), call.id, None, said)


def parameters_number(value: str) -> int | None:
    """Return the number that a header begins with, before its parameters."""
    written = value.partition(";")[0].strip()
    return int(written) if written.isascii() and written.isdigit() and len(written) < 8 else None


def _when_due(lasted_s: float, expires_s: int) -> bool:
    """Whether a call ended when a refresh was due: at half (RFC 4028 7.2), or shortly before expiry (section 10)."""
    slack = max(1.5, 0.01 * expires_s)
    marks = (expires_s / 2, expires_s - min(32.0, expires_s / 3), float(expires_s))
    return any(abs(lasted_s - mark) <= slack for mark in marks)


def _refreshed(call: Call, answered: Transaction) -> bool:
    return any(
        200 <= (t.status or 0) < 300 and not t.initial and t is not answered
        for dialog in call.dialogs for t in dialog.of("INVITE", "UPDATE")
    )  # fmt: skip


def _refused_refresh(call: Call) -> Transaction | None:
    """A re-INVITE or UPDATE that found no dialog any more, in a call with a session timer or right before its end."""
    for dialog in call.dialogs:
        for transaction in dialog.of("INVITE", "UPDATE"):
            if not transaction.initial and transaction.status in (408, 481):
                return transaction
    return None


def _broken(call: Call, evidence: SipEvidence, values: dict[str, Value]) -> Sighting | None:
    """A BYE that the other side did not know, did not answer, or that gives a failure of the network as its reason."""
    byes = [t for dialog in call.dialogs for t in dialog.of("BYE") if t.requests]
    for bye in byes:
        said: dict[str, Value] = {**values, "server": str(bye.destination), "method": "BYE"}
        reason = evidence.reason(bye.requests[0])
        if reason.get("q850") in _FAILURES:
            said.update({"status": 200, "phrase": "BYE", **reason})
            return Sighting("call.server_failure", bye.frames(), call.id, call.cause, said)
        if bye.status == 481 and bye.final is not None and not _crossed(bye, byes):
            said.update(evidence.response_values(bye.final))
            return Sighting("call.rejected", bye.frames(), call.id, 481, said)
        if bye.status is None and len(bye.requests) >= _MANY:
            said.update({"sent": len(bye.requests), **evidence.silence_values(bye)})
            return Sighting("call.no_response", bye.frames(), call.id, None, said)
    refused = _refused_refresh(call)
    if refused is not None and refused.final is not None and refused.status == 481:
        said = {**values, **evidence.response_values(refused.final), "server": str(refused.destination)}
        return Sighting("call.rejected", refused.frames(), call.id, 481, said)
    return None


def _crossed(bye: Transaction, byes: list[Transaction]) -> bool:
    """Whether the other side hung up at the same time, so that a 481 means nothing."""
    return any(
        other is not bye and abs(other.first.time_ns - bye.first.time_ns) <= _LATEST_NS
        and other.requests[0].from_tag != bye.requests[0].from_tag
        for other in byes
    )  # fmt: skip
