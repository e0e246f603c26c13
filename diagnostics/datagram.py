"""What does an analyser get to see of a packet? Addresses, time and payload, whatever it was wrapped in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One end of a conversation. address: IPv4 or IPv6 as text; port: 0 to 65535, None where the protocol has none."""

    address: str
    port: int | None

    def __str__(self) -> str:
        if self.port is None:
            return self.address
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"


@dataclass(frozen=True, slots=True)
class Datagram:
    """One datagram, reassembled if it came in fragments.

    frame: number of its (last) packet in the capture, from 1, as tshark counts. time_ns: since 1970, UTC.
    payload: what the transport protocol carries. tunnel: the wrappers it came in, outermost first (`gre`, `gtp-u`).
    """

    frame: int
    time_ns: int
    source: Endpoint
    destination: Endpoint
    payload: bytes
    tunnel: tuple[str, ...] = ()
