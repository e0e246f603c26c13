"""Is every change of the history found, wherever it is made, and is erasing what the law asks none?"""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from tests.triage.flow_fakes import keep_flow, make_desk
from tests.triage.makers import NOON
from triage.actors import LOCAL_OPERATOR
from triage.cases.move import Event
from triage.history_anchor import Anchor, verify
from triage.records import AuditEntry
from triage.store.database import SqlStore
from triage.store.engine import writing


@pytest.fixture
def kept(store: SqlStore, tmp_path: Path) -> Anchor:
    """A history of three entries of a ticket and two of the audit trail, with its head outside."""
    ticket = keep_flow(store, "escalation")
    desk = make_desk(store)
    given = {"kind": "risk", "reason": "超时", "customer": "李某", "phone": "13900000000", "problem": "掉话"}
    desk.fire(ticket, Event("raise", {**given, "follower": "王工"}), actor=LOCAL_OPERATOR)
    for n in range(2):
        with store.begin() as work:
            work.audit.add(AuditEntry(NOON, "wang", "look", f"ticket/{n}", "看了"))
    desk.fire(ticket, Event("solve", {"cause": "光缆", "solution": "已修"}), actor=LOCAL_OPERATOR)
    anchor = Anchor(tmp_path / "heads.txt")
    anchor.write(store, NOON)
    return anchor


def test_a_history_that_nobody_touched_is_whole(store: SqlStore, kept: Anchor) -> None:
    found = verify(store, kept)
    assert (found.breaks, found.entries, found.anchors) == ((), 5, 1)


def test_a_head_is_written_once(store: SqlStore, kept: Anchor) -> None:
    assert kept.write(store, NOON + timedelta(hours=1)) is False
    assert len(kept.file.read_text().splitlines()) == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("UPDATE history SET content = replace(content, '光缆', '电缆') WHERE seq = 5", "第 5 条.*被改过"),
        ("UPDATE history SET actor = 'somebody' WHERE seq = 2", "第 2 条.*被改过"),
        ("DELETE FROM history WHERE seq = 3", "第 2 条之后缺少 1 条"),
        ("DELETE FROM history WHERE seq = 5", "末尾被删过"),
        ("UPDATE audit SET detail = '没看' WHERE object = 'ticket/1'", "审计记录第 2 行被改过"),
        ("DELETE FROM audit WHERE object = 'ticket/0'", "审计记录第 1 行被删除"),
        ("INSERT INTO audit (row, at, actor, what, object, detail) SELECT 99, at, actor, what, object, detail"
         " FROM audit WHERE object = 'ticket/0'", "不是由程序写入"),
        ("UPDATE flows SET state = 'following'", "环节与历史不符"),
    ],
)  # fmt: skip
def test_every_change_is_found_where_it_was_made(
    store: SqlStore, engine: Engine, kept: Anchor, change: str, sentence: str
) -> None:
    with writing(engine).begin() as connection:
        connection.execute(text(change))
    found = verify(store, kept)
    assert len(found.breaks) > 0
    assert re.search(sentence, found.breaks[0]), found.breaks


def test_a_history_that_was_cut_and_sealed_again_differs_from_the_head_outside(
    store: SqlStore, engine: Engine, kept: Anchor
) -> None:
    with writing(engine).begin() as connection:
        connection.execute(text("DELETE FROM history WHERE seq > 3"))
        connection.execute(text("DELETE FROM audit WHERE object = 'ticket/1'"))
        connection.execute(text("UPDATE history_head SET seq = 3, hash = (SELECT hash FROM history WHERE seq = 3)"))
    assert "库外保存的链头到第 5 条" in verify(store, kept).breaks[0]


def test_erasing_personal_values_leaves_the_history_whole(store: SqlStore, kept: Anchor) -> None:
    ticket = store.id_of("eoms", "YN-001")
    assert make_desk(store).erase_personal(ticket, "本人申请", actor=LOCAL_OPERATOR) == 2
    assert verify(store, kept).breaks == ()


def test_a_transaction_that_fails_leaves_no_entry(store: SqlStore, kept: Anchor) -> None:
    def look_and_break() -> None:
        with store.begin() as work:
            work.audit.add(AuditEntry(NOON, "wang", "look", "ticket/9"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        look_and_break()
    assert verify(store, kept).entries == 5
