"""Is the line to test read from the ticket, and never guessed?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.triage.makers import NOON, make_ticket
from triage.records import Revision
from triage.speed_subject import SpeedSubject, contract_rate, subject_of


def subject(content: str = "宽带慢", **fields: str) -> SpeedSubject:
    first = Revision(1, make_ticket(), NOON)
    return subject_of((first, Revision(2, make_ticket("YN-001", content, **fields), NOON + timedelta(hours=1))))


@pytest.mark.parametrize(
    ("text", "bps"),
    [
        ("100M", 100_000_000),
        ("100 Mbps", 100_000_000),
        ("100Mbit/s", 100_000_000),
        ("100兆", 100_000_000),
        ("1G", 1_000_000_000),
        ("2.5G", 2_500_000_000),
        ("512k", 512_000),
        ("100", None),
        ("100MB/s", None),
        ("100MBps", None),
        ("百兆", None),
        ("-100M", None),
        ("", None),
    ],
)
def test_a_contract_rate_has_a_unit(text: str, bps: int | None) -> None:
    assert contract_rate(text) == bps


def test_the_newest_revision_says_what_holds() -> None:
    found = subject(
        宽带账号=" gz@a.example ", 签约带宽="300M", 是否上门="是", 装维班组="三组", 修复时间="2026-03-04 12:00:00"
    )
    repaired = datetime(2026, 3, 4, 4, 0, tzinfo=UTC)
    assert found == SpeedSubject("gz@a.example", 300_000_000, True, "三组", NOON, repaired)
    assert found.not_before == repaired


def test_what_is_not_said_is_unknown() -> None:
    found = subject()
    assert (found.account, found.contract_bps, found.visit, found.repaired_at) == ("", None, None, None)
    assert found.not_before == NOON


@pytest.mark.parametrize(("text", "visit"), [("是", True), ("否", False), ("待定", None)])
def test_a_visit_is_yes_no_or_unknown(text: str, visit: bool | None) -> None:
    assert subject(是否上门=text).visit is visit


def test_a_labelled_line_of_the_complaint_is_read() -> None:
    assert subject("客户反映网速慢\n宽带账号：13800000000\n请处理").account == "13800000000"


def test_a_field_beats_a_labelled_line() -> None:
    assert subject("宽带账号：13800000000", 宽带账号="13900000000").account == "13900000000"
