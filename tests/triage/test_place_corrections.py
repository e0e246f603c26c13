"""What people said about places, as the matcher learns it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.triage.conftest import Decide
from triage.cases.take_in import keep
from triage.place_corrections import stored_pairs
from triage.records import CorrectedField, Correction
from triage.settings import read_settings
from triage.store.database import SqlStore
from triage.wiring import open_store

_AT = datetime(2026, 11, 1, tzinfo=UTC)
_TEXT = "客户反映在成都市武侯区天府三街199号，手机没有信号"


@pytest.fixture
def store(tmp_path: Path) -> SqlStore:
    """Return an empty store."""
    return open_store(read_settings({"SUYIN_DATA_DIR": str(tmp_path)}))


def _said(store: SqlStore, decide: Decide, *said: tuple[CorrectedField, str | None]) -> list[tuple[str, str | None]]:
    made = decide({"投诉内容": _TEXT})
    own = store.id_of(made.ticket.source, made.ticket.number)
    decided = replace(made, decision=replace(made.decision, id=own))
    with store.begin() as work:
        keep(work, [decided], "model", _AT)
        for field, after in said:
            work.corrections.add(Correction(decided.decision.id, 1, _AT, "local", field, None, after, "现场核实"))
    with store.read() as work:
        return [(query.text, place) for query, place in stored_pairs(work)]


def test_the_last_word_on_a_place_counts(store: SqlStore, decide: Decide) -> None:
    found = _said(store, decide, ("place", "GH1"), ("place", "GH2"))
    assert [place for _, place in found] == ["GH2"]
    assert "天府三街199号" in found[0][0]


def test_a_corrected_address_replaces_the_one_that_was_read(store: SqlStore, decide: Decide) -> None:
    assert _said(store, decide, ("address", "锦江区东大街1号"), ("place", None)) == [("锦江区东大街1号", None)]


def test_a_corrected_address_alone_says_nothing_of_a_place(store: SqlStore, decide: Decide) -> None:
    assert _said(store, decide, ("address", "锦江区东大街1号")) == []
