"""Does the command line judge to the bit, and say what is wrong in one sentence?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from typer.testing import CliRunner, Result

from api.cli import build
from tests.triage.speed_fakes import keep_ticket
from triage import wiring
from triage.store.database import SqlStore
from triage.store.engine import open_engine
from triage.store.migrate import migrate


def suyin(*arguments: str) -> Result:
    return CliRunner().invoke(build(["speed"]), ["speed", *arguments])


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SqlStore:
    """An installation of its own, without AAA and platform."""
    monkeypatch.setenv("SUYIN_DATA_DIR", str(tmp_path))
    engine = open_engine(wiring.settings().database_url)
    migrate(engine)
    return SqlStore(engine)


@pytest.mark.parametrize(
    ("measured", "account", "verdict", "reason", "percent"),
    [
        ("90000001", "online", "pass", "PASS_OVER_90", "90.000001"),
        ("90000.001k", "online", "pass", "PASS_OVER_90", "90.000001"),
        ("90M", "online", "fail", "FAIL_BELOW_90", "90"),
        ("89999999", "online", "fail", "FAIL_BELOW_90", "89.999999"),
        ("1G", "offline", "fail", "FAIL_ACCOUNT_OFFLINE", "1000"),
        ("1G", "stale", "fail", "FAIL_ACCOUNT_STALE", "1000"),
        ("95M", "unknown", "none", "NONE_AAA_UNKNOWN", "95"),
        ("95M", "ambiguous", "none", "NONE_ACCOUNT_AMBIGUOUS", "95"),
    ],
)
def test_figures_are_judged(measured: str, account: str, verdict: str, reason: str, percent: str) -> None:
    found = suyin("judge", "--contract", "100M", "--measured", measured, "--account", account, "--json")
    document = json.loads(found.stdout)
    assert (found.exit_code, document["verdict"], document["reason"], document["percent"]) == (
        0, verdict, reason, percent,
    )  # fmt: skip


@pytest.mark.parametrize("measured", ["-5", "+5", "NaN", "11.95MB/s", "90 M", "1e8", "", "inf"])
def test_what_is_no_rate_ends_with_a_sentence(measured: str) -> None:
    found = suyin("judge", "--contract", "100M", f"--measured={measured}", "--json")
    assert (found.exit_code, found.stdout) == (2, "")
    assert "看不懂" in found.stderr


def test_hints_are_said_in_words() -> None:
    found = suyin("judge", "--contract", "300M", "--measured", "94M")
    assert "疑似百兆口" in found.stdout


def test_without_aaa_a_test_ends_without_a_verdict(home: SqlStore) -> None:
    keep_ticket(home, "YN-007")
    found = suyin("test", "--ticket", "YN-007", "--json")
    assert json.loads(found.stdout)["outcome"]["reason"] == "NONE_AAA_UNKNOWN"
    assert "测速时间预计3分钟,请稍后查看测速结果" in found.stderr


def test_an_account_of_a_radacct_table_is_looked_up(
    home: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    aaa = f"sqlite:///{tmp_path / 'aaa.db'}"
    engine = create_engine(aaa)
    with engine.begin() as connection:
        connection.execute(
            text(
                "CREATE TABLE radacct (username text, acctstarttime int, acctupdatetime int, acctstoptime int,"
                " nasipaddress text, framedipaddress text)"
            )
        )
    engine.dispose()
    monkeypatch.setenv("SUYIN_AAA_URL", aaa)
    assert json.loads(suyin("account", "nobody", "--json").stdout)["state"] == "offline"


def test_without_a_platform_a_remote_test_is_a_miss_that_says_so(
    home: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    aaa = f"sqlite:///{tmp_path / 'aaa.db'}"
    engine = create_engine(aaa)
    with engine.begin() as connection:
        connection.execute(
            text(
                "CREATE TABLE radacct AS SELECT '13800000000@a.example' username, unixepoch() acctstarttime,"
                " unixepoch() acctupdatetime, NULL acctstoptime, '10.0.0.1' nasipaddress, '100.64.0.7' framedipaddress"
            )
        )
    engine.dispose()
    monkeypatch.setenv("SUYIN_AAA_URL", aaa)
    keep_ticket(home, "YN-007")
    outcome = json.loads(suyin("test", "--ticket", "YN-007", "--json").stdout)["outcome"]
    assert (outcome["reason"], "SUYIN_PROBE_URL" in outcome["failure"]) == ("FAIL_PROBE_ERROR", True)


def test_an_unknown_ticket_is_named(home: SqlStore) -> None:
    found = suyin("test", "--ticket", "YN-404")
    assert (found.exit_code, "没有工单 YN-404" in found.stderr) == (2, True)


def test_no_tickets_give_no_rate(home: SqlStore) -> None:
    whole = json.loads(suyin("kpi", "--json").stdout)["whole"]
    assert (whole["count"], whole["share"], whole["colour"]) == (0, None, "样本不足")


def test_a_period_needs_a_zone(home: SqlStore) -> None:
    found = suyin("kpi", "--from", "2026-03-01")
    assert (found.exit_code, "时区" in found.stderr) == (2, True)
