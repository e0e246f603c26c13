"""Who announces a private address for media that others cannot reach, because NAT stands in between?

Source: RFC 1918 section 3, RFC 6598 (shared addresses of carriers). A private address in SDP is usual inside a private
network, so it counts only where the signalling itself comes from elsewhere: from a public address, or from the address
that the media really comes from.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterator, Mapping, Sequence

from diagnostics.datagram import Endpoint
from diagnostics.media_lines import MediaLine
from diagnostics.media_streams import TO_CALLEE, TO_CALLER, MediaStream
from diagnostics.sightings import Sighting

_SHARED = ipaddress.ip_network("100.64.0.0/10")


def see_private(
    lines: Sequence[MediaLine],
    by_line: Mapping[int, Sequence[MediaStream]],
    silent: Collection[str],
    senders: Collection[str],
) -> Iterator[Sighting]:
    """Give one sighting for each side of a call that announces a private address which is not where it is.

    by_line: streams by number of the line. silent: ids of calls whose media does not go both ways. senders: addresses
    that packets of the capture came from; who sends from the announced address has no NAT before the capture point.
    """
    known: set[tuple[str, int]] = set()
    for line in lines:
        for side, (end, home) in enumerate(zip(line.ends, _homes(line), strict=True)):
            if end is None or end[0] in senders or (line.call.id, side) in known or not _private(end[0]):
                continue
            streams = by_line.get(line.number, ())
            away, towards = (TO_CALLEE, TO_CALLER) if side == 0 else (TO_CALLER, TO_CALLEE)
            real = sorted({_host(stream.source) for stream in streams if stream.direction == away})
            offers = (side == 0) == line.agreement.from_caller
            relayed = line.agreement.offer_relayed if offers else line.agreement.answer_relayed
            if home.address not in real and (relayed or not (offers and _public(home.address))):
                continue
            missed = any(stream.destination.startswith(end[0]) for stream in streams if stream.direction == towards)
            known.add((line.call.id, side))
            agreement = line.agreement
            frame = agreement.offer_frame if offers else agreement.answer_frame or agreement.offer_frame
            values: dict[str, str | int | float | bool] = {
                "announced": f"{end[0]}:{end[1]}",
                "signalling": home.address,
                "side": "主叫" if side == 0 else "被叫",
                "side_en": "the caller" if side == 0 else "the callee",
                "works": bool(streams) and line.call.id not in silent and not missed,
            }
            if real:
                values["real"] = real[0]
            yield Sighting("media.private_address", (frame,), line.call.id, None, values)


def _homes(line: MediaLine) -> tuple[Endpoint, Endpoint]:
    """Return where the signalling of caller and callee comes from."""
    agreement = line.agreement
    both = (agreement.offerer, agreement.answerer)
    return both if agreement.from_caller else (both[1], both[0])


def _host(end: str) -> str:
    return end.rpartition(":")[0].strip("[]")


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _private(text: str) -> bool:
    address = _address(text)
    if address is None or address.version == 6:
        return False
    usable = not (address.is_loopback or address.is_unspecified or address.is_link_local)
    return usable and (address in _SHARED or address.is_private) and not _documentation(address)


def _documentation(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether it is of RFC 5737 or RFC 2544, which stand for public addresses in examples and laboratories."""
    return any(address in ipaddress.ip_network(net) for net in _EXAMPLES)


_EXAMPLES = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "198.18.0.0/15")


def _public(text: str) -> bool:
    address = _address(text)
    return address is not None and (address.is_global or _documentation(address))
