"""Are subscription and registration read as the contract says, and is every failure a reading that settles nothing?"""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from probes.errors import ProbeMisconfigured
from probes.registration import HttpRegistrations
from probes.subscription import CsvSubscriptions, HttpSubscriptions
from tests.probes.fakes.line import TOKEN, FakeLineServices

NUMBER = "02887654321"


def subscriptions(fake: FakeLineServices, token: str = TOKEN) -> HttpSubscriptions:
    return HttpSubscriptions(httpx.Client(transport=httpx.MockTransport(fake)), "https://line.example/api/", token)


def registrations(fake: FakeLineServices) -> HttpRegistrations:
    return HttpRegistrations(httpx.Client(transport=httpx.MockTransport(fake)), "https://line.example/api", TOKEN)


def test_facts_of_a_number_are_read() -> None:
    reading = subscriptions(FakeLineServices()).look_up(NUMBER)
    assert reading.facts == {"ims.account": "opened", "ims.subscribed": True}


def test_the_number_is_quoted_into_the_path() -> None:
    fake = FakeLineServices()
    subscriptions(fake).look_up("../admin")
    assert fake.asked == ["/api/subscriptions/..%2Fadmin"]


@pytest.mark.parametrize("facts", [None, [], {"ims.account": 7, "strange": "x"}, {"ims.account": None}])
def test_facts_of_another_kind_are_left_out(facts: object) -> None:
    fake = FakeLineServices()
    fake.subscriptions[NUMBER] = facts
    assert subscriptions(fake).look_up(NUMBER).facts == {}


def test_an_unknown_number_settles_nothing() -> None:
    reading = subscriptions(FakeLineServices()).look_up("028")
    assert (reading.facts, reading.reason) == ({}, "签约查询系统不认识号码 028，请核对号码")


@pytest.mark.parametrize("status", [401, 500, 503])
def test_a_service_that_is_ill_settles_nothing(status: int) -> None:
    fake = FakeLineServices()
    fake.down_with = status
    readings = subscriptions(fake).look_up(NUMBER), registrations(fake).look_up(NUMBER)
    assert [(reading.facts, "无法识别" in reading.reason) for reading in readings] == [({}, True), ({}, True)]


def test_a_service_that_cannot_be_reached_settles_nothing() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    client = httpx.Client(transport=httpx.MockTransport(refuse))
    reading = HttpSubscriptions(client, "https://line.example", "").look_up(NUMBER)
    assert (reading.facts, reading.reason) == ({}, "签约查询系统无法访问，请人工查询后回答")


@pytest.mark.parametrize(
    ("said", "facts"),
    [
        ({"registered": True}, {"ims.registration": "ok"}),
        ({"registered": False, "cause": "not_provisioned"}, {"ims.registration": "not_provisioned"}),
        ({"registered": False}, {}),
        ({"registered": False, "cause": "ok"}, {}),
        ({"registered": "yes"}, {}),
    ],
)
def test_not_registered_settles_something_only_with_its_cause(said: dict[str, object], facts: dict[str, str]) -> None:
    fake = FakeLineServices()
    fake.registrations[NUMBER] = said
    assert registrations(fake).look_up(NUMBER).facts == facts


def test_an_address_that_is_none_is_refused_at_the_start() -> None:
    with pytest.raises(ProbeMisconfigured, match="subscription address 'boss'"):
        HttpSubscriptions(httpx.Client(), "boss", "")


def test_a_list_gives_the_last_row_of_a_number(tmp_path: Path) -> None:
    file = tmp_path / "numbers.csv"
    file.write_text(
        f"number,ims.account,ims.subscribed,备注\n{NUMBER},missing,,旧\n{NUMBER},opened,true,新\n", "utf-8-sig"
    )
    assert CsvSubscriptions(file).look_up(NUMBER).facts == {"ims.account": "opened", "ims.subscribed": True}


def test_an_empty_cell_is_unknown_and_an_unlisted_number_too(tmp_path: Path) -> None:
    file = tmp_path / "numbers.csv"
    file.write_text(f"number,ims.account\n{NUMBER},\n", "utf-8")
    source = CsvSubscriptions(file)
    assert (source.look_up(NUMBER).facts, source.look_up("028").reason) == ({}, "签约清单里没有号码 028，请核对号码")


def test_a_list_that_vanished_settles_nothing(tmp_path: Path) -> None:
    file = tmp_path / "numbers.csv"
    file.write_text("number\n", "utf-8")
    source = CsvSubscriptions(file)
    file.unlink()
    assert source.look_up(NUMBER).reason == "签约清单无法读取，请人工查询后回答"


@pytest.mark.parametrize("content", ["", "号码\n1\n", "\udcff"])
def test_a_list_without_its_column_is_refused_at_the_start(tmp_path: Path, content: str) -> None:
    file = tmp_path / "numbers.csv"
    file.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(ProbeMisconfigured):
        CsvSubscriptions(file)
