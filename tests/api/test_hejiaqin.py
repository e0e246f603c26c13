"""Does 和家亲 get the result of an on-site test in, once, signed, and nobody else?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from api.app import create_app
from api.house import House
from probes.speed.signing import sign
from tests.triage.speed_fakes import Clock, keep_ticket, make_means, take_on
from triage.actors import LOCAL_OPERATOR
from triage.speed_desk import SpeedDesk
from triage.store.database import SqlStore

SECRET = "a-secret-agreed-on"
NONCE = "nonce-of-the-push"
FAR = "http://speed.example"


class Visit:
    """An on-site test that runs, and 和家亲 that pushes about it."""

    def __init__(self, house: House, store: SqlStore, secret: str = SECRET) -> None:
        self.clock = Clock()
        self.desk = SpeedDesk(
            make_means(store, self.clock), store.installation.secret, wake=lambda: None, hejiaqin=secret
        )
        ticket = keep_ticket(store, 是否上门="是")
        pressed, _ = self.desk.press(ticket, key="k", method=None, actor=LOCAL_OPERATOR)
        self.attempt = take_on(self.desk.means, pressed.id)
        self.token = self.desk.token(self.attempt)
        self.clock.later(30)
        self.app = create_app(replace(house, speed=self.desk))
        self.client = TestClient(self.app, base_url=FAR, raise_server_exceptions=False)

    def result(self, rate: float = 95.6, **changed: object) -> bytes:
        now = self.clock()
        down = {"rate": rate, "unit": "Mbit/s", "duration_ms": 10_000, "streams": 4}
        times = {"started_at": (now - timedelta(seconds=10)).isoformat(), "ended_at": now.isoformat()}
        account = self.attempt.asked.account
        usual = {"order": self.token, "state": "done", "account": account, "link": "wired", "down": down}
        return json.dumps({**usual, **times, **changed}).encode()

    def push(self, body: bytes, *, secret: str = SECRET, nonce: str = NONCE, token: str = "") -> Response:
        headers = sign(secret.encode(), "push", self.clock(), nonce, body)
        return self.client.post(f"/st/{token or self.token}/hejiaqin", content=body, headers=headers)


@pytest.fixture
def visit(house: House, sqlite_store: SqlStore) -> Iterator[Visit]:
    visit = Visit(house, sqlite_store)
    with visit.client:
        yield visit


@pytest.mark.parametrize(("rate", "verdict"), [(95.6, "pass"), (90.0, "fail")])
def test_a_signed_result_is_judged(visit: Visit, rate: float, verdict: str) -> None:
    answer = visit.push(visit.result(rate))
    assert (answer.status_code, answer.json()["outcome"]["verdict"]) == (200, verdict)
    assert visit.desk.attempt(visit.attempt.id).state == "done"


def test_a_second_result_changes_nothing(visit: Visit) -> None:
    visit.push(visit.result(80))
    assert visit.push(visit.result(95.6), nonce="another-nonce-here").status_code == 404
    outcome = visit.desk.attempt(visit.attempt.id).outcome
    assert outcome is not None
    assert outcome.verdict.verdict == "fail"


def test_a_test_that_was_cancelled_fails_with_its_reason(visit: Visit) -> None:
    outcome = visit.push(visit.result(state="cancelled")).json()["outcome"]
    assert (outcome["verdict"], outcome["reason"]) == ("fail", "FAIL_PROBE_ERROR")


def test_a_result_that_cannot_be_believed_never_passes(visit: Visit) -> None:
    outcome = visit.push(visit.result(-1)).json()["outcome"]
    assert (outcome["verdict"], outcome["reason"]) == ("fail", "FAIL_INVALID_RESULT")


def test_another_account_is_kept_as_tested(visit: Visit) -> None:
    assert visit.push(visit.result(account="someone-else")).json()["download"]["tested_account"] == "someone-else"


def test_refusals_leave_the_test_running(visit: Visit) -> None:
    body = visit.result()
    statuses = [
        visit.push(body, secret="another-secret-altogether").status_code,
        visit.push(body, token=f"{visit.token[:-1]}{'1' if visit.token[-1] == '0' else '0'}").status_code,
        visit.push(visit.result(order="another")).status_code,
        visit.push(visit.result(order="another")).status_code,
        visit.push(b"{}", nonce="nonce-of-the-next-one").status_code,
        visit.push(b" " * 70_000, nonce="nonce-of-a-long-one").status_code,
        visit.client.post(f"/st/{visit.token}/hejiaqin", content=body).status_code,
    ]
    assert statuses == [403, 404, 422, 409, 422, 422, 403]
    assert visit.desk.attempt(visit.attempt.id).state == "running"


def test_without_a_secret_nothing_is_taken(house: House, sqlite_store: SqlStore) -> None:
    visit = Visit(house, sqlite_store, secret="")
    with visit.client:
        assert visit.push(visit.result()).status_code == 404
