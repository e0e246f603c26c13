"""How does a person read a diagnosis in a terminal? Verdict first, then findings with frames, then the ladder."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from diagnostics.ladder import choose_session

SEVERITIES = {"fault": "故障", "warning": "警告", "info": "提示", "ok": "正常"}
MOST_FINDINGS, MOST_ARROWS = 40, 60
_COLUMN = 26


def report(document: Mapping[str, Any], parties: Mapping[str, str], session: str | None = None) -> str:
    """Return the report of one capture as lines of text.

    document: as Diagnosis.to_json() gives it. parties: party → who answers for it, for people. session: the Call-ID to
    draw; None draws what the first finding is about. Raises KeyError for a session that is not there.
    """
    return "\n".join(_lines(document, parties, session))


def _lines(document: Mapping[str, Any], parties: Mapping[str, str], session: str | None) -> Iterator[str]:
    verdict = document["verdict"]
    yield f"{document['file']}：{verdict['sentence']}"
    answerable = (verdict["responsible"], *verdict["also_responsible"])
    yield f"结论 {verdict['code'] or '无'}　责任方 {_named(answerable, parties)}"
    findings = document["findings"]
    if findings:
        yield ""
        yield "发现："
    for found in findings[:MOST_FINDINGS]:
        frames = "、".join(str(frame) for frame in found["frames"][:8])
        more = "…" if len(found["frames"]) > 8 else ""
        yield f"  [{SEVERITIES[found['severity']]}] {found['code']}　{found['sentence']}"
        yield f"      帧 {frames}{more}　责任方 {_named(found['responsible'], parties)}　依据 {found['source']}"
    if len(findings) > MOST_FINDINGS:
        yield f"  另有 {len(findings) - MOST_FINDINGS} 条，用 --json 查看全部"
    yield ""
    counts = [len(document[kind]) for kind in ("registrations", "calls", "streams")]
    yield "注册 {} 次，呼叫 {} 次，媒体流 {} 条".format(*counts)
    for stream in document["streams"][:MOST_FINDINGS]:
        yield f"  {_stream(stream)}"
    for note in document["notes"]:
        yield f"注意：{note['sentence']}"
    if document["calls"] or document["registrations"]:
        yield ""
        yield from _ladder(choose_session(document, session))


def _named(responsible: Sequence[str], parties: Mapping[str, str]) -> str:
    return "、".join(parties.get(name, name) for name in responsible)


def _stream(stream: Mapping[str, Any]) -> str:
    facts = [f"{stream['source']} → {stream['destination']}", str(stream.get("codec") or "RTP")]
    facts.append(f"{stream.get('packets', 0)} 包")
    for name, label, unit in (("loss_percent", "丢包", "%"), ("jitter_ms", "抖动", " ms"), ("mos", "MOS", "")):
        if stream.get(name) is not None:
            facts.append(f"{label} {stream[name]:.1f}{unit}")
    return "　".join(facts)


def _ladder(drawn: Mapping[str, Any]) -> Iterator[str]:
    yield f"Call-ID {drawn['call_id']}"
    messages = drawn["messages"][:MOST_ARROWS]
    ends = list(dict.fromkeys(end for message in messages for end in (message["source"], message["destination"])))
    yield " " * 8 + "".join(_pad(end, _COLUMN) for end in ends)
    for message in messages:
        yield _rung(message, ends)
    left = drawn["message_count"] - len(messages)
    if left > 0:
        yield f"        另有 {left} 条信令"


def _rung(message: Mapping[str, Any], ends: Sequence[str]) -> str:
    here, there = ends.index(message["source"]), ends.index(message["destination"])
    first, last = sorted((here, there))
    number = f"#{message['frame']}".ljust(8)
    width = max((last - first) * _COLUMN - 2, 4)
    label = _cut(f" {message['label']} ", width - 2)
    dashes = width - 1 - _width(label)
    body = label + "─" * max(dashes, 0)
    arrow = f"{body}>" if here <= there else f"<{body}"
    return number + " " * (first * _COLUMN + 1) + arrow


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _cut(text: str, most: int) -> str:
    while _width(text) > most:
        text = text[:-2] + "…"
    return text


def _pad(text: str, width: int) -> str:
    text = _cut(text, width - 2)
    return text + " " * (width - _width(text))
