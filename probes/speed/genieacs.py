"""How does a home gateway measure its own line when GenieACS manages it?

Through GenieACS's northbound interface (NBI): find the gateway by its PPP user, set a TR-143 diagnostic, wake the
gateway, read the result back. The interface has no sign-in of its own; a proxy's belongs into the client. What a
gateway shows is judged in probes/speed/tr143.py. Source: GenieACS API reference; TR-143, TR-098, TR-181.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote, urlencode

import httpx

from probes.errors import ProbeMisconfigured
from probes.speed.deadline import until
from probes.speed.measurement import (
    RAW_LIMIT,
    Direction,
    Done,
    Failed,
    Handle,
    Measurement,
    Method,
    Pending,
    Reading,
    SpeedRequest,
)
from probes.speed.tr143 import USERNAMES, Diagnostic, Model, Transfer, read_transfer, size_of, value_of
from probes.speed.wire import NONSENSE, UNREACHABLE, Answer, Fields, ask, check_address

CONNECTION_MS = 3_000  # how long GenieACS waits for the gateway to answer its connection request
ANSWER_S = 150  # it may hold a request for as long as a session lasts, 120 s, and some locks
NOT_THERE = "网关未应答 ACS 的连接请求，可能不在线"
FAULTED = "网关拒绝了测速任务，可能不支持 TR-143 测速"


class GenieAcs:
    """Gateways behind GenieACS. Implements probes.speed.measurement.SpeedProbe."""

    method: Method = "tr143"

    def __init__(
        self, client: httpx.Client, base_url: str, addresses: dict[Direction, str], model: Model = "TR-098"
    ) -> None:
        """Prepare; nothing is sent.

        base_url: of the NBI, such as http://acs.example:7557. addresses: what gateways load and send to, HTTP, with
        `{nonce}` and, for loading, `{bytes}` where the size of the file goes. model: which parameters they have.
        Raises ProbeMisconfigured where an address cannot be used.
        """
        self._base = check_address(base_url, "GenieACS")
        for direction, address in addresses.items():
            wanted = ("{nonce}", "{bytes}") if direction == "down" else ("{nonce}",)
            if not address.startswith("http://") or any(part not in address for part in wanted):
                raise ProbeMisconfigured(f"the TR-143 address {address!r} is no http:// with {' and '.join(wanted)}")
        self._client, self._addresses, self._model = client, addresses, model

    def start(self, request: SpeedRequest, key: str, at: datetime) -> Handle | Failed:
        """Set the diagnostic and wake the gateway; at: now, UTC. key goes into the address, so that it is set once."""
        test = self._diagnostic(request, key)
        if test is None:
            return Failed("refused", "系统没有为该方向设置 TR-143 测速地址，请联系系统管理员")
        device = self._find({USERNAMES[self._model]: request.account})
        if isinstance(device, Failed):
            return device
        id_ = device.text("_id") or ""
        shown = value_of(device, f"{test.root}.{test.address_name}")
        if shown and test.nonce in (shown.text("_value") or ""):
            return Handle(f"{key} {id_}", at, request)  # set before a restart
        task = {"name": "setParameterValues", "parameterValues": test.settings()}
        return self._run(id_, task, request, at) or Handle(f"{key} {id_}", at, request)

    def poll(self, handle: Handle, at: datetime) -> Reading:
        """Have the gateway read, then read what GenieACS holds; at: now, UTC."""
        key, _, id_ = handle.id.rpartition(" ")
        test = self._diagnostic(handle.request, key)
        if test is None:
            return Failed("lost", "系统已没有该方向的 TR-143 测速地址，请联系系统管理员")
        return until(handle.request.deadline, at, self._read(id_, test, handle, at))

    def _read(self, id_: str, test: Diagnostic, handle: Handle, at: datetime) -> Reading:
        names = [*test.results(), USERNAMES[self._model]]
        failed = self._run(id_, {"name": "getParameterValues", "parameterNames": names}, handle.request, at)
        if failed:
            return Pending(failed.reason) if failed.cause == "offline" else failed
        device = self._find({"_id": id_})
        if isinstance(device, Failed):
            return device
        found = read_transfer(device, test, handle.started_at)
        return Done(self._measurement(device, found, handle)) if isinstance(found, Transfer) else found

    def _measurement(self, device: Fields, found: Transfer, handle: Handle) -> Measurement:
        username = value_of(device, USERNAMES[self._model])
        raw = json.dumps({"bytes": found.bytes, "BOMTime": str(found.started_at), "EOMTime": str(found.ended_at)})
        return Measurement(
            method="tr143",
            direction=handle.request.direction,
            bits_per_second=found.bits_per_second,
            bytes=found.bytes,
            duration_ms=found.duration_us // 1_000,
            streams=1,
            link="wired",  # the gateway itself measures, on its uplink
            tested_account=username.text("_value") if username else None,
            started_at=found.started_at,
            ended_at=found.ended_at,
            reference=handle.id,
            raw=raw[:RAW_LIMIT],
        )

    def _diagnostic(self, request: SpeedRequest, key: str) -> Diagnostic | None:
        pattern = self._addresses.get(request.direction)
        if pattern is None:
            return None
        nonce, size = hashlib.sha256(key.encode()).hexdigest()[:24], size_of(request)
        address = pattern.replace("{nonce}", nonce).replace("{bytes}", str(size))
        return Diagnostic(self._model, request.direction, address, nonce, size)

    def _find(self, query: dict[str, str]) -> Fields | Failed:
        answer = self._ask("GET", f"devices/?{urlencode({'query': json.dumps(query)})}")
        if isinstance(answer, Failed):
            return answer
        if answer.status != 200 or not isinstance(answer.body, tuple):
            return _unexpected(answer)
        if len(answer.body) > 1:
            return Failed("refused", "ACS 中有多个网关使用该账号，无法确定测哪一个", f"{len(answer.body)} devices")
        if not answer.body:
            return Failed("offline", "ACS 中没有使用该账号的网关，无法远程测速")
        return answer.body[0]

    def _run(self, id_: str, task: Mapping[str, object], request: SpeedRequest, at: datetime) -> Failed | None:
        """Have a gateway run a task now; None where it did, else why not. A task that did not run is taken back."""
        left_s = max(1, int((request.deadline - at).total_seconds()))
        path = f"devices/{quote(id_, safe='')}/tasks?timeout={CONNECTION_MS}&connection_request"
        answer = self._ask("POST", path, {**task, "expiry": left_s})
        if isinstance(answer, Failed):
            return answer
        if answer.status == 200:
            return None
        if answer.status == 404:
            return Failed("offline", "ACS 中没有该网关，无法远程测速", answer.text[:200])
        task_id = answer.fields.text("_id")
        if answer.status != 202 or task_id is None:
            return _unexpected(answer)
        failed = Failed("offline", NOT_THERE, answer.phrase)
        if answer.phrase == "Task faulted":
            failed = Failed("faulted", FAULTED, self._fault(f"{id_}:task_{task_id}"))
        self._ask("DELETE", f"tasks/{quote(task_id, safe='')}")
        return failed

    def _fault(self, id_: str) -> str:
        answer = self._ask("GET", f"faults/?{urlencode({'query': json.dumps({'_id': id_})})}")
        if isinstance(answer, Failed) or not isinstance(answer.body, tuple) or not answer.body:
            return ""
        return " ".join(answer.body[0].text(name) or "" for name in ("code", "message")).strip()

    def _ask(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Answer | Failed:
        return ask(self._client, method, f"{self._base}/{path}", json_body=body, timeout_s=ANSWER_S)


def _unexpected(answer: Answer) -> Failed:
    detail = f"{answer.status} {answer.phrase} {answer.text[:200]}"
    if answer.status >= 500:
        return Failed("unreachable", UNREACHABLE, detail)
    return Failed("invalid", NONSENSE, detail)
