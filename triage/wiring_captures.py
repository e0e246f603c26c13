"""How are uploaded captures read in this installation? By the diagnostics room, with the rules in force."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from diagnostics.diagnose import diagnose
from diagnostics.digest_check import DigestAnswer, check_digests
from diagnostics.errors import CaptureUnreadable
from diagnostics.extract import save_call
from rules.ruleset import RuleSet
from triage.ports_captures import CaptureRead, CaptureTools, ReadCapture

MOST_SECONDS = 900.0  # 2 GB take about a minute
_STEPS = 100


class _TooLong(Exception):
    """Reading took longer than a capture is worth; ends diagnose() from within its progress."""


def capture_reader(rules: RuleSet, *, most_seconds: float = MOST_SECONDS) -> ReadCapture:
    """Return what reads an uploaded capture by rules, giving up after some seconds."""

    def read(path: Path, name: str, report: Callable[[int, int | None], None]) -> CaptureRead:
        end = time.monotonic() + most_seconds

        def progress(_step: str, share: float) -> None:
            if time.monotonic() > end:
                raise _TooLong
            report(int(share * _STEPS), _STEPS)

        try:
            found = diagnose(path, rules, progress=progress)
        except CaptureUnreadable as error:
            return CaptureRead("unreadable", error.sentence.replace(path.name, name), None, None)
        except _TooLong:
            minutes = int(most_seconds // 60)
            return CaptureRead(
                "timed_out", f"分析超过 {minutes} 分钟，已停止；请只截取故障时段后重新上传", None, None
            )  # fmt: skip
        return CaptureRead("read", "", found.verdict.code, found.to_json() | {"file": name})

    return read


def capture_tools(rules: RuleSet) -> CaptureTools:
    """Return what cuts one call out of a capture, and what tells whether a typed secret made its digests."""

    def cut(path: Path, call_id: str, out: Path) -> int:
        return save_call(path, call_id, out, rules)

    def check(path: Path, call_id: str | None, *, password: str | None, ha1: str | None) -> tuple[DigestAnswer, ...]:
        return check_digests(path, rules, call_id=call_id, password=password, ha1=ha1)

    return CaptureTools(cut, check)
