"""Which requests and responses belong together? One record a transaction, one dialog a Call-ID.

A transaction is one request on one hop, with its repetitions, responses and (for INVITE) acknowledgements; it is known
by the branch of its topmost Via (RFC 3261 17.1.3, 17.2.3), so that the hops of one Call-ID stay apart.
Never judges what it sees.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from diagnostics.datagram import Endpoint
from diagnostics.sip_messages import SipMessage

SECOND_NS = 1_000_000_000


@dataclass(eq=False)
class Transaction:
    """One request on one hop. requests: the request and its repetitions; responses, acks: in order of time.

    Either list may be empty where the capture holds only the other. icmp: frames of ICMP errors about it.
    """

    method: str
    cseq: int
    branch: str
    requests: list[SipMessage] = field(default_factory=list)
    responses: list[SipMessage] = field(default_factory=list)
    acks: list[SipMessage] = field(default_factory=list)

    @property
    def first(self) -> SipMessage:
        """Its first message."""
        both = (self.requests or self.responses)[0], (self.responses or self.requests)[0]
        return min(both, key=lambda message: message.time_ns)

    @property
    def source(self) -> Endpoint:
        """Who sent the request."""
        return self.requests[0].source if self.requests else self.responses[0].destination

    @property
    def destination(self) -> Endpoint:
        """Whom it was sent to."""
        return self.requests[0].destination if self.requests else self.responses[0].source

    @cached_property
    def final(self) -> SipMessage | None:
        """The final response: the first 2xx where there is one, else the first of 300 and more."""
        finals = [message for message in self.responses if (message.status or 0) >= 200]
        return next((message for message in finals if (message.status or 0) < 300), finals[0] if finals else None)

    @property
    def status(self) -> int | None:
        """Status of the final response."""
        return self.final.status if self.final is not None else None

    @property
    def rang(self) -> SipMessage | None:
        """The first 180 or 183, which tells that the callee was reached."""
        return next((message for message in self.responses if message.status in (180, 183)), None)

    @property
    def initial(self) -> bool:
        """Whether the request opens a dialog: its To has no tag yet."""
        return not (self.requests[0].to_tag if self.requests else False)

    @property
    def credentials(self) -> bool:
        """Whether the request answers a challenge."""
        return any(message.credentials for message in self.requests)

    def frames(self) -> tuple[int, ...]:
        """Frames that prove the outcome: the first request and the final response (or all requests)."""
        if self.final is None:
            return tuple(message.frame for message in self.requests) or (self.first.frame,)
        return tuple(dict.fromkeys((*(message.frame for message in self.requests[:1]), self.final.frame)))


@dataclass(eq=False)
class Dialog:
    """All that has one Call-ID. transactions: in order of their first message, on all hops."""

    call_id: str
    messages: list[SipMessage]
    transactions: list[Transaction]

    @property
    def first(self) -> SipMessage:
        """Its first message."""
        return self.messages[0]

    @property
    def start_ns(self) -> int:
        """Time of the first message."""
        return self.messages[0].time_ns

    @property
    def end_ns(self) -> int:
        """Time of the last message."""
        return self.messages[-1].time_ns

    def of(self, *methods: str) -> list[Transaction]:
        """Return the transactions of some methods, in order of time."""
        return [transaction for transaction in self.transactions if transaction.method in methods]

    @cached_property
    def hops(self) -> list[tuple[Endpoint, Endpoint]]:
        """The hops on which its initial requests were seen, sender and receiver, in order of time."""
        return list(
            dict.fromkeys((t.source, t.destination) for t in self.transactions if t.initial and t.method != "CANCEL")
        )

    @property
    def method(self) -> str:
        """Method of its first request; of the first response where only responses were captured."""
        return next((message.method for message in self.messages if message.is_request), self.messages[0].method)


def dialogs(messages: Iterable[SipMessage]) -> list[Dialog]:
    """Return the dialogs of messages that are in order of time, in order of their first message."""
    grouped: dict[str, list[SipMessage]] = {}
    for message in messages:
        group = grouped.get(message.call_id)
        if group is None:
            grouped[message.call_id] = [message]
        else:
            group.append(message)
    return [Dialog(call_id, group, _transactions(group)) for call_id, group in grouped.items()]


def _transactions(messages: list[SipMessage]) -> list[Transaction]:
    found: dict[tuple[str, int, str], Transaction] = {}
    acks: list[SipMessage] = []
    for message in messages:
        if message.method == "ACK":
            acks.append(message)
            continue
        key = message.method, message.cseq, message.branch or _pair(message)
        transaction = found.get(key)
        if transaction is None:
            transaction = found[key] = Transaction(message.method, message.cseq, key[2])
        (transaction.requests if message.is_request else transaction.responses).append(message)
    for ack in acks:
        _acknowledge(found, ack)
    return list(found.values())


def _acknowledge(found: dict[tuple[str, int, str], Transaction], ack: SipMessage) -> None:
    """Put an ACK to its INVITE: same branch for a failure, same CSeq for a success (RFC 3261 17.1.1.3)."""
    exact = found.get(("INVITE", ack.cseq, ack.branch or _pair(ack)))
    if exact is not None:
        exact.acks.append(ack)
        return
    for transaction in found.values():
        succeeded = transaction.final is None or 200 <= (transaction.status or 0) < 300
        if transaction.method == "INVITE" and transaction.cseq == ack.cseq and succeeded:
            transaction.acks.append(ack)


def _pair(message: SipMessage) -> str:
    """Stand in for a missing branch: the hop, whichever way (RFC 2543 terminals send none)."""
    return " ".join(sorted((str(message.source), str(message.destination))))
