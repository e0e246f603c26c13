"""Which answer belongs to which request, where both carry a number and requests are repeated until answered?

GTP (TS 29.060 section 7.6, TS 29.274 section 7.6) and RADIUS (RFC 2865 section 3) work alike: an answer goes back the
way its request came and repeats its number; a request that is not answered in time is sent again unchanged.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from diagnostics.datagram import Datagram, Endpoint
from diagnostics.sightings import Sighting

SECOND_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class IcmpError:
    """One ICMP or ICMPv6 error about a packet that somebody had sent.

    frame, time_ns: of the ICMP packet. reporter: address that sent it. source, destination: ends of the packet that it
    quotes (ports None where the quoted protocol has none). protocol: of the quoted packet (17 UDP, 47 GRE).
    meaning: `port`, `host`, `network`, `prohibited`, `too_big`, `protocol` or `other`. mtu: of `too_big`, None where
    it was not said.
    """

    frame: int
    time_ns: int
    reporter: str
    source: Endpoint
    destination: Endpoint
    protocol: int
    meaning: str
    mtu: int | None = None


class Numbered(Protocol):
    """A message that can be paired. number: what an answer repeats; token: what a repeated request repeats."""

    @property
    def datagram(self) -> Datagram: ...
    @property
    def number(self) -> int: ...
    @property
    def token(self) -> bytes: ...
    @property
    def is_request(self) -> bool: ...


M = TypeVar("M", bound=Numbered)


@dataclass(slots=True)
class Exchange(Generic[M]):
    """One request, its repetitions and the answers to it, each in order of time. unreachable: ICMP errors about it."""

    requests: list[M]
    answers: list[M]
    unreachable: list[IcmpError]

    @property
    def request(self) -> M:
        return self.requests[0]

    @property
    def answer(self) -> M | None:
        return self.answers[0] if self.answers else None

    @property
    def frames(self) -> tuple[int, ...]:
        """Frames of all messages and ICMP errors, rising."""
        messages = (message.datagram.frame for message in (*self.requests, *self.answers))
        return tuple(sorted({*messages, *(error.frame for error in self.unreachable)}))

    def repeated_after_answer(self) -> int:
        """How often the request was sent again although an answer had already been seen."""
        if not self.answers:
            return 0
        answered_at = self.answers[0].datagram.time_ns
        return sum(1 for message in self.requests[1:] if message.datagram.time_ns > answered_at)

    def silent_for_ns(self, capture_end_ns: int) -> int:
        """Nanoseconds from the last request to the end of the capture in which no answer was seen; 0 if answered."""
        return 0 if self.answers else max(0, capture_end_ns - self.requests[-1].datagram.time_ns)


_Key = tuple[Endpoint, Endpoint, int]


def pair(messages: Iterable[M], errors: Sequence[IcmpError] = (), *, reuse_after_s: float = 60.0) -> list[Exchange[M]]:
    """Pair requests with answers.

    messages: of one protocol, in order of time. errors: ICMP errors of the whole capture.
    reuse_after_s: a request with the same ends, number and token later than this is a new one.
    Returns exchanges in order of their first request; answers whose request was not captured are left out, and a
    message captured twice (mirror port: same bytes within a millisecond) counts once.
    """
    exchanges: list[Exchange[M]] = []
    latest: dict[_Key, Exchange[M]] = {}
    for message in messages:
        datagram = message.datagram
        if message.is_request:
            key = (datagram.source, datagram.destination, message.number)
            known = latest.get(key)
            if known is not None and _repeats(known, message, reuse_after_s):
                if not _mirrored(known.requests[-1], message):
                    known.requests.append(message)
                continue
            latest[key] = Exchange([message], [], [])
            exchanges.append(latest[key])
            continue
        known = latest.get((datagram.destination, datagram.source, message.number))
        if known is not None and not (known.answers and _mirrored(known.answers[-1], message)):
            known.answers.append(message)
    _attach(exchanges, errors)
    return exchanges


def unasked(messages: Iterable[M], exchanges: Iterable[Exchange[M]]) -> list[M]:
    """Return the answers whose request was not captured, in their order."""
    paired = {id(answer) for exchange in exchanges for answer in exchange.answers}
    mirrored = {answer.datagram.payload for exchange in exchanges for answer in exchange.answers}
    return [
        message
        for message in messages
        if not message.is_request and id(message) not in paired and message.datagram.payload not in mirrored
    ]


def _repeats(exchange: Exchange[M], message: M, reuse_after_s: float) -> bool:
    last = exchange.requests[-1]
    recent = message.datagram.time_ns - last.datagram.time_ns <= reuse_after_s * SECOND_NS
    return recent and last.token == message.token


def _mirrored(earlier: Numbered, later: Numbered) -> bool:
    near = abs(later.datagram.time_ns - earlier.datagram.time_ns) <= SECOND_NS // 1000
    return near and earlier.datagram.payload == later.datagram.payload


def _attach(exchanges: list[Exchange[M]], errors: Sequence[IcmpError]) -> None:
    by_ends: dict[tuple[Endpoint, Endpoint], list[Exchange[M]]] = {}
    for exchange in exchanges:
        datagram = exchange.request.datagram
        by_ends.setdefault((datagram.source, datagram.destination), []).append(exchange)
    for error in errors:
        if error.meaning == "too_big":
            continue
        before = [
            exchange
            for exchange in by_ends.get((error.source, error.destination), ())
            if exchange.request.datagram.time_ns <= error.time_ns
        ]
        if before:
            before[-1].unreachable.append(error)


def merged(sightings: Iterable[Sighting], *, most: int = 50) -> list[Sighting]:
    """Put sightings that say the same of the same session into one, with `count` among its values.

    most: frames kept of each, the first ones. Order of first sight is kept.
    """
    groups: dict[tuple[str, str | None, int | None, tuple[tuple[str, str], ...]], list[Sighting]] = {}
    for sighting in sightings:
        values = tuple(sorted((name, str(value)) for name, value in sighting.values.items() if name != "seconds"))
        groups.setdefault((sighting.code, sighting.session, sighting.cause, values), []).append(sighting)
    result = []
    for group in groups.values():
        first = group[0]
        frames = sorted({frame for sighting in group for frame in sighting.frames})[:most]
        values_with_count = {**first.values, "count": len(group)}
        result.append(Sighting(first.code, tuple(frames), first.session, first.cause, values_with_count))
    return result
