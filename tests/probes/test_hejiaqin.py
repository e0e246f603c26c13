"""Are results of 和家亲 taken when they are genuine, and only then?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import httpx
import pytest

from probes.errors import ProbeMisconfigured, PushRefused, Refusal
from probes.speed.hejiaqin import Hejiaqin, Push, read_push
from probes.speed.measurement import Done, Failed, Handle, Pending, Reading, SpeedRequest
from probes.speed.signing import NONCE_HEADER, TIME_HEADER, RecentNonces, sign
from tests.probes.fakes.hejiaqin import SECRET, FakeHejiaqin
from tests.probes.fakes.serve import serving

NOW = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)
REQUEST = SpeedRequest("gz01", "down", 10_000, 4, NOW + timedelta(seconds=300), 100_000_000)


class Visit:
    """An installer at a customer's: the adapter, the fake 和家亲 and the one clock of both."""

    def __init__(self, secret: str = SECRET) -> None:
        self.now = NOW
        self.fake = FakeHejiaqin(lambda: self.now)
        self.nonces = RecentNonces()
        self.client = httpx.Client(transport=httpx.MockTransport(self.fake))
        numbers = count(1)
        address = "https://hejiaqin.example/v1"
        self.probe = Hejiaqin(self.client, address, secret, lambda: f"nonce-number-{next(numbers):06}")

    def start(self) -> Handle | Failed:
        return self.probe.start(REQUEST, "order-1", self.now)

    def started(self) -> Handle:
        handle = self.start()
        assert isinstance(handle, Handle)
        return handle

    def poll(self, handle: Handle, seconds: int) -> Reading:
        self.now = NOW + timedelta(seconds=seconds)
        return self.probe.poll(handle, self.now)

    def pushed(self, headers: dict[str, str], body: bytes) -> Push:
        return read_push(SECRET, headers, body, nonces=self.nonces, at=self.now)


def refused(visit: Visit, headers: dict[str, str], body: bytes) -> Refusal:
    with pytest.raises(PushRefused) as caught:
        visit.pushed(headers, body)
    return caught.value.why


@pytest.fixture
def visit() -> Visit:
    """A visit whose order was just measured."""
    visit = Visit()
    visit.started()
    visit.fake.measure("order-1")
    return visit


def test_an_order_waits_for_the_installer_runs_and_ends() -> None:
    visit = Visit()
    handle = visit.started()
    waiting = visit.poll(handle, 10)
    visit.fake.measure("order-1")
    assert [waiting, visit.poll(handle, 19)] == [Pending("等待装维人员在和家亲中开始测速"), Pending("测速中")]
    done = visit.poll(handle, 20)
    assert isinstance(done, Done)
    assert (done.measurement.bits_per_second, done.measurement.link) == (95_600_000, "wifi")


def test_the_same_key_is_the_same_order() -> None:
    visit = Visit()
    assert visit.start() == visit.start()
    assert list(visit.fake.orders) == ["order-1"]


def test_an_order_that_nobody_measures_is_taken_back_at_its_deadline() -> None:
    visit = Visit()
    expired = visit.poll(visit.started(), 300)
    assert isinstance(expired, Failed)
    assert (expired.cause, visit.fake.orders) == ("expired", {})


@pytest.mark.parametrize(
    ("changed", "cause"),
    [
        ({"state": "cancelled"}, "faulted"),
        ({"state": "failed", "message": "no wifi"}, "faulted"),
        ({"order": "order-2"}, "stale"),
        ({"state": "perhaps"}, "invalid"),
        ({"down": {"rate": 95.6, "unit": "Mbps"}}, "invalid"),
    ],
)
def test_other_ends_have_their_cause(changed: dict[str, object], cause: str) -> None:
    visit = Visit()
    handle = visit.started()
    visit.fake.measure("order-1", changed=changed)
    failed = visit.poll(handle, 20)
    assert isinstance(failed, Failed)
    assert failed.cause == cause


def test_a_wrong_secret_is_refused() -> None:
    failed = Visit(secret="another-secret-altogether").start()
    assert isinstance(failed, Failed)
    assert failed.cause == "refused"


def test_an_ill_platform_is_unreachable_and_asked_again() -> None:
    visit = Visit()
    handle = visit.started()
    visit.fake.down_with = 502
    assert isinstance(visit.poll(handle, 299), Pending)
    started = visit.start()
    assert isinstance(started, Failed)
    assert started.cause == "unreachable"


def test_a_pushed_result_is_the_one_that_would_be_asked_for(visit: Visit) -> None:
    pushed = visit.pushed(*visit.fake.push("order-1"))
    assert pushed.order == "order-1"
    assert pushed.reading == visit.poll(Handle("order-1", NOW, REQUEST), 20)


def test_a_push_counts_once(visit: Visit) -> None:
    push = visit.fake.push("order-1")
    visit.pushed(*push)
    assert refused(visit, *push) == "replay"


def test_a_nonce_that_was_forgotten_is_too_old_to_be_used_again(visit: Visit) -> None:
    push = visit.fake.push("order-1")
    visit.pushed(*push)
    for seconds, why in ((300, "replay"), (301, "time")):
        visit.now = NOW + timedelta(seconds=seconds)
        assert refused(visit, *push) == why


@pytest.mark.parametrize(("seconds", "taken"), [(-301, False), (-300, True), (300, True), (301, False)])
def test_a_push_is_taken_within_five_minutes(visit: Visit, seconds: int, taken: bool) -> None:
    push = visit.fake.push("order-1")
    visit.now = NOW + timedelta(seconds=seconds)
    if taken:
        assert visit.pushed(*push).order == "order-1"
    else:
        assert refused(visit, *push) == "time"


@pytest.mark.parametrize(
    ("header", "value"),
    [
        (TIME_HEADER, str(int(NOW.timestamp()) + 1)),
        (TIME_HEADER, "²"),
        (TIME_HEADER, "999999999999"),
        (NONCE_HEADER, "another-nonce-of-it"),
        (NONCE_HEADER, "short"),
        (NONCE_HEADER, "n" * 65),
        ("X-Suyin-Signature", "0" * 64),
        ("X-Suyin-Signature", "é"),
        ("X-Suyin-Signature", ""),
    ],
)
def test_a_changed_header_breaks_the_signature(visit: Visit, header: str, value: str) -> None:
    headers, body = visit.fake.push("order-1")
    assert refused(visit, {**headers, header: value}, body) == "signature"


def test_a_changed_body_breaks_the_signature(visit: Visit) -> None:
    headers, body = visit.fake.push("order-1")
    assert refused(visit, headers, body.replace(b"95.6", b"99.6")) == "signature"


def test_a_refused_push_does_not_use_up_its_nonce(visit: Visit) -> None:
    headers, body = visit.fake.push("order-1")
    refused(visit, headers, body + b" ")
    assert visit.pushed(headers, body).order == "order-1"


def test_a_signed_request_is_no_push(visit: Visit) -> None:
    _, body = visit.fake.push("order-1")
    headers = sign(SECRET.encode(), "PUT /v1/orders/order-1", NOW, "nonce-of-the-push", body)
    assert refused(visit, headers, body) == "signature"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b'{"order": 1}',
        b'{"order": "order-1", "state": "running"}',
        b" " * 65_537,
    ],
)
def test_a_signed_push_without_a_result_is_refused(visit: Visit, content: bytes) -> None:
    headers = sign(SECRET.encode(), "push", NOW, "nonce-of-the-push", content)
    assert refused(visit, headers, content) == "content"


def test_a_pushed_rate_that_is_none_is_invalid() -> None:
    visit = Visit()
    visit.started()
    visit.fake.measure("order-1", "NaN")
    body = visit.fake.push("order-1")
    assert refused(visit, *body) == "content"
    visit.fake.measure("order-1", "-1")
    reading = visit.pushed(*visit.fake.push("order-1", "nonce-of-the-next-push")).reading
    assert isinstance(reading, Failed)
    assert reading.cause == "invalid"


def test_over_real_http_it_is_the_same() -> None:
    visit = Visit()
    with serving(visit.fake) as address, httpx.Client(trust_env=False) as client:
        visit.probe = Hejiaqin(client, f"{address}/v1", SECRET)
        handle = visit.started()
        visit.fake.measure("order-1")
        reading = visit.poll(handle, 20)
    assert isinstance(reading, Done)


@pytest.mark.parametrize(("address", "secret"), [("https://x?y", SECRET), ("https://x", "short")])
def test_settings_that_cannot_work_are_refused_at_once(address: str, secret: str) -> None:
    with pytest.raises(ProbeMisconfigured, match="和家亲"):
        Hejiaqin(httpx.Client(), address, secret)


def test_the_signature_is_the_one_that_the_documents_show() -> None:
    body = b'{"order":"7f3c9a","state":"cancelled"}'
    signed = sign(SECRET.encode(), "push", datetime.fromtimestamp(1772611200, UTC), "Zr3kq0v1Xy7LmN2p", body)
    page = Path(__file__).parents[2] / "docs" / "speed-probes.md"
    assert f"SHA2-256(stdin)= {signed['X-Suyin-Signature']}\n" in page.read_text("utf-8")
