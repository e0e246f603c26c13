"""How does a test get a customer's line of its own, shaped to a rate, without leaving anything behind?

Two network namespaces joined by a veth pair: `centre`, where servers stand, and `line`, where the customer is. Each
direction is shaped by tc tbf at its sender. All lives in a user and process namespace of its own, so that no root is
needed, no name appears in /run/netns, and everything ends when the `with` block or the test process does: the first
process of the namespace is a `cat` on a pipe that the test holds.

tbf counts Ethernet frames, so that TCP carries 1448/1514 = 95.6 % of the rate over MTU 1500.
"""

from __future__ import annotations

import functools
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

CENTRE_IP = "10.99.0.1"
LINE_IP = "10.99.0.2"
PROGRAMS = ("unshare", "nsenter", "ip", "tc")
JOIN = "nsenter --preserve-credentials --user --net --pid"
SECONDS = 20  # no command of the set-up takes one
ENVIRONMENT = {**os.environ, "PATH": f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"}  # Debian keeps ip and tc there


@dataclass(frozen=True, slots=True)
class Namespace:
    """One side. pid: a process in it, as this test sees it. ip: its address on the veth pair."""

    pid: int
    ip: str
    device: str

    def argv(self, *command: str) -> list[str]:
        """Return command as it is started inside this namespace; it dies with the namespace."""
        return [*JOIN.split(), f"--target={self.pid}", "--", *command]

    def run(self, *command: str, timeout_s: float = SECONDS) -> str:
        """Run command inside, wait for it, return what it printed. Raises CalledProcessError, TimeoutExpired."""
        return subprocess.run(
            self.argv(*command), capture_output=True, text=True, check=True, timeout=timeout_s, env=ENVIRONMENT
        ).stdout

    def shape(self, rate_bps: int) -> None:
        """Let nothing leave this side faster than rate_bps, counted in Ethernet frames."""
        burst = max(32 * 1024, rate_bps // 8_000)  # at least a millisecond of the rate, else tbf stays below it
        tbf = f"tbf rate {rate_bps}bit burst {burst}b latency 50ms"
        self.run("tc", "qdisc", "replace", "dev", self.device, "root", *tbf.split())


@dataclass(frozen=True, slots=True)
class Line:
    """A customer's line. Servers run in centre; the customer's devices in line."""

    centre: Namespace
    line: Namespace


@contextmanager
def open_line(down_bps: int | None = None, up_bps: int | None = None) -> Iterator[Line]:
    """Open two joined namespaces for the length of a `with` block.

    down_bps: from centre to line, up_bps: back; None leaves the direction unshaped. Skips the test, with the reason,
    where the kernel does not permit it.
    """
    if reason := missing():
        pytest.skip(reason)
    with _held() as line:
        _join(line)
        for side, rate in ((line.centre, down_bps), (line.line, up_bps)):
            if rate is not None:
                side.shape(rate)
        yield line


@contextmanager
def serving(namespace: Namespace, *command: str, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server inside namespace until the block ends; it is entered once TCP port answers there."""
    process = subprocess.Popen(
        namespace.argv(*command), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _await_port(namespace, port, process)
        yield process
    finally:
        if process.poll() is None:
            os.kill(_only_child(process.pid), signal.SIGKILL)  # nsenter forks and does not pass signals on
            process.wait(SECONDS)


@functools.cache
def missing() -> str | None:
    """Return why no line can be opened here, None where one can."""
    for program in PROGRAMS:
        if shutil.which(program, path=ENVIRONMENT["PATH"]) is None:
            return f"{program} is missing; install iproute2 and util-linux"
    try:
        with _held() as line:
            _join(line)
            line.centre.shape(10_000_000)
    except subprocess.CalledProcessError as error:
        return f"network namespaces are not permitted here: {' '.join(error.cmd)}: {error.stderr.strip()}"
    return None


@contextmanager
def _held() -> Iterator[Line]:
    unshare = "unshare --user --map-root-user --net --pid --fork --kill-child cat"
    with _echoing(unshare.split()) as holder:
        centre = Namespace(_only_child(holder.pid), CENTRE_IP, "veth-centre")
        with _echoing(centre.argv("unshare", "--net", "cat")) as inner:
            yield Line(centre, Namespace(_only_child(inner.pid), LINE_IP, "veth-line"))


@contextmanager
def _echoing(argv: list[str]) -> Iterator[subprocess.Popen[str]]:
    """Run a command that ends in `cat` until its input closes; entered once cat answers, so that all before is done."""
    process = subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1
    )
    assert process.stdin
    assert process.stdout
    assert process.stderr
    with process.stdin, process.stdout, process.stderr:
        try:
            process.stdin.write("ready\n")
            process.stdin.flush()
            answered = process.stdout.readline() == "ready\n"
        except BrokenPipeError:
            answered = False
        if not answered:
            process.wait(SECONDS)
            raise subprocess.CalledProcessError(process.returncode, argv, stderr=process.stderr.read())
        try:
            yield process
        finally:
            process.stdin.close()
            process.wait(SECONDS)


def _only_child(pid: int) -> int:
    (child,) = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    return int(child)


def _join(line: Line) -> None:
    centre, customer = line.centre, line.line
    pair = f"ip link add {centre.device} type veth peer name {customer.device} netns /proc/{customer.pid}/ns/net"
    centre.run(*pair.split())
    for side in (centre, customer):
        side.run("ip", "address", "add", f"{side.ip}/24", "dev", side.device)
        side.run("ip", "link", "set", side.device, "up")
        side.run("ip", "link", "set", "lo", "up")


def _await_port(namespace: Namespace, port: int, process: subprocess.Popen[bytes]) -> None:
    tables = [Path(f"/proc/{namespace.pid}/net/{name}") for name in ("tcp", "tcp6")]
    for _ in range(1_000):
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode} before it listened on port {port}")
        if any(_listens(row, port) for table in tables for row in table.read_text("ascii").splitlines()):
            return
        time.sleep(0.01)
    raise RuntimeError(f"the server does not listen on port {port} after 10 s")


def _listens(row: str, port: int) -> bool:
    _number, local, _remote, state = row.split()[:4]
    return state == "0A" and local.endswith(f":{port:04X}")
