"""What became of the registrations of each device?

All REGISTER requests of one user from one device are one registration, whatever their Call-IDs; of several hops the
first counts. A challenge is normal; what is judged is the last attempt, in the light of those before it.
Source: RFC 3261 sections 10 and 22, RFC 7616 3.3, TS 24.229 5.4.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from diagnostics.datagram import Endpoint
from diagnostics.headers import parameters, user_of
from diagnostics.sightings import Sighting
from diagnostics.sip_dialogs import SECOND_NS, Dialog, Transaction
from diagnostics.sip_evidence import SipEvidence
from diagnostics.sip_messages import SipMessage
from rules.findings import Value

_CHALLENGES = (401, 407)
_LATE_NS = 10 * SECOND_NS  # a device that needs longer for an answer to a challenge is slow (assumed)


@dataclass(eq=False)
class Registration:
    """The registrations of one user from one device, in order of time, on the first hop.

    transactions: on the device's own hop. dialogs: all that belong to it, deeper hops too. outcome: code of the
    vocabulary, None where nothing can be said. cause: status of the last final response.
    """

    id: str
    user: str
    device: Endpoint
    server: Endpoint
    start_ns: int
    dialogs: list[Dialog] = field(default_factory=list)
    transactions: list[Transaction] = field(default_factory=list)
    outcome: str | None = None
    cause: int | None = None

    @property
    def messages(self) -> list[SipMessage]:
        """All its messages in order of time."""
        return sorted(
            (m for d in self.dialogs for m in d.messages), key=lambda message: (message.time_ns, message.frame)
        )


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One try: the transactions up to the first answer that is no challenge. code: None where nothing can be said."""

    transactions: tuple[Transaction, ...]
    code: str | None

    @property
    def last(self) -> Transaction:
        return self.transactions[-1]


def registrations_of(dialogs: Iterable[Dialog]) -> list[Registration]:
    """Return the registrations among dialogs whose method is REGISTER, in order of time."""
    found: dict[tuple[str, str], Registration] = {}
    for dialog in dialogs:
        first = dialog.transactions[0] if dialog.transactions else None
        if first is None:
            continue
        user = user_of(dialog.first.to_uri) or dialog.first.callee
        key = user, first.source.address
        registration = found.get(key)
        if registration is None:
            registration = found[key] = Registration(
                dialog.call_id, user, first.source, first.destination, dialog.start_ns
            )
        registration.dialogs.append(dialog)
        registration.transactions.extend(t for t in dialog.transactions if t.source.address == first.source.address)
    for registration in found.values():
        registration.transactions.sort(key=lambda transaction: transaction.first.time_ns)
    return list(found.values())


def see_registration(registration: Registration, evidence: SipEvidence) -> Iterator[Sighting]:
    """Give what was seen of a registration and put its outcome. evidence: what else the capture holds."""
    attempts = [_judged(chain, evidence) for chain in _chains(registration.transactions)]
    known = [attempt for attempt in attempts if attempt.code is not None]
    if not known:
        return
    last = known[-1]
    registration.outcome, registration.cause = last.code, last.last.status
    failed = [attempt for attempt in known if attempt.code != "registration.ok"]
    recovered = last.code == "registration.ok"
    if recovered:
        yield from _stale(registration, known, evidence)
    said: set[str | None] = set()
    for attempt in reversed(known):
        if attempt.code in said or (attempt.code == "registration.ok" and attempt is not last):
            continue
        said.add(attempt.code)
        values = _values(registration, attempt, evidence)
        if recovered and failed:
            values["recovered"] = True
            values["failures"] = len(failed)
            if attempt is last:
                values["status"] = failed[-1].last.status or 0
        if attempt is not last and not recovered:
            continue
        if attempt is not last and attempt.code not in _TOLD_WHEN_RECOVERED:
            continue
        same = [other for other in known if other.code == attempt.code]
        yield Sighting(str(attempt.code), _frames(same, evidence), registration.id, attempt.last.status, values)


def _stale(registration: Registration, attempts: Sequence[_Attempt], evidence: SipEvidence) -> Iterator[Sighting]:
    """Give a nonce that expired on the way to a registration that worked in the end."""
    for attempt in attempts:
        for transaction in attempt.transactions[:-1]:
            final = transaction.final
            if final is None or not transaction.credentials or transaction.status not in _CHALLENGES:
                continue
            if evidence.challenge(final).get("stale", "").lower() == "true":
                values = {**_values(registration, attempt, evidence), "recovered": True, "status": final.status or 401}
                frames = transaction.frames()
                yield Sighting("registration.stale_nonce", frames, registration.id, final.status, values)
                return


_TOLD_WHEN_RECOVERED = (
    "registration.interval_too_short", "registration.server_failure",
    "registration.no_response",
)  # fmt: skip


def _chains(transactions: Sequence[Transaction]) -> Iterator[list[Transaction]]:
    """Give tries: a challenge and the request that answers it (or repeats it without credentials) are one."""
    chain: list[Transaction] = []
    for transaction in transactions:
        chain.append(transaction)
        if transaction.status not in _CHALLENGES:
            yield chain
            chain = []
    if chain:
        yield chain


def _judged(chain: list[Transaction], evidence: SipEvidence) -> _Attempt:
    last = chain[-1]
    return _Attempt(tuple(chain), _code(chain, last, last.status, evidence))


def _code(chain: list[Transaction], last: Transaction, status: int | None, evidence: SipEvidence) -> str | None:
    if status is None:
        return evidence.silence(last, "registration.no_response", "registration.unreachable")
    if status in _CHALLENGES:
        return _challenged(chain, last, evidence)
    if status < 400:
        return "registration.ok" if status < 300 else None
    if status == 403 and last.credentials:
        return "registration.bad_credentials"
    ignored = any(t.status in _CHALLENGES for t in chain[:-1]) and not any(t.credentials for t in chain)
    if ignored and status != 403 and status not in _BY_STATUS and status < 500:
        return "registration.no_credentials"
    return _BY_STATUS.get(status, "registration.server_failure" if 500 <= status < 600 else "registration.forbidden")


_BY_STATUS = {
    404: "registration.not_provisioned", 604: "registration.not_provisioned", 423: "registration.interval_too_short",
    408: "registration.server_failure", 480: "registration.server_failure",
}  # fmt: skip


def _challenged(chain: list[Transaction], last: Transaction, evidence: SipEvidence) -> str | None:
    """Say why a challenge was the last word."""
    assert last.final is not None
    if not last.requests:
        return None
    if not last.credentials:
        return None if evidence.cut_off_after(last.final) else "registration.no_credentials"
    refusals = [_refusal(asked, answer, evidence) for asked, answer in pairwise(chain) if answer.credentials]
    if "registration.bad_credentials" in refusals:  # proven once, whatever a slow retry looks like later
        return "registration.bad_credentials"
    # Credentials for a challenge before the capture: only a second refusal proves that they are wrong.
    known = [refusal for refusal in refusals if refusal is not None]
    return known[-1] if known else _stale_alone(last, evidence)


def _refusal(asked: Transaction, answer: Transaction, evidence: SipEvidence) -> str | None:
    """Say why credentials for one challenge met another (RFC 7616 3.3): wrong, or a nonce that had expired."""
    if asked.final is None or asked.status not in _CHALLENGES or answer.final is None or not answer.requests:
        return None
    if answer.status not in _CHALLENGES:
        return None
    stale = evidence.challenge(answer.final).get("stale", "").lower()
    sent, offered = evidence.credentials(answer.requests[0]), evidence.challenge(asked.final)
    if stale == "true" or "auts" in sent:
        return "registration.stale_nonce"
    other = bool(offered.get("nonce")) and offered.get("nonce") != sent.get("nonce")
    late = answer.first.time_ns - asked.final.time_ns > _LATE_NS
    return "registration.stale_nonce" if other or (late and stale != "false") else "registration.bad_credentials"


def _stale_alone(last: Transaction, evidence: SipEvidence) -> str | None:
    """Judge credentials whose challenge was not captured."""
    assert last.final is not None
    stale = evidence.challenge(last.final).get("stale", "").lower() == "true"
    return "registration.stale_nonce" if stale or "auts" in evidence.credentials(last.requests[0]) else None


def _frames(attempts: Iterable[_Attempt], evidence: SipEvidence) -> tuple[int, ...]:
    frames = {frame for attempt in attempts for transaction in attempt.transactions for frame in transaction.frames()}
    frames.update(frame for attempt in attempts for frame in evidence.icmp_frames(attempt.last))
    return tuple(sorted(frames))


def _values(registration: Registration, attempt: _Attempt, evidence: SipEvidence) -> dict[str, Value]:
    last = attempt.last
    values: dict[str, Value] = {
        "user": registration.user, "device": str(registration.device), "server": str(evidence.origin(last).destination),
        "attempts": len(attempt.transactions), "sent": len(last.requests),
    }  # fmt: skip
    values.update(evidence.silence_values(last))
    if last.final is not None:
        values.update(evidence.response_values(last.final))
        values.update(_expiry(last, evidence))
    if len(attempt.transactions) > 1 and attempt.transactions[0].status in _CHALLENGES:
        values["challenge"], values["challenge_en"] = "经鉴权质询，属正常流程", "after the usual challenge"
        answered = attempt.transactions[-2].final
        if attempt.code == "registration.stale_nonce" and answered is not None:
            values["seconds"] = round((last.first.time_ns - answered.time_ns) / SECOND_NS, 1)
    return values


def _expiry(last: Transaction, evidence: SipEvidence) -> Iterator[tuple[str, Value]]:
    if last.final is None:
        return
    head = evidence.traffic.read(last.final)
    granted = parameters(head.first("contact")).get("expires") or head.first("expires")
    if granted.isdigit():
        yield "expires", int(granted)
    if last.requests:
        asked = evidence.traffic.read(last.requests[0])
        wanted = parameters(asked.first("contact")).get("expires") or asked.first("expires")
        if wanted.isdigit():
            yield "asked", int(wanted)
