"""Does an address answer a ping, and does a port accept a connection?

Real packets, few and bounded: some ICMP echoes within seconds, or one TCP connection that is closed at once. Only
addresses of the allow-list are ever tried, and only as addresses: no name is resolved. Whatever fails is a reading with
its reason.
"""

from __future__ import annotations

import os
import socket
import struct
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, ip_address, ip_network
from typing import Literal

from probes.errors import ProbeMisconfigured

PingState = Literal["ok", "lossy", "down"]
TcpState = Literal["open", "refused", "silent"]
COUNT, WAIT_S = 5, 1.0  # echoes, and how long each may take
_LOSSY = 1  # from so many lost echoes of COUNT on the way counts as lossy
_REQUEST, _REPLY = 8, 0
_MOST_PORT = 65535


@dataclass(frozen=True, slots=True)
class PingReading:
    """What pings gave. state: None where nothing could be tried. reason: a Chinese sentence."""

    address: str
    state: PingState | None
    sent: int
    received: int
    reason: str


@dataclass(frozen=True, slots=True)
class TcpReading:
    """What one connection gave. state: None where nothing could be tried. reason: a Chinese sentence."""

    address: str
    port: int
    state: TcpState | None
    reason: str


Echo = Callable[[str, int, float], bool]
"""Sends one echo (address, sequence number, seconds to wait); returns whether it came back. Raises OSError."""


class Reach:
    """Tries addresses of an allow-list."""

    def __init__(self, targets: Iterable[IPv4Network], echo: Echo | None = None) -> None:
        """targets: networks that may be tried. echo: sends one ping; None the real one."""
        self._targets = tuple(targets)
        self._echo = echo or send_echo

    def ping(self, address: str) -> PingReading:
        """Send COUNT echoes; takes at most COUNT × WAIT_S seconds."""
        refused = self._refused(address)
        if refused:
            return PingReading(address, None, 0, 0, refused)
        try:
            received = sum(self._echo(address, number, WAIT_S) for number in range(1, COUNT + 1))
        except PermissionError:
            return PingReading(address, None, 0, 0, "本机没有发送 ping 的权限，请在 IAD 上 ping 后回答")
        except OSError as error:
            return PingReading(address, "down", COUNT, 0, f"ping {address} 不通：{error.strerror or error}")
        state: PingState = "down" if not received else "lossy" if COUNT - received >= _LOSSY else "ok"
        return PingReading(address, state, COUNT, received, f"ping {address}：发 {COUNT} 收 {received}")

    def connect(self, address: str, port: int) -> TcpReading:
        """Open one TCP connection and close it; takes at most WAIT_S seconds."""
        refused = self._refused(address)
        if not refused and not 1 <= port <= _MOST_PORT:
            refused = f"{port} 不是端口号，应在 1 到 {_MOST_PORT} 之间"
        if refused:
            return TcpReading(address, port, None, refused)
        try:
            with socket.create_connection((address, port), WAIT_S):
                return TcpReading(address, port, "open", f"{address}:{port} 可以连接")
        except ConnectionRefusedError:
            return TcpReading(address, port, "refused", f"{address}:{port} 拒绝连接")
        except OSError as error:
            return TcpReading(address, port, "silent", f"{address}:{port} 没有应答：{error.strerror or error}")

    def _refused(self, address: str) -> str:
        """Return why an address must not be tried; "" where it may."""
        try:
            wanted = ip_address(address)
        except ValueError:
            return f"{address[:60]} 不是 IP 地址，请填写如 10.1.2.3 的地址"
        if not isinstance(wanted, IPv4Address) or not any(wanted in network for network in self._targets):
            return f"{address} 不在允许探测的网段内（SUYIN_REACH_TARGETS），请在 IAD 上检查后回答"
        return ""


def read_targets(text: str) -> tuple[IPv4Network, ...]:
    """Return the networks of a setting such as `10.1.0.0/16,192.0.2.7`. Raises ProbeMisconfigured naming the part."""
    targets = []
    for part in (part.strip() for part in text.split(",") if part.strip()):
        try:
            network = ip_network(part)
        except ValueError as error:
            raise ProbeMisconfigured(f"{part!r} is no network: {error}; it looks like 10.1.0.0/16") from error
        if not isinstance(network, IPv4Network):
            raise ProbeMisconfigured(f"{part!r} is an IPv6 network; only IPv4 is probed")
        targets.append(network)
    return tuple(targets)


def send_echo(address: str, number: int, wait_s: float) -> bool:
    """Send one ICMP echo and wait for its reply. Raises PermissionError where the system allows no such socket."""
    with _socket() as opened:
        raw = opened.type == socket.SOCK_RAW
        identity = os.getpid() & 0xFFFF
        token = os.urandom(16)
        opened.sendto(_packet(identity, number, token), (address, 0))
        end = time.monotonic() + wait_s
        while (left := end - time.monotonic()) > 0:
            opened.settimeout(left)
            try:
                received, (sender, _) = opened.recvfrom(2048)
            except TimeoutError:
                return False
            message = received[(received[0] & 0x0F) * 4 :] if raw else received
            if sender == address and message[:1] == bytes([_REPLY]) and message[8:24] == token:
                return True
        return False


def _socket() -> socket.socket:
    """Open a socket for ICMP: the unprivileged kind where the system allows it, else the raw kind."""
    try:
        return socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP)
    except PermissionError:
        return socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)


def _packet(identity: int, number: int, token: bytes) -> bytes:
    blank = struct.pack("!BBHHH", _REQUEST, 0, 0, identity, number) + token
    return struct.pack("!BBHHH", _REQUEST, 0, _checksum(blank), identity, number) + token


def _checksum(message: bytes) -> int:
    """Return the Internet checksum of RFC 1071."""
    total: int = sum(struct.unpack(f"!{len(message) // 2}H", message))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
