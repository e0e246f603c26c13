"""Does a GRE tunnel carry traffic both ways, and does the network report anything about it?

Source: RFC 2784 section 2 (header), RFC 1191 (fragmentation needed). A tunnel is a pair of outer addresses. A
keepalive carries nothing but the empty GRE packet that shall come back. The other end may answer
keepalives and still have no route for what the tunnel carries, so traffic is counted apart. Never looks into that
traffic.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from diagnostics.packet_core import SECOND_NS, IcmpError
from diagnostics.sightings import Sighting

GRE = 47
_MOST_FRAMES = 50


@dataclass(frozen=True, slots=True)
class GrePacket:
    """One packet of a tunnel. source, destination: outer addresses. keepalive: whether it carries nothing (protocol 0)
    or a packet back to its own sender."""

    frame: int
    time_ns: int
    source: str
    destination: str
    keepalive: bool = False


@dataclass(frozen=True, slots=True)
class Patience:
    """When silence of one end counts. packets: that the other end sent at least; seconds: over at least."""

    packets: int = 3
    seconds: float = 2.0


@dataclass(slots=True)
class _Way:
    packets: int = 0
    keepalives: int = 0
    first_ns: int = 0
    last_ns: int = 0
    frames: list[int] = field(default_factory=list)

    @property
    def traffic(self) -> int:
        """How many packets carried something."""
        return self.packets - self.keepalives

    def take(self, packet: GrePacket) -> None:
        """Count one packet."""
        if not self.packets:
            self.first_ns = packet.time_ns
        self.packets += 1
        self.keepalives += packet.keepalive
        self.last_ns = packet.time_ns
        if len(self.frames) < _MOST_FRAMES:
            self.frames.append(packet.frame)


def see_gre(
    packets: Iterable[GrePacket], errors: Sequence[IcmpError] = (), *, patience: Patience | None = None
) -> list[Sighting]:
    """Return what is wrong with the tunnels of a capture.

    packets: in order of time. errors: ICMP errors of the whole capture; those that quote GRE are about the tunnel.
    """
    patience = patience or Patience()
    ways: dict[tuple[str, str], _Way] = {}
    for packet in packets:
        ways.setdefault((packet.source, packet.destination), _Way()).take(packet)
    told = _told(errors)
    sightings = [_unreachable(ends, ways.get(ends, _Way()), reports) for ends, reports in told.items() if reports]
    for (source, destination), way in ways.items():
        back = ways.get((destination, source), _Way())
        if (source, destination) in told or back.traffic or (back.packets and way.traffic < patience.packets):
            continue
        lasted = (way.last_ns - way.first_ns) / SECOND_NS
        if way.packets < patience.packets or lasted < patience.seconds:
            continue
        values: dict[str, str | int | float | bool] = {
            "source": source, "destination": destination, "packets": way.packets, "seconds": round(lasted, 1),
            "keepalives": way.keepalives,
            "only_keepalives": way.keepalives == way.packets, "kept_alive": back.packets > 0,
        }  # fmt: skip
        sightings.append(Sighting("gre.one_way", tuple(way.frames), f"{source} → {destination}", None, values))
    return sightings


def _told(errors: Sequence[IcmpError]) -> dict[tuple[str, str], list[IcmpError]]:
    told: dict[tuple[str, str], list[IcmpError]] = {}
    for error in errors:
        if error.protocol == GRE:
            told.setdefault((error.source.address, error.destination.address), []).append(error)
    return told


def _unreachable(ends: tuple[str, str], way: _Way, reports: Sequence[IcmpError]) -> Sighting:
    source, destination = ends
    last = reports[-1]
    values: dict[str, str | int | float | bool] = {
        "source": source, "destination": destination, "reporter": last.reporter, "icmp": last.meaning,
        "packets": way.packets, "reports": len(reports),
    }  # fmt: skip
    if last.mtu is not None:
        values["mtu"] = last.mtu
    frames = tuple(sorted(report.frame for report in reports)[:_MOST_FRAMES])
    return Sighting("gre.unreachable", frames, f"{source} → {destination}", None, values)
