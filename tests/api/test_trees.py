"""Can fault trees be looked at, drawn, tried and walked about a ticket over JSON?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi.testclient import TestClient

FINDING = {"code": "registration.bad_credentials", "severity": "fault", "responsible": ["boss"], "frames": [3]}


def begun(client: TestClient, ticket: str, tree: str | None = "ims_voice") -> Any:
    answer = client.post(f"/api/v1/tickets/{ticket}/walks", json={"tree": tree})
    assert answer.status_code == 201, answer.text
    return answer.json()


def say(client: TestClient, walk: Any, answer: str) -> Any:
    """Answer the open question of a walk."""
    where = f"/api/v1/tickets/{walk['ticket_id']}/walks/{walk['id']}/answers"
    found = client.post(where, json={"version": walk["version"], "node": walk["open"], "answer": answer})
    assert found.status_code == 200, found.text
    return found.json()


def test_the_trees_are_listed_with_their_hashes(client: TestClient) -> None:
    trees = client.get("/api/v1/trees").json()
    assert {"ims_voice", "apn", "hall_guidance"} <= {tree["tree"] for tree in trees}
    assert all(len(tree["hash"]) == 64 for tree in trees)


def test_a_tree_shows_its_questions_and_where_answers_lead(client: TestClient) -> None:
    nodes = {node["node"]: node for node in client.get("/api/v1/trees/ims_voice").json()["nodes"]}
    assert "B286" in nodes["account"]["look"]
    assert nodes["account"]["answers"][0] == {"answer": "opened", "label": "已开户", "next": "register"}


def test_an_unknown_tree_is_not_found(client: TestClient) -> None:
    answer = client.get("/api/v1/trees/none")
    assert (answer.status_code, "可选：access_device" in answer.json()["detail"]) == (404, True)


def test_a_tree_is_drawn(client: TestClient) -> None:
    answer = client.get("/api/v1/trees/apn/picture")
    assert (answer.headers["content-type"], answer.text.startswith("<svg")) == ("image/svg+xml", True)


def test_a_walk_can_be_tried_without_being_kept(client: TestClient) -> None:
    found = client.post("/api/v1/trees/ims_voice/walk", json={"findings": [FINDING]}).json()
    assert found["path"][-1] == {"node": "register", "answer": "bad_credentials", "from": "capture"}
    assert (found["open"], found["conclusion"]["responsible"]) == (None, "business_support_centre")


def test_a_trial_asks_what_is_open_with_its_answers(client: TestClient) -> None:
    found = client.post("/api/v1/trees/ims_voice/walk", json={"answers": {"number": True}}).json()
    assert (found["open"], found["question"]["node"]) == ("account", "account")
    assert found["question"]["how"][0] == "登录BOSS，进入模块B286"


def test_a_fact_that_does_not_exist_is_named(client: TestClient) -> None:
    answer = client.post("/api/v1/trees/ims_voice/walk", json={"facts": {"ims.x": 1}})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "ims.x")


def test_a_walk_begins_once_and_goes_on(client: TestClient, hand_in: Callable[..., str]) -> None:
    ticket = hand_in()
    walk = begun(client, ticket)
    again = client.post(f"/api/v1/tickets/{ticket}/walks", json={"tree": "ims_voice"})
    assert (again.status_code, again.json()["id"], walk["open"]) == (200, walk["id"], "number")
    assert [listed["id"] for listed in client.get(f"/api/v1/tickets/{ticket}/walks").json()] == [walk["id"]]


def test_answers_are_kept_with_who_and_when(client: TestClient, hand_in: Callable[..., str]) -> None:
    walk = say(client, begun(client, hand_in()), "是")
    entry = walk["entries"][-1]
    assert (entry["name"], entry["value"], entry["origin"], entry["by"]) == (
        "number",
        "true",
        "typed",
        "local-operator",
    )


def test_the_second_of_two_people_gets_a_conflict(client: TestClient, hand_in: Callable[..., str]) -> None:
    walk = begun(client, hand_in())
    say(client, walk, "是")
    where = f"/api/v1/tickets/{walk['ticket_id']}/walks/{walk['id']}/answers"
    answer = client.post(where, json={"version": 1, "node": "number", "answer": "否"})
    assert (answer.status_code, "local-operator" in answer.json()["detail"]) == (409, True)


def test_an_answer_is_taken_back(client: TestClient, hand_in: Callable[..., str]) -> None:
    walk = say(client, begun(client, hand_in()), "是")
    where = f"/api/v1/tickets/{walk['ticket_id']}/walks/{walk['id']}/take-back"
    entry = walk["entries"][-1]["n"]
    back = client.post(where, json={"version": walk["version"], "n": entry}).json()
    assert (back["open"], back["entries"][-1]["withdrawn_by"]) == ("number", "local-operator")


def test_filing_with_signalling_needs_a_capture(client: TestClient, hand_in: Callable[..., str]) -> None:
    walk = begun(client, hand_in())
    for answer in ("是", "已开户", "密码或用户名错"):
        walk = say(client, walk, answer)
    where = f"/api/v1/tickets/{walk['ticket_id']}/walks/{walk['id']}/conclusion"
    refused = client.post(where, json={"version": walk["version"]})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "signalling")


def test_the_conclusion_becomes_the_ticket_s_decision(client: TestClient, hand_in: Callable[..., str]) -> None:
    walk = begun(client, hand_in())
    for answer in ("是", "没有开户信息"):
        walk = say(client, walk, answer)
    where = f"/api/v1/tickets/{walk['ticket_id']}/walks/{walk['id']}/conclusion"
    made = client.post(where, json={"version": walk["version"]}).json()["decision"]
    assert (made["centre_name"], made["why"][0]["rule"]) == ("省公司业务支撑中心", "tree.ims_voice#not_opened")
    kept = client.get(f"/api/v1/tickets/{walk['ticket_id']}/walks/{walk['id']}").json()
    assert kept["concluded_by"] == "local-operator"


def test_a_walk_is_drawn_with_the_way_walked(client: TestClient, hand_in: Callable[..., str]) -> None:
    walk = say(client, begun(client, hand_in()), "是")
    picture = client.get(f"/api/v1/tickets/{walk['ticket_id']}/walks/{walk['id']}/picture").text
    assert ("chosen" in picture, "<style" in picture) == (True, False)


def test_a_walk_of_another_ticket_is_not_found(client: TestClient, hand_in: Callable[..., str]) -> None:
    walk, other = begun(client, hand_in()), hand_in("YN-002")
    assert client.get(f"/api/v1/tickets/{other}/walks/{walk['id']}").status_code == 404


def test_a_check_without_a_system_is_not_probed(client: TestClient, hand_in: Callable[..., str]) -> None:
    walk = begun(client, hand_in())
    where = f"/api/v1/tickets/{walk['ticket_id']}/walks/{walk['id']}/probe"
    answer = client.post(where, json={"version": 1, "subject": "028"})
    assert (answer.status_code, "请人工核实后回答" in answer.json()["detail"]) == (422, True)
