"""How does an on-site test with 和家亲 reach us? It pushes its result, signed, or is asked for it.

和家亲 is the app with which installers measure in the customer's home (家宽投诉(报障)工单测速说明手册, part 2). An
order tells it which account is to be measured; the installer starts the test there. Contract: docs/speed-probes.md.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlsplit

import httpx

from probes.errors import PushRefused
from probes.speed.deadline import ran_out, until
from probes.speed.measurement import RAW_LIMIT, Direction, Done, Failed, Handle, Method, Pending, Reading, SpeedRequest
from probes.speed.results import read_result
from probes.speed.signing import Nonces, check_secret, sign, verify
from probes.speed.wire import NONSENSE, UNREACHABLE, Answer, Fields, ask, check_address, read_object

MOST_PUSHED = 64 * 1024  # bytes
CANCELLED = "装维人员在和家亲中取消了测速，请重新测速"
FAULTED = "和家亲测速失败，请重新测速"


@dataclass(frozen=True, slots=True)
class Push:
    """A result that 和家亲 pushed. order: the id of the order that it is about."""

    order: str
    reading: Done | Failed


class Hejiaqin:
    """和家亲 behind HTTP. Implements probes.speed.measurement.SpeedProbe for results that are asked for."""

    method: Method = "hejiaqin"

    def __init__(
        self, client: httpx.Client, base_url: str, secret: str, nonce: Callable[[], str] = secrets.token_urlsafe
    ) -> None:
        """Prepare; nothing is sent.

        base_url: 和家亲's address for us. secret: agreed on, for both ways. nonce: gives a new one for each request.
        Raises ProbeMisconfigured where address or secret cannot be used.
        """
        self._client, self._nonce = client, nonce
        self._orders = check_address(base_url, "和家亲") + "/orders"
        self._secret = check_secret(secret, "和家亲")

    def start(self, request: SpeedRequest, key: str, at: datetime) -> Handle | Failed:
        """Give 和家亲 the order; at: now, UTC. key is the order's id, so the same key gives the same order."""
        body = {
            "account": request.account,
            "direction": request.direction,
            "duration_ms": request.duration_ms,
            "streams": request.streams,
            "contract_bps": request.contract_bps,
            "expires_at": request.deadline.isoformat(),
        }
        answer = self._ask("PUT", key, at, json.dumps(body).encode())
        if isinstance(answer, Failed):
            return answer
        if answer.status >= 500:
            return Failed("unreachable", UNREACHABLE, f"{answer.status} {answer.text[:200]}")
        if answer.status not in {200, 201}:
            return Failed("refused", "和家亲没有接受测速任务，请稍后重试", f"{answer.status} {answer.text[:200]}")
        return Handle(key, at, request)

    def poll(self, handle: Handle, at: datetime) -> Reading:
        """Ask for the order's result; at: now, UTC. An order without result is taken back at its deadline."""
        answer = self._ask("GET", handle.id, at)
        reading = answer if isinstance(answer, Failed) else _answered(answer, handle)
        reading = until(handle.request.deadline, at, reading)
        if ran_out(reading):
            self._ask("DELETE", handle.id, at)
        return reading

    def _ask(self, method: str, order: str, at: datetime, body: bytes = b"") -> Answer | Failed:
        url = f"{self._orders}/{quote(order, safe='')}"
        headers = sign(self._secret, f"{method} {urlsplit(url).path}", at, self._nonce(), body)
        return ask(self._client, method, url, headers={**headers, "Content-Type": "application/json"}, content=body)


def read_push(
    secret: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    nonces: Nonces,
    at: datetime,
    direction: Direction = "down",
) -> Push:
    """Return the result that a push holds.

    headers: of the request, names in any case. body: as it came. nonces: those already used. at: now, UTC.
    direction: which the order asked for. Raises PushRefused for a push that is unsigned, old, seen before or no
    result; a test that failed, and a result that cannot be believed, are Failed.
    """
    key = check_secret(secret, "和家亲")
    if len(body) > MOST_PUSHED:
        raise PushRefused("content", f"推送有 {len(body)} 字节，最多接收 {MOST_PUSHED} 字节")
    verify(key, "push", headers, body, nonces=nonces, at=at)
    text = body.decode("utf-8", "replace")
    fields = read_object(text)
    order = fields.text("order") if fields else None
    if fields is None or order is None:
        raise PushRefused("content", "推送不是带有 order 的 JSON 对象，格式见 docs/speed-probes.md")
    reading = _result(fields, text[:RAW_LIMIT], direction, order)
    if isinstance(reading, Pending):
        raise PushRefused("content", f"推送中的 state 是 {fields.text('state')}，测速结束后再推送")
    return Push(order, reading)


def _answered(answer: Answer, handle: Handle) -> Reading:
    if answer.status in {404, 410}:
        return Failed("lost", "和家亲已没有这次测速的记录，请重新测速", answer.text[:200])
    if answer.status in {401, 403}:
        return Failed("refused", "和家亲拒绝了本系统的签名，请联系系统管理员", answer.text[:200])
    if answer.status != 200:
        return Failed("unreachable", UNREACHABLE, f"{answer.status} {answer.text[:200]}")
    if answer.body and answer.fields.text("order") != handle.id:
        return Failed("stale", "和家亲返回了另一次测速的结果，请重新测速", answer.text[:200])
    return _result(answer.fields, answer.raw, handle.request.direction, handle.id)


def _result(fields: Fields, raw: str, direction: Direction, order: str) -> Reading:
    match fields.text("state"):
        case "waiting":
            return Pending("等待装维人员在和家亲中开始测速")
        case "running":
            return Pending("测速中")
        case "cancelled":
            return Failed("faulted", CANCELLED)
        case "failed":
            return Failed("faulted", FAULTED, fields.text("message") or "")
        case "done":
            return read_result(fields, raw, "hejiaqin", direction, order)
    return Failed("invalid", NONSENSE, raw[:200])
