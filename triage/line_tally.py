"""What did the server of an on-site test send and receive, and can what the client reports be true?

Download is measured where it arrives, at the client; upload where it arrives, here (a browser counts what it has handed
to its socket: 104 % of a 20 M line, 6.5-fold in the worst reports). A client could report anything, so a download is
believed only if the server sent as many bytes within a stretch of that length. Times are whole milliseconds of any
clock that does not jump. Thread-safe. Never judges a rate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock

BIN_MS = 100
SLACK_MS = 700  # what was sent shortly before the client's clock started: socket buffers on both sides
SLACK_BYTES = 8 << 20  # they hold megabytes on fast lines
LEAST_MS, MOST_MS = 2_000, 60_000
RAMP_MS = 1_000


@dataclass(slots=True)
class LineTally:
    """Bytes by tenths of a second, both ways. streams: most connections that were open at once, by direction."""

    sent: dict[int, int] = field(default_factory=dict)
    received: dict[int, int] = field(default_factory=dict)
    down_streams: int = 0
    up_streams: int = 0
    _open: dict[str, int] = field(default_factory=lambda: {"down": 0, "up": 0})
    _lock: Lock = field(default_factory=Lock)

    def opened(self, direction: str) -> None:
        """Note a connection that begins to carry bytes. direction: down or up."""
        with self._lock:
            self._open[direction] += 1
            self.down_streams = max(self.down_streams, self._open["down"])
            self.up_streams = max(self.up_streams, self._open["up"])

    def closed(self, direction: str) -> None:
        """Note that such a connection has ended."""
        with self._lock:
            self._open[direction] -= 1

    def add_sent(self, count: int, at_ms: int) -> None:
        """Note bytes that went out."""
        with self._lock:
            self.sent[at_ms // BIN_MS] = self.sent.get(at_ms // BIN_MS, 0) + count

    def add_received(self, count: int, at_ms: int) -> None:
        """Note bytes that came in."""
        with self._lock:
            self.received[at_ms // BIN_MS] = self.received.get(at_ms // BIN_MS, 0) + count

    def believes(self, down_bytes: int, duration_ms: int) -> bool:
        """Return whether a client can have received so many bytes within so long."""
        with self._lock:
            bins = _dense(self.sent)
        length = (duration_ms + SLACK_MS) // BIN_MS + 1
        return down_bytes <= _most_within(bins, length) + SLACK_BYTES and down_bytes <= sum(bins)

    def upload(self) -> tuple[int, int] | None:
        """Return bytes received and milliseconds they took, without the first second; None where that is too short."""
        with self._lock:
            bins = _dense(self.received)
        steady = bins[RAMP_MS // BIN_MS : -1]  # the last tenth is not full
        return (sum(steady), len(steady) * BIN_MS) if len(steady) * BIN_MS >= LEAST_MS - RAMP_MS else None


def _dense(bins: dict[int, int]) -> list[int]:
    if not bins:
        return []
    return [bins.get(n, 0) for n in range(min(bins), max(bins) + 1)]


def _most_within(bins: Sequence[int], length: int) -> int:
    most = current = sum(bins[:length])
    for n in range(length, len(bins)):
        current += bins[n] - bins[n - length]
        most = max(most, current)
    return most
