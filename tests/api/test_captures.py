"""What do captures over HTTP give whom?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.house import House, _actor
from diagnostics.digest_check import DigestAnswer
from rules.loader import load_rules
from triage.actors import LOCAL_OPERATOR, Actor
from triage.ports_captures import CaptureTools
from triage.records import Page
from triage.wiring_captures import capture_tools

PCAP = b"\xd4\xc3\xb2\xa1" + b"\x00" * 20
MESSAGE = {
    "frame": 3, "time": "2026-03-01T12:00:00.000000Z", "source": "10.20.30.41:5060", "destination": "183.221.5.10:5060",
    "label": "INVITE", "status": None,
}  # fmt: skip
CALL = {
    "call_id": "c1", "call_ids": ["c1"], "caller": "13881234501", "callee": "110", "start": MESSAGE["time"],
    "message_count": 1, "messages": [MESSAGE],
}  # fmt: skip
DIAGNOSIS = {
    "verdict": {"code": "call.busy", "sentence": "被叫13881234501忙"},
    "findings": [{"frames": [3], "severity": "info"}],
    "calls": [CALL], "registrations": [], "streams": [],
}  # fmt: skip


@pytest.fixture
def upload(client: TestClient) -> Callable[..., dict[str, str]]:
    def send(content: bytes = PCAP, name: str = "故障.pcap", **query: str) -> dict[str, str]:
        answer = client.post("/api/v1/captures", files={"file": (name, content)}, params=query)
        assert answer.status_code == 202, answer.text
        return dict(answer.json())

    return send


def become(client: TestClient, actor: Actor) -> None:
    client.app.dependency_overrides[_actor] = lambda: actor  # type: ignore[attr-defined]


def settle(house: House, id_: str) -> None:
    with house.store.begin() as work:
        work.captures.settle(id_, "read", "", "call.busy", DIAGNOSIS)


def test_an_upload_waits_and_says_where_its_diagnosis_will_be(client: TestClient) -> None:
    answer = client.post("/api/v1/captures", files={"file": ("a.pcap", PCAP)})
    found = client.get(answer.headers["Location"]).json()
    assert (answer.status_code, found["outcome"], found["diagnosis"]) == (202, "waiting", None)
    assert client.get(f"/api/v1/jobs/{found['job']}").json()["state"] == "queued"


@pytest.mark.parametrize("content", [b"MZ\x90\x00", b"GMBU\x00\x02", b"<xml/>", b"\xd4\xc3"])
def test_what_is_no_capture_is_refused_and_not_kept(client: TestClient, house: House, content: bytes) -> None:
    answer = client.post("/api/v1/captures", files={"file": ("a.pcap", content)})
    assert (answer.status_code, "pcapng" in answer.json()["detail"]) == (422, True)
    assert not house.uploads.directory.exists()


def test_a_capture_that_is_too_large_is_refused(client: TestClient) -> None:
    answer = client.post("/api/v1/captures", files={"file": ("a.pcap", PCAP + b"\x00" * (1 << 20))})
    assert answer.status_code in {413, 422}


def test_the_diagnosis_is_there_once_it_was_read(
    client: TestClient, house: House, upload: Callable[..., dict[str, str]]
) -> None:
    id_ = upload()["id"]
    settle(house, id_)
    assert client.get(f"/api/v1/captures/{id_}").json()["diagnosis"] == DIAGNOSIS


def test_numbers_are_masked_for_who_may_not_see_them(
    client: TestClient, house: House, upload: Callable[..., dict[str, str]]
) -> None:
    id_ = upload(name="13881234501.pcap")["id"]
    settle(house, id_)
    become(client, replace(LOCAL_OPERATOR, id="analyst", roles=frozenset({"analyst"})))
    answer = client.get(f"/api/v1/captures/{id_}")
    assert "13881234501" not in answer.text
    assert answer.json()["diagnosis"]["findings"] == [{"frames": [3], "severity": "info"}]
    assert client.get(f"/api/v1/captures/{id_}/raw").status_code == 403


def test_another_area_learns_nothing_of_a_capture(client: TestClient, upload: Callable[..., dict[str, str]]) -> None:
    id_ = upload()["id"]
    become(client, Actor("li", frozenset({"network_engineer"}), frozenset({"3401"})))
    assert client.get("/api/v1/captures").json()["total"] == 0
    for path in (f"/api/v1/captures/{id_}", f"/api/v1/captures/{id_}/raw"):
        missing = path.replace(id_, "nothing")
        found, other = client.get(path), client.get(missing)
        assert (found.status_code, found.json()["detail"]) == (404, other.json()["detail"])
    again = client.post("/api/v1/captures", files={"file": ("a.pcap", PCAP)}).json()
    assert (again["outcome"], again["duplicate_of"]) == ("waiting", None)


def test_a_download_gives_the_same_bytes_and_is_noted(
    client: TestClient, house: House, upload: Callable[..., dict[str, str]]
) -> None:
    id_ = upload()["id"]
    answer = client.get(f"/api/v1/captures/{id_}/raw")
    with house.store.read() as work:
        noted = [entry.what for entry in work.audit.list(Page(), object_=f"capture/{id_}")]
    assert (answer.content, answer.headers["content-disposition"][:11]) == (PCAP, "attachment;")
    assert noted == ["download_capture", "upload_capture"]


def test_a_capture_is_attached_to_a_ticket(
    client: TestClient, upload: Callable[..., dict[str, str]], hand_in: Callable[..., str]
) -> None:
    id_, ticket = upload()["id"], hand_in()
    assert client.post(f"/api/v1/captures/{id_}/attach", json={"ticket_id": ticket}).status_code == 204
    assert [c["id"] for c in client.get(f"/api/v1/tickets/{ticket}/captures").json()] == [id_]


def test_attaching_to_no_ticket_is_not_found(client: TestClient, upload: Callable[..., dict[str, str]]) -> None:
    answer = client.post(f"/api/v1/captures/{upload()['id']}/attach", json={"ticket_id": "nobody"})
    assert answer.status_code == 404


def test_captures_are_listed_newest_first(client: TestClient, upload: Callable[..., dict[str, str]]) -> None:
    upload(name="a.pcap")
    upload(PCAP + b"\x01", name="b.pcap")
    assert client.get("/api/v1/captures", params={"size": 1}).json()["total"] == 2


def test_a_call_is_drawn_and_masked_for_who_may_not_see_numbers(
    client: TestClient, house: House, upload: Callable[..., dict[str, str]]
) -> None:
    path = f"/api/v1/captures/{upload()['id']}/ladder"
    assert client.get(path).status_code == 404
    settle(house, path.split("/")[4])
    whole = client.get(path, params={"call_id": "c1"})
    become(client, replace(LOCAL_OPERATOR, roles=frozenset({"analyst"})))
    masked = client.get(path)
    assert (whole.headers["content-type"], "13881234501" in whole.text) == ("image/svg+xml", True)
    assert ("13881234501" in masked.text, "10.20.30.41" in masked.text, "138****01" in masked.text) == (
        False, False, True,
    )  # fmt: skip
    assert client.get(path, params={"call_id": "c9"}).status_code == 404


def no_check(path: Path, call_id: str | None, *, password: str | None, ha1: str | None) -> tuple[DigestAnswer, ...]:
    raise KeyError(call_id)


def test_one_call_is_cut_out_for_network_engineers_and_noted(
    client: TestClient, house: House, upload: Callable[..., dict[str, str]]
) -> None:
    def cut(path: Path, call_id: str, out: Path) -> int:
        if call_id != "c1":
            raise KeyError(call_id)
        return out.write_bytes(path.read_bytes()[:4] + b"one call")

    client.app.state.house = replace(house, captures=CaptureTools(cut, no_check))  # type: ignore[attr-defined]
    path = f"/api/v1/captures/{upload()['id']}/call"
    assert client.get(path, params={"call_id": "c1"}).content == PCAP[:4] + b"one call"
    assert client.get(path, params={"call_id": "c9"}).status_code == 404
    with house.store.read() as work:
        assert [e.detail for e in work.audit.list(Page()) if e.what == "download_capture"] == ["c9", "c1"]
    become(client, replace(LOCAL_OPERATOR, roles=frozenset({"analyst"})))
    assert client.get(path, params={"call_id": "c1"}).status_code == 403


RECORDED = Path(__file__).parents[1] / "data" / "captures" / "registration-bad-password-401.pcap"


@pytest.fixture
def recorded(client: TestClient, house: House) -> str:
    client.app.state.house = replace(house, captures=capture_tools(load_rules()))  # type: ignore[attr-defined]
    answer = client.post("/api/v1/captures", files={"file": ("a.pcap", RECORDED.read_bytes())})
    return f"/api/v1/captures/{answer.json()['id']}/digest"


def test_a_password_is_tried_and_kept_nowhere(
    client: TestClient, house: House, recorded: str, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    answer = client.post(recorded, json={"password": "not-the-one-4711"})
    assert [(found["user"], found["right"]) for found in answer.json()] == [("02886630001", False)]
    with house.store.read() as work:
        audit = " ".join(entry.detail for entry in work.audit.list(Page()))
    kept = [file for file in tmp_path.rglob("*") if file.is_file() and b"not-the-one-4711" in file.read_bytes()]
    assert (kept, "4711" in audit, "4711" in caplog.text) == ([], False, False)


@pytest.mark.parametrize("body", [{}, {"password": "x-4711", "ha1": "y"}, {"password": 4711}, {"pasword": "x-4711"}])
def test_a_secret_that_cannot_be_tried_is_not_echoed(
    client: TestClient, recorded: str, body: dict[str, object]
) -> None:
    answer = client.post(recorded, json=body)
    assert (answer.status_code, "4711" in answer.text) == (422, False)


def test_only_network_engineers_try_passwords(client: TestClient, recorded: str) -> None:
    become(client, replace(LOCAL_OPERATOR, roles=frozenset({"analyst"})))
    assert client.post(recorded, json={"password": "x"}).status_code == 403
