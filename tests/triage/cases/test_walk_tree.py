"""Does a walk about a ticket keep what was said, let several people go on, and flow into the decision?"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache

import pytest

from rules.loader import load_rules
from rules.ruleset import RuleSet
from tests.triage.makers import NOON, make_triaged
from triage.actors import LOCAL_OPERATOR, Actor
from triage.cases.walk_tree import WalkDesk, Walked
from triage.errors import Conflict, Refused
from triage.ports_walks import Probed
from triage.records_captures import Attachment, Capture
from triage.store.database import SqlStore
from triage.store.errors import UnknownTicket

BO = dataclasses.replace(LOCAL_OPERATOR, id="bo")
PASSWORD = {"code": "registration.bad_credentials", "severity": "fault", "responsible": ["boss"], "frames": [3]}
PDP = {"code": "gtp.rejected", "severity": "fault", "responsible": ["core"], "frames": [2], "cause": 211}


@cache
def rules_of(province: str | None) -> RuleSet:
    return load_rules(province=province)


class FakeSubscription:
    """Knows one number."""

    def ask(self, subject: str, at: datetime) -> Probed:
        if subject != "02812345678":
            return Probed({}, "boss", f"BOSS 没有应答：{subject}")
        return Probed({"ims.account": "missing"}, "boss", "BOSS：02812345678 没有开户信息")


def desk(store: SqlStore, province: str | None = "sichuan", now: Callable[[], datetime] = lambda: NOON) -> WalkDesk:
    rules = rules_of(province)
    with store.begin() as work:
        work.rule_sets.remember(rules.hash, rules.archive(), NOON)
    return WalkDesk(store, lambda: rules, {"subscription": FakeSubscription()}, now)


def ticket(store: SqlStore, phenomenon: str = "no_signal") -> str:
    entry = make_triaged(store, phenomenon=phenomenon)
    with store.begin() as work:
        work.tickets.save_many([entry], NOON)
    return entry.decision.id


def attach(store: SqlStore, ticket_id: str, *findings: Mapping[str, object], id_: str = "c1") -> None:
    """Attach a capture that was read with these findings."""
    capture = Capture(
        id_, "bo", (), "call.pcap", id_ * 32, 10, NOON, NOON, "", "read", document={"findings": list(findings)}
    )
    with store.begin() as work:
        work.captures.add(capture)
        work.captures.attach(Attachment(id_, ticket_id, NOON, "bo"))


def say(walks: WalkDesk, walked: Walked, *answers: str, actor: Actor = LOCAL_OPERATOR) -> Walked:
    """Answer the open questions one after the other."""
    for answer in answers:
        opened = walked.outcome.open
        assert opened is not None
        walked = walks.answer(walked.record.id, walked.record.version, opened.id, answer, "", actor=actor)
    return walked


def test_every_answer_keeps_who_when_and_from_which_evidence(sqlite_store: SqlStore) -> None:
    walks = desk(sqlite_store)
    walked, new = walks.begin(ticket(sqlite_store), "ims_voice", actor=LOCAL_OPERATOR)
    walked = walks.answer(walked.record.id, 1, "number", "是", "电话核实过", actor=BO)
    entry = walked.record.entries[-1]
    assert (entry.name, entry.value, entry.origin, entry.by, entry.at, entry.detail, new) == (
        "number", '"true"', "typed", "bo", NOON, "电话核实过", True,
    )  # fmt: skip


def test_a_walk_without_a_tree_follows_the_ticket_s_phenomenon(sqlite_store: SqlStore) -> None:
    walked, _ = desk(sqlite_store).begin(ticket(sqlite_store), None, actor=BO)
    assert walked.outcome.tree.name == "coverage"
    assert [(step.node, step.answer) for step in walked.outcome.path] == [("kind", "no_signal"), ("wide", "true")]


def test_the_main_finding_of_a_capture_chooses_the_tree_and_is_not_asked(sqlite_store: SqlStore) -> None:
    id_ = ticket(sqlite_store)
    attach(sqlite_store, id_, PASSWORD)
    walked, _ = desk(sqlite_store).begin(id_, None, actor=BO)
    assert walked.outcome.conclusion is not None
    assert (walked.outcome.tree.name, walked.outcome.conclusion.node) == ("ims_voice", "password")
    assert {entry.detail for entry in walked.record.entries} == {"capture/c1"}


def test_the_cause_of_a_rejected_activation_is_used_through_its_table(sqlite_store: SqlStore) -> None:
    id_ = ticket(sqlite_store)
    attach(sqlite_store, id_, PDP)
    walked, _ = desk(sqlite_store).begin(id_, None, actor=BO)
    assert walked.outcome.conclusion is not None
    assert walked.outcome.conclusion.node == "no_address"


def test_a_ticket_that_says_nothing_needs_the_tree_to_be_named(sqlite_store: SqlStore) -> None:
    with pytest.raises(Refused, match="请指定 tree"):
        desk(sqlite_store).begin(ticket(sqlite_store, phenomenon="sms"), None, actor=BO)


def test_beginning_again_goes_on_with_the_open_walk(sqlite_store: SqlStore) -> None:
    walks, id_ = desk(sqlite_store), ticket(sqlite_store)
    first, _ = walks.begin(id_, "data", actor=LOCAL_OPERATOR)
    again, new = walks.begin(id_, "data", actor=BO)
    assert (again.record.id, new) == (first.record.id, False)


def test_several_people_go_on_and_the_second_is_told(store: SqlStore) -> None:
    walks = desk(store)
    walked, _ = walks.begin(ticket(store), "ims_voice", actor=LOCAL_OPERATOR)
    walks.answer(walked.record.id, 1, "number", "是", "", actor=BO)
    with pytest.raises(Conflict, match="bo"):
        walks.answer(walked.record.id, 1, "number", "否", "", actor=LOCAL_OPERATOR)
    assert len(walks.look(walked.record.id).record.entries) == 1


def test_an_answer_can_be_taken_back_and_is_asked_again(sqlite_store: SqlStore) -> None:
    walks = desk(sqlite_store)
    walked, _ = walks.begin(ticket(sqlite_store), "ims_voice", actor=LOCAL_OPERATOR)
    walked = say(walks, walked, "是", "已开户")
    walked = walks.take_back(walked.record.id, walked.record.version, walked.record.entries[-1].n, actor=BO)
    assert walked.outcome.open is not None
    assert (walked.outcome.open.id, walked.record.entries[-1].withdrawn_by) == ("account", "bo")


@pytest.mark.parametrize(
    ("node", "answer", "sentence"),
    [("call", "是", "现在待回答的是 number"), ("number", "也许", "不是“步骤1：客户的故障号码确认了吗？”的答案")],
)
def test_only_the_open_question_takes_answers_that_it_has(
    sqlite_store: SqlStore, node: str, answer: str, sentence: str
) -> None:
    walks = desk(sqlite_store)
    walked, _ = walks.begin(ticket(sqlite_store), "ims_voice", actor=BO)
    with pytest.raises(Refused, match=sentence):
        walks.answer(walked.record.id, 1, node, answer, "", actor=BO)
    assert walks.look(walked.record.id).record.version == 1


def test_a_system_answers_the_check_that_names_it(sqlite_store: SqlStore) -> None:
    walks = desk(sqlite_store)
    walked = say(walks, walks.begin(ticket(sqlite_store), "ims_voice", actor=BO)[0], "是")
    walked, sentence = walks.probe(walked.record.id, walked.record.version, "02812345678", actor=BO)
    assert (walked.outcome.path[-1].origin, sentence) == ("boss", "BOSS：02812345678 没有开户信息")
    assert walked.outcome.conclusion is not None


def test_a_system_that_does_not_answer_leaves_the_question_open(sqlite_store: SqlStore) -> None:
    walks = desk(sqlite_store)
    walked = say(walks, walks.begin(ticket(sqlite_store), "ims_voice", actor=BO)[0], "是")
    walked, sentence = walks.probe(walked.record.id, walked.record.version, "028", actor=BO)
    assert walked.outcome.open is not None
    assert (walked.outcome.open.id, sentence) == ("account", "BOSS 没有应答：028")


def test_a_question_without_a_system_cannot_be_probed(sqlite_store: SqlStore) -> None:
    walks = desk(sqlite_store)
    walked, _ = walks.begin(ticket(sqlite_store), "ims_voice", actor=BO)
    with pytest.raises(Refused, match="没有可以查询的系统"):
        walks.probe(walked.record.id, 1, "x", actor=BO)


def test_a_capture_attached_later_brings_its_evidence_once(sqlite_store: SqlStore) -> None:
    walks, id_ = desk(sqlite_store), ticket(sqlite_store)
    walked, _ = walks.begin(id_, "ims_voice", actor=BO)
    attach(sqlite_store, id_, PASSWORD)
    walked = walks.gather(walked.record.id, 1, actor=BO)
    again = walks.gather(walked.record.id, 2, actor=BO)
    assert walked.outcome.conclusion is not None
    assert len(again.record.entries) == len(walked.record.entries)


def test_filing_with_signalling_is_refused_without_a_capture(store: SqlStore) -> None:
    walks, id_ = desk(store), ticket(store)
    walked, _ = walks.begin(id_, "ims_voice", actor=BO)
    walked = say(walks, walked, "是", "已开户", "密码或用户名错")
    with pytest.raises(Refused, match="“提交故障处理工单并附信令”须附信令，请先附上再提交"):
        walks.conclude(walked.record.id, walked.record.version, {}, actor=BO)
    attach(store, id_, PASSWORD)
    assert walks.conclude(walked.record.id, walked.record.version, {}, actor=BO).decision.action == "dispatch_centre"


def test_the_conclusion_flows_into_the_decision_with_the_whole_path(sqlite_store: SqlStore) -> None:
    walks, id_ = desk(sqlite_store), ticket(sqlite_store)
    walked = say(walks, walks.begin(id_, "ims_voice", actor=BO)[0], "是", "没有开户信息", actor=BO)
    decision = walks.conclude(walked.record.id, walked.record.version, {}, actor=BO).decision
    assert (decision.action, decision.centre, decision.centre_name) == (
        "dispatch_centre", "business_support_centre", "省公司业务支撑中心",
    )  # fmt: skip
    assert [reason.rule for reason in decision.why[:3]] == [
        "tree.ims_voice#not_opened", "tree.ims_voice#number", "tree.ims_voice#account",
    ]  # fmt: skip
    assert decision.why[2].sentence == "步骤2：在BOSS模块B286查询，用户是否开户？ 没有开户信息（人工，bo）"
    assert "步骤2" not in decision.why[1].sentence
    assert decision.rules_hash == walked.record.rules_hash


def test_a_walk_that_is_over_takes_no_more(sqlite_store: SqlStore) -> None:
    walks = desk(sqlite_store)
    walked = say(walks, walks.begin(ticket(sqlite_store), "ims_voice", actor=BO)[0], "是", "没有开户信息")
    walks.conclude(walked.record.id, walked.record.version, {}, actor=BO)
    with pytest.raises(Conflict, match="已由 bo 提交结论"):
        walks.take_back(walked.record.id, walked.record.version + 1, 1, actor=BO)


def test_an_open_walk_has_no_conclusion_to_take_over(sqlite_store: SqlStore) -> None:
    walks = desk(sqlite_store)
    walked, _ = walks.begin(ticket(sqlite_store), "ims_voice", actor=BO)
    with pytest.raises(Refused, match="还没有结论，缺：客户的故障号码"):
        walks.conclude(walked.record.id, 1, {}, actor=BO)


def test_other_material_is_named_where_it_lies(sqlite_store: SqlStore) -> None:
    walks = desk(sqlite_store)
    walked = walks.begin(ticket(sqlite_store), "ims_voice", actor=BO)[0]
    walked = say(walks, walked, "是", "已开户", "注册成功", "呼叫正常", "通", "否")
    with pytest.raises(Refused, match="须附设备参数配置"):
        walks.conclude(walked.record.id, walked.record.version, {}, actor=BO)
    made = walks.conclude(walked.record.id, walked.record.version, {"config": "iad-0301.txt"}, actor=BO)
    assert "附件 设备参数配置：iad-0301.txt" in made.decision.why[0].sentence


def test_a_walk_goes_on_under_the_rules_it_began_with(sqlite_store: SqlStore) -> None:
    begun, _ = desk(sqlite_store, "anhui").begin(ticket(sqlite_store), "ims_voice", actor=BO)
    later = desk(sqlite_store, "sichuan")
    walked = say(later, later.look(begun.record.id), "是", "已销户")
    assert walked.outcome.conclusion is not None
    assert walked.outcome.conclusion.responsible == "boss_front_desk"
    assert (walked.record.tree_hash, walked.record.rules_hash) == (begun.record.tree_hash, rules_of("anhui").hash)


def test_an_unknown_ticket_begins_no_walk(sqlite_store: SqlStore) -> None:
    with pytest.raises(UnknownTicket):
        desk(sqlite_store).begin("none", "data", actor=BO)


def test_every_action_of_a_conclusion_has_its_handling() -> None:
    rules = rules_of(None)
    actions = rules.facts["handling.action"].values
    decided = {name: rules.tables["table.walk_action"].decide({"handling.action": name}).outputs for name in actions}
    assert [name for name, outputs in decided.items() if not outputs] == []
