"""Which names mean one account, and which answer follows from which cause?"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from probes.account import STATE_OF, AccountReading, fold, same_account

AT = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("GZabc01", "gzABC01", True),
        ("13800000000", "13800000000@gd.chinamobile.com", True),
        ("13800000000@GD.chinamobile.com", " 13800000000@gd.chinamobile.com ", True),
        ("13800000000@home.example", "13800000000@HOME.example.net", True),
        ("13800000000", "13800000001", False),
        ("@home.example", "", False),
    ],
)
def test_case_spaces_and_realm_do_not_matter(one: str, other: str, same: bool) -> None:
    assert same_account(one, other) is same


def test_folding_takes_away_the_realm() -> None:
    assert fold(" GZabc01@gd.chinamobile.com") == "gzabc01"


def test_a_reading_without_sessions_has_no_target() -> None:
    reading = AccountReading("gz01", AT, "closed", "账号不在线")
    assert (reading.state, reading.framed_ip, reading.nas, reading.updated_at) == ("offline", None, None, None)


def test_only_failures_and_several_realms_leave_the_state_open() -> None:
    open_causes = {cause for cause, state in STATE_OF.items() if state in {"unknown", "ambiguous"}}
    assert open_causes == {"busy", "down", "invalid", "realms"}
