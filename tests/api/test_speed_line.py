"""Do the measuring endpoints keep the contracts of LibreSpeed and ndt7, for whoever has a token and nobody else?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from api.app import create_app
from api.guard import SMALL_BODY
from api.house import House
from api.speed_line import NDT7, Tallies, chunks_asked
from tests.triage.speed_fakes import Clock, FakeAaa, keep_ticket, make_means, take_on
from triage.actors import LOCAL_OPERATOR
from triage.cases.run_speed_test import SpeedMeans
from triage.speed_desk import SpeedDesk
from triage.store.database import SqlStore

MIB = 1 << 20
FAR = "http://speed.example"  # a device does not come by a loopback name


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def means(sqlite_store: SqlStore, clock: Clock) -> SpeedMeans:
    return make_means(sqlite_store, clock)


@pytest.fixture
def desk(means: SpeedMeans, sqlite_store: SqlStore) -> SpeedDesk:
    return SpeedDesk(means, sqlite_store.installation.secret, wake=lambda: None)


@pytest.fixture
def client(house: House, desk: SpeedDesk) -> Iterator[TestClient]:
    app = create_app(replace(house, speed=desk))
    with TestClient(app, base_url=FAR, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def line(sqlite_store: SqlStore, desk: SpeedDesk, clock: Clock) -> str:
    """Where the on-site test of a ticket measures, half a minute after 测速 was pressed."""
    attempt, _ = desk.press(keep_ticket(sqlite_store, 是否上门="是"), key="k", method=None, actor=LOCAL_OPERATOR)
    attempt = take_on(desk.means, attempt.id)
    clock.later(30)
    return f"/st/{desk.token(attempt)}"


def report(client: TestClient, line: str, down_bytes: int, duration_ms: int = 2_000) -> dict[str, object]:
    body = {"tool": "librespeed", "down_bytes": down_bytes, "duration_ms": duration_ms, "link": "wifi"}
    document: dict[str, object] = client.post(f"{line}/result", json=body).json()
    return document


@pytest.mark.parametrize(
    ("asked", "chunks"),
    [(None, 4), ("1", 1), ("25", 25), ("0", 4), ("-3", 4), ("x", 4), ("1.5", 4), ("9999", 1024), ("٣", 4)],
)
def test_garbage_comes_in_as_many_chunks_as_asked(asked: str | None, chunks: int) -> None:
    assert chunks_asked(asked) == chunks


def test_garbage_says_its_length_and_is_not_kept(client: TestClient, line: str) -> None:
    answer = client.get(f"{line}/garbage", params={"ckSize": "2"}, headers={"Accept-Encoding": "gzip"})
    assert (answer.status_code, len(answer.content), answer.headers["content-length"]) == (200, 2 * MIB, str(2 * MIB))
    assert "no-store" in answer.headers["cache-control"]
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_empty_is_empty(client: TestClient, line: str, method: str) -> None:
    answer = client.request(method, f"{line}/empty", params={"cors": ""}, content=b"x" if method == "POST" else None)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-headers"] == "Content-Encoding, Content-Type"


def test_an_upload_has_no_limit_and_is_counted_here(client: TestClient, line: str) -> None:
    answer = client.post(f"{line}/empty.php", content=b"x" * (3 * SMALL_BODY))
    tallies: Tallies = client.app.state.tallies  # type: ignore[attr-defined]
    assert answer.status_code == 200
    assert sum(tallies.of(line.removeprefix("/st/").partition(".")[0]).received.values()) == 3 * SMALL_BODY


def test_the_address_is_told(client: TestClient, line: str) -> None:
    assert client.get(f"{line}/getIP").json() == {"processedString": "testclient", "rawIspInfo": ""}


@pytest.mark.parametrize("path", ["garbage", "empty", "getIP"])
def test_without_the_token_nothing_is_served(client: TestClient, line: str, path: str) -> None:
    id_ = line.removeprefix("/st/").partition(".")[0]
    for token in ("x", id_, f"{id_}.", f"{id_}.{'0' * 32}", f"{id_}.ö"):
        assert client.get(f"/st/{token}/{path}").status_code == 404


def test_a_token_ends_with_its_time(client: TestClient, line: str, clock: Clock, means: SpeedMeans) -> None:
    clock.later(means.rules.onsite_s)
    assert client.get(f"{line}/garbage").status_code == 404


def test_a_token_is_good_for_one_result(client: TestClient, line: str) -> None:
    client.get(f"{line}/garbage")
    first = report(client, line, 4 * MIB)
    assert first["state"] == "done"
    assert report(client, line, 4 * MIB)["status"] == 404


def test_an_account_that_is_offline_opens_no_endpoint(
    house: House, sqlite_store: SqlStore, clock: Clock, client: TestClient
) -> None:
    means = make_means(sqlite_store, clock, aaa=FakeAaa("closed"))
    desk = SpeedDesk(means, sqlite_store.installation.secret, wake=lambda: None)
    attempt, _ = desk.press(keep_ticket(sqlite_store, 是否上门="是"), key="k", method=None, actor=LOCAL_OPERATOR)
    take_on(means, attempt.id)
    assert client.get(f"/st/{desk.token(attempt)}/garbage").status_code == 404


def test_what_the_client_received_is_judged(client: TestClient, line: str) -> None:
    for _ in range(6):
        client.get(f"{line}/garbage")
    done = report(client, line, 23_900_000)
    assert done["download"]["bits_per_second"] == 95_600_000  # type: ignore[index]
    assert done["outcome"]["verdict"] == "pass"  # type: ignore[index]


def test_more_than_the_server_sent_is_not_believed(client: TestClient, line: str) -> None:
    client.get(f"{line}/garbage")
    done = report(client, line, 4 * MIB + 1)
    assert (done["download"], done["outcome"]["reason"]) == (None, "FAIL_INVALID_RESULT")  # type: ignore[index]


def test_a_result_without_a_download_is_refused(client: TestClient, line: str) -> None:
    assert report(client, line, 1)["status"] == 422


@pytest.mark.parametrize(
    "change",
    [
        {"down_bytes": -1},
        {"down_bytes": "95600000"},
        {"down_bytes": 1.5},
        {"down_bytes": True},
        {"down_bytes": None},
        {"duration_ms": 1_999},
        {"duration_ms": 60_001},
        {"duration_ms": 0},
        {"bits_per_second": 95_600_000},
        {"link": "phone"},
    ],
)
def test_nonsense_is_refused_and_the_test_goes_on(client: TestClient, line: str, change: dict[str, object]) -> None:
    client.get(f"{line}/garbage")
    body = {"tool": "librespeed", "down_bytes": 1, "duration_ms": 2_000} | change
    assert client.post(f"{line}/result", json=body).status_code == 422
    assert client.get(f"{line}/garbage").status_code == 200


def test_a_huge_result_is_stopped(client: TestClient, line: str) -> None:
    assert client.post(f"{line}/result", content=b"[" * (2 * SMALL_BODY)).status_code == 413


@pytest.mark.slow
def test_ndt7_download_sends_bytes_and_says_how_many(client: TestClient, line: str) -> None:
    with client.websocket_connect(f"{line}/ndt/v7/download", subprotocols=[NDT7]) as socket:
        assert str(socket.accepted_subprotocol) == NDT7
        message = socket.receive()
        total = 0
        while not message.get("text"):
            total += len(message["bytes"])
            message = socket.receive()
        said = json.loads(message["text"])
    assert (said["Test"], said["Origin"], said["AppInfo"]["NumBytes"]) == ("download", "server", total)
    assert said["ConnectionInfo"]["Client"].startswith("testclient:")


def test_ndt7_upload_counts_what_arrives(client: TestClient, line: str) -> None:
    with client.websocket_connect(f"{line}/ndt/v7/upload", subprotocols=[NDT7]) as socket:
        socket.send_bytes(b"x" * (1 << 13))
        socket.send_bytes(b"x" * (1 << 20))
    tallies: Tallies = client.app.state.tallies  # type: ignore[attr-defined]
    tally = tallies.of(line.removeprefix("/st/").partition(".")[0])
    assert (sum(tally.received.values()), tally.up_streams) == ((1 << 13) + (1 << 20), 1)


def refused(client: TestClient, path: str, protocols: list[str]) -> bool:
    """Return whether the server turns a websocket away."""
    try:
        with client.websocket_connect(path, subprotocols=protocols):
            return False
    except WebSocketDisconnect:
        return True


@pytest.mark.parametrize(("path", "protocols"), [("download", []), ("download", ["chat"]), ("sideways", [NDT7])])
def test_what_is_not_ndt7_is_refused(client: TestClient, line: str, path: str, protocols: list[str]) -> None:
    assert refused(client, f"{line}/ndt/v7/{path}", protocols)


def test_ndt7_needs_the_token(client: TestClient) -> None:
    assert refused(client, "/st/x/ndt/v7/download", [NDT7])
