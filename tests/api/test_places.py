"""The look-up of a place over JSON and as a page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from api.house import House
from tests.triage.makers import NOON, make_place, make_triaged
from triage.decisions import Coordinate


@pytest.fixture
def listed(house: House) -> None:
    plan = make_place("GH-1", kind="plan", name="府城大道站", address="府城大道88号", lon=104.0621)
    with house.store.begin() as work:
        work.places.upsert_many([make_place(), plan], batch="b1", at=NOON)


@pytest.mark.usefixtures("listed")
def test_a_number_gives_its_record_and_the_tickets_near_it(client: TestClient, hand_in: Callable[..., str]) -> None:
    id_ = hand_in()
    found = client.get("/api/v1/places", params={"q": "B-1"}).json()
    assert (found["asked"], found["total"], found["counts"]) == ("number", 1, {"blind_spot": 1, "plan": 0, "ticket": 1})
    assert (found["items"][0]["id"], found["items"][0]["sentence"], found["items"][0]["datum"]) == (
        "B-1", "编号相符。", "gcj02",
    )  # fmt: skip
    assert (found["tickets"][0]["id"], found["tickets"][0]["sentence"]) == (
        id_, "同一门牌：天府3街199号；同一道路：天府3街",
    )  # fmt: skip


@pytest.mark.usefixtures("listed")
def test_words_find_places_and_say_why(client: TestClient) -> None:
    (found,) = client.get("/api/v1/places", params={"q": "府城大道"}).json()["items"]
    assert (found["kind"], found["how"], found["sentence"]) == ("plan", "words", "编号、名称或地址含有“府城大道”。")


@pytest.mark.usefixtures("listed")
def test_the_page_shows_three_lists(client: TestClient, hand_in: Callable[..., str]) -> None:
    hand_in()
    page = client.get("/places", params={"q": "B-1"})
    assert page.status_code == 200
    for text in ("综合查询", "B-1", "编号相符。", "附近的工单", "YN-001", "同一门牌：天府3街199号", "没有找到。"):
        assert text in page.text


def test_a_ticket_shows_its_coordinate_and_leads_on(client: TestClient, house: House) -> None:
    id_ = house.store.id_of("eoms", "YN-001")
    given = Coordinate(104.0612, 30.5521, None, "field")
    with house.store.begin() as work:
        work.tickets.save_many([make_triaged(house.store, coordinate=given)], NOON)  # type: ignore[arg-type]
    page = client.get(f"/tickets/{id_}").text
    assert "104.0612, 30.5521" in page
    assert "坐标系不明" in page
    assert "/places?q=104.0612%2C30.5521" in page


def test_the_page_is_linked_and_needs_no_question(client: TestClient) -> None:
    assert 'href="/places"' in client.get("/").text
    assert client.get("/places?page=x").status_code == 200


def test_what_was_typed_is_shown_as_text(client: TestClient) -> None:
    assert "<script>alert" not in client.get("/places", params={"q": "<script>alert(1)</script>"}).text


@pytest.mark.parametrize("query", ["page=0", "size=201", "limit=3", f"q={'x' * 501}"])
def test_a_wrong_question_is_refused(client: TestClient, query: str) -> None:
    assert client.get(f"/api/v1/places?{query}").status_code == 422
