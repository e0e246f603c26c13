"""What happened in a capture, what is wrong, which frames prove it, and who must act?

The one way in: opens the file, lets every analyser look, has the rules judge what they saw, and names the worst finding
that explains most. Values in, values out; no store, no settings, no clock.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diagnostics.calls import Call
from diagnostics.capture_sightings import see_nothing
from diagnostics.findings import Finding, explaining, find, ordered
from diagnostics.icmp import icmp_errors
from diagnostics.media import read_media
from diagnostics.media_streams import MediaStream
from diagnostics.packet_core_rows import see_packet_core
from diagnostics.packet_files import Note
from diagnostics.packets import Limits, open_capture
from diagnostics.registrations import Registration
from diagnostics.second_opinion import second_opinion
from diagnostics.signalling import Signalling, read_signalling
from diagnostics.written import call_json, finding_json, registration_json
from rules.ruleset import RuleSet

NOBODY = "none"
Progress = Callable[[str, float], None]
"""Told the step's English name and the share that is done, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The finding that explains most. code: None where nothing can be said of what is in the capture.

    responsible: the likeliest party first.
    """

    code: str | None
    responsible: tuple[str, ...]
    sentence: str
    sentence_en: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All that is said of one capture. findings: the worst first. notes: what should be known about the file."""

    file: str
    verdict: Verdict
    findings: tuple[Finding, ...]
    calls: tuple[Call, ...]
    registrations: tuple[Registration, ...]
    streams: tuple[MediaStream, ...]
    notes: tuple[Note, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the document of the contract (`./suyin capture FILE --json`); numbers and addresses are not masked."""
        return {
            "file": self.file,
            "verdict": {
                "code": self.verdict.code, "responsible": next(iter(self.verdict.responsible), NOBODY),
                "also_responsible": list(self.verdict.responsible[1:]),
                "sentence": self.verdict.sentence, "sentence_en": self.verdict.sentence_en,
            },
            "findings": [finding_json(finding) for finding in self.findings],
            "calls": [call_json(call) for call in self.calls],
            "registrations": [registration_json(registration) for registration in self.registrations],
            "streams": [stream.to_json() for stream in self.streams],
            "notes": [{"sentence": note.sentence, "sentence_en": note.sentence_en} for note in self.notes],
        }  # fmt: skip


def diagnose(
    path: Path, rules: RuleSet, *, limits: Limits | None = None, progress: Progress | None = None
) -> Diagnosis:
    """Return what a capture shows.

    path: pcap or pcapng, gzip or plain. rules: the province's set. limits: how much is looked at. progress: told how
    far it is, may raise to stop it. Raises CaptureUnreadable where the file is no capture.
    """
    limits, tell = limits or Limits(), progress or _silent
    tell("packets", 0.0)
    with open_capture(path, limits) as capture, ExitStack() as at_the_end:
        tell("signalling", 0.4)
        signalling = read_signalling(capture, limits, rules)
        opinion = at_the_end.enter_context(second_opinion(capture, signalling, limits))
        tell("media", 0.6)
        media = read_media(capture, signalling.calls)
        tell("packet core", 0.8)
        core = see_packet_core(capture, list(icmp_errors(capture)))
        tell("findings", 0.9)
        fine = (seen for seen in signalling.sightings if seen.code != "call.ok" or seen.session not in media.spoilt)
        sightings = [*fine, *media.sightings, *core.sightings]
        nothing = not signalling.messages and not core.messages
        if nothing and not sightings:
            sightings.append(see_nothing(capture))
        findings = ordered(find(sighting, rules) for sighting in sightings)
        notes = capture.notes + signalling.notes
        if opinion is not None:
            findings, differences = opinion.take(findings)
            notes = notes + differences
    tell("done", 1.0)
    return Diagnosis(
        path.name, _verdict(findings, signalling), tuple(findings), signalling.calls, signalling.registrations,
        media.streams, tuple(notes),
    )  # fmt: skip


def _silent(step: str, share: float) -> None:
    """Tell nobody."""


def _verdict(findings: list[Finding], signalling: Signalling) -> Verdict:
    worst = explaining(findings)
    if worst is not None:
        return Verdict(worst.code, worst.responsible, worst.sentence, worst.sentence_en)
    if signalling.messages:
        return Verdict(
            None, ("none",), "抓包里有信令，但看不出完整的呼叫、注册或会话，无法下结论；请从故障发生前开始抓包",
            "There is signalling but no whole call, registration or session to judge; capture from before the fault",
        )  # fmt: skip
    return Verdict(None, ("none",), "没有可以分析的内容", "There is nothing to analyse")
