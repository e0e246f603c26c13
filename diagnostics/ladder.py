"""How does a call or a registration look drawn? A ladder: one line down an address, one arrow a message.

Drawn from the JSON document of a diagnosis, so that a stored diagnosis can be drawn without its capture. Texts are
escaped; the picture needs no script, no style sheet, no font and nothing from elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

COLUMN, ROW, LEFT, TOP = 260, 34, 150, 92
MOST_ROWS = 300
_FONT = (
    "font-family=\"'Noto Sans CJK SC','Microsoft YaHei','PingFang SC',sans-serif\" font-size=\"12\" fill=\"#1f2937\""
)
_SMALL = 'font-size="11" fill="#6b7280"'
_COLOURS = {"request": "#1d4ed8", "trying": "#6b7280", "good": "#15803d", "bad": "#b91c1c", "media": "#7c3aed"}


@dataclass(frozen=True, slots=True)
class Arrow:
    """One arrow. time: ISO 8601, "" for media. kind: a key of the colours. proof: whether a finding names its frame."""

    time: str
    frame: int
    source: str
    destination: str
    label: str
    kind: str
    proof: bool


def ladder_svg(document: Mapping[str, Any], session: str | None = None) -> str:
    """Return the picture of one call or registration as SVG text.

    document: as Diagnosis.to_json() gives it. session: a Call-ID of it; None draws what the first finding is
    about, else the first call. Raises KeyError where the capture has no such call or registration, or none at all.
    """
    drawn = choose_session(document, session)
    proofs = {frame for finding in document["findings"] for frame in finding["frames"] if finding["severity"] != "ok"}
    arrows = _arrows(drawn, document, proofs)
    ends = list(dict.fromkeys(end for arrow in arrows for end in (arrow.source, arrow.destination)))
    width = LEFT + COLUMN * max(len(ends), 2)
    height = TOP + ROW * (len(arrows) + 1) + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' {_FONT} role="img" aria-label="{escape(_title(drawn), quote=True)}">',
        _markers(), f'<rect width="{width}" height="{height}" fill="#fff"/>',
        f'<text font-size="16" font-weight="600" x="16" y="28">{escape(_title(drawn))}</text>',
        f'<text {_SMALL} x="16" y="48">{escape(_subtitle(drawn, len(arrows)))}</text>',
    ]  # fmt: skip
    parts += [_column(number, end, height) for number, end in enumerate(ends)]
    parts += [_arrow(row, arrow, ends, _begins(drawn)) for row, arrow in enumerate(arrows)]
    return "\n".join((*parts, "</svg>"))


def choose_session(document: Mapping[str, Any], session: str | None) -> Mapping[str, Any]:
    """Return the call or registration of a Call-ID, as in the document. Raises KeyError where there is none."""
    both: list[Mapping[str, Any]] = [*document["calls"], *document["registrations"]]
    wanted = [session] if session is not None else [f.get("call_id") for f in document["findings"]]
    for name in wanted:
        for item in both:
            if name is not None and name in (item["call_id"], *item.get("call_ids", ())):
                return item
    if session is None and both:
        return both[0]
    raise KeyError(session or "no call and no registration")


def _arrows(drawn: Mapping[str, Any], document: Mapping[str, Any], proofs: set[int]) -> list[Arrow]:
    arrows = [
        Arrow(m["time"] or "", m["frame"], m["source"], m["destination"], m["label"], _kind(m), m["frame"] in proofs)
        for m in drawn["messages"]
    ]
    hosts = {_host(end): end for arrow in reversed(arrows) for end in (arrow.destination, arrow.source)}
    call_ids = {drawn["call_id"], *drawn.get("call_ids", ())}
    for stream in document["streams"]:
        if stream["call_id"] in call_ids:
            frame = stream["first_frame"]
            at = next((n for n, arrow in enumerate(arrows) if arrow.frame > frame), len(arrows))
            arrows.insert(at, _media(stream, hosts, frame in proofs))
    return arrows[:MOST_ROWS]


def _media(stream: Mapping[str, Any], hosts: Mapping[str, str], proof: bool) -> Arrow:
    """Return the arrow of a stream, between the lines of those whose addresses it has."""
    facts = [str(stream["codec"] or "RTP"), f"{stream['packets']} 包"]
    if stream["loss_percent"] is not None:
        facts.append(f"丢包 {stream['loss_percent']:.1f}%")
    if stream["mos"] is not None:
        facts.append(f"MOS {stream['mos']:.1f}")
    source, destination = (hosts.get(_host(end), end) for end in (stream["source"], stream["destination"]))
    return Arrow("", stream["first_frame"], source, destination, " · ".join(facts), "media", proof)


def _host(end: str) -> str:
    return end.rpartition(":")[0]


def _kind(message: Mapping[str, Any]) -> str:
    status = message["status"]
    if status is None:
        return "request"
    return "trying" if status < 200 else "good" if status < 300 else "trying" if status in (401, 407) else "bad"


def _begins(drawn: Mapping[str, Any]) -> str:
    return str(drawn["start"] or "")


def _title(drawn: Mapping[str, Any]) -> str:
    if "caller" in drawn:
        return f"呼叫 {drawn['caller']} → {drawn['callee']}"
    return f"注册 {drawn['user']}"


def _subtitle(drawn: Mapping[str, Any], shown: int) -> str:
    cut = f"；共 {drawn['message_count']} 条信令，只画前 {shown} 行" if drawn["message_count"] > shown else ""
    return f"Call-ID {drawn['call_id']}；开始于 {drawn['start']}{cut}"


def _markers() -> str:
    heads = [
        f'<marker id="h-{name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        f'<path d="M0 0 8 4 0 8z" fill="{colour}"/></marker>'
        for name, colour in _COLOURS.items()
    ]
    return f"<defs>{''.join(heads)}</defs>"


def _x(column: int) -> int:
    return LEFT + COLUMN * column + COLUMN // 2


def _column(number: int, end: str, height: int) -> str:
    x = _x(number)
    return (
        f'<line stroke="#d1d5db" stroke-dasharray="3 4" x1="{x}" y1="{TOP - 8}" x2="{x}" y2="{height - 12}"/>'
        f'<rect fill="#f3f4f6" x="{x - 104}" y="{TOP - 32}" width="208" height="22" rx="4"/>'
        f'<text font-weight="600" x="{x}" y="{TOP - 16}" text-anchor="middle">{escape(_short(end, 32))}</text>'
    )


def _arrow(row: int, arrow: Arrow, ends: Sequence[str], start: str) -> str:
    y = TOP + ROW * (row + 1)
    here, there = _x(ends.index(arrow.source)), _x(ends.index(arrow.destination))
    colour = _COLOURS[arrow.kind]
    mark = "● " if arrow.proof else ""
    label = f"{mark}{_short(arrow.label, 48 if abs(there - here) > COLUMN else 36)}"
    lines = [
        f'<text {_SMALL} x="16" y="{y + 4}">{_since(start, arrow.time)}</text>',
        f'<text {_SMALL} x="{LEFT - 16}" y="{y + 4}" text-anchor="end">#{arrow.frame}</text>',
    ]
    if here == there:
        shape = f"M{here} {y - 8} h40 v14 h-34"
        at, anchor = here + 48, "start"
    else:
        shape = f"M{here} {y} L{there} {y}"
        at, anchor = (here + there) // 2, "middle"
    if arrow.kind == "media":
        lines.append(f'<path fill="none" stroke-width="7" opacity="0.28" d="{shape}" stroke="{colour}"/>')
    dashed = "" if arrow.kind in ("request", "media") else ' stroke-dasharray="6 3"'
    lines.append(
        f'<path fill="none" stroke-width="1.6" d="{shape}" stroke="{colour}"{dashed}'
        f' marker-end="url(#h-{arrow.kind})"/>'
    )
    lines.append(f'<text x="{at}" y="{y - 6}" text-anchor="{anchor}" fill="{colour}">{escape(label)}</text>')
    return f"<g><title>{escape(f'{arrow.label}（第 {arrow.frame} 帧）')}</title>{''.join(lines)}</g>"


def _since(start: str, time: str) -> str:
    if not start or not time:
        return ""
    return f"+{(datetime.fromisoformat(time) - datetime.fromisoformat(start)).total_seconds():.3f} s"


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
