"""What became of each GTP procedure: accepted, accepted otherwise than asked, rejected, unanswered, unreachable?

Source: TS 29.060 sections 7.3 to 7.6, TS 29.274 sections 7.2 and 7.6. N3-REQUESTS and T3-RESPONSE are up to the
operator, so a request counts as given up only after a repetition or after `Patience.silence_s` without any answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from diagnostics.datagram import Datagram
from diagnostics.gtp import GtpMessage, read_gtp
from diagnostics.packet_core import SECOND_NS, Exchange, IcmpError, merged, pair
from diagnostics.sightings import Sighting

_ACCEPTED = {1: frozenset({128, 129, 130}), 2: frozenset({16, 17, 18, 19})}
_OTHER_TYPE = {1: frozenset({129, 130}), 2: frozenset({18, 19})}


@dataclass(frozen=True, slots=True)
class Patience:
    """When an unanswered request counts as given up.

    sent_at_least: transmissions of it that were seen; silence_s: or seconds without an answer to the capture's end;
    longest_s: a lone request with a longer silence is of a capture pasted together and says nothing.
    """

    sent_at_least: int = 3
    silence_s: float = 10.0
    longest_s: float = 600.0

    def lost(self, sent: int, silent_ns: int) -> bool:
        """Return whether a request that was sent so often and then met silence counts as given up."""
        silent = silent_ns / SECOND_NS
        return sent >= self.sent_at_least or (self.silence_s <= silent and (sent > 1 or silent <= self.longest_s))


@dataclass(frozen=True, slots=True)
class GtpSession:
    """One creation of a PDP context or session: who asked for which APN and what came of it.

    imsi, msisdn: digits, None where not said. granted_at_ns: None where it was not accepted.
    """

    imsi: str | None
    msisdn: str | None
    apn: str | None
    address: str | None
    cause: int | None
    asked_at_ns: int
    granted_at_ns: int | None
    frames: tuple[int, ...]


def read_messages(datagrams: Iterable[Datagram]) -> list[GtpMessage]:
    """Return the GTP control messages among UDP datagrams, in their order."""
    return [message for datagram in datagrams if (message := read_gtp(datagram)) is not None]


def see_gtp(
    messages: Sequence[GtpMessage], errors: Sequence[IcmpError], end_ns: int, *, patience: Patience | None = None
) -> tuple[list[GtpSession], list[Sighting]]:
    """Return the sessions that were asked for, and what was seen of all procedures.

    messages: in order of time. errors: ICMP errors of the capture. end_ns: time of its last packet.
    """
    patience = patience or Patience()
    exchanges = pair(messages, errors)
    refused: dict[str, set[str]] = {}
    sessions: list[GtpSession] = []
    sightings: list[Sighting] = []
    for exchange in exchanges:
        if exchange.request.procedure == "create":
            sessions.append(_session(exchange))
        sighting = _judge(exchange, refused, end_ns, patience)
        if sighting is not None:
            sightings.append(sighting)
    return sessions, merged(_resolved(sightings))


def _resolved(sightings: Sequence[Sighting]) -> Iterator[Sighting]:
    """Mark rejected creations whose subscriber was accepted later on."""
    accepted = {
        sighting.session: sighting.frames[0] for sighting in sightings if sighting.code.startswith("gtp.accepted")
    }
    for sighting in sightings:
        creates = sighting.code == "gtp.rejected" and sighting.values["procedure"] == "create"
        if creates and sighting.frames[0] < accepted.get(sighting.session, 0):
            yield replace(sighting, values={**sighting.values, "later_accepted": True})
        else:
            yield sighting


def _session(exchange: Exchange[GtpMessage]) -> GtpSession:
    asked, answer = exchange.request, exchange.answer
    accepted = answer is not None and answer.cause in _ACCEPTED[answer.version]
    return GtpSession(
        asked.imsi,
        asked.msisdn,
        asked.apn,
        (answer.address if answer is not None else None) or asked.address,
        answer.cause if answer is not None else None,
        asked.datagram.time_ns,
        answer.datagram.time_ns if answer is not None and accepted else None,
        exchange.frames,
    )


def _judge(
    exchange: Exchange[GtpMessage], refused: dict[str, set[str]], end_ns: int, patience: Patience
) -> Sighting | None:
    asked, answer = exchange.request, exchange.answer
    values = _values(exchange)
    session = asked.imsi or asked.msisdn or f"{asked.datagram.source.address} → {asked.datagram.destination.address}"
    if answer is None:
        return _unanswered(exchange, session, values, end_ns, patience)
    if answer.cause is None:
        return None  # echo and notifications carry no cause
    if answer.cause not in _ACCEPTED[answer.version]:
        if asked.apn is not None:
            refused.setdefault(session, set()).add(asked.apn.lower())
        return Sighting("gtp.rejected", exchange.frames, session, answer.cause, values)
    if asked.procedure != "create":
        return None
    other = _otherwise(asked, answer, refused.get(session, set()))
    if other:
        values["difference"] = other
        return Sighting("gtp.accepted_other_apn", exchange.frames, session, answer.cause, values)
    return Sighting("gtp.accepted", exchange.frames, session, answer.cause, values)


def _otherwise(asked: GtpMessage, answer: GtpMessage, refused: set[str]) -> str:
    """Return in what the acceptance differs from what the subscriber wanted: `apn`, `pdp_type` or nothing."""
    granted = answer.apn
    if granted is not None and asked.apn is not None and not _same_apn(asked.apn, granted):
        return "apn"
    if asked.apn is not None and refused and asked.apn.lower() not in refused:
        return "apn"  # what was wanted was refused before, and another APN then worked
    if asked.selection_mode == 2:
        return "apn"  # the network chose it in place of what the terminal asked for
    if answer.cause in _OTHER_TYPE[answer.version]:
        return "pdp_type"
    both = asked.pdp_type and answer.pdp_type
    return "pdp_type" if both and asked.pdp_type != answer.pdp_type else ""


def _same_apn(one: str, other: str) -> bool:
    """Compare network identifiers; an operator identifier (`.mncNNN.mccNNN.gprs`) may follow either."""
    return one.lower().partition(".mnc")[0] == other.lower().partition(".mnc")[0]


def _unanswered(
    exchange: Exchange[GtpMessage],
    session: str,
    values: dict[str, str | int | float | bool],
    end_ns: int,
    patience: Patience,
) -> Sighting | None:
    if exchange.unreachable:
        error = exchange.unreachable[-1]
        values |= {"reporter": error.reporter, "icmp": error.meaning}
        return Sighting("gtp.unreachable", exchange.frames, session, None, values)
    if not patience.lost(len(exchange.requests), exchange.silent_for_ns(end_ns)):
        return None
    values["seconds"] = round((end_ns - exchange.request.datagram.time_ns) / SECOND_NS, 1)
    return Sighting("gtp.no_response", exchange.frames, session, None, values)


def _values(exchange: Exchange[GtpMessage]) -> dict[str, str | int | float | bool]:
    asked, answer = exchange.request, exchange.answer
    values: dict[str, str | int | float | bool] = {
        "version": asked.version,
        "procedure": asked.procedure,
        "peer": asked.datagram.destination.address,
        "asker": asked.datagram.source.address,
        "sent": len(exchange.requests),
    }
    said: dict[str, str | int | None] = {
        "apn": asked.apn,
        "imsi": asked.imsi,
        "msisdn": asked.msisdn,
        "pdp_type": asked.pdp_type,
        "selection_mode": asked.selection_mode,
        "address": answer.address if answer else None,
        "granted_apn": answer.apn if answer else None,
        "granted_pdp_type": answer.pdp_type if answer else None,
    }
    return values | {name: value for name, value in said.items() if value is not None}
