"""Is every instruction of the processes on the engine carried out somewhere, and said where?

Lifecycles name what they carry out (`covers`). What other files carry out is listed here with the words that do it;
what nothing carries out yet is listed with its reason, so that nobody takes it for done.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from rules.loader import load_rules
from rules.ruleset import RuleSet

ROOT = Path(__file__).resolve().parents[2]
PIECES = ("general-ticket", "group-complaint", "escalation", "mobile-complaint", "home-speed")
PARAMETERS = "rules/content/tables/task-parameters.yaml"
GENERAL = "rules/content/workflows/general-ticket.yaml"
CLOSE, RUN = "triage/cases/close.py", "triage/cases/run_speed_test.py"
SPEED_RULE, SPEED = "probes/speed_rule.py", "rules/content/speed/home-broadband.yaml"
ELSEWHERE = {
    "general-ticket.parameters.quantity-by-user": (GENERAL, "quantity: {leaves: [用户填写]}"),
    "general-ticket.parameters.quantity-fixed": ("triage/flow.py", "由工单参数配置表填写"),
    "general-ticket.parameters.unit-price": (PARAMETERS, "unit_price"),
    "general-ticket.parameters.material-none": (GENERAL, '无材料费: "0"'),
    "general-ticket.parameters.material-some": (GENERAL, "leaves: [有材料费]"),
    "general-ticket.parameters.note": (PARAMETERS, "help"),
    "general-ticket.new.menu": ("api/routes/flow.py", "/tickets/new/{lifecycle}"),
    "mobile-complaint.step-1.rules": ("rules/content/tables/specialty.yaml", "table.specialty"),
    "mobile-complaint.step-2.template-wins": ("triage/intake/addresses.py", "template"),
    "mobile-complaint.voice.coverage.path": ("rules/content/trees/coverage.yaml", "无法正常使用语音业务→"),
    "mobile-complaint.voice.coverage.phenomena": ("rules/content/facts.yaml", "信号弱"),
    "mobile-complaint.voice.coverage.query": ("triage/cases/look_around.py", "def "),
    "mobile-complaint.voice.coverage.blind-spot": ("rules/content/tables/action.yaml", "self_handle"),
    "mobile-complaint.voice.coverage.blind-spot-reply": ("rules/content/replies/blind-spot.yaml", "描述+原因+解决方式"),
    "mobile-complaint.voice.coverage.plan": ("rules/content/tables/action.yaml", "self_handle"),
    "mobile-complaint.voice.coverage.plan-reply": ("rules/content/replies/plan.yaml", "网络建设规划"),
    "mobile-complaint.voice.coverage.neither": ("rules/content/tables/action.yaml", "dispatch_field_test"),
    "home-speed.remote.tool": ("probes/speed/measurement.py", "softprobe"),
    "home-speed.remote.prompt": ("rules/content/speed", "测速时间预计3分钟,请稍后查看测速结果"),
    "home-speed.remote.account-first": (RUN, "check.check"),
    "home-speed.remote.offline-misses": (SPEED_RULE, "FAIL_ACCOUNT_OFFLINE"),
    "home-speed.remote.offline-again": ("rules/content/speed", "FAIL_ACCOUNT_OFFLINE"),
    "home-speed.remote.last-handling": (CLOSE, "the last by request order"),
    "home-speed.remote.miss-hint": ("rules/content/speed", "hints"),
    "home-speed.note.other-account": (SPEED_RULE, "other"),
    "home-speed.note.allowance": ("rules/content/speed", "target_percent: 92"),
    "home-speed.onsite.tool": ("triage/speed_desk.py", "和家亲"),
    "home-speed.onsite.account-first": (RUN, "check.check"),
    "home-speed.onsite.offline-remind": ("rules/content/speed", "FAIL_ACCOUNT_OFFLINE"),
    "home-speed.onsite.no-delay-prompt": ("rules/content/speed", "onsite"),
}
OPEN = {
    "general-ticket.parameters.menu": "the table is a file of rules; there is no page that edits it yet",
    "general-ticket.parameters.operations": "rows are added, changed and removed in the file, not on a page",
    "general-ticket.parameters.keeper": "whoever may change the rules may change the table; no role guards it alone",
    "mobile-complaint.data.chapter": "the handbook's chapter is lost; fault trees for data are ours",
}


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    return load_rules()


def instructions(rules: RuleSet) -> set[str]:
    return {name for name in rules.handbook if name.split(".")[0] in PIECES}


def by_lifecycles(rules: RuleSet) -> set[str]:
    return {name for life in rules.lifecycles.values() for name in life.covered}


def test_every_instruction_is_carried_out_or_said_to_be_open(rules: RuleSet) -> None:
    assert instructions(rules) - by_lifecycles(rules) - ELSEWHERE.keys() == OPEN.keys()


def test_nothing_is_listed_twice_or_unknown(rules: RuleSet) -> None:
    listed = {*ELSEWHERE, *OPEN}
    assert listed <= instructions(rules)
    assert listed & by_lifecycles(rules) == set()
    assert ELSEWHERE.keys() & OPEN.keys() == set()


@pytest.mark.parametrize("name", ELSEWHERE)
def test_what_is_carried_out_elsewhere_stands_there(name: str) -> None:
    where, words = ELSEWHERE[name]
    files = [ROOT / where] if (ROOT / where).is_file() else sorted((ROOT / where).rglob("*.yaml"))
    assert any(words in file.read_text("utf-8") for file in files)
