"""What became of each RADIUS request: accepted, rejected, unanswered, answered with another secret?

Source: RFC 2865 sections 2 to 4, RFC 2866 section 4, RFC 5176 section 3. A challenge is no failure. A request that is
sent again after its answer was seen means that the client threw the answer away: as a rule because the secrets differ
(RFC 2865 section 3, response authenticator); a server that silently drops what it cannot verify is unanswered here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from diagnostics.datagram import Datagram
from diagnostics.gtp_sightings import GtpSession, Patience
from diagnostics.packet_core import SECOND_NS, Exchange, IcmpError, merged, pair, unasked
from diagnostics.radius import RadiusMessage, read_radius, signed_with
from diagnostics.sightings import Sighting

_MEANING = {
    2: "radius.accepted",
    3: "radius.rejected",
    5: "radius.accounting_ok",
    42: "radius.rejected",  # Disconnect-NAK
    45: "radius.rejected",  # CoA-NAK
}
_OFTEN = 2  # so many repetitions after an answer are no coincidence of a late answer
_JOIN_NS = 10 * SECOND_NS  # RADIUS and GTP of one activation follow each other at once
_USUAL = Patience(sent_at_least=3, silence_s=10.0)
Values = dict[str, str | int | float | bool]


def read_messages(datagrams: Iterable[Datagram]) -> list[RadiusMessage]:
    """Return the RADIUS messages among UDP datagrams, in their order."""
    return [message for datagram in datagrams if (message := read_radius(datagram)) is not None]


def see_radius(
    messages: Sequence[RadiusMessage],
    errors: Sequence[IcmpError],
    end_ns: int,
    *,
    sessions: Sequence[GtpSession] = (),
    secret: bytes | None = None,
    patience: Patience = _USUAL,
) -> list[Sighting]:
    """Return what was seen of all RADIUS exchanges.

    messages: in order of time. errors: ICMP errors of the capture. end_ns: time of its last packet. sessions: PDP
    contexts of the same capture, joined by IMSI or MSISDN. secret: what somebody typed to check signatures with.
    """
    exchanges = pair(messages, errors, reuse_after_s=30.0)
    sightings = [_judge(exchange, end_ns, sessions, secret, patience) for exchange in exchanges]
    sightings += [_alone(answer) for answer in unasked(messages, exchanges)]
    return merged(sighting for sighting in sightings if sighting is not None)


def _alone(answer: RadiusMessage) -> Sighting | None:
    """Judge an answer whose request was not captured: it says less, and a rejection is one all the same."""
    code = _MEANING.get(answer.code)
    if code is None:
        return None
    server, client = answer.datagram.source.address, answer.datagram.destination.address
    values: Values = {"kind": answer.kind, "client": client, "server": server, "sent": 0}
    message, cause = answer.texts.get("reply_message"), answer.figures.get("error_cause")
    values["told"] = message is not None
    if message is not None:
        values["message"] = message
    if cause is not None:
        values["error_cause"] = cause
    return Sighting(code, (answer.datagram.frame,), client, cause, values)


def _judge(
    exchange: Exchange[RadiusMessage],
    end_ns: int,
    sessions: Sequence[GtpSession],
    secret: bytes | None,
    patience: Patience,
) -> Sighting | None:
    asked, answer = exchange.request, exchange.answer
    values = _values(exchange, sessions)
    session = str(values.get("user") or values.get("msisdn") or values["client"])
    mismatch = _mismatch(exchange, secret)
    if mismatch:
        return Sighting("radius.secret_mismatch", exchange.frames, session, None, {**values, "proof": mismatch})
    if answer is None:
        return _unanswered(exchange, session, values, end_ns, patience)
    code = _MEANING.get(answer.code)
    if code is None:
        return None  # challenges go on; acknowledged CoA and disconnection are what was asked for
    cause = answer.figures.get("error_cause") if code == "radius.rejected" else asked.figures.get("terminate_cause")
    return Sighting(code, exchange.frames, session, cause, values)


def _mismatch(exchange: Exchange[RadiusMessage], secret: bytes | None) -> str:
    """Say how it shows that client and server do not share a secret: `signature`, `repeated` or nothing."""
    if secret is not None:
        signed = [signed_with(exchange.request, secret)]
        signed += [signed_with(answer, secret, exchange.request) for answer in exchange.answers]
        return "signature" if False in signed else ""
    return "repeated" if exchange.repeated_after_answer() >= _OFTEN else ""


def _unanswered(
    exchange: Exchange[RadiusMessage], session: str, values: Values, end_ns: int, patience: Patience
) -> Sighting | None:
    if exchange.unreachable:
        error = exchange.unreachable[-1]
        values |= {"reporter": error.reporter, "icmp": error.meaning}
        return Sighting("radius.no_response", exchange.frames, session, None, values)
    if not patience.lost(len(exchange.requests), exchange.silent_for_ns(end_ns)):
        return None
    values["seconds"] = round((end_ns - exchange.request.datagram.time_ns) / SECOND_NS, 1)
    return Sighting("radius.no_response", exchange.frames, session, None, values)


def _values(exchange: Exchange[RadiusMessage], sessions: Sequence[GtpSession]) -> Values:
    asked, answer = exchange.request, exchange.answer
    values: Values = {
        "kind": asked.kind,
        "client": asked.datagram.source.address,
        "server": asked.datagram.destination.address,
        "sent": len(exchange.requests),
    }
    said: dict[str, str | int | None] = {
        "user": asked.texts.get("user_name"),
        "msisdn": asked.texts.get("calling_station"),
        "imsi": asked.texts.get("imsi"),
        "apn": asked.texts.get("called_station"),
        "message": answer.texts.get("reply_message") if answer else None,
        "error_cause": answer.figures.get("error_cause") if answer else None,
        "terminate_cause": asked.figures.get("terminate_cause"),
        "status": asked.figures.get("acct_status"),
        "address": (answer.address if answer else None) or asked.address,
    }
    values |= {name: value for name, value in said.items() if value is not None}
    values["told"] = bool(values.get("message"))
    joined = _joined(asked, sessions)
    if joined is not None:
        values |= {"gtp_apn": joined.apn or "", "gtp_frame": joined.frames[0]}
        if joined.cause is not None:
            values["gtp_cause"] = joined.cause
    return values


def _joined(asked: RadiusMessage, sessions: Sequence[GtpSession]) -> GtpSession | None:
    """Return the PDP context that a request belongs to (TS 29.061 section 16: the GGSN asks while it creates it)."""
    imsi, msisdn = asked.texts.get("imsi"), asked.texts.get("calling_station", "").lstrip("+")
    for session in reversed(sessions):
        near = abs(asked.datagram.time_ns - session.asked_at_ns) <= _JOIN_NS
        if near and ((imsi and imsi == session.imsi) or (msisdn and msisdn == session.msisdn)):
            return session
    return None
