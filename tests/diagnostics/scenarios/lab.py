"""How do programs talk to one another in a network of their own while it is being recorded?

One process, already inside fresh user, network, mount and process namespaces (see `__main__.py`), owns a bridge; each
host is one more network namespace on a veth. When the process ends the kernel takes everything away with it.
"""

from __future__ import annotations

import signal
import subprocess
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from tests.diagnostics.scenarios import pcap
from tests.diagnostics.scenarios.packets import Packet, mac


@dataclass(frozen=True, slots=True)
class Host:
    """A machine of the laboratory. pid: the process that holds its namespace. link: its port on the bridge."""

    address: str
    pid: int
    link: str

    def enter(self, argv: list[str]) -> list[str]:
        """Return the command that runs `argv` on this host."""
        return ["nsenter", "-t", str(self.pid), "-n", *argv]


def _run(*argv: str) -> None:
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=20)


class Lab:
    """A bridge with hosts, and a recorder at the port of one of them.

    folder: where programs may keep files; it goes away with the caller's temporary directory.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._hosts: list[Host] = []
        self._programs: list[subprocess.Popen[bytes]] = []
        self._recorder: subprocess.Popen[bytes] | None = None
        self._stack = ExitStack()

    def __enter__(self) -> Lab:
        _run("ip", "link", "set", "lo", "up")
        _run("ip", "link", "add", "br0", "type", "bridge")
        Path("/proc/sys/net/ipv6/conf/br0/disable_ipv6").write_text("1")
        _run("ip", "link", "set", "br0", "up")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop_recording()
        for program in self._programs:
            program.kill()
            program.wait()
        _run("ip", "link", "del", "br0")

    def host(self, address: str, *, more: tuple[str, ...] = (), mtu: int = 1500) -> Host:
        """Add a host that reaches every address directly. more: further addresses of it."""
        holder = subprocess.Popen(["unshare", "-n", "sleep", "infinity"])
        self._programs.append(holder)
        home = Path("/proc/self/ns/net").readlink()
        while Path(f"/proc/{holder.pid}/ns/net").readlink() == home:
            time.sleep(0.005)
        made = Host(address, holder.pid, f"port{len(self._hosts)}")
        self._hosts.append(made)
        _run("ip", "link", "add", made.link, "type", "veth", "peer", "name", "eth0", "netns", str(made.pid))
        Path(f"/proc/sys/net/ipv6/conf/{made.link}/disable_ipv6").write_text("1")
        _run("ip", "link", "set", made.link, "master", "br0", "up")
        inside = [
            ["ip", "link", "set", "lo", "up"],
            ["ip", "link", "set", "eth0", "address", ":".join(f"{byte:02x}" for byte in mac(address)), "mtu", str(mtu)],
            [
                "sh",
                "-c",
                "cd /proc/sys/net/ipv6/conf/eth0; echo 0 > accept_dad; echo 0 > router_solicitations",
            ],
            *(
                ["ip", "addr", "add", each, "dev", "eth0", *(["nodad"] if ":" in each else [])]
                for each in (address, *more)
            ),
            ["ip", "link", "set", "eth0", "up"],
            ["ip", "-6" if ":" in address else "-4", "route", "add", "default", "dev", "eth0"],
            ["ethtool", "-K", "eth0", "tx", "off", "tso", "off", "gso", "off", "gro", "off"],
        ]
        for argv in inside:
            _run(*made.enter(argv))
        return made

    def start(self, host: Host, argv: list[str], *, log: str = "log") -> subprocess.Popen[bytes]:
        """Start a program on a host; what it prints goes to a file named `log` in the folder."""
        with (self.folder / log).open("ab") as out:
            program = subprocess.Popen(
                host.enter(argv), cwd=self.folder, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT
            )
        self._programs.append(program)
        return program

    def record(self, host: Host, *, only: str = "") -> None:
        """Record at a host's port from now on. only: a filter in libpcap's language."""
        out = self.folder / "recorded.pcap"
        argv = ["dumpcap", "-q", "-P", "-p", "-i", host.link, "-w", str(out)]
        argv += ["-f", only or "not igmp and not (ip6 and ip6[6] == 0)"]
        with (self.folder / "dumpcap.log").open("wb") as log:
            self._recorder = subprocess.Popen(argv, stdout=log, stderr=log)
        deadline = time.monotonic() + 5
        while not (out.exists() and out.stat().st_size >= 24):
            if time.monotonic() > deadline:
                raise RuntimeError(f"dumpcap did not start on {host.link} within 5 s")
            time.sleep(0.01)

    def stop_recording(self) -> None:
        if self._recorder is not None:
            time.sleep(0.4)
            self._recorder.send_signal(signal.SIGINT)
            self._recorder.wait()
            self._recorder = None

    def recorded(self) -> list[Packet]:
        """Stop recording and return what was seen."""
        self.stop_recording()
        return pcap.read(self.folder / "recorded.pcap")

    def pass_time(self, seconds: float) -> None:
        """Let the programs run on for a while."""
        time.sleep(seconds)

    def firewall(self, host: Host, rule: str) -> None:
        """Put one nftables rule on what the host receives."""
        table = f"table inet lab {{\nchain input {{\ntype filter hook input priority 0\n{rule}\n}}\n}}\n"
        subprocess.run(
            host.enter(["nft", "-f", "-"]), input=table.encode(), check=True, capture_output=True, timeout=10
        )

    def silence(self, host: Host, port: int, protocol: str = "udp") -> None:
        """Let the host take packets for a port and never answer them, not even with ICMP."""
        kind = "SOCK_DGRAM" if protocol == "udp" else "SOCK_STREAM"
        code = f"import socket,time; s=socket.socket(socket.AF_INET6, socket.{kind}); s.bind(('::', {port}))"
        self.start(host, ["python3", "-c", code + "; time.sleep(600)"])
        self.wait_for_port(host, port, protocol)

    def wait_for_port(self, host: Host, port: int, protocol: str = "udp") -> None:
        """Wait until a program on the host listens on a port; at most 10 s."""
        wanted = f":{port:04X} "
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            for table in (protocol, protocol + "6"):
                seen = subprocess.run(
                    host.enter(["cat", f"/proc/net/{table}"]), check=True, capture_output=True, text=True, timeout=5
                )
                listening = [line.split()[1] + " " for line in seen.stdout.splitlines()[1:]]
                if any(wanted in each for each in listening):
                    return
            time.sleep(0.02)
        raise RuntimeError(f"nothing listens on {host.address} {protocol} {port} after 10 s; see {self.folder}")
