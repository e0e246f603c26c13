"""Do the probes that settings name answer in facts of the rules, and do wrong settings stop the start?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rules.loader import load_rules
from tests.triage.makers import NOON
from triage.errors import SettingsInvalid
from triage.ports_walks import Probed
from triage.settings import Settings, read_settings
from triage.store.database import SqlStore
from triage.wiring_walks import open_probes, open_walks

RULES = load_rules(province="sichuan")


def chosen(tmp_path: Path, **changes: str) -> Settings:
    return replace(read_settings({"SUYIN_DATA_DIR": str(tmp_path)}), **changes)  # type: ignore[arg-type]


def test_without_settings_only_the_table_of_ggsns_answers(tmp_path: Path) -> None:
    probes = open_probes(chosen(tmp_path), RULES)
    assert list(probes) == ["ggsn"]
    assert probes["ggsn"].ask(" 成都 ", NOON) == Probed(
        {"place.city": "成都", "apn.ggsn": "GGSN04"}, "probe", "成都：华为 GGSN04"
    )


def test_a_city_outside_the_table_settles_nothing(tmp_path: Path) -> None:
    assert open_probes(chosen(tmp_path), RULES)["ggsn"].ask("合肥", NOON).facts == {}


def test_a_list_answers_for_boss(tmp_path: Path) -> None:
    file = tmp_path / "numbers.csv"
    file.write_text("number,ims.account\n028,已开户\n029,offen\n", "utf-8")
    probe = open_probes(chosen(tmp_path, subscription_url=str(file)), RULES)["subscription"]
    assert (probe.ask("028", NOON).facts, probe.ask("028", NOON).origin) == ({"ims.account": "opened"}, "boss")
    wrong = probe.ask("029", NOON)
    assert (wrong.facts, "不能是 offen" in wrong.sentence) == ({}, True)


def test_ports_are_tried_as_address_and_port(tmp_path: Path) -> None:
    probes = open_probes(chosen(tmp_path, reach_targets="127.0.0.1"), RULES)
    assert probes["tcp"].ask("127.0.0.1", NOON).sentence == "127.0.0.1 应写成 地址:端口，如 10.1.2.3:5060"
    assert probes["ping"].ask("10.0.0.1", NOON).facts == {}


@pytest.mark.parametrize("changes", [{"reach_targets": "x"}, {"subscription_url": "/nowhere.csv"},
                                     {"registration_url": "boss"}])  # fmt: skip
def test_settings_that_cannot_be_used_stop_the_start(
    sqlite_store: SqlStore, tmp_path: Path, changes: dict[str, str]
) -> None:
    with pytest.raises(SettingsInvalid):
        open_walks(chosen(tmp_path, **changes), sqlite_store, RULES)
