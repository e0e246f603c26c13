"""Does the address of a platform pick its adapter, and does a wrong one stop the start with a sentence?"""

from __future__ import annotations

from pathlib import Path

import pytest

from probes.errors import ProbeMisconfigured
from probes.speed.measurement import Method
from triage.errors import SettingsInvalid
from triage.settings import Settings, read_settings
from triage.wiring_probes import open_probe

FILE = "http://speed.example/file?size={bytes}&test={nonce}"


def settings(folder: Path, address: str, **more: str) -> Settings:
    return read_settings({"SUYIN_DATA_DIR": str(folder), "SUYIN_PROBE_URL": address, **more})


@pytest.mark.parametrize(
    ("address", "method"),
    [
        ("https://probe.example/api", "softprobe"),
        ("genieacs+http://acs.example:7557", "tr143"),
        ("genieacs+https://acs.example/nbi?model=TR-181", "tr143"),
        ("iperf3://speed.example", "iperf3"),
        ("iperf3://10.0.0.1:5202", "iperf3"),
        ("iperf3://", "iperf3"),
    ],
)
def test_the_scheme_picks_the_adapter(tmp_path: Path, address: str, method: Method) -> None:
    chosen = settings(tmp_path, address, SUYIN_PROBE_TOKEN="token", SUYIN_PROBE_FILE=FILE)
    assert open_probe(chosen).method == method


@pytest.mark.parametrize(
    ("address", "file"),
    [
        ("ftp://probe.example", FILE),
        ("probe.example", FILE),
        ("https://probe.example", FILE),
        ("genieacs+http://acs.example?model=TR-069", FILE),
        ("genieacs+http://acs.example", ""),
        ("genieacs+ftp://acs.example", FILE),
        ("iperf3://speed.example:99999", FILE),
        ("iperf3://-c", FILE),
    ],
)
def test_an_address_that_cannot_work_is_refused_at_the_start(tmp_path: Path, address: str, file: str) -> None:
    chosen = settings(tmp_path, address, SUYIN_PROBE_FILE=file)
    with pytest.raises((SettingsInvalid, ProbeMisconfigured)):
        open_probe(chosen)
