"""Which AAA, which platform and which limits do speed tests use in this process?

Like triage/wiring.py, for the room of speed tests alone. Never decides anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from probes.account import AccountCheck, AccountReading
from probes.account_sql import RadacctAccounts
from probes.errors import ProbeMisconfigured
from probes.speed.measurement import Failed, Handle, Method, Reading, SpeedProbe, SpeedRequest
from probes.speed.signing import check_secret
from rules.ruleset import RuleSet
from rules.speed import HOME_BROADBAND
from triage.cases.run_speed_test import SpeedMeans
from triage.errors import SettingsInvalid
from triage.settings import Settings
from triage.speed_desk import SpeedDesk
from triage.speed_sweep import SpeedSweep
from triage.store.database import SqlStore
from triage.wiring import now
from triage.wiring_probes import open_probe

KIND = HOME_BROADBAND


@dataclass(frozen=True, slots=True)
class SpeedService:
    """desk: the use cases. sweep: takes tests on while its run() runs."""

    desk: SpeedDesk
    sweep: SpeedSweep


class NoAaa:
    """Where no AAA is configured nobody knows whether an account is online, and no test gives a verdict."""

    def check(self, account: str, at: datetime) -> AccountReading:
        """Return that AAA cannot be asked."""
        return AccountReading(account, at, "down", "没有配置 3A 数据库（SUYIN_AAA_URL），无法校验账号是否在线")


class NoPlatform:
    """Where no platform is configured every remote test fails and says so."""

    method: Method = "softprobe"

    def start(self, request: SpeedRequest, key: str, at: datetime) -> Handle | Failed:  # noqa: ARG002
        """Return that there is no platform."""
        return Failed("unreachable", "没有配置软探针平台（SUYIN_PROBE_URL），无法远程测速")

    def poll(self, handle: Handle, at: datetime) -> Reading:  # noqa: ARG002
        """Return that nobody knows the test any more: the platform was taken out of the settings meanwhile."""
        return Failed("lost", "软探针平台的配置已被移除，请重新测速")


def open_speed(chosen: Settings, store: SqlStore, rules: RuleSet) -> SpeedService:
    """Put speed tests together over the store. Raises SettingsInvalid."""
    try:
        if chosen.hejiaqin_secret:
            check_secret(chosen.hejiaqin_secret, "和家亲")
        means = SpeedMeans(
            store, _check(chosen), _probe(chosen), rules.speed[KIND], rules.hash, chosen.speed_egress_bps, now
        )
    except ProbeMisconfigured as error:
        raise SettingsInvalid(str(error)) from error
    sweep = SpeedSweep(means)
    desk = SpeedDesk(means, store.installation.secret, wake=sweep.wake, hejiaqin=chosen.hejiaqin_secret)
    return SpeedService(desk, sweep)


def _check(chosen: Settings) -> AccountCheck:
    if not chosen.aaa_url:
        return NoAaa()
    return RadacctAccounts(chosen.aaa_url, interim_s=chosen.aaa_interim_s or None)


def _probe(chosen: Settings) -> SpeedProbe:
    return open_probe(chosen) if chosen.probe_url else NoPlatform()
