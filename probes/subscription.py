"""What do BOSS, HLR/HSS and the IMS platform hold of a number: account, state, features?

One reading is facts of the fault trees by id. Two sources: an HTTP service whose contract is in docs/line-probes.md,
and a CSV file for installations that get a list once a day. Only reads; whatever fails is a reading with its reason.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

import httpx

from probes.errors import ProbeMisconfigured
from probes.speed.measurement import Failed
from probes.speed.wire import Fields, ask, check_address

FACTS = (
    "ims.account", "ims.platform_account", "ims.number_state", "ims.subscribed", "ims.in_sync", "centrex.member",
    "apn.sim", "apn.hlr", "data.balance", "data.subscribed", "data.throttled",
)  # fmt: skip
NUMBER = "number"
_WORDS = {"true": True, "false": False}
_TIMEOUT_S = 5


@dataclass(frozen=True, slots=True)
class SubscriptionReading:
    """What is held of a number. facts: fact id → value, empty where nothing is known. reason: a Chinese sentence."""

    number: str
    facts: Mapping[str, str | bool]
    reason: str


class Subscriptions(Protocol):
    """Something that knows subscriptions."""

    def look_up(self, number: str) -> SubscriptionReading:
        """Return what is held of a number."""


class HttpSubscriptions:
    """A service in front of BOSS, HLR/HSS and the IMS platform."""

    def __init__(self, client: httpx.Client, base_url: str, token: str) -> None:
        """Prepare; nothing is sent. token: sent as a bearer token, "" for none. Raises ProbeMisconfigured."""
        self._client = client
        self._url = check_address(base_url, "subscription") + "/subscriptions/"
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def look_up(self, number: str) -> SubscriptionReading:
        """Ask the service. 404 says that it does not know the number, and nothing about why."""
        url = self._url + quote(number, safe="")
        answer = ask(self._client, "GET", url, headers=self._headers, timeout_s=_TIMEOUT_S)
        if isinstance(answer, Failed):
            return SubscriptionReading(number, {}, "签约查询系统无法访问，请人工查询后回答")
        if answer.status == 404:
            return SubscriptionReading(number, {}, f"签约查询系统不认识号码 {number}，请核对号码")
        if answer.status != 200 or answer.fields.text(NUMBER) != number:
            return SubscriptionReading(number, {}, f"签约查询系统的应答无法识别（{answer.status}），请人工查询后回答")
        facts = _facts_of(answer.fields.fields("facts"))
        return SubscriptionReading(number, facts, _said(number, facts))


class CsvSubscriptions:
    """A CSV file with a column `number` and columns named after facts; an empty cell is unknown."""

    def __init__(self, file: Path) -> None:
        """Read at each look-up, so that a new list counts at once. Raises ProbeMisconfigured where it is unreadable."""
        self._file = file
        if NUMBER not in (header := self._header()):
            raise ProbeMisconfigured(f"{file} has no column {NUMBER}; its header is {', '.join(header) or 'empty'}")

    def look_up(self, number: str) -> SubscriptionReading:
        """Return the last row of the number."""
        found: dict[str, str | bool] | None = None
        try:
            with self._file.open(encoding="utf-8-sig", newline="") as opened:
                for row in csv.DictReader(opened):
                    if (row.get(NUMBER) or "").strip() == number:
                        found = {name: _value(row[name].strip()) for name in FACTS if (row.get(name) or "").strip()}
        except (OSError, UnicodeDecodeError, csv.Error):
            return SubscriptionReading(number, {}, "签约清单无法读取，请人工查询后回答")
        if found is None:
            return SubscriptionReading(number, {}, f"签约清单里没有号码 {number}，请核对号码")
        return SubscriptionReading(number, found, _said(number, found))

    def _header(self) -> list[str]:
        try:
            with self._file.open(encoding="utf-8-sig", newline="") as opened:
                return [name.strip() for name in next(csv.reader(opened), [])]
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise ProbeMisconfigured(f"the list of subscriptions {self._file} cannot be read: {error}") from error


def _facts_of(fields: Fields | None) -> dict[str, str | bool]:
    """Return the facts that an answer gives; what is of another kind is left out."""
    if fields is None:
        return {}
    found: dict[str, str | bool] = {}
    for name in FACTS:
        value = fields.flag(name) if fields.text(name) is None else fields.text(name)
        if value is not None:
            found[name] = value
    return found


def _value(word: str) -> str | bool:
    return _WORDS.get(word.lower(), word)


def _said(number: str, facts: Mapping[str, str | bool]) -> str:
    return f"签约查询 {number}：{len(facts)} 项" if facts else f"签约查询没有 {number} 的资料"
