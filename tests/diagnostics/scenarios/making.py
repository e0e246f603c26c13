"""How is one scenario made, checked with tshark, and written?"""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.diagnostics.scenarios import pcap, rooms
from tests.diagnostics.scenarios.declared import REGISTRY, Film, Made, Scenario
from tests.diagnostics.scenarios.packets import Packet

LARGEST = 700_000


class NotAsSaid(Exception):
    """A capture does not show what its scenario says; the sentence names the filter."""


@dataclass(slots=True)
class _Bench:
    folder: Path
    out: Path

    def base(self, name: str) -> list[Packet]:
        scenario = REGISTRY[name]
        path = self.out / scenario.file
        if path.exists():
            return pcap.read(path)
        with tempfile.TemporaryDirectory(prefix="capture-") as folder:
            made = scenario.make(_Bench(Path(folder), self.out))
        return made.packets if isinstance(made, Film) else made


def frames(path: Path, wanted: str, more: tuple[str, ...] = ()) -> list[int]:
    """Return the numbers of the frames that a tshark display filter matches."""
    argv = ["tshark", "-n", *more, "-r", str(path), "-Y", wanted, "-T", "fields", "-e", "frame.number"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)
    if done.returncode and "cut short" not in done.stderr:
        raise NotAsSaid(f"{path.name}: tshark refuses {wanted!r}: {done.stderr.strip()[:400]}")
    return [int(line) for line in done.stdout.split()]


def prove(scenario: Scenario, path: Path) -> None:
    """Check a capture by tshark's fields: every check and every proof matches, nothing is malformed.

    Raises NotAsSaid with the filter that found too few frames, or the malformed frames.
    """
    wanted = dict(scenario.checks)
    for proof in scenario.expected.proof.values():
        wanted.setdefault(proof, 1)
    for each, least in wanted.items():
        found = frames(path, each)
        if least == 0 and found:
            raise NotAsSaid(f"{scenario.name}: {each!r} must match nothing, but matches frames {found[:10]}")
        if len(found) < least:
            raise NotAsSaid(f"{scenario.name}: {each!r} matches {len(found)} frames, {least} are needed")
    # After a refused offer of T.38 tshark goes on to read the audio as T.38 and calls it malformed.
    audio_only = () if scenario.expected.verdict == "fax.t38_ok" else ("--disable-protocol", "t38")
    if scenario.expected.verdict != "capture.truncated" and (bad := frames(path, "_ws.malformed", audio_only)):
        raise NotAsSaid(f"{scenario.name}: malformed frames {bad[:10]}")


def seen(path: Path) -> str:
    """Return tshark's one-line summaries of a capture, for the message of a failure."""
    return subprocess.run(["tshark", "-n", "-r", str(path)], capture_output=True, text=True, check=False).stdout[:6000]


def said(folder: Path) -> str:
    """Return the ends of what the programs printed, for the message of a failure."""
    logs = [*sorted(folder.glob("*.errors")), *sorted(folder.glob("*.log"))]
    return "\n".join(f"== {log.name}\n{log.read_text(errors='replace')[-1200:]}" for log in logs)


def make(scenario: Scenario, out: Path) -> Path:
    """Make, check and write one capture. Raises NotAsSaid where it does not show what is said, or is too big."""
    assert rooms.NAMES, "the rooms must be imported for their scenarios to be known"
    with tempfile.TemporaryDirectory(prefix="capture-") as folder:
        try:
            made: Made = scenario.make(_Bench(Path(folder), out))
        except (RuntimeError, LookupError, TimeoutError) as error:
            raise NotAsSaid(f"{scenario.name}: {error}\n{said(Path(folder))}") from error
        film = made if isinstance(made, Film) else Film(made)
        data = pcap.encode(film.packets, link=film.link, nanoseconds=film.nanoseconds, snaplen=film.snaplen)
        data = data[: len(data) - film.cut_tail]
        trial = Path(folder) / Path(scenario.file).name
        pcap.write(trial, data)
        try:
            prove(scenario, trial)
        except NotAsSaid as error:
            raise NotAsSaid(f"{error}\n{seen(trial)}\n{said(Path(folder))}") from None
        if trial.stat().st_size > LARGEST:
            raise NotAsSaid(f"{scenario.name}: {trial.stat().st_size} bytes; at most {LARGEST}")
        path = out / scenario.file
        pcap.write(path, data)
        return path
