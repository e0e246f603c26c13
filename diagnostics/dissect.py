"""What does Wireshark's dissector say of the dialogs that matter?

The one user of pyshark. tshark runs in a worker process of its own: no shell, no names looked up, an empty home and
configuration, no network where the kernel allows that, and limits of time, memory and file size. When the time is over
the whole session of the worker is killed, so that no tshark stays behind. It quotes and cross-checks what our own
splitter read; it never decides a finding. Only small files are given to it.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

MOST_MESSAGES = 2000
_MEMORY = 2 << 30  # bytes of address space; tshark maps about 0.4 GB
_ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Dissected:
    """One SIP message as the dissector reads it. frame: in the file that it was given. start: request or status line.

    fields: names and values of the fields that findings quote, e.g. `sip.Status-Code`.
    """

    frame: int
    start: str
    call_id: str
    fields: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Dissection:
    """A dissection that is going on. Leave it by `result` or `stop`; either ends all its processes."""

    worker: subprocess.Popen[bytes]
    home: tempfile.TemporaryDirectory[str]

    def result(self, seconds: float) -> list[Dissected] | None:
        """Return the SIP messages; None where it did not end in time or failed. seconds: above 0."""
        try:
            out, _ = self.worker.communicate(timeout=seconds)
            return _read(out) if self.worker.returncode == 0 else None
        except subprocess.TimeoutExpired:
            return None
        finally:
            self.stop()

    def stop(self) -> None:
        """End the worker and its tshark, and forget what they wrote."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.worker.pid, signal.SIGKILL)
        if self.worker.stdout is not None:
            self.worker.stdout.close()
        self.worker.wait()
        self.home.cleanup()


def begin(path: Path, seconds: float) -> Dissection | None:
    """Start to dissect a small capture; None where there is no tshark. seconds: CPU time that it may take."""
    if shutil.which("tshark") is None:
        return None
    home = tempfile.TemporaryDirectory(prefix="suyin-dissect-")
    environment = {
        "PATH": os.environ.get("PATH", os.defpath), "HOME": home.name, "WIRESHARK_CONFIG_DIR": home.name,
        "XDG_CONFIG_HOME": home.name, "TMPDIR": home.name, "LC_ALL": "C.UTF-8",
    }  # fmt: skip
    worker = subprocess.Popen(
        [*_without_network(), sys.executable, "-m", "diagnostics.dissect", str(path.absolute()), str(int(seconds) + 1)],
        cwd=_ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    return Dissection(worker, home)


@cache
def _without_network() -> tuple[str, ...]:
    """Return the words that start a program in a network namespace of its own; none where that is not permitted."""
    for words in (("unshare", "-n", "--"), ("unshare", "-r", "-n", "--")):
        if (
            shutil.which(words[0])
            and subprocess.run([*words, "true"], check=False, capture_output=True).returncode == 0
        ):
            return words
    return ()


def _read(out: bytes) -> list[Dissected]:
    return [
        Dissected(frame, start, call_id, tuple((name, value) for name, value in fields))
        for frame, start, call_id, fields in (json.loads(line) for line in out.splitlines())
    ]


_QUOTED = (
    "sip.Status-Code", "sip.Method", "sip.response-request", "sip.resend", "sip.release-time", "sip.Warning",
    "sip.Reason", "sip.Retry-After", "sip.Server", "sip.User-Agent",
)  # fmt: skip


def _work(path: str, seconds: int) -> None:
    """Dissect a file and write a line of JSON for each SIP message; the body of the worker process."""
    import pyshark  # noqa: PLC0415 (it sets up an event loop, which only the worker may have)

    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 26, 1 << 26))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    capture = pyshark.FileCapture(
        path, use_json=True, keep_packets=False, display_filter="sip && !icmp && !icmpv6", custom_parameters=["-n"]
    )
    try:
        for count, packet in enumerate(capture):
            if count >= MOST_MESSAGES:
                break
            sys.stdout.write(json.dumps(_said(int(packet.number), packet.sip)) + "\n")
    finally:
        capture.close()


def _said(frame: int, sip: Any) -> tuple[int, str, str, list[tuple[str, str]]]:
    """Return frame, start line, Call-ID and quoted fields of a SIP layer."""
    found = dict(_leaves(sip._all_fields))
    start = found.get("sip.Request-Line") or found.get("sip.Status-Line") or ""
    return frame, start, found.get("sip.Call-ID", ""), [(name, found[name]) for name in _QUOTED if name in found]


def _leaves(fields: Any) -> list[tuple[str, str]]:
    leaves: list[tuple[str, str]] = []
    for name, value in fields.items() if isinstance(fields, dict) else ():
        if isinstance(value, dict):
            leaves += _leaves(value)
        else:
            leaves.append((name, str(value[0] if isinstance(value, list) and value else value)))
    return leaves


if __name__ == "__main__":
    _work(sys.argv[1], int(sys.argv[2]))
