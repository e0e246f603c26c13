"""The application over an empty store and a fake front desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.house import House
from geo.parse import ParsedAddress
from rules.loader import load_rules
from rules.ruleset import RuleSet
from tests.api.desk import FakeDesk
from tests.triage.flow_fakes import make_desk
from tests.triage.makers import NOON
from tests.triage.speed_fakes import Clock, make_means
from triage.cases.look_around import LookAround
from triage.cases.walk_tree import WalkDesk
from triage.places import NO_PLACES
from triage.speed_desk import SpeedDesk
from triage.store.database import SqlStore
from triage.tickets import CONTENT, NUMBER
from triage.uploads import Uploads

HERE = "http://127.0.0.1:8000"


def take_apart(text: str) -> ParsedAddress:
    """An address in the one district that is known here."""
    rest = text.removeprefix("成都市武侯区")
    return ParsedAddress("四川省", "成都市", "武侯区", "", rest, (("四川省", "成都市", "武侯区"),))


@cache
def sichuan() -> RuleSet:
    return load_rules(province="sichuan")


@pytest.fixture
def house(sqlite_store: SqlStore, tmp_path: Path) -> House:
    uploads = Uploads(tmp_path / "uploads", 1 << 20)
    speed = SpeedDesk(make_means(sqlite_store, Clock()), sqlite_store.installation.secret, wake=lambda: None)
    search = LookAround(sqlite_store, lambda: NO_PLACES, lambda text, _city, _county: take_apart(text))
    walks = WalkDesk(sqlite_store, sichuan, {}, lambda: NOON)
    return House(
        sqlite_store,
        FakeDesk(sqlite_store),
        uploads,
        lambda: NOON,
        speed=speed,
        search=search,
        walk_desk=walks,
        flow_desk=make_desk(sqlite_store),
    )


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    with TestClient(create_app(house), base_url=HERE, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def hand_in(client: TestClient) -> Callable[..., str]:
    """A function that hands in a ticket and returns its id."""

    def send(number: str = "YN-001", content: str = "客户在天府三街199号无信号，周围用户都这样", **fields: str) -> str:
        answer = client.post("/api/v1/tickets", json={NUMBER: number, CONTENT: content, **fields})
        assert answer.status_code in {200, 201}, answer.text
        return str(answer.json()["id"])

    return send
