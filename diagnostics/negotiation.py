"""Which media did the two sides of a dialog agree on, from when on? Offers and answers in order of time (RFC 3264).

An offer may stand in INVITE, 200, PRACK, UPDATE or a re-INVITE; its answer in a reliable or unreliable 18x, 200, ACK or
PRACK. The same description seen on several hops of a Call-ID counts once. Never looks at packets of media.
"""

from __future__ import annotations

from dataclasses import dataclass

from diagnostics.datagram import Endpoint
from diagnostics.headers import host_of, parted, uri_of
from diagnostics.sdp import Sdp, read_sdp
from diagnostics.sip_dialogs import Dialog, Transaction
from diagnostics.sip_messages import SipMessage, SipTraffic

_CARRIERS = ("INVITE", "UPDATE", "PRACK")


@dataclass(frozen=True, slots=True)
class Agreement:
    """One offer and what became of it.

    call_id: of its dialog. offer, answer: descriptions; answer is None where none was seen. offered_ns, answered_ns:
    their times. offer_frame, answer_frame: their frames. from_caller: whether the caller made the offer. offerer,
    answerer: SIP addresses of the two ends of the hop where it was first seen. refused: status of the final response
    that refused it, None where it was not. initial: whether it belongs to the first INVITE. offer_relayed,
    answer_relayed: whether a proxy sent the message on, so that its sender is not who wrote the description.
    """

    call_id: str
    offer: Sdp
    offered_ns: int
    offer_frame: int
    from_caller: bool
    offerer: Endpoint
    answerer: Endpoint
    initial: bool
    answer: Sdp | None = None
    answered_ns: int | None = None
    answer_frame: int | None = None
    refused: int | None = None
    refused_frame: int | None = None
    offer_relayed: bool = False
    answer_relayed: bool = False

    @property
    def kinds(self) -> frozenset[str]:
        """Kinds of the media lines that are on offer (port not 0), e.g. `image` for T.38."""
        return frozenset(media.kind for media in self.offer.media if media.port)


def agreements(dialog: Dialog, traffic: SipTraffic) -> list[Agreement]:
    """Return the offers of a dialog with their answers, in order of time, each once."""
    caller = dialog.first.from_tag if dialog.first.is_request else ""
    found: list[Agreement] = []
    seen: set[tuple[str, str]] = set()
    for transaction in dialog.of(*_CARRIERS):
        agreement = _agreement(dialog.call_id, transaction, traffic, caller)
        if agreement is None:
            continue
        key = _face(agreement.offer), _face(agreement.answer) if agreement.answer else str(agreement.refused)
        if key not in seen:
            seen.add(key)
            found.append(agreement)
    return sorted(found, key=lambda agreement: agreement.offered_ns)


def _face(sdp: Sdp) -> str:
    return repr((sdp.origin, sdp.address, [(m.kind, m.port, m.address, m.formats, m.direction) for m in sdp.media]))


def _agreement(call_id: str, transaction: Transaction, traffic: SipTraffic, caller: str) -> Agreement | None:
    offer = _first_sdp(traffic, transaction.requests)
    answer = _first_sdp(traffic, _answers(transaction))
    late = _first_sdp(traffic, transaction.acks)
    turned = offer is None
    if offer is None:  # the offer comes with the response and its answer with the ACK
        offer, answer = answer, late
    if offer is None:
        return None
    message, sdp = offer
    refusal = transaction.final if (transaction.status or 0) >= 300 else None
    request = transaction.requests[0] if transaction.requests else transaction.responses[0]
    from_caller = (request.from_tag == caller) != turned
    return Agreement(
        call_id, sdp, message.time_ns, message.frame, from_caller, message.source, message.destination,
        transaction.initial, answer[1] if answer else None, answer[0].time_ns if answer else None,
        answer[0].frame if answer else None, refusal.status if refusal else None, refusal.frame if refusal else None,
        _relayed(message, traffic), answer is not None and _relayed(answer[0], traffic),
    )  # fmt: skip


def _relayed(message: SipMessage, traffic: SipTraffic) -> bool:
    """Whether a proxy sends a message: others stand in Via before it, or it wrote itself into Record-Route."""
    head = traffic.read(message)
    vias = sum(1 for line in head.headers.get("via", ()) for _ in parted(line))
    if message.is_request and vias > 1:
        return True
    routes = [uri for line in head.headers.get("record-route", ()) for uri in parted(line)]
    return any(host_of(uri_of(route)) == message.source.address for route in routes)


def _answers(transaction: Transaction) -> list[SipMessage]:
    """Responses that may hold the answer: the final one first, because it is what counts, then early ones."""
    final = [message for message in transaction.responses if 200 <= (message.status or 0) < 300]
    early = [message for message in transaction.responses if 100 < (message.status or 0) < 200]
    return early + final if any(message.sdp for message in early) else final


def _first_sdp(traffic: SipTraffic, messages: list[SipMessage]) -> tuple[SipMessage, Sdp] | None:
    for message in messages:
        if message.sdp:
            sdp = read_sdp(traffic.read(message).body)
            if sdp is not None:
                return message, sdp
    return None
