"""What does a SIP message say, header by header? A splitter with limits, for millions of messages of any quality.

Compact names, folded lines, several values in a line, bare line feeds, junk before the start line, NUL bytes and lying
Content-Length are all read as far as they make sense, and named in `problems`. Linear in the size of the message.
Source: RFC 3261 sections 7 and 25; cases in the spirit of RFC 4475.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

MOST_HEADER_BYTES = 1 << 16
MOST_LINES = 1000
_MOST_JUNK = 512
_COMPACT = {
    "a": "accept-contact", "b": "referred-by", "c": "content-type", "d": "request-disposition", "e": "content-encoding",
    "f": "from", "i": "call-id", "j": "reject-contact", "k": "supported", "l": "content-length", "m": "contact",
    "o": "event", "r": "refer-to", "s": "subject", "t": "to", "u": "allow-events", "v": "via", "x": "session-expires",
    "y": "identity",
}  # fmt: skip
_START = re.compile(
    rb"(?:([A-Za-z0-9.!%*_+`'~-]{1,32})[ \t]{1,4}([^\s]{1,4096}+)[ \t]{1,4}SIP/2\.0[ \t]*\r?\n"
    rb"|SIP/2\.0[ \t]{1,4}([1-7][0-9][0-9])(?:[ \t]([^\r\n]{0,512})[^\r\n]*)?\r?\n)"
)
_BLANK = re.compile(rb"[\r\n\0 ]{1,64}")
_LAST_WORDS = re.compile(rb"[A-Za-z]{2,32}+[ \t]{1,4}[^\s]{1,4096}+[ \t]{1,4}\Z")
_NEXT = re.compile(
    rb"\n(?=SIP/2\.0 [1-7][0-9][0-9]|[A-Za-z0-9.!%*_+`'~-]{1,32}+[ \t]{1,4}[^\s]{1,4096}+[ \t]{1,4}SIP/2\.0[ \t]*\r?\n)"
)
_MOST_TRIES = 8
_MARK = re.compile(r'\\.|["<>,]')
_NUMBER = re.compile(r"\s*(\d{1,10})")


@dataclass(frozen=True, slots=True)
class Message:
    """One SIP message. method: of the request, "" for a response. status: of a response, None for a request.

    headers: lower-case full name → values in order, one a line. body: what follows the headers, as far as it is there.
    problems: what is wrong with it, short English names. size: bytes up to its end, counted from the payload's start.
    """

    method: str
    uri: str
    status: int | None
    phrase: str
    headers: dict[str, list[str]]
    body: bytes
    problems: tuple[str, ...]
    size: int

    def first(self, name: str) -> str:
        """Return the first value of a header by its full lower-case name; "" where it is missing."""
        values = self.headers.get(name)
        return values[0] if values else ""

    def each(self, name: str) -> list[str]:
        """Return all values of a header, those that stand in one line parted by commas taken apart."""
        return [value for line in self.headers.get(name, ()) for value in parted(line)]

    def number(self, name: str) -> int | None:
        """Return the number that a header begins with; None where it is missing or no number."""
        found = _NUMBER.match(self.first(name))
        return int(found.group(1)) if found else None


def read_message(payload: bytes, *, stream: bool = False) -> Message | None:
    """Return the message that a payload begins with; None where it holds none.

    stream: the payload is the rest of a TCP connection: Content-Length ends the message, and a message whose end has
    not come gets the problem `unfinished`.
    """
    found = _start_line(payload, stream)
    if found is None:
        return None
    problems = [] if not payload[: found.start()].strip(b"\r\n\0 ") else ["junk before the start line"]
    start = found.end()
    head_end, body_at = _end_of_headers(payload, start)
    if body_at < 0:
        problems.append("unfinished" if stream else "headers without an end")
        body_at = head_end
    headers = _split(payload[start:head_end], problems)
    size = _body_end(payload, body_at, headers, problems, stream)
    method, uri, status, phrase = found.groups()
    if method is None:
        return Message("", "", int(status), _text(phrase or b""), headers, payload[body_at:size], tuple(problems), size)
    return Message(_text(method), _text(uri).strip(), None, "", headers, payload[body_at:size], tuple(problems), size)


def _start_line(payload: bytes, stream: bool) -> re.Match[bytes] | None:
    """Return the start line: behind empty lines, or (not in a stream) behind junk before the method."""
    blank = _BLANK.match(payload)
    found = _START.match(payload, blank.end() if blank else 0)
    if found is not None or stream:
        return found
    at = -1
    for _ in range(_MOST_TRIES):
        at = payload.find(b"SIP/2.0", at + 1, _MOST_JUNK + 4096)
        if at < 0:
            break
        words = _LAST_WORDS.search(payload, max(0, payload.rfind(b"\n", 0, at) + 1), at)
        begin = at if words is None else words.start()
        found = _START.match(payload, begin) if begin <= _MOST_JUNK else None
        if found is not None:
            return found
    return None


def next_start(run: bytes, at: int) -> int:
    """Return where the next start line after a place in a stream begins; its end where there is none."""
    found = _NEXT.search(run, at)
    return found.end() if found else len(run)


def _end_of_headers(payload: bytes, start: int) -> tuple[int, int]:
    """Return where the headers end and the body begins; -1 for the body where no empty line was found."""
    most = start + MOST_HEADER_BYTES
    end = payload.find(b"\r\n\r\n", max(0, start - 2), most)
    bare = payload.find(b"\n\n", max(0, start - 1), end if end >= 0 else most)
    if bare >= 0:
        return bare, bare + 2
    if end >= 0:
        return end, end + 4
    return min(len(payload), most), -1


def _split(block: bytes, problems: list[str]) -> dict[str, list[str]]:
    text = block.decode("utf-8", "replace").replace("\r\n", "\n")
    if "\n " in text or "\n\t" in text:
        text = text.replace("\n ", " ").replace("\n\t", " ")
    if "\0" in text:
        problems.append("NUL bytes")
        text = text.replace("\0", "")
    headers: dict[str, list[str]] = {}
    lines = text.split("\n", MOST_LINES)
    if len(lines) > MOST_LINES:
        problems.append("too many lines")
        lines.pop()
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon:
            if line.strip():
                problems.append("a line without a colon")
            continue
        name = _full_name(name)
        if name in headers:
            headers[name].append(value.strip())
        else:
            headers[name] = [value.strip()]
    return headers


@lru_cache(maxsize=1024)
def _full_name(written: str) -> str:
    name = written.strip().lower()
    return _COMPACT.get(name, name)


def _body_end(payload: bytes, at: int, headers: dict[str, list[str]], problems: list[str], stream: bool) -> int:
    written = headers.get("content-length", [""])[0]
    if written.isascii() and written.isdigit() and len(written) < 11:
        length = int(written)
        if at + length > len(payload):
            problems.append("unfinished" if stream else "body shorter than Content-Length")
        return min(len(payload), at + length)
    if written:
        problems.append("invalid Content-Length")
    return at if stream else len(payload)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def parted(line: str) -> Iterator[str]:
    """Give the values of a line parted by commas; commas in quotes and angle brackets part nothing."""
    if "," not in line:
        yield line
        return
    begin, bracket, quote = 0, False, False
    for found in _MARK.finditer(line):
        mark = found.group()
        if mark == '"':
            quote = not quote
        elif quote:
            continue
        elif mark in "<>":
            bracket = mark == "<"
        elif mark == "," and not bracket:
            yield line[begin : found.start()].strip()
            begin = found.end()
    yield line[begin:].strip()


def parameters(value: str) -> dict[str, str]:
    """Return `;name=value` parameters outside angle brackets, names in lower case, quotes taken off."""
    rest = value[value.rfind(">") + 1 :] if "<" in value else value
    found: dict[str, str] = {}
    for part in rest.split(";")[1:64]:
        name, _, text = part.partition("=")
        found.setdefault(name.strip().lower(), text.strip().strip('"'))
    return found


def credentials(value: str) -> dict[str, str]:
    """Return the fields of a challenge or of credentials (`Digest realm="x", nonce="y"`), names in lower case."""
    scheme, _, rest = value.strip().partition(" ")
    found = {"scheme": scheme.lower()}
    for part in parted(rest):
        name, _, text = part.partition("=")
        found.setdefault(name.strip().lower(), text.strip().strip('"'))
    return found


def uri_of(value: str) -> str:
    """Return the URI of a From, To, Contact or Route value, without display name and header parameters."""
    opened = value.find("<")
    if opened >= 0:
        closed = value.find(">", opened)
        return value[opened + 1 : closed if closed >= 0 else len(value)].strip()
    return value.partition(";")[0].strip()


def user_of(uri: str) -> str:
    """Return the user of a SIP URI, or the number of a tel URI; "" where it has none."""
    scheme, colon, rest = uri.partition(":")
    if not colon:
        rest = scheme
    if scheme.lower() == "tel":
        return rest.partition(";")[0]
    user, at, _ = rest.partition("@")
    return user.partition(";")[0].partition(":")[0] if at else ""


def host_of(uri: str) -> str:
    """Return host and port of a SIP URI as written; "" for a tel URI."""
    scheme, colon, rest = uri.partition(":")
    if scheme.lower() == "tel":
        return ""
    rest = rest if colon else scheme
    return rest.rpartition("@")[2].partition(";")[0].partition("?")[0]
