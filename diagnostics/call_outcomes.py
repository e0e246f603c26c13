"""What became of a call, and who ended it how?

The code is decided by table.sip_outcome from the final response that the caller got, the network's own reason, whether
it rang, and whether credentials were sent; what follows an answer (ACK, session timer, BYE) is judged here.
Source: RFC 3261 sections 9, 13, 15, 21; RFC 3326; RFC 4028.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from diagnostics.answered_calls import see_answered
from diagnostics.calls import Call
from diagnostics.sightings import Sighting
from diagnostics.sip_dialogs import SECOND_NS, Dialog, Transaction
from diagnostics.sip_evidence import SipEvidence
from diagnostics.sip_messages import SipMessage
from rules.facts import FactValue
from rules.findings import Value
from rules.ruleset import RuleSet

TABLE = "table.sip_outcome"
_CHALLENGES = (401, 407)
_BARRED_WORDS = (
    "barr",
    "barring",
    "not subscribed",
    "not permitted",
    "arrear",
    "欠费",
    "限制",
    "未开通",
    "禁止",
    "停机",
)
_TRYING_NS = 10 * SECOND_NS  # a proxy that said 100 and nothing more for so long has lost the call (assumed)


def see_call(call: Call, evidence: SipEvidence, rules: RuleSet, registered: Collection[str]) -> Iterator[Sighting]:
    """Give what was seen of a call and put its outcome. registered: users whose registration worked in this capture."""
    tries = first_hop(call)
    if not tries:
        return
    last = tries[-1]
    status = last.status
    values: dict[str, Value] = {"caller": call.caller, "callee": call.callee, "method": "INVITE"}
    if len(call.dialogs) > 1:
        values["legs"] = len(call.dialogs)
    if status is None:
        yield from _unanswered(call, last, evidence, values)
    elif 200 <= status < 300:
        yield from see_answered(call, last, evidence, values)
    elif not (last.credentials is False and status in _CHALLENGES and evidence.cut_off_after(last.responses[-1])):
        yield from _failed(call, last, evidence, rules, registered, values)


def first_hop(call: Call) -> list[Transaction]:
    """Return the tries of a call on its first hop, in order of time.

    A try with a To tag counts while nothing was answered: some terminals keep the tag of the refusal they obey.
    """
    invites = [t for t in call.dialogs[0].of("INVITE") if t.requests or t.status is not None]
    first = next((t for t in invites if t.initial), None)
    tries: list[Transaction] = []
    for transaction in invites if first is not None else ():
        if transaction.initial or (tries and transaction.source == tries[0].source and not _established(tries)):
            tries.append(transaction)
    return [t for t in tries if first is not None and t.source == first.source] or tries


def _established(tries: Sequence[Transaction]) -> bool:
    return any(200 <= (t.status or 0) < 300 or t.status is None for t in tries)


def _unanswered(call: Call, last: Transaction, evidence: SipEvidence, values: dict[str, Value]) -> Iterator[Sighting]:
    code = evidence.silence(last, "call.no_response", "call.unreachable")
    deeper = [t for t in call.invites() if t is not last and t.status is None]
    stuck = code is None and last.rang is None and last.responses and not last.acks
    if stuck and evidence.end_ns - last.responses[-1].time_ns >= _TRYING_NS:
        code, values["trying"] = "call.no_response", True
        values["last_status"] = last.responses[-1].status or 100
    for transaction in deeper:  # a hop behind a proxy that said 100 says why
        found = evidence.silence(transaction, "call.no_response", "call.unreachable")
        if found is not None:
            code, last = found, transaction
            values.pop("trying", None)
    if code is None:
        return
    call.outcome = code
    values.update(evidence.silence_values(last))
    values.update({"server": str(last.destination), "sent": len(last.requests)})
    frames = (*last.frames(), *evidence.icmp_frames(last))
    yield Sighting(code, tuple(sorted(set(frames))), call.id, None, values)


def _failed(
    call: Call, last: Transaction, evidence: SipEvidence, rules: RuleSet, registered: Collection[str],
    values: dict[str, Value],
) -> Iterator[Sighting]:  # fmt: skip
    assert last.final is not None
    origin = _origin(call, last)
    cancels = [t for dialog in call.dialogs for t in dialog.of("CANCEL") if t.requests]
    values.update(evidence.response_values(last.final))
    for message in (*_finals(call, origin), *(t.requests[0] for t in cancels)):
        for name, value in evidence.reason(message).items():
            values.setdefault(name, value)
    values["server"] = str(origin.destination)
    values.update(_shape(call, last, evidence, registered))
    if last.rang is not None:
        values["rang"] = True
        values["seconds"] = round((last.final.time_ns - last.rang.time_ns) / SECOND_NS, 1)
    if last.status in _CHALLENGES and not last.credentials:
        values["phase"] = "at_once"
    call.cause = last.status
    call.outcome = _decide(rules, values, cancelled=bool(cancels) and last.status == 487)
    frames = {*last.frames(), *(t.requests[0].frame for t in cancels), origin.frames()[-1]}
    if last.status in _CHALLENGES:
        frames.update(frame for t in first_hop(call)[-3:] for frame in t.frames())
    yield Sighting(call.outcome, tuple(sorted(frames)), call.id, last.status, values)


def _decide(rules: RuleSet, values: dict[str, Value], *, cancelled: bool) -> str:
    facts: dict[str, FactValue | None] = {
        "sip.status": _number(values.get("status")), "sip.q850": _number(values.get("q850")),
        "sip.cancelled": cancelled, "sip.rang": bool(values.get("rang")),
        "sip.authorised": bool(values.get("authorised")), "sip.barred": bool(values.get("barred")),
    }  # fmt: skip
    outputs = rules.tables[TABLE].decide(facts).outputs
    return str(outputs["code"]) if outputs else "call.rejected"


def _number(value: Value | None) -> int | None:
    return int(value) if isinstance(value, int) else None


def _origin(call: Call, last: Transaction) -> Transaction:
    """Return the transaction of any leg on whose hop the status that the caller got appeared first."""
    same = [t for t in call.invites() if t.status == last.status and t.final is not None]
    before = [t for t in same if t.final and last.final and t.final.time_ns <= last.final.time_ns]
    return min(before, key=lambda t: t.final.time_ns if t.final else 0, default=last)


def _finals(call: Call, origin: Transaction) -> list[SipMessage]:
    """Return failing final responses of all legs, that of the origin first, then the earliest."""
    finals = [t.final for t in call.invites() if t.final is not None and (t.status or 0) >= 300]
    finals.sort(key=lambda message: (message is not origin.final, message.time_ns))
    return [message for message in finals if message.status not in _CHALLENGES]


def _shape(call: Call, last: Transaction, evidence: SipEvidence, registered: Collection[str]) -> dict[str, Value]:
    """Return what the number dialled, the offer and the credentials tell."""
    values: dict[str, Value] = {}
    digits = call.callee.lstrip("+")
    if call.callee.startswith(("+86", "0086")):
        digits = "0"  # the country's own code is no international call
    if digits.startswith("00") or (call.callee.startswith("+") and digits != "0"):
        values["prefix"] = "00"
    elif digits.startswith("0") and len(digits) > 6 and _area(digits) != _area(call.caller):
        values["prefix"] = "0"
    if last.credentials:
        values["authorised"] = True
    said = " ".join(evidence.traffic.read(m).first("warning") + m.phrase for m in last.responses[-1:]).lower()
    if "prefix" in values or call.caller in registered or any(word in said for word in _BARRED_WORDS):
        values["barred"] = True
    offer = next((a.offer for a in call.agreements if a.initial), None)
    if offer is not None:
        audio = offer.of("audio")
        usable = audio is not None and audio.port != 0 and audio.direction != "inactive"
        if not usable and all(media.port == 0 or media.direction == "inactive" for media in offer.media):
            values["offer_empty"] = True
        values["offered"] = ", ".join(_codecs(call))[:200]
    return values


def _area(number: str) -> str:
    """Return the area code of a fixed number in China: 010 and 02x have three digits, all others four."""
    national = number.removeprefix("+86").removeprefix("0086")
    national = national if national.startswith("0") or national == number else f"0{national}"
    return national[: 3 if national.startswith(("010", "02")) else 4]


def _codecs(call: Call) -> Iterator[str]:
    for agreement in call.agreements[:1]:
        for media in agreement.offer.media[:4]:
            names = [media.codecs.get(int(f), (f, 0))[0] if f.isdigit() else f for f in media.formats[:12]]
            yield f"{media.kind} {'/'.join(dict.fromkeys(names))}"


def see_request(dialog: Dialog, evidence: SipEvidence, rules: RuleSet) -> Iterator[Sighting]:
    """Give what was seen of a dialog that is neither call nor registration: OPTIONS, MESSAGE, SUBSCRIBE …"""
    told: set[str] = set()
    for transaction in dialog.transactions:
        seen = _request(dialog, transaction, evidence, rules)
        if seen is not None and seen.code not in told:
            told.add(seen.code)
            yield seen


def _request(dialog: Dialog, transaction: Transaction, evidence: SipEvidence, rules: RuleSet) -> Sighting | None:
    values: dict[str, Value] = {
        "caller": dialog.first.caller, "callee": dialog.first.callee, "method": transaction.method, "kind": "other",
        "server": str(evidence.origin(transaction).destination), "sent": len(transaction.requests),
    }  # fmt: skip
    status = transaction.status
    if status is None:
        silent = evidence.silence(transaction, "call.no_response", "call.unreachable")
        if silent is None:
            return None
        values.update(evidence.silence_values(transaction))
        frames = tuple(sorted({*transaction.frames(), *evidence.icmp_frames(transaction)}))
        return Sighting(silent, frames, dialog.call_id, None, values)
    assert transaction.final is not None
    values.update(evidence.response_values(transaction.final))
    if status < 300 or transaction.method == "OPTIONS":  # any answer to OPTIONS shows that the peer is alive
        return Sighting("call.ok", transaction.frames(), dialog.call_id, status, values)
    if status in _CHALLENGES and _answered_later(dialog, transaction):
        return None
    if transaction.credentials:
        values["authorised"] = True
    elif status in _CHALLENGES:
        values["phase"] = "at_once"
    return Sighting(_decide(rules, values, cancelled=False), transaction.frames(), dialog.call_id, status, values)


def _answered_later(dialog: Dialog, transaction: Transaction) -> bool:
    return any(
        other.method == transaction.method and other.cseq > transaction.cseq and other.credentials
        for other in dialog.transactions
    )
