"""Can lives of tickets be lived over JSON, and does a refusal say what may be done instead?"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from api.app import create_app
from api.house import House
from api.schemas_flow import masked
from tests.api.conftest import HERE
from tests.triage.flow_fakes import SetClock, keep_flow, make_desk
from triage.flow_export import harmless
from triage.records import AuditEntry
from triage.store.database import SqlStore

FORM = {"specialty_type": "无线", "task_scope": "室分", "task_type": "投诉实测"}


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def served(house: House, clock: SetClock) -> Iterator[TestClient]:
    """The application with lives of tickets by the handbooks' rules."""
    desk = make_desk(house.store, clock)  # type: ignore[arg-type]
    whole = House(house.store, house.desk, house.uploads, clock, speed=house.speed, flow_desk=desk)
    with TestClient(create_app(whole), base_url=HERE, raise_server_exceptions=False) as client:
        yield client


def fire(client: TestClient, ticket: str, event: str, **fields: Any) -> Any:
    return client.post(f"/api/v1/tickets/{ticket}/events/{event}", json={"fields": fields})


def test_a_ticket_is_moved_and_says_where_it_stands(served: TestClient, sqlite_store: SqlStore) -> None:
    ticket = keep_flow(sqlite_store, "mobile_complaint")
    moved = fire(served, ticket, "handle", cause="弱覆盖", reply="已处理").json()
    assert (moved["state_label"], moved["tmf_status"], moved["version"]) == ("已回复客服系统", "resolved", 2)
    assert [entry["event"] for entry in moved["history"]] == ["begin", "handle"]
    assert "accept" in [offer["event"] for offer in moved["events"]]
    assert {(c["clock"], c["state"]) for c in moved["clocks"]} == {("resolution", "paused"), ("response", "met")}


def test_an_event_that_is_not_allowed_is_a_conflict_that_names_those_that_are(
    served: TestClient, sqlite_store: SqlStore
) -> None:
    refused = fire(served, keep_flow(sqlite_store, "mobile_complaint"), "accept")
    assert refused.status_code == 409
    assert {"event": "handle", "label": "自行处理并回复"} in refused.json()["allowed"]


def test_what_is_missing_is_named(served: TestClient, sqlite_store: SqlStore) -> None:
    refused = fire(served, keep_flow(sqlite_store, "mobile_complaint"), "handle", cause="弱覆盖")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "reply")


def test_a_clock_says_what_is_left(served: TestClient, sqlite_store: SqlStore, clock: SetClock) -> None:
    ticket = keep_flow(sqlite_store, "mobile_complaint")
    clock.pass_by(hours=3)
    clocks = served.get(f"/api/v1/tickets/{ticket}/flow").json()["clocks"]
    left = {c["clock"]: c["left_s"] for c in clocks if c["kind"] == "due"}
    assert left == {"response": -3600.0, "resolution": 21 * 3600.0}


def test_a_general_ticket_is_made_with_its_form_filled(served: TestClient) -> None:
    made = served.post("/api/v1/tickets/new/general_ticket", json={"title": "室分测试", "fields": FORM})
    fields = {field["id"]: field for field in made.json()["fields"]}
    assert made.status_code == 201
    assert (fields["unit_price"]["value"], fields["quantity"]["readonly"], fields["site"]["readonly"]) == (
        "300.00", True, False,
    )  # fmt: skip


def test_an_unknown_lifecycle_or_ticket_is_not_found(served: TestClient) -> None:
    assert served.post("/api/v1/tickets/new/nonsense", json={"title": "x"}).status_code == 404
    assert served.get("/api/v1/tickets/nonsense/flow").status_code == 404
    assert fire(served, "nonsense", "handle").status_code == 404


def test_personal_values_go_out_masked(served: TestClient, sqlite_store: SqlStore) -> None:
    ticket = keep_flow(sqlite_store, "escalation")
    given = {"kind": "risk", "reason": "超时", "customer": "李晓明", "phone": "13900001111", "problem": "掉话"}
    answer = fire(served, ticket, "raise", follower="王工", **given)
    assert answer.status_code == 200
    assert "李晓明" not in answer.text
    assert "13900001111" not in answer.text
    told = served.get("/api/v1/notices").text
    assert "13900001111" not in told


def test_children_follow_and_merged_tickets_say_so(served: TestClient, sqlite_store: SqlStore) -> None:
    parent = keep_flow(sqlite_store, "mobile_complaint")
    child = served.post("/api/v1/tickets/new/escalation", json={"title": "升级", "parent": parent}).json()["ticket_id"]
    solved = {"fields": {"cause": "光缆", "solution": "已修"}}
    done = served.post(f"/api/v1/tickets/{parent}/children/events/solve", json=solved).json()
    assert [(one["ticket_id"], one["sentence"]) for one in done] == [(child, "")]
    other = keep_flow(sqlite_store, "mobile_complaint", "YN-002")
    assert served.post(f"/api/v1/tickets/{other}/merge", json={"into": parent}).json()["merged_into"] == parent


def test_work_lists_are_counted_read_and_followed(served: TestClient, sqlite_store: SqlStore) -> None:
    ticket = keep_flow(sqlite_store, "mobile_complaint")
    assert served.put(f"/api/v1/tickets/{ticket}/follow").status_code == 204
    served.post(f"/api/v1/tickets/{ticket}/take")
    counts = {one["name"]: one["count"] for one in served.get("/api/v1/worklists").json()}
    assert (counts["waiting"], counts["mine"], counts["followed"], counts["all"]) == (0, 1, 1, 1)
    line = served.get("/api/v1/worklists/mine").json()["items"][0]
    assert (line["state_label"], line["holder"], line["overdue"]) == ("分析定位", "local-operator", False)
    assert served.get("/api/v1/worklists/nonsense").status_code == 422


def test_an_export_runs_nothing_in_the_program_that_opens_it(served: TestClient, sqlite_store: SqlStore) -> None:
    keep_flow(sqlite_store, "mobile_complaint", 工单主题="=HYPERLINK(1)")
    answer = served.get("/api/v1/worklists/all/export.xlsx")
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:2] == ("工单流水号", "工单主题")
    assert rows[1][1] == "'=HYPERLINK(1)"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1", "'=1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@a", "'@a"),
        (" =1", "' =1"),
        ("a=1", "a=1"),
        ("\x0b=1", "\ufffd=1"),
    ],
)
def test_a_cell_is_made_harmless(text: str, written: str) -> None:
    assert harmless(text) == written


@pytest.mark.parametrize(("value", "shown"), [("13900001111", "139****11"), ("李晓明", "李**"), ("", "")])
def test_a_personal_value_is_masked(value: str, shown: str) -> None:
    assert masked(value) == shown


def test_notices_are_read_by_whom_they_are_for(served: TestClient, sqlite_store: SqlStore, clock: SetClock) -> None:
    ticket = keep_flow(sqlite_store, "mobile_complaint")
    served.post(f"/api/v1/tickets/{ticket}/take")
    fire(served, ticket, "urge", note="客户再次来电")
    (notice,) = served.get("/api/v1/notices?unread=true").json()["items"]
    assert notice["text"] == "工单YN-001被催办：客户再次来电"
    assert served.post("/api/v1/notices/read", json={"ids": [notice["id"]]}).json() == {"read": 1}
    assert served.get("/api/v1/notices?unread=true").json()["total"] == 0


def test_closing_a_ticket_on_a_lifecycle_is_its_event(served: TestClient, sqlite_store: SqlStore) -> None:
    ticket = keep_flow(sqlite_store, "broadband_fault", 宽带账号="kd1", 带宽="100M")
    closed = served.post(f"/api/v1/tickets/{ticket}/close", json={"confirm": True, "visit": True})
    assert (closed.status_code, closed.json()["verdict"]) == (200, "none")
    assert served.get(f"/api/v1/tickets/{ticket}/flow").json()["state"] == "closed"


def test_a_lifecycle_without_closing_says_what_may_be_done(served: TestClient, sqlite_store: SqlStore) -> None:
    refused = served.post(f"/api/v1/tickets/{keep_flow(sqlite_store, 'mobile_complaint')}/close", json={})
    assert (refused.status_code, "allowed" in refused.json()) == (409, True)


def test_the_audit_trail_and_steps_are_in_one_chain(served: TestClient, sqlite_store: SqlStore) -> None:
    ticket = keep_flow(sqlite_store, "mobile_complaint")
    with sqlite_store.begin() as work:
        work.audit.add(AuditEntry(SetClock()(), "wang", "look", f"ticket/{ticket}"))
    assert [e["seq"] for e in fire(served, ticket, "locate").json()["history"]] == [1, 3]
