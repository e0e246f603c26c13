"""Do the commands say what the lifecycles say, and whether the history is whole?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from api.commands import audit, flow
from tests.triage.flow_fakes import keep_flow
from triage.store.database import SqlStore
from triage.store.engine import open_engine, writing
from triage.store.migrate import migrate

RUN = CliRunner()


def test_the_list_is_one_array() -> None:
    listed = json.loads(RUN.invoke(flow.app, ["list", "--json"]).stdout)
    named = {one["id"]: one for one in listed}
    assert len(named) >= 5
    assert all(set(one) == {"id", "title", "source", "states"} for one in listed)
    assert {"id": "pending", "label": "待受理", "initial": False, "final": False} in (
        named["workflow.group_complaint"]["states"]
    )


def test_one_is_shown_with_its_deadlines() -> None:
    shown = json.loads(RUN.invoke(flow.app, ["show", "escalation", "--json"]).stdout)
    clock = next(clock for clock in shown["clocks"] if clock["id"] == "first_report")
    assert (clock["within_s"], clock["states"]) == (1800.0, ["received"])
    assert "首次上报" in RUN.invoke(flow.app, ["show", "escalation"]).stdout


def test_a_trial_goes_to_the_end() -> None:
    tried = RUN.invoke(flow.app, ["simulate", "group_complaint", "--events", "submit,complete,check_timeout", "--json"])
    steps = json.loads(tried.stdout)
    assert [step["after"] for step in steps] == ["draft", "pending", "checking", "archiving"]
    assert (tried.exit_code, steps[2]["running"]) == (0, ["quality"])


def test_a_trial_stops_where_an_event_is_refused() -> None:
    tried = RUN.invoke(flow.app, ["simulate", "mobile_complaint", "--events", "accept,handle"])
    assert tried.exit_code == 1
    assert "拒绝：工单现在是“分析定位”" in tried.stdout


@pytest.mark.parametrize(
    "arguments",
    [["show", "nonsense"], ["simulate", "escalation", "--events", "solve", "--fields", "{"]],
)
def test_what_cannot_be_done_is_a_sentence(arguments: list[str]) -> None:
    ended = RUN.invoke(flow.app, arguments)
    assert ended.exit_code == 2
    assert "suyin:" in ended.stderr


def test_a_history_is_checked_against_its_heads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUYIN_DATA_DIR", str(tmp_path))
    engine = open_engine(f"sqlite:///{tmp_path / 'suyin.db'}")
    migrate(engine)
    keep_flow(SqlStore(engine), "mobile_complaint")
    whole = RUN.invoke(audit.app, ["verify"])
    assert (whole.exit_code, "历史完整：1 条" in whole.stdout) == (0, True)
    assert (tmp_path / "history-heads.txt").read_text().startswith("1 ")
    with writing(engine).begin() as connection:
        connection.execute(text("UPDATE history SET actor = 'nobody'"))
    engine.dispose()
    broken = RUN.invoke(audit.app, ["verify", "--json"])
    document = json.loads(broken.stdout)
    assert (broken.exit_code, document["whole"]) == (1, False)
    assert "被改过" in document["breaks"][0]
