"""Is the API well described, and what does it say about itself?"""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.house import House
from triage.actors import Actor
from triage.records import DecisionRecord


def test_health_counts_waiting_jobs(client: TestClient) -> None:
    client.post("/api/v1/imports", files={"file": ("a.csv", b"x")})
    assert client.get("/api/v1/health").json() == {"status": "ok", "jobs_queued": 1, "jobs_running": 0}


def test_the_rules_in_force_are_named(client: TestClient) -> None:
    assert client.get("/api/v1/rules/hash").json() == {"hash": "a" * 64, "used": []}


def test_metrics_count_by_route_never_by_address(client: TestClient) -> None:
    client.get("/api/v1/tickets/secretid")
    figures = client.get("/api/v1/metrics").text
    assert 'route="/api/v1/tickets/{ticket_id}",status="404"} 1.0' in figures
    assert "secretid" not in figures


def test_every_operation_is_described_with_its_problems(client: TestClient) -> None:
    document = client.get("/api/v1/openapi.json").json()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], (method, path)
            assert "application/problem+json" in operation["responses"]["4XX"]["content"]
            assert "422" not in operation["responses"]


def test_a_method_that_does_not_exist_is_a_problem(client: TestClient) -> None:
    answer = client.delete("/api/v1/tickets")
    assert (answer.status_code, answer.json()["type"]) == (405, "urn:suyin:problem:method-not-allowed")


class BrokenDesk:
    """A desk whose every act breaks in a way nobody foresaw."""

    def decide_again(self, ticket_id: str, *, actor: Actor) -> DecisionRecord:
        raise ZeroDivisionError("the secret of the house")


@pytest.mark.parametrize("path", ["/api/v1/tickets/x/decide", "/tickets/x/decide"])
def test_an_unforeseen_error_tells_a_reference_and_no_secret(house: House, path: str) -> None:
    broken = House(house.store, BrokenDesk(), house.uploads, house.now)  # type: ignore[arg-type]
    client = TestClient(create_app(broken), base_url="http://127.0.0.1", raise_server_exceptions=False)
    answer = client.post(path)
    assert answer.status_code == 500
    assert "编号" in answer.text
    assert "secret" not in answer.text
