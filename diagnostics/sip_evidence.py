"""What does the capture hold that outranks a bare status code?

ICMP errors about a request, silence and how long it was watched, Reason (RFC 3326), Warning (RFC 3261 20.43),
Retry-After, challenges and credentials (RFC 7616), and who answered first when a response came over several hops.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from diagnostics.datagram import Endpoint
from diagnostics.headers import credentials, parameters
from diagnostics.packet_core import IcmpError
from diagnostics.packet_table import SNAPPED
from diagnostics.sip_dialogs import SECOND_NS, Dialog, Transaction
from diagnostics.sip_messages import SipMessage, SipTraffic
from rules.findings import Value

_WATCHED_NS = 2 * SECOND_NS  # by then two retransmissions would have been due (RFC 3261 17.1.1.2, 17.1.2.2)
_GIVEN_UP_NS = 32 * SECOND_NS  # 64 * T1 (RFC 3261 17.1.1.2)
_PROMPT_NS = 5 * SECOND_NS  # an ICMP error comes back at once
_WARNING = re.compile(r'\s*(\d{3})\s+\S+\s+"?([^"]*)')
_ICMP_WORDS = {
    "port": ("端口不可达", "port unreachable"), "host": ("主机不可达", "host unreachable"),
    "network": ("网络不可达", "network unreachable"), "prohibited": ("被管理策略禁止", "administratively prohibited"),
    "protocol": ("协议不可达", "protocol unreachable"), "too_big": ("包太大不能分片", "fragmentation needed"),
    "other": ("无法送达", "undeliverable"),
}  # fmt: skip
_LONGEST_TEXT = 120


@dataclass(slots=True)
class SipEvidence:
    """What else the capture holds. end_ns: time of its last packet. whole: whether it ends as it should.

    icmp: errors by the ends of the packet that they quote. deeper: transactions by Call-ID, on all hops.
    """

    traffic: SipTraffic
    end_ns: int
    whole: bool
    icmp: dict[tuple[Endpoint, Endpoint], list[IcmpError]] = field(default_factory=dict)
    deeper: dict[str, list[Transaction]] = field(default_factory=dict)

    def remember(self, errors: Iterable[IcmpError], dialogs: Iterable[Dialog]) -> None:
        """Keep ICMP errors by the packet that they quote, and transactions by Call-ID."""
        for error in errors:
            self.icmp.setdefault((error.source, error.destination), []).append(error)
        for dialog in dialogs:
            self.deeper.setdefault(dialog.call_id, []).extend(dialog.transactions)

    def errors(self, transaction: Transaction) -> list[IcmpError]:
        """Return ICMP errors about the requests of a transaction, `too_big` left out."""
        if not transaction.requests:
            return []
        request = transaction.requests[0]
        last = transaction.requests[-1].time_ns + _PROMPT_NS
        return [
            error for error in self.icmp.get((request.source, request.destination), ())
            if request.time_ns <= error.time_ns <= last and error.meaning != "too_big"
        ]  # fmt: skip

    def icmp_frames(self, transaction: Transaction) -> tuple[int, ...]:
        """Return the frames of ICMP errors about a transaction that nobody answered."""
        return () if transaction.responses else tuple(error.frame for error in self.errors(transaction))

    def silence(self, transaction: Transaction, no_response: str, unreachable: str) -> str | None:
        """Return the code of a request without a final response; None where the capture does not tell.

        A request counts as unanswered once it was repeated and watched, or watched for 64 T1 (TCP repeats nothing).
        One whose sender went on as if answered was answered outside the capture.
        """
        if not transaction.requests or transaction.responses:
            return None
        if self.errors(transaction):
            return unreachable
        if self._answered_unseen(transaction):
            return None
        watched = self.end_ns - transaction.requests[0].time_ns
        repeated = len(transaction.requests)
        reliable = transaction.requests[0].transport != "UDP"
        if repeated >= 3 or (repeated >= 2 and watched >= _WATCHED_NS) or (reliable and watched >= _GIVEN_UP_NS):
            return no_response
        return None

    def _answered_unseen(self, transaction: Transaction) -> bool:
        """Return whether the sender of a request acted on an answer that is not in the capture."""
        request = transaction.requests[0]
        if transaction.acks:
            return True
        for other in self.deeper.get(request.call_id, ()):
            later = other.requests[0] if other.requests else None
            if later is None or later.time_ns <= request.time_ns or later.source != request.source:
                continue
            challenged = later.credentials and not request.credentials
            if challenged or (later.to_tag and not request.to_tag):
                return True
        return False

    def cut_off_after(self, message: SipMessage) -> bool:
        """Return whether the capture broke off so soon after a message that what follows may be missing."""
        return not self.whole and self.end_ns - message.time_ns < SECOND_NS

    def silence_values(self, transaction: Transaction) -> dict[str, Value]:
        """Return what there is to say of a request without an answer."""
        if transaction.final is not None or not transaction.requests:
            return {}
        values: dict[str, Value] = {}
        if len(transaction.requests) > 1:
            span = (transaction.requests[-1].time_ns - transaction.requests[0].time_ns) / SECOND_NS
            values["seconds"] = round(span, 1)
        for error in self.errors(transaction)[:1]:
            values["reporter"], values["meaning"] = error.reporter, error.meaning
            values["icmp"], values["icmp_en"] = _ICMP_WORDS[error.meaning]
        return values

    def origin(self, transaction: Transaction) -> Transaction:
        """Return the transaction of the Call-ID on whose hop the final response appeared first."""
        final = transaction.final
        if final is None:
            return transaction
        same = [
            other for other in self.deeper.get(final.call_id, ())
            if other.method == transaction.method and other.cseq == transaction.cseq and other.final is not None
            and other.final.status == final.status and other.final.time_ns <= final.time_ns
        ]  # fmt: skip
        return min(same, key=lambda other: other.final.time_ns if other.final else 0, default=transaction)

    def challenge(self, message: SipMessage) -> dict[str, str]:
        """Return the fields of the challenge of a 401 or 407."""
        head = self.traffic.read(message)
        return credentials(head.first("www-authenticate") or head.first("proxy-authenticate"))

    def credentials(self, message: SipMessage) -> dict[str, str]:
        """Return the fields of the credentials of a request."""
        head = self.traffic.read(message)
        return credentials(head.first("authorization") or head.first("proxy-authorization"))

    def response_values(self, message: SipMessage) -> dict[str, Value]:
        """Return what a final response says beyond its code."""
        head = self.traffic.read(message)
        values: dict[str, Value] = {"status": message.status or 0, "phrase": message.phrase}
        for line in head.each("warning")[:1]:
            found = _WARNING.match(line)
            if found:
                values["warning"], values["text"] = int(found.group(1)), found.group(2)[:_LONGEST_TEXT]
        values.update(reason_values(head.each("reason")))
        for name, header in (("retry_after", "retry-after"), ("min_expires", "min-expires"), ("min_se", "min-se")):
            number = head.number(header)
            if number is not None:
                values[name] = number
        if message.agent:
            values["agent"] = message.agent
        return values

    def reason(self, message: SipMessage) -> dict[str, Value]:
        """Return what the Reason headers of a message say."""
        return reason_values(self.traffic.read(message).each("reason")) if message.reasons else {}


def reason_values(lines: Iterable[str]) -> dict[str, Value]:
    """Return q850, sip_cause and text of Reason headers (RFC 3326)."""
    values: dict[str, Value] = {}
    for line in lines:
        protocol = line.partition(";")[0].strip().lower()
        given = parameters(line)
        cause = given.get("cause", "")
        if cause.isascii() and cause.isdigit() and len(cause) < 5:
            name = {"q.850": "q850", "sip": "sip_cause"}.get(protocol)
            if name:
                values.setdefault(name, int(cause))
        if given.get("text"):
            values.setdefault("text", given["text"][:_LONGEST_TEXT])
    return values


def ends_whole(traffic: SipTraffic) -> bool:
    """Return whether the capture is not cut off at its end and its packets are not cut short."""
    cut = bool((traffic.capture.packets.flags & SNAPPED != 0).any())
    return not cut and not any(note.kind in ("cut", "damaged", "limit") for note in traffic.capture.notes)
