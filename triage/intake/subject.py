"""What stands in the subject line (工单主题)?

`四星级客户投诉1次下派,处理时限:12.00小时-受理号码(..)-…-投诉问题(<7 levels>)`, every part optional, in full or half
width. Never looks at other fields.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rules.text import Span
from triage.tickets import LEVELS, TITLE, Labelled, Ticket

PARTS = ("故障地市", "故障区县", "详细地址", "投诉问题")  # the telephone numbers have fields of their own

LONGEST = 2_000  # characters of a subject line that are read; real ones have about 200

_LEVEL = re.compile(r"^\s*(\S{0,12}?)(?:客户)?投诉")
_DISPATCHED = re.compile(r"投诉\s*第?\s*([0-9０-９]{1,3}|[一二三四五六七八九十])\s*次下派")
_LIMIT = re.compile(r"处理时限\s*[:：(（]\s*([0-9０-９]+(?:[.．][0-9０-９]+)?)\s*(?:小时|h|H)")
_PART = re.compile(rf"({'|'.join(PARTS)})\s*[(（]")
_NEXT = re.compile(rf"[-－,，\s]*(?:{'|'.join(PARTS)}|受理号码|联系电话|处理时限)\s*[(（]")
_BRACKET = re.compile("[()（）]")
_ODD_ARROW = re.compile("⟶|➔|➜|-->|->|－>|—>|=>|>>|＞|>")
_DIGITS = {**{c: n for n, c in enumerate("一二三四五六七八九十", 1)}}


@dataclass(frozen=True, slots=True)
class Subject:
    """The parts of a subject line. level: what stands before 客户投诉; parts: those of PARTS that are filled."""

    level: str
    dispatch_count: int | None
    limit_hours: float | None
    parts: tuple[Labelled, ...]

    def part(self, key: str) -> Labelled | None:
        """Return the part with this label."""
        return next((part for part in self.parts if part.key == key), None)


NO_SUBJECT = Subject("", None, None, ())


@lru_cache(maxsize=256)  # one ticket's subject is asked for by path, facts and area
def read_subject(title: str) -> Subject:
    """Return what the subject line says; nothing of it is required."""
    if not title:
        return NO_SUBJECT
    title = title[:LONGEST]
    dispatched = _DISPATCHED.search(title)
    limit = _LIMIT.search(title)
    level = _LEVEL.match(title)
    return Subject(
        level.group(1) if level else "",
        _count(dispatched.group(1)) if dispatched else None,
        float(limit.group(1).replace("．", ".")) if limit else None,
        tuple(_parts(title)) if "(" in title or "（" in title else (),
    )


def _count(text: str) -> int:
    return _DIGITS.get(text) or int(text)


def _parts(title: str) -> list[Labelled]:
    found: list[Labelled] = []
    at = 0
    for opened in _PART.finditer(title):
        start = opened.end()
        if start <= at:  # inside the value before
            continue
        end = at = _closing(title, start)
        value = title[start:end].strip()
        if value:
            start = title.index(value, start)
            whole = Span(TITLE, opened.start(), min(end + 1, len(title)))
            found.append(Labelled(opened.group(1), value, Span(TITLE, start, start + len(value)), whole))
    return found


def _closing(title: str, start: int) -> int:
    """Where the bracket opened just before start is closed; unclosed ones end at the next part or at the end."""
    depth = 1
    for bracket in _BRACKET.finditer(title, start):
        depth += 1 if bracket.group() in "(（" else -1
        if depth == 0:
            return bracket.start()
    following = _NEXT.search(title, start)
    return following.start() if following else len(title)


def _is_path(text: str) -> bool:
    return "→" in text or _ODD_ARROW.search(text) is not None


def split_path(text: str, field: str, start: int = 0) -> list[tuple[str, Span]]:
    """Return the levels of a path written with arrows, with their places in the field.

    text: stands at start of the field.
    """
    if _ODD_ARROW.search(text):
        text = _ODD_ARROW.sub(lambda arrow: "→".ljust(len(arrow.group())), text)
    levels: list[tuple[str, Span]] = []
    at = start
    for level in text.split("→"):
        name = level.strip()
        lead = level.index(name)
        levels.append((name, Span(field, at + lead, at + lead + len(name))))
        at += len(level) + 1
    return levels


@lru_cache(maxsize=256)
def titled_path(title: str) -> tuple[tuple[str, Span], ...]:
    """Return the levels that the subject line gives: in 投诉问题(…), or the subject itself where it is a path."""
    part = read_subject(title).part("投诉问题")
    title = title[:LONGEST]
    if part is not None:
        levels = split_path(part.value, TITLE, part.span.start)
    else:
        levels = split_path(title, TITLE) if _is_path(title) else []
    return tuple(levels[: len(LEVELS)]) if len(levels) > 1 else ()


def path_of(ticket: Ticket) -> tuple[tuple[str, ...], tuple[Span | None, ...]]:
    """Return the seven category levels and where each stands; "" and None where a level is missing.

    A field beats the subject line; a field that holds a whole path with arrows is taken apart.
    """
    given = [(ticket.fields.get(name, ""), name) for name in LEVELS]
    texts = [value for value, _ in given]
    spans: list[Span | None] = [Span(name, 0, len(value)) if value else None for value, name in given]
    first = texts[0]
    if first and not any(texts[1:]) and _is_path(first):
        _fill(texts, spans, split_path(first, LEVELS[0])[: len(LEVELS)], over=True)
    if not all(texts):
        _fill(texts, spans, titled_path(ticket.fields.get(TITLE, "")), over=False)
    return tuple(texts), tuple(spans)


def _fill(texts: list[str], spans: list[Span | None], levels: Sequence[tuple[str, Span]], *, over: bool) -> None:
    for at, (level, span) in enumerate(levels):
        if level and (over or not texts[at]):
            texts[at], spans[at] = level, span
