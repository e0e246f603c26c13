"""Which statements of one ticket cannot both hold?

They are listed, never resolved: a fact that rests on them stays unknown.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from rules.text import Span
from triage.intake.answers import answer, indicator, says_nothing
from triage.intake.subject import read_subject, titled_path
from triage.tickets import LEVELS, TITLE, Contradiction, ParsedTicket

Side = Literal["indoor", "outdoor"]
SUGGESTIONS = tuple(f"投诉定位建议{n}" for n in "12345")
SIDES: dict[str, Side] = {"室内": "indoor", "室外": "outdoor"}

_INDOOR = re.compile(r"室内|屋内|屋里|家里|楼内|房间")
_OUTDOOR = re.compile(r"室外|户外|屋外|路上|外面")
_BOTH = re.compile(r"都|均|内外")
_GENERATION = re.compile(r"[45]\s*[GgＧ]")
_MSISDN = re.compile(r"(?<!\d)(?:86)?(1[3-9]\d{9})(?!\d)")


class Statement(NamedTuple):
    """One place that says inside or outside."""

    side: Side
    span: Span
    where: str


def contradictions(parsed: ParsedTicket) -> tuple[Contradiction, ...]:
    """Return what a ticket says against itself: `indoor`, `network`, `path` and `suggestion_number`."""
    found = (_indoor(parsed), _network(parsed), _path(parsed), _suggestion(parsed))
    return tuple(one for one in found if one)


def indoor_statements(parsed: ParsedTicket) -> list[Statement]:
    """Return everything that says whether the trouble is inside or outside, in the order block, scenes, path."""
    said: list[Statement] = []
    asked = answer(parsed, "处于室内还是室外")
    side = _side(asked.value) if asked else None
    if asked and side:
        said.append(Statement(side, asked.span, "同步要素"))
    for place, meant in SIDES.items():
        scene = answer(parsed, f"{place}处于哪个场景")
        if scene and not says_nothing(scene.value):
            said.append(Statement(meant, scene.span, f"{place}场景"))
    span = parsed.path_spans[-1]
    last = SIDES.get(parsed.path[-1])
    if span and last:
        said.append(Statement(last, span, "投诉分类七级"))
    return said


def _side(value: str) -> Side | None:
    inside, outside = _INDOOR.search(value), _OUTDOOR.search(value)
    if _BOTH.search(value) or bool(inside) == bool(outside):
        return None
    return "indoor" if inside else "outdoor"


def _indoor(parsed: ParsedTicket) -> Contradiction | None:
    said = indoor_statements(parsed)
    first = said[0] if said else None
    other = next((one for one in said if first and one.side != first.side), None)
    if first is None or other is None:
        return None
    names = {side: name for name, side in SIDES.items()}
    sentence = f"{first.where}说{names[first.side]}，{other.where}说{names[other.side]}"
    return Contradiction("indoor", first.span, other.span, sentence)


def _network(parsed: ParsedTicket) -> Contradiction | None:
    """Find a complaint filed under 4G or 5G whose telephone shows E or 2G."""
    shown = answer(parsed, "手机显示的网络标识")
    if shown is None or indicator(shown.value) != "2g":
        return None
    for level, span in zip(parsed.path, parsed.path_spans, strict=True):
        named = _GENERATION.search(level)
        if named and span:
            sentence = f"投诉分类说{named.group()}，手机显示的网络标识是“{shown.value}”"
            return Contradiction("network", span, shown.span, sentence)
    return None


def _path(parsed: ParsedTicket) -> Contradiction | None:
    """Find a level of the fields that the subject line gives differently; the last level is `indoor`'s."""
    title = parsed.ticket.fields.get(TITLE, "")
    whole = read_subject(title).part("投诉问题")
    if whole and whole.value == "→".join(parsed.path):
        return None
    for at, (level, span) in enumerate(titled_path(title)[: len(LEVELS) - 1]):
        own = parsed.path_spans[at]
        if own is None or own.field == TITLE or level in {"", parsed.path[at]}:
            continue
        if _bare(level) != _bare(parsed.path[at]):
            sentence = f"{LEVELS[at]}是“{parsed.path[at]}”，工单主题里是“{level}”"
            return Contradiction("path", own, span, sentence)
    return None


def _bare(level: str) -> str:
    return re.sub(r"[\s()（）]", "", level).lower()


def _suggestion(parsed: ParsedTicket) -> Contradiction | None:
    """Find a machine suggestion that speaks of another number than the ticket: it is another customer's."""
    fields = parsed.ticket.fields
    own = _MSISDN.search(fields.get("故障号码", ""))
    if own is None:
        return None
    for name in SUGGESTIONS:
        numbers = list(_MSISDN.finditer(fields.get(name, "")))
        if numbers and all(number[1] != own[1] for number in numbers):
            sentence = f"{name}里的号码不是故障号码，该建议不可信"
            return Contradiction(
                "suggestion_number", Span("故障号码", *own.span(1)), Span(name, *numbers[0].span(1)), sentence
            )
    return None


def suggestions_trusted(parsed: ParsedTicket) -> bool:
    """Whether the machine's suggestions (投诉定位建议1 to 5) may be this ticket's."""
    return all(one.what != "suggestion_number" for one in parsed.contradictions)
