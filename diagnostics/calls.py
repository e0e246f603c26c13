"""Which dialogs are one call, through proxies and B2BUAs?

A proxy keeps the Call-ID; a B2BUA makes a new one. Dialogs are joined by what B2BUAs leave alone: the charging or
session identifier, the origin and media address of the offer, or both numbers within a few seconds across a hop.
Never judges the call.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from diagnostics.negotiation import Agreement, agreements
from diagnostics.sip_dialogs import SECOND_NS, Dialog, Transaction
from diagnostics.sip_messages import SipMessage, SipTraffic

_NEAR_NS = 3 * SECOND_NS  # a B2BUA passes a call on at once; a person needs longer to dial again
_FAR_NS = 30 * SECOND_NS  # for identifiers that nobody else has
_ICID = re.compile(r'icid-value="?([^";,\s]+)', re.IGNORECASE)
_SESSION_ID = re.compile(r"\s*([0-9a-fA-F]{32})")
_TAIL = 8  # digits that stay the same when prefixes are added or taken away


@dataclass(eq=False)
class Call:
    """One call, all its legs.

    id: Call-ID of the first leg. call_ids: of all legs. caller, callee: users of From and To of the first leg.
    start_ns, ringing_ns, answered_ns, ended_ns: UTC times as the first leg saw them, None where it did not come to it
    (ended_ns: the BYE). agreements: offers and answers of all legs, in order of time, each with its call_id. dialogs:
    the legs, in order of time. outcome: code of the vocabulary, None while unknown (call in progress, half a capture).
    cause: final status, None for none.
    """

    id: str
    dialogs: list[Dialog]
    caller: str
    callee: str
    start_ns: int
    agreements: list[Agreement] = field(default_factory=list)
    ringing_ns: int | None = None
    answered_ns: int | None = None
    ended_ns: int | None = None
    outcome: str | None = None
    cause: int | None = None

    @property
    def call_ids(self) -> tuple[str, ...]:
        """Call-IDs of all legs, the first leg's first."""
        return tuple(dialog.call_id for dialog in self.dialogs)

    @property
    def messages(self) -> list[SipMessage]:
        """All its messages in order of time."""
        if len(self.dialogs) == 1:
            return self.dialogs[0].messages
        return sorted(
            (m for d in self.dialogs for m in d.messages), key=lambda message: (message.time_ns, message.frame)
        )

    @property
    def end_ns(self) -> int:
        """Time of its last message."""
        return max(dialog.end_ns for dialog in self.dialogs)

    def invites(self) -> list[Transaction]:
        """INVITE transactions that try to open the call, on all hops of all legs, in order of time."""
        return [t for dialog in self.dialogs for t in dialog.of("INVITE") if t.initial]


def calls_of(dialogs: Sequence[Dialog], traffic: SipTraffic) -> list[Call]:
    """Return the calls among dialogs, in order of time. dialogs: with an INVITE, in order of time."""
    joiner = _Joiner(traffic)
    calls: list[Call] = []
    for dialog in dialogs:
        agreed = agreements(dialog, traffic)
        keys = list(joiner.keys(dialog, agreed))
        call = joiner.call_of(dialog, keys)
        if call is None:
            first = dialog.first
            call = Call(dialog.call_id, [], first.caller, first.callee, dialog.start_ns)
            calls.append(call)
        call.dialogs.append(dialog)
        call.agreements.extend(agreed)
        joiner.remember(dialog, keys, call)
    for call in calls:
        _put_times(call)
    return calls


def _put_times(call: Call) -> None:
    call.agreements.sort(key=lambda agreement: agreement.offered_ns)
    for transaction in call.dialogs[0].of("INVITE"):
        if not transaction.initial:
            continue
        if call.ringing_ns is None and transaction.rang is not None:
            call.ringing_ns = transaction.rang.time_ns
        if call.answered_ns is None and transaction.final and 200 <= (transaction.status or 0) < 300:
            call.answered_ns = transaction.final.time_ns
    byes = [t.first.time_ns for dialog in call.dialogs for t in dialog.of("BYE")]
    call.ended_ns = min(byes) if byes else None


@dataclass(slots=True)
class _Joiner:
    """What is remembered of dialogs so far. by_key: identifier → the call that has it, and when it was last seen."""

    traffic: SipTraffic
    by_key: dict[str, tuple[Call, Dialog]] = field(default_factory=dict)

    def call_of(self, dialog: Dialog, keys: Sequence[tuple[str, int]]) -> Call | None:
        """Return the call that a dialog belongs to; None where it is a new one."""
        for key, near_ns in keys:
            found = self.by_key.get(key)
            if found is not None and dialog.start_ns - found[1].start_ns <= near_ns and _may_follow(found[1], dialog):
                return found[0]
        return None

    def remember(self, dialog: Dialog, keys: Sequence[tuple[str, int]], call: Call) -> None:
        """Keep what a later leg of the same call would share."""
        self.by_key.update({key: (call, dialog) for key, _ in keys})

    def keys(self, dialog: Dialog, agreed: Sequence[Agreement]) -> Iterator[tuple[str, int]]:
        """Give what legs of one call share, with the time within which it says so; nothing where no request is seen."""
        if not dialog.first.is_request:
            return
        head = self.traffic.read(dialog.first)
        icid = _ICID.search(head.first("p-charging-vector"))
        if icid:
            yield f"icid {icid.group(1)}", _FAR_NS
        session = _SESSION_ID.match(head.first("session-id"))
        if session:
            yield f"session {session.group(1).lower()}", _FAR_NS
        yield f"call {head.first('x-cid') or dialog.call_id}", _FAR_NS
        offer = next((agreement.offer for agreement in agreed if agreement.initial), None)
        if offer is not None:
            words = offer.origin.split()
            if len(words) == 6 and len(words[1]) > 2:
                yield f"origin {offer.origin}", _NEAR_NS
            for media in offer.media[:1]:
                if media.port and media.address.strip("0.:"):
                    yield f"media {media.address} {media.port}", _NEAR_NS
        caller, callee = _tail(dialog.first.caller), _tail(dialog.first.callee)
        if len(caller) > 2 and len(callee) > 2:
            yield f"numbers {caller} {callee}", _NEAR_NS


def _tail(user: str) -> str:
    digits = user.lstrip("+")
    return digits[-_TAIL:] if digits.isdigit() else user.lower()


def _may_follow(earlier: Dialog, later: Dialog) -> bool:
    """Return whether a dialog may be another leg: the earlier still tries, another hop sends it, and further on."""
    trying = [t for t in earlier.of("INVITE") if t.initial]
    ended = [t.final.time_ns for t in trying if t.final is not None and (t.status or 0) >= 300]
    if ended and len(ended) == len(trying) and max(ended) < later.start_ns:
        return False
    if not later.hops or not earlier.hops:
        return True
    (sender, receiver), (_, earlier_receiver) = later.hops[0], earlier.hops[0]
    return sender != earlier.first.source and receiver != earlier_receiver
