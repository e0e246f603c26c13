"""What happens to files that are handed in?"""

from __future__ import annotations

from fastapi.testclient import TestClient

from api.house import House
from tests.triage.makers import NOON, make_place
from triage.tickets import Reject

CSV = ("工单.csv", "工单流水号\nYN-001\n".encode(), "text/csv")


def test_a_file_becomes_a_job_that_can_be_followed(client: TestClient, house: House) -> None:
    answer = client.post("/api/v1/imports?source=crm", files={"file": CSV})
    assert answer.status_code == 202
    followed = client.get(answer.headers["location"]).json()
    assert (followed["kind"], followed["state"]) == ("import_tickets", "queued")
    with house.store.read() as work:
        import_ = work.imports.get(followed["import_id"])
    assert (import_.file, import_.source) == ("工单.csv", "crm")
    assert house.uploads.path(import_.content_hash).read_bytes() == CSV[1]


def test_the_same_file_under_way_is_the_same_job(client: TestClient) -> None:
    first, again = (client.post("/api/v1/imports", files={"file": CSV}).json() for _ in range(2))
    assert first["id"] == again["id"]


def test_the_same_file_after_the_end_is_a_new_job(client: TestClient, house: House) -> None:
    first = client.post("/api/v1/imports", files={"file": CSV}).json()
    with house.store.begin() as work:
        work.jobs.finish(first["id"], {}, NOON)
    assert client.post("/api/v1/imports", files={"file": CSV}).json()["id"] != first["id"]


def test_places_say_whether_the_list_is_complete(client: TestClient, house: House) -> None:
    job_id = client.post("/api/v1/places/imports?complete=true", files={"file": CSV}).json()["id"]
    with house.store.read() as work:
        job = work.jobs.get(job_id)
    assert (job.kind, job.args["complete"]) == ("import_places", True)


def test_an_empty_file_is_refused(client: TestClient) -> None:
    answer = client.post("/api/v1/imports", files={"file": ("a.csv", b"")})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "file")


def test_a_file_over_the_limit_leaves_nothing_behind(client: TestClient, house: House) -> None:
    answer = client.post("/api/v1/imports", files={"file": ("a.csv", b"x" * ((1 << 20) + 1))})
    assert answer.status_code == 422
    assert list(house.uploads.directory.iterdir()) == []


def test_a_body_far_over_the_limit_is_not_even_read(client: TestClient) -> None:
    answer = client.post("/api/v1/imports", files={"file": ("a.csv", b"x" * (3 << 20))})
    assert answer.status_code == 413


def test_rejects_are_read_in_the_order_of_the_file(client: TestClient, house: House) -> None:
    import_id = client.post("/api/v1/imports", files={"file": CSV}).json()["import_id"]
    with house.store.begin() as work:
        work.rejects.add_many(import_id, [Reject("工单.csv", row, "投诉内容", "太长") for row in (9, 3)])
    found = client.get(f"/api/v1/imports/{import_id}/rejects?size=1").json()
    assert (found["total"], [item["row"] for item in found["items"]]) == (2, [3])


def test_places_are_found(client: TestClient, house: House) -> None:
    with house.store.begin() as work:
        work.places.upsert_many([make_place()], batch="b1", at=NOON)
    found = client.get("/api/v1/places?q=天府").json()
    assert (found["total"], found["items"][0]["id"]) == (1, "B-1")
