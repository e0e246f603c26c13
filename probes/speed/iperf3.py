"""How is a line measured with iperf3, from a box on the line or from the centre?

iperf3 runs on its own, bounded by coreutils' timeout, and writes its JSON into a file named after the test, so that a
restart of this process loses nothing. The receiver's bytes over its time count; the first second is left out as ramp.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from ipaddress import ip_address
from pathlib import Path
from typing import Literal

from probes.errors import ProbeMisconfigured
from probes.speed.deadline import until
from probes.speed.measurement import (
    RAW_LIMIT,
    Done,
    Failed,
    FailureCause,
    Handle,
    Measurement,
    Method,
    Pending,
    Reading,
    SpeedRequest,
)
from probes.speed.wire import Fields, read_object

Standpoint = Literal["line", "centre"]
WARM_UP_S = 1
CONNECT_MS = 5_000
SPARE_S = 10  # for connecting, exchanging results and ending
KEPT = timedelta(days=1)
_HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:-]{0,252}", re.ASCII)
ERRORS: tuple[tuple[str, FailureCause, str], ...] = (
    ("busy running a test", "refused", "iperf3 测速服务端正在进行另一次测速，请稍后重试"),
    ("unable to connect", "offline", "连接不上 iperf3 测速服务端，线路或设备可能不在线"),
    ("No route to host", "offline", "连接不上 iperf3 测速服务端，线路或设备可能不在线"),
    ("", "faulted", "iperf3 测速失败，请重新测速"),
)


class Iperf3Probe:
    """iperf3 as a probe. Implements probes.speed.measurement.SpeedProbe."""

    method: Method = "iperf3"

    def __init__(
        self,
        folder: Path,
        *,
        stands_at: Standpoint,
        server: str | None = None,
        port: int = 5201,
        command: Sequence[str] = ("iperf3",),
    ) -> None:
        """Prepare; nothing runs yet.

        folder: for results, made where missing. stands_at: `line`, then this machine is the customer's end and server
        the centre's; `centre`, then iperf3 -s runs at the customer's address, which AAA gives. command: how iperf3 is
        started. Raises ProbeMisconfigured where server or port cannot be used.
        """
        if (stands_at == "line") != (server is not None):
            raise ProbeMisconfigured("iperf3 at the line needs a server; at the centre it takes the address of AAA")
        if server is not None and not _HOST.fullmatch(server):
            raise ProbeMisconfigured(f"the iperf3 server {server!r} is no host; it looks like speed.example")
        if not 1 <= port <= 65535:
            raise ProbeMisconfigured(f"the iperf3 port {port} is not 1 to 65535")
        self._folder, self._at, self._server, self._port = folder, stands_at, server, port
        self._command = tuple(command)
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, request: SpeedRequest, key: str, at: datetime) -> Handle | Failed:
        """Start iperf3; at: now, UTC. The same key finds the test that it started, running or done."""
        host = self._server or _address(request.framed_ip)
        if host is None:
            return Failed("offline", "AAA 中没有该账号的地址，无法确定测速目标")
        if shutil.which(self._command[0]) is None:
            return Failed("refused", "本系统没有安装 iperf3，请联系系统管理员", f"{self._command[0]} is missing")
        self._folder.mkdir(parents=True, exist_ok=True)
        self._forget(at)
        handle = Handle(hashlib.sha256(key.encode()).hexdigest()[:32], at, request)
        with suppress(FileExistsError), self._file(handle.id).open("xb") as file:
            self._running[handle.id] = self._run(host, request, file.fileno())
        return handle

    def wait(self, handle: Handle, timeout_s: int) -> None:
        """Wait until iperf3 has ended, for whoever has nothing else to do; poll then has the result."""
        if handle.id in self._running:
            self._running[handle.id].wait(timeout_s)

    def poll(self, handle: Handle, at: datetime) -> Reading:
        """Return how iperf3 stands; at: now, UTC."""
        process = self._running.get(handle.id)
        ended = process is not None and process.poll() is not None
        try:
            text = self._file(handle.id).read_text("utf-8", "replace")
        except FileNotFoundError:
            return Failed("lost", "本系统已没有这次测速的记录，请重新测速")
        said = read_object(text)
        if said is not None:
            self._running.pop(handle.id, None)
            return self._result(said, text, handle)
        overdue = at >= handle.started_at + timedelta(seconds=_bound_s(handle.request))
        if ended or overdue:
            return Failed(*ERRORS[-1][1:], text[:200] or "iperf3 ended without a result")
        return until(handle.request.deadline, at, Pending("测速中"))

    def _run(self, host: str, request: SpeedRequest, output: int) -> subprocess.Popen[bytes]:
        seconds = -(-request.duration_ms // 1_000)
        receives = (request.direction == "down") == (self._at == "line")
        options = ["-J", "-c", host, "-p", self._port, "-t", seconds, "-O", WARM_UP_S, "-P", request.streams]
        options += ["--connect-timeout", CONNECT_MS, *(["-R"] if receives else [])]
        bound = ["timeout", "--kill-after=1", str(_bound_s(request))]
        return subprocess.Popen(
            [*bound, *self._command, *map(str, options)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, "LC_ALL": "C"},
        )

    def _result(self, said: Fields, text: str, handle: Handle) -> Reading:
        error = said.text("error")
        if error is not None:
            cause, reason = next((cause, reason) for part, cause, reason in ERRORS if part in error)
            return Failed(cause, reason, error)
        received = _below(_below(said, "end"), "sum_received")
        bytes_, duration_us = received.whole("bytes"), _microseconds(received)
        began = _below(_below(said, "start"), "timestamp").whole("timesecs")
        if bytes_ is None or duration_us < 1 or began is None:
            return Failed("invalid", "iperf3 的结果无法识别", text[-200:])
        started = datetime.fromtimestamp(began, UTC)
        ours_receives = (handle.request.direction == "down") == (self._at == "line")
        measurement = Measurement(
            method="iperf3",
            direction=handle.request.direction,
            bits_per_second=_rate(bytes_, duration_us),
            bytes=bytes_,
            duration_ms=duration_us // 1_000,
            streams=handle.request.streams,
            link="unknown",
            tested_account=handle.request.account if self._at == "centre" else None,
            started_at=started,
            ended_at=started + timedelta(seconds=WARM_UP_S, microseconds=duration_us),
            reference=handle.id,
            raw=text[-RAW_LIMIT:],  # the sums stand at its end
            server_load_percent=_load(said, "remote_total" if self._at == "line" else "host_total"),
            first_second_bps=_first_second(said) if ours_receives else None,
        )
        return Done(measurement)

    def _file(self, id_: str) -> Path:
        return self._folder / f"iperf3-{id_}.json"

    def _forget(self, at: datetime) -> None:
        """Remove results that nobody will ask for any more."""
        for file in self._folder.glob("iperf3-*.json"):
            if datetime.fromtimestamp(file.stat().st_mtime, UTC) < at - KEPT:
                file.unlink(missing_ok=True)


def _address(framed_ip: str | None) -> str | None:
    try:
        return str(ip_address(framed_ip or ""))
    except ValueError:
        return None


def _bound_s(request: SpeedRequest) -> int:
    return -(-request.duration_ms // 1_000) + WARM_UP_S + SPARE_S


def _below(fields: Fields, name: str) -> Fields:
    return fields.fields(name) or Fields({})


def _load(said: Fields, side: str) -> int | None:
    load = _below(_below(said, "end"), "cpu_utilization_percent").digits(side)
    return None if load is None else int(Decimal(load))


def _microseconds(fields: Fields) -> int:
    return int(Decimal(fields.digits("seconds") or 0) * 1_000_000)


def _rate(bytes_: int, duration_us: int) -> int:
    return bytes_ * 8 * 1_000_000 // duration_us


def _first_second(said: Fields) -> int | None:
    """The receiver's rate in the first second, which the measurement leaves out."""
    intervals = said.list("intervals")
    first = intervals[0].fields("sum") if intervals else None
    bytes_ = first.whole("bytes") if first else None
    return _rate(bytes_, _microseconds(first)) if first and bytes_ is not None and _microseconds(first) else None
