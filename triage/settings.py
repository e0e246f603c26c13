"""What may be set from outside, and what holds where nothing is set?

Read once, by triage/wiring.py, from environment variables that begin with SUYIN_. A value that cannot be used is an
error at the start, never a silent default.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rules.errors import RateUnreadable
from rules.speed_rate import parse_rate
from triage.errors import SettingsInvalid

PROJECT = Path(__file__).parent.parent
PROVINCES = ("sichuan", "anhui")


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one process.

    data_dir: database, uploads, models and indexes. database_url: SQLAlchemy form. host, port: where pages and the
    API are served. province: overlay of the rules, None for the base. workers: processes that decide a bulk import,
    1 to 64. divisions: the table of divisions that `make setup` builds. max_upload_mib: largest upload accepted.
    capture_days: how long the file and the diagnosis of a capture are kept. aaa_url: of the read-only radacct database,
    "" for none. aaa_interim_s: how often the NAS updates a session, 0 where it does not. probe_url, probe_token: of the
    platform for remote speed tests. probe_file: what gateways load. hejiaqin_secret: signs
    what 和家亲 pushes. speed_egress_bps: contract rates that may be measured at once, added up. subscription_url:
    service or CSV file of BOSS and HLR/HSS; registration_url: service of the IMS platform; "" for none; line_token:
    for both. reach_targets: networks that may be pinged. sms_url, webhook_url: where notices and replies are posted,
    signed by notify_secret; smtp: mail server, HOST:PORT; mail_from: sender; contacts: CSV file of people; all "" for
    none. history_anchor: file of the history's heads, "" for one in data_dir.
    """

    data_dir: Path
    database_url: str
    host: str
    port: int
    province: str | None
    workers: int
    divisions: Path
    max_upload_mib: int
    capture_days: int
    aaa_url: str = ""
    aaa_interim_s: int = 300
    probe_url: str = ""
    probe_token: str = ""
    probe_file: str = ""
    hejiaqin_secret: str = ""
    speed_egress_bps: int = 1_000_000_000
    subscription_url: str = ""
    registration_url: str = ""
    line_token: str = ""
    reach_targets: str = ""
    sms_url: str = ""
    webhook_url: str = ""
    notify_secret: str = ""
    smtp: str = ""
    mail_from: str = ""
    contacts: str = ""
    history_anchor: str = ""

    @property
    def uploads(self) -> Path:
        """Where uploaded files are kept, by the hash of their content."""
        return self.data_dir / "uploads"


# Name, default as shown to people, and what it means; docs/operations.md lists the same.
KNOWN: Mapping[str, tuple[str, str]] = {
    "SUYIN_DATA_DIR": ("./var", "directory of database, uploads, models and indexes"),
    "SUYIN_DATABASE_URL": ("sqlite:///<data dir>/suyin.db", "database; postgresql://USER:PASSWORD@HOST/NAME for many"),
    "SUYIN_HOST": ("127.0.0.1", "address to serve on; only loopback until accounts exist"),
    "SUYIN_PORT": ("8000", "port to serve on, 1 to 65535"),
    "SUYIN_PROVINCE": ("", "province whose rules overlay the base: sichuan or anhui"),
    "SUYIN_WORKERS": ("number of processors, at most 4", "processes that decide a bulk import"),
    "SUYIN_DIVISIONS": (".cache/divisions.bin", "table of China's divisions, built by make setup"),
    "SUYIN_MAX_UPLOAD_MIB": ("200", "largest upload that is accepted"),
    "SUYIN_CAPTURE_DAYS": ("30", "days after which an uploaded capture and its diagnosis are deleted"),
    "SUYIN_AAA_URL": ("", "radacct database that is only read: postgresql://, mysql:// or sqlite:///"),
    "SUYIN_AAA_INTERIM_S": ("300", "seconds between updates of a session by the NAS; 0 where it sends none"),
    "SUYIN_PROBE_URL": ("", "platform for remote speed tests: https://, genieacs+http:// or iperf3://"),
    "SUYIN_PROBE_TOKEN": ("", "bearer token of the soft-probe platform"),
    "SUYIN_PROBE_FILE": ("", "what gateways load, with genieacs+http://: http://… with {nonce} and {bytes} in it"),
    "SUYIN_HEJIAQIN_SECRET": ("", "signs results that 和家亲 pushes, 16 letters or more; empty takes none"),
    "SUYIN_SPEED_EGRESS": ("1G", "contract rates that may be measured at once, added up: bit/s with k, M or G"),
    "SUYIN_SUBSCRIPTION_URL": ("", "what BOSS and HLR/HSS hold of a number: https://… or a CSV file"),
    "SUYIN_REGISTRATION_URL": ("", "who is registered at the IMS platform: https://…"),
    "SUYIN_LINE_TOKEN": ("", "bearer token of the two services above"),
    "SUYIN_SMS_URL": ("", "gateway of short messages and 快文: https://…"),
    "SUYIN_WEBHOOK_URL": ("", "where replies to the upstream system are posted: https://…"),
    "SUYIN_NOTIFY_SECRET": ("", "signs what is posted to the two addresses above"),
    "SUYIN_SMTP": ("", "mail server for notices, HOST:PORT"),
    "SUYIN_MAIL_FROM": ("suyin@localhost", "address that e-mails come from"),
    "SUYIN_CONTACTS": ("", "CSV file of people: person, roles, phone, email"),
    "SUYIN_HISTORY_ANCHOR": ("<data dir>/history-heads.txt", "file that heads of the history are written into"),
    "SUYIN_REACH_TARGETS": ("", "networks that may be pinged and connected to, such as 10.1.0.0/16,192.0.2.7"),
}


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Return the settings that environment asks for. Raises SettingsInvalid naming variable, value and remedy."""
    unknown = sorted(name for name in environment if name.startswith("SUYIN_") and name not in KNOWN)
    if unknown:
        raise SettingsInvalid(f"{unknown[0]} is not a setting; known are {', '.join(KNOWN)}")
    data_dir = Path(environment.get("SUYIN_DATA_DIR") or PROJECT / "var").expanduser().absolute()
    province = environment.get("SUYIN_PROVINCE") or None
    if province is not None and province not in PROVINCES:
        raise SettingsInvalid(f"SUYIN_PROVINCE is {province!r}; it must be one of {', '.join(PROVINCES)}, or empty")
    return Settings(
        data_dir=data_dir,
        database_url=environment.get("SUYIN_DATABASE_URL") or f"sqlite:///{data_dir / 'suyin.db'}",
        host=environment.get("SUYIN_HOST") or "127.0.0.1",
        port=_whole(environment, "SUYIN_PORT", 8000, 1, 65535),
        province=province,
        workers=_whole(environment, "SUYIN_WORKERS", min(os.cpu_count() or 1, 4), 1, 64),
        divisions=Path(environment.get("SUYIN_DIVISIONS") or PROJECT / ".cache" / "divisions.bin"),
        max_upload_mib=_whole(environment, "SUYIN_MAX_UPLOAD_MIB", 200, 1, 100_000),
        capture_days=_whole(environment, "SUYIN_CAPTURE_DAYS", 30, 1, 3650),
        aaa_url=environment.get("SUYIN_AAA_URL") or "",
        aaa_interim_s=_whole(environment, "SUYIN_AAA_INTERIM_S", 300, 0, 86_400),
        probe_url=environment.get("SUYIN_PROBE_URL") or "",
        probe_token=environment.get("SUYIN_PROBE_TOKEN") or "",
        probe_file=environment.get("SUYIN_PROBE_FILE") or "",
        hejiaqin_secret=environment.get("SUYIN_HEJIAQIN_SECRET") or "",
        speed_egress_bps=_rate(environment, "SUYIN_SPEED_EGRESS", "1G"),
        subscription_url=environment.get("SUYIN_SUBSCRIPTION_URL") or "",
        registration_url=environment.get("SUYIN_REGISTRATION_URL") or "",
        line_token=environment.get("SUYIN_LINE_TOKEN") or "",
        reach_targets=environment.get("SUYIN_REACH_TARGETS") or "",
        sms_url=environment.get("SUYIN_SMS_URL") or "",
        webhook_url=environment.get("SUYIN_WEBHOOK_URL") or "",
        notify_secret=environment.get("SUYIN_NOTIFY_SECRET") or "",
        smtp=environment.get("SUYIN_SMTP") or "",
        mail_from=environment.get("SUYIN_MAIL_FROM") or "suyin@localhost",
        contacts=environment.get("SUYIN_CONTACTS") or "",
        history_anchor=environment.get("SUYIN_HISTORY_ANCHOR") or "",
    )


def _whole(environment: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = environment.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise SettingsInvalid(f"{name} is {text!r}; it must be a whole number from {least} to {most}")
    return int(text)


def _rate(environment: Mapping[str, str], name: str, default: str) -> int:
    text = environment.get(name) or default
    try:
        return parse_rate(text)
    except RateUnreadable as error:
        raise SettingsInvalid(f"{name} is {text!r}; it must be a rate in bit/s such as 500M or 10G") from error
