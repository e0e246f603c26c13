"""What does a speed test ask for, and what does it give back, whoever measures?

One small protocol for every platform: `start` hands a test over, `poll` asks how it stands. Both may be called again
with the same arguments after a restart; a test is never run twice for one key. Rates are whole bit/s, times UTC.
Whatever a platform does wrong comes back as `Failed`, never as an exception and never as a rate of 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

Method = Literal["softprobe", "tr143", "iperf3", "hejiaqin", "librespeed", "ndt7"]
Direction = Literal["down", "up"]
Link = Literal["wired", "wifi", "unknown"]
FailureCause = Literal[
    "unreachable",  # the platform did not answer
    "refused",  # the platform answered that it will not test
    "offline",  # the platform says that the customer's device is not there
    "faulted",  # the device or the platform ran into an error while testing
    "expired",  # no result within the deadline
    "stale",  # the only result is of another test
    "invalid",  # the result cannot be believed: no unit, a negative rate, a time in the future
    "lost",  # nobody knows the test any more
]


@dataclass(frozen=True, slots=True)
class SpeedRequest:
    """One test that is wanted.

    account: the ticket's. contract_bps: signed rate of the direction, bit/s, where known. streams: TCP connections.
    framed_ip: the customer's address according to AAA, where known. deadline: after this nothing is waited for.
    """

    account: str
    direction: Direction
    duration_ms: int
    streams: int
    deadline: datetime
    contract_bps: int | None = None
    framed_ip: str | None = None

    def __post_init__(self) -> None:
        if not 1_000 <= self.duration_ms <= 60_000:
            raise ValueError(f"duration_ms {self.duration_ms} is not 1000 to 60000")
        if not 1 <= self.streams <= 32:
            raise ValueError(f"streams {self.streams} is not 1 to 32")


@dataclass(frozen=True, slots=True)
class Measurement:
    """One measured direction.

    bits_per_second: as measured by the receiver, without any factor for overhead; None where no rate came of it.
    bytes: what the receiver counted during duration_ms, where known. tested_account: whom the platform says it tested.
    server_load_percent: of the measuring server, where it says so. first_second_bps: the ramp, where known.
    reference: the platform's own id of the test. raw: its answer as it came, at most RAW_LIMIT characters.
    """

    method: Method
    direction: Direction
    bits_per_second: int | None
    bytes: int | None
    duration_ms: int
    streams: int
    link: Link
    tested_account: str | None
    started_at: datetime
    ended_at: datetime
    reference: str
    raw: str
    server_load_percent: int | None = None
    first_second_bps: int | None = None


RAW_LIMIT = 16_384


@dataclass(frozen=True, slots=True)
class Handle:
    """A test that was handed over. Plain text only, so that a job can keep it over a restart.

    id: the platform's name of the test. started_at: when it was handed over. request: what was asked for.
    """

    id: str
    started_at: datetime
    request: SpeedRequest


@dataclass(frozen=True, slots=True)
class Pending:
    """Not finished. note: what is known, a Chinese sentence, may be empty."""

    note: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """Finished. measurement: the direction asked for. also: what the platform measured besides."""

    measurement: Measurement
    also: tuple[Measurement, ...] = ()


@dataclass(frozen=True, slots=True)
class Failed:
    """No measurement will come. reason: a Chinese sentence for the page. detail: the platform's own words."""

    cause: FailureCause
    reason: str
    detail: str = ""


Reading = Pending | Done | Failed


class SpeedProbe(Protocol):
    """A platform that measures lines."""

    @property
    def method(self) -> Method:
        """Which platform this is, as stored with every attempt."""

    def start(self, request: SpeedRequest, key: str, at: datetime) -> Handle | Failed:
        """Hand a test over; at: now, UTC. The same key again gives the same test, not another one."""

    def poll(self, handle: Handle, at: datetime) -> Reading:
        """Return how the test stands; at: now, UTC. After the deadline it is never Pending."""
