"""Are gateways behind GenieACS woken, followed and believed as its interface and TR-143 say?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from probes.errors import ProbeMisconfigured
from probes.speed.genieacs import GenieAcs
from probes.speed.measurement import Direction, Done, Failed, Handle, Measurement, Pending, Reading, SpeedRequest
from probes.speed.tr143 import MOST_BYTES, Diagnostic, size_of
from tests.probes.fakes.genieacs import ROOT, FakeGateway, FakeGenieAcs, milliseconds
from tests.probes.fakes.serve import serving

NOW = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)
REQUEST = SpeedRequest("gz01", "down", 10_000, 1, NOW + timedelta(seconds=300), 100_000_000)
ADDRESSES: dict[Direction, str] = {"down": "http://speed.example/file?size={bytes}&test={nonce}"}
ID = "00259E-HG8245%2DQ-485754430A1B"


class Office:
    """An adapter, the fake ACS with one gateway, and the one clock of both."""

    def __init__(self, **gateway: object) -> None:
        self.now = NOW
        self.gateway = FakeGateway(ID, "gz01")
        for name, value in gateway.items():
            setattr(self.gateway, name, value)
        self.acs = FakeGenieAcs(lambda: self.now, (self.gateway,))
        self.probe = GenieAcs(httpx.Client(transport=httpx.MockTransport(self.acs)), "http://acs:7557", ADDRESSES)

    def start(self, key: str = "k1") -> Handle | Failed:
        return self.probe.start(REQUEST, key, self.now)

    def started(self) -> Handle:
        handle = self.start()
        assert isinstance(handle, Handle)
        return handle

    def poll(self, handle: Handle, seconds: int) -> Reading:
        self.now = NOW + timedelta(seconds=seconds)
        return self.probe.poll(handle, self.now)

    def result(self, seconds: int = 30) -> Measurement | Failed | Pending:
        reading = self.poll(self.started(), seconds)
        return reading.measurement if isinstance(reading, Done) else reading


def cause(reading: object) -> str:
    assert isinstance(reading, Failed)
    return reading.cause


def test_a_gateway_is_woken_runs_and_ends() -> None:
    office = Office()
    handle = office.started()
    assert office.poll(handle, 5) == Pending("网关测速中")
    assert isinstance(office.poll(handle, 12), Done)


def test_the_rate_is_whole_bits_over_the_time_of_the_gateway() -> None:
    found = Office().result()
    assert isinstance(found, Measurement)
    assert (found.bytes, found.duration_ms) == (125_000_000, 10_460)
    assert found.bits_per_second == 125_000_000 * 8 * 1000 // 10_460
    assert (found.method, found.link, found.streams, found.tested_account) == ("tr143", "wired", 1, "gz01")


def test_an_id_with_escapes_is_escaped_again_in_the_path() -> None:
    office = Office()
    assert office.started().id == f"k1 {ID}"
    assert office.gateway.began == NOW


def test_a_second_start_with_the_key_sets_nothing() -> None:
    office = Office()
    first = office.started()
    office.now += timedelta(seconds=3)
    again = office.started()
    assert again.id == first.id
    assert office.gateway.began == NOW


def test_every_task_expires_with_the_test() -> None:
    office = Office()
    office.poll(office.started(), 100)
    assert office.acs.expiries == [300, 200]


def test_no_gateway_of_the_account_is_offline_and_several_are_refused() -> None:
    none, several = Office(username="other"), Office()
    twin = FakeGateway("00259E-HG8245-2", "gz01")
    several.acs = FakeGenieAcs(lambda: NOW, (several.gateway, twin))
    several.probe = GenieAcs(httpx.Client(transport=httpx.MockTransport(several.acs)), "http://acs", ADDRESSES)
    assert [cause(none.start()), cause(several.start())] == ["offline", "refused"]


@pytest.mark.parametrize("phrase", ["Task queued but not processed", "Device is offline", "connect ETIMEDOUT"])
def test_a_gateway_that_does_not_wake_is_offline_and_its_task_is_taken_back(phrase: str) -> None:
    office = Office(silent=phrase)
    failed = office.start()
    assert isinstance(failed, Failed)
    assert (failed.cause, failed.detail, office.acs.tasks) == ("offline", phrase, {})


def test_a_gateway_without_the_parameters_says_its_fault() -> None:
    office = Office(refuses=True)
    failed = office.start()
    assert isinstance(failed, Failed)
    assert (failed.cause, failed.detail) == ("faulted", "cwmp.9005 Invalid parameter name")
    assert office.acs.tasks == {}


def test_a_gateway_that_falls_silent_is_waited_for_until_the_deadline() -> None:
    office = Office()
    handle = office.started()
    office.gateway.silent = "Task queued but not processed"
    assert isinstance(office.poll(handle, 299), Pending)
    assert cause(office.poll(handle, 300)) == "expired"
    assert office.acs.tasks == {}


def test_a_test_that_never_ends_expires() -> None:
    office = Office(shows={f"{ROOT}.DiagnosticsState": "Requested"})
    handle = office.started()
    assert [isinstance(office.poll(handle, 299), Pending), cause(office.poll(handle, 300))] == [True, "expired"]


@pytest.mark.parametrize("state", ["Completed", "Complete"])
def test_both_spellings_of_the_end_are_known(state: str) -> None:
    assert isinstance(Office(shows={f"{ROOT}.DiagnosticsState": state}).result(), Measurement)


@pytest.mark.parametrize("state", ["Error_InitConnectionFailed", "Error_Timeout", "Error_Unheard_Of", "Ready"])
def test_other_states_are_faults_with_the_gateways_word(state: str) -> None:
    failed = Office(shows={f"{ROOT}.DiagnosticsState": state}).result()
    assert isinstance(failed, Failed)
    assert (failed.cause, failed.detail) == ("faulted", state)


def test_the_result_of_another_test_is_stale() -> None:
    assert cause(Office(shows={f"{ROOT}.DownloadURL": "http://speed.example/file?size=1&test=0"}).result()) == "stale"


@pytest.mark.parametrize(("seconds", "stale"), [(-60, False), (-61, True)])
def test_a_request_time_before_the_start_is_stale_but_for_a_minute(seconds: int, stale: bool) -> None:
    found = Office(shows={f"{ROOT}.ROMTime": milliseconds(NOW + timedelta(seconds=seconds))}).result()
    assert isinstance(found, Failed if stale else Measurement)


def test_a_tree_that_was_not_read_since_the_start_proves_nothing() -> None:
    office = Office()
    handle = replace(office.started(), started_at=NOW + timedelta(seconds=31))
    assert office.poll(handle, 30) == Pending("网关测速中")


@pytest.mark.parametrize(
    "shows",
    [
        {f"{ROOT}.EOMTime": milliseconds(NOW + timedelta(seconds=1))},
        {f"{ROOT}.BOMTime": "0001-01-01T00:00:00Z"},
        {f"{ROOT}.ROMTime": "1970-01-01T00:00:09Z"},
        {f"{ROOT}.BOMTime": ""},
        {f"{ROOT}.TestBytesReceived": 124_999_999},
        {f"{ROOT}.TestBytesReceived": -1},
        {f"{ROOT}.TestBytesReceived": "many"},
    ],
)
def test_times_and_bytes_that_cannot_be_are_invalid(shows: dict[str, str | int]) -> None:
    assert cause(Office(shows=shows).result()) == "invalid"


@pytest.mark.parametrize(("status", "expected"), [(503, "unreachable"), (504, "unreachable"), (400, "invalid")])
def test_an_ill_acs_has_its_cause(status: int, expected: str) -> None:
    office = Office()
    office.acs.down_with = status
    assert cause(office.start()) == expected


def test_an_ill_acs_is_asked_again_until_the_deadline() -> None:
    office = Office()
    handle = office.started()
    office.acs.down_with = 503
    assert isinstance(office.poll(handle, 299), Pending)
    assert cause(office.poll(handle, 300)) == "expired"


def test_a_direction_without_address_is_refused() -> None:
    failed = Office().probe.start(replace(REQUEST, direction="up"), "k1", NOW)
    assert cause(failed) == "refused"


def test_over_real_http_it_is_the_same() -> None:
    office = Office()
    with serving(office.acs) as address, httpx.Client(trust_env=False) as client:
        office.probe = GenieAcs(client, address, ADDRESSES)
        assert isinstance(office.result(), Measurement)
        office.gateway.silent = "Task queued but not processed"
        failed = office.start("k2")
    assert isinstance(failed, Failed)
    assert failed.detail == "Task queued but not processed"


@pytest.mark.parametrize(
    ("contract", "duration_ms", "size"),
    [(100_000_000, 10_000, 125_000_000), (1_000_000_000, 1_000, 625_000_000), (None, 5_000, 62_500_000)],
)
def test_a_file_lasts_at_least_five_seconds(contract: int | None, duration_ms: int, size: int) -> None:
    assert size_of(replace(REQUEST, contract_bps=contract, duration_ms=duration_ms)) == size


def test_a_file_never_wraps_the_counter() -> None:
    assert size_of(replace(REQUEST, contract_bps=10**10, duration_ms=60_000)) == MOST_BYTES


def test_an_upload_is_set_with_its_length_and_the_state_last() -> None:
    test = Diagnostic("TR-181", "up", "http://speed.example/?test=n", "n", 1000)
    names = [str(name).removeprefix("Device.IP.Diagnostics.UploadDiagnostics.") for name, _, _ in test.settings()]
    assert names == ["UploadURL", "TestFileLength", "DiagnosticsState"]


@pytest.mark.parametrize("address", ["https://x/{bytes}?{nonce}", "http://x/{nonce}", "http://x/{bytes}"])
def test_an_address_without_its_parts_is_refused_at_once(address: str) -> None:
    with pytest.raises(ProbeMisconfigured, match="TR-143"):
        GenieAcs(httpx.Client(), "http://acs", {"down": address})
