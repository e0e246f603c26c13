"""Which speed-test platform does SUYIN_PROBE_URL mean?

Like triage/wiring.py, for platforms alone: the scheme of the address picks the adapter. Nothing is asked yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import parse_qs, urlsplit

import httpx

from probes.speed.genieacs import GenieAcs
from probes.speed.iperf3 import Iperf3Probe
from probes.speed.measurement import SpeedProbe
from probes.speed.softprobe import SoftProbe
from probes.speed.tr143 import Model
from triage.errors import SettingsInvalid
from triage.settings import Settings

_ANSWER_S = 10.0  # a platform that needs longer to answer is asked again by the sweep
_ACS = "genieacs+"
_MODELS: Mapping[str, Model] = MappingProxyType({"TR-098": "TR-098", "TR-181": "TR-181"})


def open_probe(chosen: Settings) -> SpeedProbe:
    """Return the adapter of the platform.

    https://HOST/PATH is a soft-probe platform, genieacs+http://HOST:7557 a GenieACS, iperf3://HOST:PORT an iperf3
    server in the centre, iperf3:// an iperf3 server at each customer. Raises SettingsInvalid, ProbeMisconfigured.
    """
    address = chosen.probe_url
    if address.startswith(("http://", "https://")):
        return SoftProbe(httpx.Client(timeout=_ANSWER_S), address, chosen.probe_token)
    if address.startswith(_ACS):
        return _acs(address.removeprefix(_ACS), chosen.probe_file)
    if address.startswith("iperf3://"):
        return _iperf3(chosen)
    raise SettingsInvalid(
        f"SUYIN_PROBE_URL is {address!r}; it begins with https://, genieacs+http:// or iperf3://, or is empty"
    )


def _acs(address: str, file: str) -> SpeedProbe:
    base, _, query = address.partition("?")
    model = _MODELS.get(parse_qs(query).get("model", ["TR-098"])[0])
    if model is None:
        raise SettingsInvalid(f"SUYIN_PROBE_URL asks for {query!r}; model is one of {', '.join(_MODELS)}")
    return GenieAcs(httpx.Client(timeout=_ANSWER_S), base, {"down": file}, model)


def _iperf3(chosen: Settings) -> SpeedProbe:
    try:
        parts = urlsplit(chosen.probe_url)
        host, port = parts.hostname, parts.port or 5201
    except ValueError as error:
        raise SettingsInvalid(f"SUYIN_PROBE_URL is {chosen.probe_url!r}; iperf3 takes iperf3://HOST:PORT") from error
    folder = chosen.data_dir / "iperf3"
    return Iperf3Probe(folder, stands_at="line" if host else "centre", server=host, port=port)
