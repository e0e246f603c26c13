"""Can a speed test be pressed, followed, closed on and counted over JSON, by whoever installs?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.house import House
from probes.speed.measurement import Pending
from tests.api.conftest import HERE
from tests.triage.speed_fakes import Clock, FakeProbe, keep_ticket, make_means, take_on, to_the_end
from triage.cases.run_speed_test import SpeedMeans
from triage.speed_desk import SpeedDesk
from triage.store.database import SqlStore

KEY = {"Idempotency-Key": "tap-1"}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def probe() -> FakeProbe:
    return FakeProbe(Pending(), 95_600_000)


@pytest.fixture
def means(sqlite_store: SqlStore, clock: Clock, probe: FakeProbe) -> SpeedMeans:
    return make_means(sqlite_store, clock, probe=probe)


@pytest.fixture
def client(house: House, means: SpeedMeans, sqlite_store: SqlStore) -> Iterator[TestClient]:
    desk = SpeedDesk(means, sqlite_store.installation.secret, wake=lambda: None)
    with TestClient(create_app(replace(house, speed=desk)), base_url=HERE, raise_server_exceptions=False) as client:
        yield client


def finish(means: SpeedMeans, clock: Clock, attempt_id: str) -> None:
    to_the_end(means, clock, take_on(means, attempt_id))


def test_a_press_is_accepted_and_followed_to_its_end(
    client: TestClient, means: SpeedMeans, sqlite_store: SqlStore, clock: Clock
) -> None:
    ticket = keep_ticket(sqlite_store)
    answer = client.post(f"/api/v1/tickets/{ticket}/speedtests", headers=KEY)
    begun = answer.json()
    assert (answer.status_code, begun["state"], begun["prompt"], begun["needed_bps"]) == (
        202, "waiting", "测速时间预计3分钟,请稍后查看测速结果", 90_000_001,
    )  # fmt: skip
    finish(means, clock, begun["id"])
    done = client.get(answer.headers["location"]).json()
    assert (done["state"], done["prompt"], done["outcome"]["verdict"], done["outcome"]["percent"]) == (
        "done", "", "pass", "95.6",
    )  # fmt: skip
    assert (done["download"]["bits_per_second"], done["download"]["shown"]) == (95_600_000, "95.6")


def test_a_double_tap_is_one_test(client: TestClient, means: SpeedMeans, sqlite_store: SqlStore) -> None:
    url = f"/api/v1/tickets/{keep_ticket(sqlite_store)}/speedtests"
    answers = [client.post(url, headers=KEY) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json() == answers[1].json()
    assert client.post(url, headers={"Idempotency-Key": "tap-2"}).status_code == 409


def test_a_press_without_a_key_is_refused(client: TestClient, means: SpeedMeans, sqlite_store: SqlStore) -> None:
    answer = client.post(f"/api/v1/tickets/{keep_ticket(sqlite_store)}/speedtests")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "Idempotency-Key")


@pytest.mark.parametrize("body", [{"method": "phone"}, {"down_bps": 95_600_000}, {"verdict": "pass"}])
def test_no_result_can_be_typed_in(
    client: TestClient, means: SpeedMeans, sqlite_store: SqlStore, body: dict[str, object]
) -> None:
    url = f"/api/v1/tickets/{keep_ticket(sqlite_store)}/speedtests"
    assert client.post(url, headers=KEY, json=body).status_code == 422


def test_an_attempt_belongs_to_its_ticket(client: TestClient, means: SpeedMeans, sqlite_store: SqlStore) -> None:
    ticket = keep_ticket(sqlite_store)
    id_ = client.post(f"/api/v1/tickets/{ticket}/speedtests", headers=KEY).json()["id"]
    other = keep_ticket(sqlite_store, "YN-002")
    assert client.get(f"/api/v1/tickets/{other}/speedtests/{id_}").status_code == 404


def test_the_list_marks_the_one_that_counts(
    client: TestClient, means: SpeedMeans, sqlite_store: SqlStore, clock: Clock, probe: FakeProbe
) -> None:
    ticket = keep_ticket(sqlite_store)
    for key in ("a", "b"):
        begun = client.post(f"/api/v1/tickets/{ticket}/speedtests", headers={"Idempotency-Key": key}).json()
        finish(means, clock, begun["id"])
    items = client.get(f"/api/v1/tickets/{ticket}/speedtests").json()["items"]
    assert [(item["seq"], item["counts"]) for item in items] == [(1, False), (2, True)]


def test_the_rate_is_reported_with_its_colour(
    client: TestClient, means: SpeedMeans, sqlite_store: SqlStore, clock: Clock
) -> None:
    ticket = keep_ticket(sqlite_store, 装维班组="一组")
    close = f"/api/v1/tickets/{ticket}/close"
    refused = client.post(close)
    assert (refused.status_code, "请先测速" in refused.json()["detail"]) == (409, True)
    begun = client.post(f"/api/v1/tickets/{ticket}/speedtests", headers=KEY).json()
    finish(means, clock, begun["id"])
    closed = client.post(close)
    assert (closed.status_code, closed.json()["verdict"], closed.json()["confirmed"]) == (200, "pass", False)
    report = client.get("/api/v1/kpi/speed", params={"closed_from": "2026-03-01T00:00:00+00:00"}).json()
    assert (report["whole"]["passed"], report["whole"]["count"], report["whole"]["colour"]) == (1, 1, "样本不足")
    assert report["groups"]["team"]["一组"]["count"] == 1


def test_a_miss_closes_only_on_confirmation(
    client: TestClient, means: SpeedMeans, sqlite_store: SqlStore, clock: Clock, probe: FakeProbe
) -> None:
    probe.readings = [90_000_000]
    ticket = keep_ticket(sqlite_store)
    begun = client.post(f"/api/v1/tickets/{ticket}/speedtests", headers=KEY).json()
    finish(means, clock, begun["id"])
    refused = client.post(f"/api/v1/tickets/{ticket}/close", json={"confirm": False})
    assert (refused.status_code, "计为不达标" in refused.json()["detail"]) == (409, True)
    closed = client.post(f"/api/v1/tickets/{ticket}/close", json={"confirm": True}).json()
    assert (closed["verdict"], closed["confirmed"], closed["by"]) == ("fail", True, "local-operator")


@pytest.mark.parametrize("body", [{"confirm": 1}, {"confirm": "true"}, {"exclude": True}])
def test_a_confirmation_is_plain_and_nothing_can_be_left_out(
    client: TestClient, means: SpeedMeans, sqlite_store: SqlStore, body: dict[str, object]
) -> None:
    ticket = keep_ticket(sqlite_store)
    assert client.post(f"/api/v1/tickets/{ticket}/close", json=body).status_code == 422


@pytest.mark.parametrize("query", [{"closed_from": "2026-03-01"}, {"from": "2026-03-01T00:00:00Z"}])
def test_a_period_needs_a_time_zone(client: TestClient, query: dict[str, str]) -> None:
    assert client.get("/api/v1/kpi/speed", params=query).status_code == 422
