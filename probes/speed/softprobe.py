"""How is a line measured by a soft-probe platform, that is, by probes that sit in customers' gateways?

The contract, for whoever connects a platform, is in docs/speed-probes.md: hand a test over, ask how it stands, take
it back. Source of the procedure: 家宽投诉(报障)工单测速说明手册, part 1 (不上门的工单，调用软探针测速).
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

import httpx

from probes.errors import ProbeMisconfigured
from probes.speed.deadline import ran_out, until
from probes.speed.measurement import Failed, FailureCause, Handle, Method, Pending, Reading, SpeedRequest
from probes.speed.results import read_result
from probes.speed.wire import NONSENSE, UNREACHABLE, Answer, Fields, ask, check_address

STARTED = (200, 201, 202)
REFUSALS: dict[str, tuple[FailureCause, str]] = {
    "no-probe": ("offline", "该账号的网关上没有软探针或软探针不在线，无法远程测速"),
    "busy": ("refused", "该线路正在进行另一次测速，请稍后重试"),
    "full": ("refused", "测速平台繁忙，请稍后重试"),
    "unauthorised": ("refused", "测速平台拒绝了本系统的凭证，请联系系统管理员"),
    "lost": ("lost", "测速平台已没有这次测速的记录，请重新测速"),
}
ENDS: dict[str | None, tuple[FailureCause, str]] = {
    "offline": ("offline", "测速过程中软探针离线"),
    "timeout": ("expired", "软探针未在限定时间内完成测速"),
}
FAULTED: tuple[FailureCause, str] = ("faulted", "软探针测速失败，请重新测速")


class SoftProbe:
    """A soft-probe platform behind HTTP. Implements probes.speed.measurement.SpeedProbe."""

    method: Method = "softprobe"

    def __init__(self, client: httpx.Client, base_url: str, token: str) -> None:
        """Prepare; nothing is sent.

        base_url: the platform's address, such as https://probe.example/api. token: sent as a bearer token.
        Raises ProbeMisconfigured where the address is none or the token is empty or no header.
        """
        if not token or not token.isascii() or not token.isprintable():
            raise ProbeMisconfigured("the soft-probe token is empty or holds letters that no header can")
        self._client = client
        self._tests = check_address(base_url, "soft-probe") + "/tests"
        self._headers = {"Authorization": f"Bearer {token}"}

    def start(self, request: SpeedRequest, key: str, at: datetime) -> Handle | Failed:
        """Hand a test over; at: now, UTC. The platform keeps key, so the same key gives the same test."""
        body = {
            "account": request.account,
            "direction": request.direction,
            "duration_ms": request.duration_ms,
            "streams": request.streams,
            "contract_bps": request.contract_bps,
            "framed_ip": request.framed_ip,
            "expires_at": request.deadline.isoformat(),
        }
        answer = ask(
            self._client, "POST", self._tests, headers={**self._headers, "Idempotency-Key": key}, json_body=body
        )
        if isinstance(answer, Failed):
            return answer
        if answer.status not in STARTED:
            return _refused(answer)
        id_ = answer.fields.text("id")
        return Handle(id_, at, request) if id_ else Failed("invalid", NONSENSE, answer.text[:200])

    def poll(self, handle: Handle, at: datetime) -> Reading:
        """Return how the test stands; at: now, UTC. A platform that cannot be reached is asked again until the end."""
        url = f"{self._tests}/{quote(handle.id, safe='')}"
        answer = ask(self._client, "GET", url, headers=self._headers)
        reading = until(handle.request.deadline, at, answer if isinstance(answer, Failed) else _read(answer, handle))
        if ran_out(reading):
            ask(self._client, "DELETE", url, headers=self._headers)
        return reading


def _refused(answer: Answer) -> Failed:
    error = answer.fields.text("error")
    known = {401: "unauthorised", 403: "unauthorised", 404: "no-probe", 409: "busy", 429: "full", 503: "full"}
    cause, reason = REFUSALS.get(error or known.get(answer.status, ""), ("unreachable", UNREACHABLE))
    return Failed(cause, reason, f"{answer.status} {answer.text[:200]}")


def _read(answer: Answer, handle: Handle) -> Reading:
    if answer.status in {404, 410}:
        return Failed(*REFUSALS["lost"], answer.text[:200])
    if answer.status in {401, 403}:
        return _refused(answer)
    if answer.status != 200:  # too many questions, a restart behind a proxy: the next poll may succeed
        return Failed("unreachable", UNREACHABLE, f"{answer.status} {answer.text[:200]}")
    if answer.body and answer.fields.text("id") != handle.id:
        return Failed("stale", "测速平台返回了另一次测速的结果，请重新测速", answer.text[:200])
    return _state(answer, handle)


def _state(answer: Answer, handle: Handle) -> Reading:
    match answer.fields.text("state"):
        case "queued":
            return Pending("排队中")
        case "running":
            return Pending("测速中")
        case "failed":
            error = answer.fields.fields("error") or Fields({})
            return Failed(*ENDS.get(error.text("code"), FAULTED), error.text("message") or "")
        case "done":
            return read_result(answer.fields, answer.raw, "softprobe", handle.request.direction, handle.id)
    return Failed("invalid", NONSENSE, answer.text[:200])
