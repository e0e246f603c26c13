"""Is a number registered at the IMS platform now, and if not, why?

An HTTP service in front of the platform; its contract is in docs/line-probes.md. Only reads; whatever fails is a
reading with its reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote

import httpx

from probes.speed.measurement import Failed
from probes.speed.wire import ask, check_address

FACT = "ims.registration"
REGISTERED = "ok"
_TIMEOUT_S = 5


@dataclass(frozen=True, slots=True)
class RegistrationReading:
    """What the platform said of a number. facts: empty where nothing follows. reason: a Chinese sentence."""

    number: str
    facts: Mapping[str, str]
    reason: str


class Registrations(Protocol):
    """Something that knows who is registered."""

    def look_up(self, number: str) -> RegistrationReading:
        """Return the state of a number."""


class HttpRegistrations:
    """A service in front of the IMS platform."""

    def __init__(self, client: httpx.Client, base_url: str, token: str) -> None:
        """Prepare; nothing is sent. token: sent as a bearer token, "" for none. Raises ProbeMisconfigured."""
        self._client = client
        self._url = check_address(base_url, "registration") + "/registrations/"
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def look_up(self, number: str) -> RegistrationReading:
        """Ask the service. Not registered without a cause settles nothing: the cause is what the tree asks for."""
        url = self._url + quote(number, safe="")
        answer = ask(self._client, "GET", url, headers=self._headers, timeout_s=_TIMEOUT_S)
        if isinstance(answer, Failed):
            return RegistrationReading(number, {}, "注册查询系统无法访问，请用软终端拨测后回答")
        registered = answer.fields.flag("registered")
        if answer.status != 200 or registered is None or answer.fields.text("number") != number:
            return RegistrationReading(
                number, {}, f"注册查询系统的应答无法识别（{answer.status}），请用软终端拨测后回答"
            )
        if registered:
            return RegistrationReading(number, {FACT: REGISTERED}, f"{number} 已注册")
        cause = answer.fields.text("cause")
        if cause is None or cause == REGISTERED:
            return RegistrationReading(number, {}, f"{number} 没有注册，平台没有给出原因，请抓包")
        return RegistrationReading(number, {FACT: cause}, f"{number} 没有注册，平台给出的原因是 {cause}")
