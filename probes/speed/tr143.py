"""What is set in a home gateway to make it measure, and what may be believed of what it then shows?

TR-143 diagnostics over TR-098 (`InternetGatewayDevice`) or TR-181 (`Device`) parameters. Pure: the tree of a device as
an ACS keeps it goes in. A gateway keeps the result of its last test for ever, so nothing counts without the nonce in
the address that this test was given. Rates are whole bits over whole microseconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from probes.speed.measurement import Direction, Failed, Pending, SpeedRequest
from probes.speed.wire import Fields, read_time

Model = Literal["TR-098", "TR-181"]
ROOTS: dict[Model, str] = {"TR-098": "InternetGatewayDevice", "TR-181": "Device.IP.Diagnostics"}
USERNAMES: dict[Model, str] = {
    "TR-098": "InternetGatewayDevice.WANDevice.1.WANConnectionDevice.1.WANPPPConnection.1.Username",
    "TR-181": "Device.PPP.Interface.1.Username",
}
SHORTEST_MS = 5_000  # an ACS keeps whole milliseconds: 5 MB at 1 Gbit/s would read 2 % too low
MOST_BYTES = 2**32 - 1  # TestBytesReceived is an unsignedInt and wraps
FALLBACK_BPS = 100_000_000
CLOCKS_APART = timedelta(minutes=1)
OLDEST_YEAR = 2000  # a gateway without time shows 0001-01-01 or 1970
ERRORS = {
    "Error_CannotResolveHostName": "网关无法解析测速服务器的域名",
    "Error_NoRouteToHost": "网关到测速服务器没有路由",
    "Error_InitConnectionFailed": "网关连接不上测速服务器",
    "Error_NoResponse": "测速服务器没有应答网关",
    "Error_TransferFailed": "网关与测速服务器之间的传输中断",
    "Error_Timeout": "网关测速超时",
    "Error_IncorrectSize": "网关收到的测速文件大小不符",
}


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One test of one gateway. address: what it loads or sends to, nonce included. size: bytes of the file."""

    model: Model
    direction: Direction
    address: str
    nonce: str
    size: int

    @property
    def root(self) -> str:
        """The object of the diagnostics."""
        return f"{ROOTS[self.model]}.{'DownloadDiagnostics' if self.direction == 'down' else 'UploadDiagnostics'}"

    @property
    def address_name(self) -> str:
        """The parameter that holds the address."""
        return "DownloadURL" if self.direction == "down" else "UploadURL"

    def settings(self) -> list[list[object]]:
        """What is set, all in one call, the state last: it starts the test."""
        values: list[list[object]] = [[f"{self.root}.{self.address_name}", self.address, "xsd:string"]]
        if self.direction == "up":
            values.append([f"{self.root}.TestFileLength", self.size, "xsd:unsignedInt"])
        return [*values, [f"{self.root}.DiagnosticsState", "Requested", "xsd:string"]]

    def results(self) -> list[str]:
        """What is read afterwards."""
        bytes_ = ["TestBytesReceived", "TotalBytesReceived"] if self.direction == "down" else []
        names = ["DiagnosticsState", self.address_name, "ROMTime", "BOMTime", "EOMTime", *bytes_]
        return [f"{self.root}.{name}" for name in names]


@dataclass(frozen=True, slots=True)
class Transfer:
    """What a gateway measured. duration_us: from the first to the last byte."""

    bytes: int
    duration_us: int
    started_at: datetime
    ended_at: datetime

    @property
    def bits_per_second(self) -> int:
        """The rate, rounded down to the bit."""
        return self.bytes * 8 * 1_000_000 // self.duration_us


def size_of(request: SpeedRequest) -> int:
    """Return how many bytes take the time that is wanted, at least SHORTEST_MS, at the contract's rate."""
    bits = (request.contract_bps or FALLBACK_BPS) * max(request.duration_ms, SHORTEST_MS) // 1_000
    return min(bits // 8, MOST_BYTES)


def value_of(device: Fields, path: str) -> Fields | None:
    """Return the leaf of an ACS's tree at path: `_value`, `_timestamp`."""
    found: Fields | None = device
    for name in path.split("."):
        found = found.fields(name) if found else None
    return found


def read_transfer(device: Fields, test: Diagnostic, since: datetime) -> Transfer | Pending | Failed:
    """Return what the gateway measured since then.

    device: its tree. Pending while the tree shows this test unfinished or was not read since; Failed (stale) where
    it shows another test, (faulted) where the gateway gave up, (invalid) where times or bytes cannot be.
    """
    address = value_of(device, f"{test.root}.{test.address_name}")
    if address is None or test.nonce not in (address.text("_value") or ""):
        return Failed("stale", "网关上是另一次测速的结果，请重新测速", (address and address.text("_value")) or "")
    leaf = value_of(device, f"{test.root}.DiagnosticsState") or Fields({})
    state, seen = leaf.text("_value") or "None", leaf.time("_timestamp")
    if state in {"None", "Requested"} or seen is None or seen < since:
        return Pending("网关测速中")
    if state not in {"Completed", "Complete"}:
        return Failed("faulted", ERRORS.get(state, "网关测速失败，请重新测速"), state)
    return _transfer(device, test, since)


def _transfer(device: Fields, test: Diagnostic, since: datetime) -> Transfer | Failed:
    requested, began, ended = (_moment(device, f"{test.root}.{name}Time") for name in ("ROM", "BOM", "EOM"))
    if requested is None or began is None or ended is None or ended <= began or began < requested:
        return Failed("invalid", "网关给出的测速时间缺失或矛盾，不能采用", f"{requested} {began} {ended}")
    if requested < since - CLOCKS_APART:
        return Failed("stale", "网关上的测速结果早于本次测速，或网关时间不准", f"ROMTime {requested}")
    received = test.size
    if test.direction == "down":
        leaf = value_of(device, f"{test.root}.TestBytesReceived")
        received = (leaf.whole("_value") if leaf else None) or 0
    if received < test.size:
        return Failed("invalid", "网关没有收完测速文件，不能采用", f"{received} of {test.size} bytes")
    return Transfer(received, (ended - began) // timedelta(microseconds=1), began, ended)


def _moment(device: Fields, path: str) -> datetime | None:
    leaf = value_of(device, path)
    moment = read_time(leaf.text("_value")) if leaf else None
    return moment if moment and moment.year >= OLDEST_YEAR else None
