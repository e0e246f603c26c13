"""Which systems answer the checks of fault trees in this process?

Like triage/wiring.py, for the room of walks alone: puts what was read into facts of the rules. Never decides anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import httpx

from diagnostics.errors import EvidenceUnreadable
from diagnostics.evidence import BOSS, PROBE, read_facts
from probes.errors import ProbeMisconfigured
from probes.reach import Reach, read_targets
from probes.registration import HttpRegistrations, Registrations
from probes.subscription import CsvSubscriptions, HttpSubscriptions, Subscriptions
from rules.ruleset import RuleSet
from rules.walking import Known
from triage.cases.walk_tree import WalkDesk
from triage.errors import SettingsInvalid
from triage.ports_walks import Probe, Probed
from triage.settings import Settings
from triage.store.database import SqlStore
from triage.wiring import now


class _Asking:
    """A probe over a function that reads facts and a reason."""

    def __init__(self, read: Callable[[str], tuple[Mapping[str, object], str]], origin: str, rules: RuleSet) -> None:
        self._read, self._origin, self._rules = read, origin, rules

    def ask(self, subject: str, at: datetime) -> Probed:  # noqa: ARG002
        """Return what was read; a value outside the vocabulary leaves its fact unknown and says so."""
        found, sentence = self._read(subject.strip())
        facts: dict[str, Known] = {}
        for name, value in found.items():
            try:
                facts |= read_facts({name: value}, self._rules)
            except EvidenceUnreadable as wrong:
                sentence = f"{sentence}；{wrong}"
        return Probed({name: known.value for name, known in facts.items()}, self._origin, sentence)


def open_walks(chosen: Settings, store: SqlStore, rules: RuleSet) -> WalkDesk:
    """Put walks together over the store. Raises SettingsInvalid."""
    try:
        probes = open_probes(chosen, rules)
    except ProbeMisconfigured as error:
        raise SettingsInvalid(str(error)) from error
    return WalkDesk(store, lambda: rules, probes, now)


def open_probes(chosen: Settings, rules: RuleSet) -> dict[str, Probe]:
    """Return the probes that settings name, and those that need none. Raises ProbeMisconfigured."""
    reach = Reach(read_targets(chosen.reach_targets))
    probes: dict[str, Probe] = {"ggsn": _Asking(_ggsn_of(rules), PROBE, rules)}
    if chosen.reach_targets:
        probes["ping"] = _Asking(lambda address: _ping(reach, address), PROBE, rules)
        probes["tcp"] = _Asking(lambda address: _connect(reach, address), PROBE, rules)
    client = httpx.Client(follow_redirects=False)
    if chosen.subscription_url:
        source = _subscriptions(chosen, client)
        probes["subscription"] = _Asking(lambda number: _look_up(source, number), BOSS, rules)
    if chosen.registration_url:
        platform = HttpRegistrations(client, chosen.registration_url, chosen.line_token)
        probes["registration"] = _Asking(lambda number: _look_up(platform, number), PROBE, rules)
    return probes


def _subscriptions(chosen: Settings, client: httpx.Client) -> Subscriptions:
    if "://" not in chosen.subscription_url:
        return CsvSubscriptions(Path(chosen.subscription_url).expanduser())
    return HttpSubscriptions(client, chosen.subscription_url, chosen.line_token)


def _look_up(source: Subscriptions | Registrations, number: str) -> tuple[Mapping[str, object], str]:
    reading = source.look_up(number)
    return reading.facts, reading.reason


def _ping(reach: Reach, address: str) -> tuple[Mapping[str, object], str]:
    reading = reach.ping(address)
    return ({} if reading.state is None else {"net.ping": reading.state}), reading.reason


def _connect(reach: Reach, target: str) -> tuple[Mapping[str, object], str]:
    address, _, port = target.rpartition(":")
    if not address or not port.isascii() or not port.isdigit():
        return {}, f"{target[:60]} 应写成 地址:端口，如 10.1.2.3:5060"
    reading = reach.connect(address, int(port))
    return ({} if reading.state is None else {"net.tcp": reading.state}), reading.reason


def _ggsn_of(rules: RuleSet) -> Callable[[str], tuple[Mapping[str, object], str]]:
    def read(city: str) -> tuple[Mapping[str, object], str]:
        outputs = rules.tables["table.ggsn"].decide({"place.city": city}).outputs
        if not outputs:
            return {}, f"片区表里没有 {city}，它列的是四川的地市"
        return {
            "place.city": city,
            "apn.ggsn": outputs["apn.ggsn"],
        }, f"{city}：{outputs['vendor']} {outputs['apn.ggsn']}"

    return read
