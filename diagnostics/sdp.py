"""What media does one side offer or answer? Session descriptions with limits. Source: RFC 4566 (8866), RFC 3264."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

MOST_MEDIA = 64
MOST_LINES = 4000
_MOST_BYTES = 1 << 17
_MOST_ATTRIBUTES = 200
_BEGIN = re.compile(rb"(?:^|\n)v=0\r?\n")


@dataclass(frozen=True, slots=True)
class Media:
    """One media line. kind: `audio`, `video`, `image` …; port: 0 means refused or off. protocol: in upper case.

    formats: payload types (or `t38`) in order. address: of its own c= line or the session's, "" where there is none.
    codecs: payload type → (encoding name in upper case, clock). direction: sendrecv, sendonly, recvonly or inactive.
    ptime_ms: None where not said. attributes: all a= lines.
    """

    kind: str
    port: int
    protocol: str
    formats: tuple[str, ...]
    address: str
    codecs: dict[int, tuple[str, int]]
    direction: str
    ptime_ms: int | None
    attributes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sdp:
    """A session description. origin: the o= line. address: of the session's c= line. problems: what is wrong."""

    origin: str
    address: str
    media: tuple[Media, ...]
    problems: tuple[str, ...] = ()

    def of(self, kind: str) -> Media | None:
        """Return the first media line of a kind."""
        return next((media for media in self.media if media.kind == kind), None)


@dataclass(slots=True)
class _Draft:
    line: list[str]
    address: str
    direction: str
    attributes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Reader:
    """The description so far. whole: no further line is wanted."""

    origin: str = ""
    address: str = ""
    direction: str = "sendrecv"
    drafts: list[_Draft] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    whole: bool = False

    def line(self, line: str) -> None:
        """Take one line."""
        kind, value = line[:2], line[2:].strip()
        if kind == "m=":
            self._begin(value)
        elif kind == "c=" and value:
            self._connect(value.split()[-1].partition("/")[0])
        elif kind == "a=":
            self._attribute(value)
        elif kind == "o=" and not self.origin:
            self.origin = value
        elif line.startswith("--") and self.drafts:  # the end of a part of a multipart body
            self.whole = True

    def _begin(self, value: str) -> None:
        if len(self.drafts) >= MOST_MEDIA:
            self.problems.append("too many media lines")
            self.whole = True
        else:
            self.drafts.append(_Draft(value.split(), self.address, self.direction))

    def _connect(self, host: str) -> None:
        if self.drafts:
            self.drafts[-1].address = host
        else:
            self.address = host

    def _attribute(self, value: str) -> None:
        if value in ("sendrecv", "sendonly", "recvonly", "inactive"):
            if self.drafts:
                self.drafts[-1].direction = value
            else:
                self.direction = value
        elif self.drafts and len(self.drafts[-1].attributes) < _MOST_ATTRIBUTES:
            self.drafts[-1].attributes.append(value)


def read_sdp(body: bytes) -> Sdp | None:
    """Return the session description in a message's body (also inside multipart); None where there is none."""
    found = _BEGIN.search(body, 0, _MOST_BYTES)
    if found is None:
        return None
    reader = _Reader()
    for line in body[found.end() : _MOST_BYTES].decode("utf-8", "replace").split("\n", MOST_LINES)[:MOST_LINES]:
        reader.line(line)
        if reader.whole:
            break
    media = tuple(made for made in (_media(draft) for draft in reader.drafts) if made is not None)
    return Sdp(reader.origin, reader.address, media, tuple(reader.problems))


def _media(draft: _Draft) -> Media | None:
    if len(draft.line) < 3:
        return None
    port = draft.line[1].partition("/")[0]
    if not (port.isascii() and port.isdigit() and len(port) < 6 and int(port) < 65536):
        return None
    codecs: dict[int, tuple[str, int]] = {}
    ptime = None
    for attribute in draft.attributes:
        name, _, value = attribute.partition(":")
        if name == "rtpmap":
            number, _, coding = value.strip().partition(" ")
            kind, _, clock = coding.strip().partition("/")
            payload_type = _number(number)
            if payload_type is not None and payload_type < 128:
                codecs[payload_type] = kind.upper(), _number(clock.partition("/")[0]) or 8000
        elif name == "ptime":
            ptime = _number(value)
    return Media(
        draft.line[0].lower(), int(port), draft.line[2].upper(), tuple(draft.line[3:259]), draft.address, codecs,
        draft.direction, ptime, tuple(draft.attributes),
    )  # fmt: skip


def _number(written: str) -> int | None:
    written = written.strip()
    return int(written) if written.isascii() and written.isdigit() and len(written) < 8 else None
