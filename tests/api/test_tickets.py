"""What does the JSON API do with tickets?"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from triage.tickets import CONTENT, NUMBER

TICKETS = "/api/v1/tickets"
HandIn = Callable[..., str]


def test_a_new_ticket_is_created_and_decided(client: TestClient) -> None:
    answer = client.post(TICKETS, json={NUMBER: "YN-001", CONTENT: "无信号"})
    assert answer.status_code == 201
    assert answer.headers["location"] == f"{TICKETS}/{answer.json()['id']}"
    assert answer.json()["outcome"] == "new"
    assert answer.json()["decision"]["decision"]["why"][0]["spans"] == [[CONTENT, 11, 14]]


@pytest.mark.parametrize(("content", "outcome"), [("无信号", "unchanged"), ("仍无信号", "revised")])
def test_a_known_ticket_is_answered_with_200(client: TestClient, content: str, outcome: str) -> None:
    client.post(TICKETS, json={NUMBER: "YN-001", CONTENT: "无信号"})
    answer = client.post(TICKETS, json={NUMBER: "YN-001", CONTENT: content})
    assert (answer.status_code, answer.json()["outcome"]) == (200, outcome)


def test_a_refused_ticket_names_its_field(client: TestClient) -> None:
    answer = client.post(TICKETS, json={CONTENT: "无信号"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"] == [{"field": NUMBER, "sentence": "缺少工单流水号，请补上"}]


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b"{}", b'{"a": {"b": 1}}', b'{"a": "\\ud800"}', b'{"\\ud800": "a"}', b"\xff\xfe", b"NaN"]
)
def test_a_body_that_is_no_ticket_is_a_problem_with_a_sentence(client: TestClient, body: bytes) -> None:
    answer = client.post(TICKETS, content=body, headers={"content-type": "application/json"})
    assert answer.status_code in {400, 422}
    assert answer.json()["detail"]


def test_a_ticket_shows_revisions_decisions_and_corrections(client: TestClient, hand_in: HandIn) -> None:
    id_ = hand_in()
    hand_in(content="第二次")
    client.post(f"{TICKETS}/{id_}/corrections", json={"field": "specialty", "after": "交换", "why": "串线"})
    found = client.get(f"{TICKETS}/{id_}").json()
    assert [len(found[part]) for part in ("revisions", "decisions", "corrections")] == [2, 2, 1]
    assert found["ticket"]["specialty"] == "交换"
    assert found["corrections"][0]["before"] == "无线网优"


def test_a_correction_without_a_reason_is_refused(client: TestClient, hand_in: HandIn) -> None:
    answer = client.post(f"{TICKETS}/{hand_in()}/corrections", json={"field": "specialty", "after": "交换", "why": " "})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "why"


def test_a_ticket_can_be_decided_again(client: TestClient, hand_in: HandIn) -> None:
    answer = client.post(f"{TICKETS}/{hand_in()}/decide")
    assert (answer.status_code, answer.json()["n"]) == (200, 2)


@pytest.mark.parametrize(("method", "path"), [
    ("GET", f"{TICKETS}/nobody"), ("POST", f"{TICKETS}/nobody/decide"), ("GET", "/api/v1/jobs/nobody"),
    ("GET", "/api/v1/imports/nobody/rejects"), ("GET", "/api/v1/nothing"),
])  # fmt: skip
def test_what_does_not_exist_is_a_404_without_echo(client: TestClient, method: str, path: str) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:suyin:problem:not-found")
    assert "nobody" not in answer.json()["detail"]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", ["B-2", "B-1"]),
        ("q=信号", ["B-1"]),
        ("specialty=无线网优&specialty=交换", ["B-2", "B-1"]),
        ("specialty=-", []),
        ("size=1&page=2&sort=number", ["B-2"]),
        ("sort=number", ["B-1", "B-2"]),
        ("confidence_from=0.9", []),
        ("taken_to=2026-03-01T12:00:00Z", []),
        ("taken_from=2026-03-01T20:00:00%2B08:00", ["B-2", "B-1"]),
    ],
)
def test_the_list_gives_what_is_asked_for(client: TestClient, hand_in: HandIn, query: str, numbers: list[str]) -> None:
    hand_in("B-1", "无信号")
    hand_in("B-2", "上网慢")
    items = client.get(f"{TICKETS}?{query}").json()["items"]
    assert sorted(item["number"] for item in items) == sorted(numbers)


@pytest.mark.parametrize(
    ("query", "field"),
    [("size=201", "size"), ("page=0", "page"), ("sort=secret", "sort"), ("colour=red", "colour"),
     ("taken_from=2026-03-01T00:00:00", "taken_from"), ("confidence_to=2", "confidence_to")],
)  # fmt: skip
def test_a_wrong_condition_is_named(client: TestClient, query: str, field: str) -> None:
    answer = client.get(f"{TICKETS}?{query}")
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_an_action_cannot_be_taken_away(client: TestClient, hand_in: HandIn) -> None:
    answer = client.post(f"{TICKETS}/{hand_in()}/corrections", json={"field": "action", "after": " ", "why": "x"})
    assert answer.status_code == 422
    assert "处理方式" in answer.json()["detail"]


def test_a_filter_value_that_does_not_exist_is_refused(client: TestClient) -> None:
    answer = client.get("/api/v1/tickets", params={"action": "foo"})
    assert answer.status_code == 422
    assert "action" in answer.text
