"""A fake GenieACS with scripted gateways: the paths, states and reason phrases of its northbound interface.

A gateway's values change in the ACS's tree only when a task reads them, as in the real one; a test ends by the clock.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import parse_qs, unquote

import httpx

ROOT = "InternetGatewayDevice.DownloadDiagnostics"
USERNAME = "InternetGatewayDevice.WANDevice.1.WANConnectionDevice.1.WANPPPConnection.1.Username"
SECOND = timedelta(seconds=1)


@dataclass(slots=True)
class FakeGateway:
    """A home gateway. silent: the reason phrase where it does not answer. shows: values that differ from usual."""

    id: str
    username: str
    rate_bps: int = 95_600_000
    silent: str | None = None
    refuses: bool = False
    shows: dict[str, str | int] = field(default_factory=dict)
    values: dict[str, str | int] = field(default_factory=dict)
    began: datetime | None = None

    def now_shows(self, at: datetime) -> dict[str, str | int]:
        """What it answers when it is asked for its values."""
        values = {USERNAME: self.username, **self.values}
        if self.began is None:
            return {**values, **self.shows}
        address = str(values[f"{ROOT}.DownloadURL"])
        size = int(parse_qs(address.partition("?")[2])["size"][0])
        ended = self.began + SECOND + timedelta(microseconds=size * 8 * 1_000_000 // self.rate_bps)
        if at >= ended:
            times = {"ROM": self.began + SECOND / 2, "BOM": self.began + SECOND, "EOM": ended}
            values |= {f"{ROOT}.{name}Time": milliseconds(moment) for name, moment in times.items()}
            values |= {f"{ROOT}.TestBytesReceived": size, f"{ROOT}.DiagnosticsState": "Completed"}
        return {**values, **self.shows}


def milliseconds(moment: datetime) -> str:
    """A time as GenieACS keeps it."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class FakeGenieAcs:
    """The ACS. tasks: those that are queued. down_with: a status that every request gets."""

    def __init__(self, clock: Callable[[], datetime], gateways: tuple[FakeGateway, ...] | None = None) -> None:
        usual = (FakeGateway("00259E-HG8245-485754430A1B%2D1", "13800000000"),)
        self.clock = clock
        self.gateways = {gateway.id: gateway for gateway in (usual if gateways is None else gateways)}
        self.trees: dict[str, dict[str, object]] = {id_: {"_id": id_} for id_ in self.gateways}
        self.tasks: dict[str, dict[str, object]] = {}
        self.faults: list[dict[str, object]] = []
        self.expiries: list[object] = []
        self.down_with: int | None = None
        self._number = 0
        for gateway in self.gateways.values():
            self._keep(gateway, {USERNAME: gateway.username})

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer a request."""
        if self.down_with is not None:
            return httpx.Response(self.down_with, text="out of order")
        path = request.url.raw_path.decode().partition("?")[0].strip("/").split("/")
        match request.method, [unquote(part) for part in path]:
            case "GET", ["devices"]:
                return self._devices(json.loads(request.url.params["query"]))
            case "POST", ["devices", id_, "tasks"]:
                return self._task(id_, json.loads(request.content), "connection_request" in request.url.params)
            case "DELETE", ["tasks", id_]:
                return httpx.Response(200 if self.tasks.pop(id_, None) else 404)
            case "GET", ["faults"]:
                wanted = json.loads(request.url.params["query"])["_id"]
                return httpx.Response(200, json=[fault for fault in self.faults if fault["_id"] == wanted])
        return httpx.Response(405)

    def _devices(self, query: dict[str, str]) -> httpx.Response:
        ((name, value),) = query.items()
        found = [
            tree for id_, tree in self.trees.items() if (id_ if name == "_id" else self.gateways[id_].username) == value
        ]
        return httpx.Response(200, json=found, headers={"total": str(len(found))})

    def _task(self, id_: str, task: dict[str, object], wakes: bool) -> httpx.Response:
        if id_ not in self.gateways:
            return httpx.Response(404, text="No such device")
        gateway = self.gateways[id_]
        self._number += 1
        task = {**task, "_id": f"64f{self._number:021}", "device": id_}
        self.expiries.append(task.get("expiry"))
        if not wakes or gateway.silent:
            return self._queued(task, gateway.silent or "Accepted")
        if gateway.refuses:
            fault_id = f"{id_}:task_{task['_id']}"
            self.faults.append({"_id": fault_id, "code": "cwmp.9005", "message": "Invalid parameter name"})
            return self._queued(task, "Task faulted")
        if task["name"] == "setParameterValues":
            self._set(gateway, task["parameterValues"])
        else:
            self._read(gateway, task["parameterNames"])
        return httpx.Response(200, json=task)

    def _queued(self, task: dict[str, object], phrase: str) -> httpx.Response:
        self.tasks[str(task["_id"])] = task
        return httpx.Response(202, json=task, extensions={"reason_phrase": phrase.encode()})

    def _set(self, gateway: FakeGateway, values: object) -> None:
        assert isinstance(values, list)
        gateway.values |= {name: value for name, value, _type in values}
        if gateway.values.get(f"{ROOT}.DiagnosticsState") == "Requested":
            gateway.began = self.clock()
        self._keep(gateway, gateway.values)

    def _read(self, gateway: FakeGateway, names: object) -> None:
        assert isinstance(names, list)
        self._keep(gateway, {n: v for n, v in gateway.now_shows(self.clock()).items() if n in names})

    def _keep(self, gateway: FakeGateway, values: dict[str, str | int]) -> None:
        for path, value in values.items():
            *parents, name = path.split(".")
            place = self.trees[gateway.id]
            for parent in parents:
                below = place.setdefault(parent, {})
                assert isinstance(below, dict)
                place = below
            place[name] = {"_value": value, "_type": "xsd:string", "_timestamp": milliseconds(self.clock())}
