"""Is a soft-probe platform started, followed and believed as its contract says?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from probes.errors import ProbeMisconfigured
from probes.speed.measurement import Done, Failed, Handle, Measurement, Pending, SpeedRequest
from probes.speed.softprobe import SoftProbe
from tests.probes.fakes.serve import serving
from tests.probes.fakes.softprobe import TOKEN, FakeLine, FakeSoftProbe

NOW = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)
REQUEST = SpeedRequest("gz01", "down", 10_000, 4, NOW + timedelta(seconds=300), 100_000_000, "100.64.0.7")


def after(seconds: int) -> datetime:
    return NOW + timedelta(seconds=seconds)


class Desk:
    """A probe, the fake that it asks, and the one clock of both."""

    def __init__(self, line: FakeLine | None = None, token: str = TOKEN) -> None:
        self.now = NOW
        self.fake = FakeSoftProbe(lambda: self.now, {"gz01": line or FakeLine()})
        self.client = httpx.Client(transport=httpx.MockTransport(self.fake))
        self.probe = SoftProbe(self.client, "https://probe.example/api/", token)

    def start(self, key: str = "k1", request: SpeedRequest = REQUEST) -> Handle | Failed:
        return self.probe.start(request, key, self.now)

    def started(self) -> Handle:
        handle = self.start()
        assert isinstance(handle, Handle)
        return handle

    def poll(self, handle: Handle, seconds: int) -> Pending | Done | Failed:
        self.now = after(seconds)
        return self.probe.poll(handle, self.now)

    def result(self) -> Measurement | Failed:
        reading = self.poll(self.started(), 12)
        assert not isinstance(reading, Pending)
        return reading.measurement if isinstance(reading, Done) else reading


def test_a_test_is_queued_runs_and_ends() -> None:
    desk = Desk()
    handle = desk.started()
    readings = [desk.poll(handle, seconds) for seconds in (0, 5, 12)]
    assert readings[:2] == [Pending("排队中"), Pending("测速中")]
    assert isinstance(readings[2], Done)


def test_the_measurement_is_what_the_platform_said() -> None:
    found = Desk(FakeLine("95.6000019")).result()
    assert isinstance(found, Measurement)
    assert (found.method, found.direction, found.bits_per_second) == ("softprobe", "down", 95_600_001)
    assert (found.streams, found.duration_ms, found.link, found.tested_account) == (4, 10_000, "wired", "gz01")
    assert (found.started_at, found.ended_at, found.server_load_percent) == (after(2), after(12), 12)
    assert found.reference == "t1"
    assert '"rate": 95.6000019' in found.raw


def test_the_same_key_is_the_same_test_and_another_key_finds_the_line_busy() -> None:
    desk = Desk()
    again = [desk.start("k1"), desk.start("k1"), desk.start("k2")]
    assert again[0] == again[1]
    assert isinstance(again[2], Failed)
    assert again[2].cause == "refused"
    assert len(desk.fake.tests) == 1


def test_an_account_without_probe_is_offline() -> None:
    desk = Desk()
    desk.fake.lines.clear()
    failed = desk.start()
    assert isinstance(failed, Failed)
    assert failed.cause == "offline"


def test_a_wrong_token_is_refused_and_not_taken_for_a_slow_line() -> None:
    failed = Desk(token="other").start()
    assert isinstance(failed, Failed)
    assert failed.cause == "refused"


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_an_ill_platform_is_asked_again_until_the_deadline(status: int) -> None:
    desk = Desk()
    handle = desk.started()
    desk.fake.down_with = status
    assert isinstance(desk.poll(handle, 299), Pending)
    expired = desk.poll(handle, 300)
    assert isinstance(expired, Failed)
    assert (expired.cause, expired.detail[:3]) == ("expired", str(status))


def test_a_test_without_end_is_taken_back_at_the_deadline() -> None:
    desk = Desk(FakeLine(changed={"state": "running"}))
    handle = desk.started()
    assert isinstance(desk.poll(handle, 299), Pending)
    expired = desk.poll(handle, 300)
    assert isinstance(expired, Failed)
    assert (expired.cause, desk.fake.taken_back) == ("expired", ["t1"])


def test_a_result_that_comes_with_the_deadline_counts() -> None:
    desk = Desk()
    assert isinstance(desk.poll(desk.started(), 300), Done)


@pytest.mark.parametrize("rate", ["-1", "NaN", "Infinity", "null", '""', '"95.6"', "true", "1e400", "[]", "{}"])
def test_what_is_no_rate_is_invalid_not_nought(rate: str) -> None:
    failed = Desk(FakeLine(rate)).result()
    assert isinstance(failed, Failed)
    assert failed.cause == "invalid"


@pytest.mark.parametrize(
    ("rate", "unit", "bps"),
    [
        ("0", "Mbit/s", 0),
        ("90", "Mibit/s", 94_371_840),
        ("11.95", "MB/s", 95_600_000),
        ("89.9999999", "Mbit/s", 89_999_999),
        ("9.56E1", "Mbit/s", 95_600_000),
    ],
)
def test_units_are_exact_and_rounded_down_to_the_bit(rate: str, unit: str, bps: int) -> None:
    found = Desk(FakeLine(rate, {"measured.unit": unit})).result()
    assert isinstance(found, Measurement)
    assert found.bits_per_second == bps


@pytest.mark.parametrize(
    "changed",
    [
        {"measured.unit": None},
        {"measured.unit": "Mbps?"},
        {"measured.duration_ms": 0},
        {"measured.streams": None},
        {"started_at": "2026-03-04T08:00:00"},
        {"ended_at": "2026-03-04T07:00:00Z"},
        {"down": None},
        {"state": "perhaps"},
    ],
)
def test_a_result_that_contradicts_itself_is_invalid(changed: dict[str, object]) -> None:
    failed = Desk(FakeLine(changed=changed)).result()
    assert isinstance(failed, Failed)
    assert failed.cause == "invalid"


def test_the_result_of_another_test_is_stale() -> None:
    failed = Desk(FakeLine(changed={"id": "t0"})).result()
    assert isinstance(failed, Failed)
    assert failed.cause == "stale"


def test_the_account_that_was_tested_is_kept_as_it_came() -> None:
    found = Desk(FakeLine(changed={"account": "gz02"})).result()
    assert isinstance(found, Measurement)
    assert found.tested_account == "gz02"


def test_a_probe_that_went_away_says_so() -> None:
    failed = Desk(FakeLine(changed={"state": "failed", "error": {"code": "offline", "message": "lost"}})).result()
    assert isinstance(failed, Failed)
    assert (failed.cause, failed.detail) == ("offline", "lost")


def test_the_upload_that_came_besides_is_kept() -> None:
    up = {"rate": 20, "unit": "Mbit/s", "duration_ms": 10_000, "streams": 2}
    desk = Desk(FakeLine(changed={"up": up}))
    reading = desk.poll(desk.started(), 12)
    assert isinstance(reading, Done)
    assert [(m.direction, m.bits_per_second) for m in reading.also] == [("up", 20_000_000)]


def test_a_test_that_the_platform_forgot_is_lost() -> None:
    desk = Desk()
    handle = desk.started()
    desk.fake.tests.clear()
    failed = desk.poll(handle, 5)
    assert isinstance(failed, Failed)
    assert failed.cause == "lost"


def test_an_endless_answer_is_cut_off() -> None:
    client = httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200, content=b" " * (1 << 21))))
    failed = SoftProbe(client, "https://probe.example", TOKEN).start(REQUEST, "k1", NOW)
    assert isinstance(failed, Failed)
    assert failed.cause == "invalid"


def test_over_real_http_it_is_the_same() -> None:
    desk = Desk()
    with serving(desk.fake) as address, httpx.Client(trust_env=False) as client:
        desk.probe = SoftProbe(client, address, TOKEN)
        found = desk.result()
    assert isinstance(found, Measurement)
    assert found.bits_per_second == 95_600_000


def test_a_platform_that_is_not_there_fails_with_a_sentence() -> None:
    with httpx.Client(trust_env=False) as client:
        failed = SoftProbe(client, "http://127.0.0.1:1", TOKEN).start(REQUEST, "k1", NOW)
    assert isinstance(failed, Failed)
    assert (failed.cause, failed.reason[:8]) == ("unreachable", "测速平台无法访问")


def test_a_password_in_the_address_is_not_told() -> None:
    with httpx.Client(trust_env=False) as client:
        failed = SoftProbe(client, "http://suyin:secret@127.0.0.1:1/api", TOKEN).start(REQUEST, "k1", NOW)
    assert isinstance(failed, Failed)
    assert failed.detail.startswith("POST /api/tests: ConnectError")
    assert "secret" not in failed.detail


@pytest.mark.parametrize(("address", "token"), [("probe.example", "t"), ("https://x", ""), ("https://x", "a\nb")])
def test_settings_that_cannot_work_are_refused_at_once(address: str, token: str) -> None:
    with pytest.raises(ProbeMisconfigured, match="soft-probe"):
        SoftProbe(httpx.Client(), address, token)


@pytest.mark.parametrize(("duration_ms", "streams"), [(999, 4), (60_001, 4), (10_000, 0), (10_000, 33)])
def test_a_request_out_of_bounds_cannot_be_made(duration_ms: int, streams: int) -> None:
    with pytest.raises(ValueError, match="is not"):
        SpeedRequest("gz01", "down", duration_ms, streams, NOW)
