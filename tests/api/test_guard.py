"""Who is turned away, and what does every answer carry?"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from api.guard import SMALL_BODY, refuse_beyond_loopback
from triage.errors import SettingsInvalid
from triage.tickets import NUMBER

TICKET = {NUMBER: "YN-001"}


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "LOCALHOST:1", "[::1]:8000"])
def test_loopback_names_are_answered(client: TestClient, host: str) -> None:
    assert client.get("/api/v1/health", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "[", "0.0.0.0", "localhost@evil"])
def test_other_names_are_turned_away(client: TestClient, host: str) -> None:
    answer = client.get("/api/v1/health", headers={"host": host})
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:suyin:problem:forbidden")


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_changes_from_other_pages_are_turned_away(client: TestClient, headers: dict[str, str]) -> None:
    assert client.post("/api/v1/tickets", json=TICKET, headers=headers).status_code == 403


@pytest.mark.parametrize("headers", [{}, {"origin": "http://127.0.0.1:8000"}, {"sec-fetch-site": "same-origin"}])
def test_changes_from_own_pages_and_programs_are_taken(client: TestClient, headers: dict[str, str]) -> None:
    assert client.post("/api/v1/tickets", json=TICKET, headers=headers).status_code == 201


def test_a_large_body_is_turned_away(client: TestClient) -> None:
    answer = client.post("/api/v1/tickets", json={NUMBER: "x" * SMALL_BODY})
    assert (answer.status_code, answer.json()["type"]) == (413, "urn:suyin:problem:too-large")


def test_a_large_body_of_unknown_length_is_stopped(client: TestClient) -> None:
    def body() -> Iterator[bytes]:
        for _ in range(3):
            yield b"x" * (SMALL_BODY // 2)

    answer = client.post("/api/v1/tickets", content=body(), headers={"content-type": "application/json"})
    assert answer.status_code == 413


@pytest.mark.parametrize("path", ["/", "/api/v1/health", "/static/suyin.css", "/nowhere"])
def test_every_answer_is_protected(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.0.0.9"])
def test_loopback_may_be_served(host: str) -> None:
    refuse_beyond_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "example.org", ""])
def test_nothing_beyond_loopback_is_served(host: str) -> None:
    with pytest.raises(SettingsInvalid, match="SUYIN_HOST"):
        refuse_beyond_loopback(host)
