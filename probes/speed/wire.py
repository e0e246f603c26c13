"""What did a platform answer? JSON over HTTP, without floats, bounded in time and size.

The client comes from whoever wires the product; nothing here opens one, and nothing is raised for what the platform
does: a connection that fails and an answer that is no JSON are values.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import NoReturn
from urllib.parse import urlsplit

import httpx

from probes.errors import ProbeMisconfigured
from probes.speed.measurement import RAW_LIMIT, Failed

MOST_BYTES = 1 << 20
MOST_DIGITS = 20
UNREACHABLE = "测速平台无法访问，请稍后重试或联系系统管理员"
NONSENSE = "测速平台的应答无法识别，请联系系统管理员"
Json = None | bool | int | Decimal | str | Sequence["Json"] | Mapping[str, "Json"]


class Fields:
    """A JSON object whose values may be missing or of another kind than expected; then they are None."""

    def __init__(self, values: Mapping[str, Json]) -> None:
        self._values = values

    def text(self, name: str) -> str | None:
        """A text that is not empty."""
        value = self._values.get(name)
        return value if isinstance(value, str) and value else None

    def flag(self, name: str) -> bool | None:
        """True or false."""
        value = self._values.get(name)
        return value if isinstance(value, bool) else None

    def whole(self, name: str) -> int | None:
        """A whole number from 0; true and false are none."""
        value = self._values.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None

    def digits(self, name: str) -> str | None:
        """A number as its digits, such as 95.6, -1 or 100000; a text of digits is no number."""
        value = self._values.get(name)
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            return None
        number = Decimal(value)
        return format(number, "f") if abs(number.adjusted()) <= MOST_DIGITS else str(number)

    def time(self, name: str) -> datetime | None:
        """A moment of ISO 8601 with time zone, in UTC."""
        return read_time(self.text(name))

    def fields(self, name: str) -> Fields | None:
        """An object."""
        value = self._values.get(name)
        return Fields(value) if isinstance(value, Mapping) else None

    def list(self, name: str) -> tuple[Fields, ...]:
        """The objects of a list; none where it is no list."""
        value = self._values.get(name)
        items = value if isinstance(value, Sequence) and not isinstance(value, str) else ()
        return tuple(Fields(item) for item in items if isinstance(item, Mapping))


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. status and phrase of HTTP; body: Fields of an object, a tuple of them for a list, else None."""

    status: int
    phrase: str
    body: Fields | tuple[Fields, ...] | None
    text: str

    @property
    def fields(self) -> Fields:
        """The object that came back; without any field where none came."""
        return self.body if isinstance(self.body, Fields) else Fields({})

    @property
    def raw(self) -> str:
        """The answer as it came, cut to what is kept."""
        return self.text[:RAW_LIMIT]


def ask(
    client: httpx.Client,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    json_body: Mapping[str, object] | None = None,
    content: bytes | None = None,
    timeout_s: int = 10,
) -> Answer | Failed:
    """Send a request and read its answer.

    json_body or content: what is sent, if anything. timeout_s: of each step of the exchange. Returns Failed
    (unreachable) where no answer came, (invalid) where it is longer than 1 MiB.
    """
    what = f"{method} {urlsplit(url).path}"  # an address may hold a password
    try:
        with client.stream(
            method, url, headers=headers, json=json_body, content=content, timeout=timeout_s
        ) as response:
            received = bytearray()
            for chunk in response.iter_bytes():
                received += chunk
                if len(received) > MOST_BYTES:
                    return Failed("invalid", NONSENSE, f"{what} answered more than {MOST_BYTES} bytes")
            text = received.decode("utf-8", "replace")
            return Answer(response.status_code, response.reason_phrase, _read(text), text)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Failed("unreachable", UNREACHABLE, f"{what}: {type(error).__name__}: {error}")


def check_address(address: str, platform: str) -> str:
    """Return a platform's address without a slash at its end. Raises ProbeMisconfigured where it is none of HTTP."""
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.scheme not in {"http", "https"} or not url.host or url.query or url.fragment:
        raise ProbeMisconfigured(f"the {platform} address {address!r} is none; it looks like https://HOST/PATH")
    return address.rstrip("/")


def read_object(text: str) -> Fields | None:
    """Return the JSON object that text holds, None where it holds none. Numbers never become floats."""
    body = _read(text)
    return body if isinstance(body, Fields) else None


def read_time(text: str | None) -> datetime | None:
    """Return a moment of ISO 8601 in UTC; None for none, for nonsense and for one without time zone."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return None if moment.tzinfo is None else moment.astimezone(UTC)


def _read(text: str) -> Fields | tuple[Fields, ...] | None:
    try:
        value: Json = json.loads(text, parse_float=Decimal, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, dict):
        return Fields(value)
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        return tuple(Fields(item) for item in value if isinstance(item, dict))
    return None


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")
