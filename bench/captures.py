"""How fast is a diagnosis beside other tools on the same capture: `python -m bench.captures [--megabytes 400]`?

One after the other, page cache warm: our whole diagnosis with RTP statistics (in a process of its own, so that its peak
memory is its own), sip-doctor (from PyPI, in `.cache/sip-doctor`; left out where it cannot be installed) and
`tshark -Y sip -T fields`. Prints seconds, CPU seconds of all processes, MB/s, ratios of both and memory; asserts
nothing. On a busy machine only the CPU seconds can be trusted.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
TOOLS = ROOT / ".cache" / "sip-doctor"


def diagnose_once(path: Path) -> None:
    """Diagnose a file in this process and print what came out and the peak of memory."""
    from diagnostics.diagnose import diagnose  # noqa: PLC0415 (only the measured process needs it)
    from rules.loader import load_rules  # noqa: PLC0415

    found = diagnose(path, load_rules())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(
        f"{len(found.calls)} calls, {len(found.registrations)} registrations, {len(found.streams)} streams, "
        f"verdict {found.verdict.code}, peak {peak:.0f} MB\n"
    )


def timed(argv: Sequence[str]) -> tuple[float, float, str]:
    """Return the seconds of a program, the CPU seconds of it and its children, and its last line of output."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    lines = done.stdout.strip().splitlines()
    if done.returncode not in {0, 1}:
        raise SystemExit(f"{argv[0]} failed: {done.stderr[-400:]}")
    seconds, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return seconds, cpu, lines[-1] if lines else ""


def sip_doctor() -> str | None:
    """Return the program, installed if need be; None where that fails."""
    program = TOOLS / "bin" / "sip-doctor"
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", str(TOOLS)], check=True)
        subprocess.run([str(TOOLS / "bin" / "pip"), "install", "--quiet", "sip-doctor"], check=False)
    return str(program) if program.exists() else None


def measure(path: Path) -> None:
    """Print one line a tool."""
    size = path.stat().st_size / 1e6
    path.read_bytes() if size < 500 else subprocess.run(["cat", str(path)], stdout=subprocess.DEVNULL, check=True)
    ours, our_cpu, said = timed([sys.executable, "-m", "bench.captures", "--diagnose", str(path)])
    sys.stdout.write(
        f"Suyin            {ours:7.2f} s {our_cpu:7.2f} s CPU {size / ours:7.0f} MB/s   1.0   1.0   {said}\n"
    )
    others = []
    doctor = sip_doctor()
    if doctor is not None:
        others.append(("sip-doctor", [doctor, "read", str(path), "--json"]))
    if shutil.which("tshark") is not None:
        fields = [word for name in ("frame.number", "sip.Call-ID", "sip.Status-Code") for word in ("-e", name)]
        others.append(("tshark -Y sip", ["tshark", "-n", "-r", str(path), "-Y", "sip", "-T", "fields", *fields]))
    for name, argv in others:
        seconds, cpu, _ = timed(argv)
        ratios = f"{seconds / ours:5.1f} {cpu / our_cpu:5.1f}"
        sys.stdout.write(f"{name:16} {seconds:7.2f} s {cpu:7.2f} s CPU {size / seconds:7.0f} MB/s {ratios}\n")


def main() -> None:
    """Make a capture unless one is given, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("capture", nargs="?", type=Path, help="a capture; else one is made")
    parser.add_argument("--megabytes", type=int, default=400)
    parser.add_argument("--diagnose", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.diagnose is not None:
        diagnose_once(given.diagnose)
    elif given.capture is not None:
        measure(given.capture)
    else:
        with tempfile.TemporaryDirectory() as folder:
            made = Path(folder) / "made.pcap"
            size = ["--megabytes", str(given.megabytes)]
            subprocess.run([sys.executable, "-m", "bench.captures_make", str(made), *size], cwd=ROOT, check=True)
            measure(made)


if __name__ == "__main__":
    main()
