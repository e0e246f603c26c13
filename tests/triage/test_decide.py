"""The six steps of 移动网络投诉处理规范, and above all: when a customer is answered automatically and when not."""

from __future__ import annotations

import dataclasses

import pytest

from geo.place import Place
from rules.loader import load_archive
from tests.triage.conftest import Decide
from triage.wiring import Knowledge

WEAK = "客户反映在成都市武侯区桂溪街道天府三街199号手机信号很弱，只有一格，长期如此，要求处理"
SPOT = Place(
    "blind_spot",
    "BS-1",
    "天府三街199号",
    "成都市武侯区桂溪街道天府三街199号",
    "成都市",
    "武侯区",
    extra={"描述": "该处信号弱。", "原因": "物业不同意建站，", "解决方式": "正在协调站址"},
)
PLAN = Place(
    "plan",
    "GH-1",
    "天府三街199号",
    "成都市武侯区桂溪街道天府三街199号",
    "成都市",
    "武侯区",
    extra={"状态": "在建", "站型": "宏站"},
)
PLAN_REPLY = "经过核实,我们已经将该地点纳入了当期的网络建设规划中,建议用户关注。"


def with_extra(place: Place, **extra: str) -> Place:
    return dataclasses.replace(place, extra={**place.extra, **extra})


def test_a_blind_spot_is_answered_with_the_prescribed_text(decide: Decide) -> None:
    decision = decide({"投诉内容": WEAK}, [SPOT]).decision
    assert decision.action == "self_handle"
    assert decision.reply == (
        "经过核实,该处信号弱，物业不同意建站，正在协调站址,该情况将成为我司后期网络规划和建设依据,建议用户关注。"
    )


def test_an_empty_part_of_a_blind_spot_is_left_out_of_the_reply(decide: Decide) -> None:
    reply = decide({"投诉内容": WEAK}, [with_extra(SPOT, 原因="")]).decision.reply
    assert reply == "经过核实,该处信号弱，正在协调站址,该情况将成为我司后期网络规划和建设依据,建议用户关注。"


def test_a_blind_spot_without_any_text_goes_to_a_person(decide: Decide) -> None:
    decision = decide({"投诉内容": WEAK}, [with_extra(SPOT, 描述="", 原因="", 解决方式="")]).decision
    assert (decision.action, decision.reply) == ("review", None)


def test_a_plan_is_answered_with_the_prescribed_text(decide: Decide) -> None:
    decision = decide({"投诉内容": WEAK}, [PLAN]).decision
    assert (decision.action, decision.reply) == ("self_handle", PLAN_REPLY)


def test_a_blind_spot_beats_a_plan(decide: Decide) -> None:
    decision = decide({"投诉内容": WEAK}, [PLAN, SPOT]).decision
    assert (decision.place.kind, decision.place.id) == ("blind_spot", "BS-1")


@pytest.mark.parametrize("status", ["规划中", "已立项", "待建", "在建"])
def test_a_plan_under_way_is_current(decide: Decide, status: str) -> None:
    assert decide({"投诉内容": WEAK}, [with_extra(PLAN, 状态=status)]).decision.action == "self_handle"


@pytest.mark.parametrize("status", ["已取消", "已开通"])
def test_a_plan_that_is_over_answers_nobody(decide: Decide, status: str) -> None:
    decision = decide({"投诉内容": WEAK}, [with_extra(PLAN, 状态=status)]).decision
    assert (decision.action, decision.reply) == ("dispatch_field_test", None)


@pytest.mark.parametrize("status", ["会审中", ""])
def test_a_plan_of_unknown_status_goes_to_a_person(decide: Decide, status: str) -> None:
    decision = decide({"投诉内容": WEAK}, [with_extra(PLAN, 状态=status)]).decision
    assert (decision.action, decision.reply) == ("review", None)


def test_a_blind_spot_whose_text_says_solved_answers_nobody(decide: Decide) -> None:
    decision = decide({"投诉内容": WEAK}, [with_extra(SPOT, 解决方式="新站已开通，覆盖良好")]).decision
    assert (decision.action, decision.reply) == ("dispatch_field_test", None)


def test_a_current_plan_answers_where_the_blind_spot_is_solved(decide: Decide) -> None:
    decision = decide({"投诉内容": WEAK}, [with_extra(SPOT, 状态="已解决"), PLAN]).decision
    assert (decision.place.kind, decision.reply) == ("plan", PLAN_REPLY)


def test_a_blind_spot_whose_name_a_plan_has_in_another_city_goes_to_a_person(decide: Decide) -> None:
    here = Place(
        "blind_spot", "BS-7", "红山家园", "成都市武侯区天府三街199号红山家园", "成都市", "武侯区", extra=SPOT.extra
    )
    there = Place("plan", "GH-7", "红山家园", "绵阳市涪城区天府三街199号红山家园", "绵阳市", "涪城区", extra=PLAN.extra)
    said = {"投诉内容": "客户反映在天府三街199号红山家园手机信号很弱，只有一格，长期如此，要求处理"}
    assert decide(said, [here]).decision.place.outcome == "match"
    decision = decide(said, [here, there]).decision
    assert (decision.place.outcome, decision.reply) == ("review", None)


def test_another_house_number_is_no_match(decide: Decide) -> None:
    decision = decide({"投诉内容": WEAK.replace("199号", "188号")}, [SPOT]).decision
    assert (decision.place.outcome, decision.action, decision.reply) == ("none", "dispatch_field_test", None)


def test_a_sudden_outage_is_dispatched_and_not_answered(decide: Decide) -> None:
    sudden = "从今天早上开始成都市武侯区桂溪街道天府三街199号突然没有信号，显示无服务，昨天还好好的"
    decision = decide({"投诉内容": sudden}, [SPOT]).decision
    assert (decision.specialty, decision.action, decision.reply) == ("无线-基站及配套", "dispatch_centre", None)


def test_a_contradictory_ticket_goes_to_a_person_with_the_reason(decide: Decide) -> None:
    fields = {"投诉内容": f"#同步要素#处于室内还是室外:室内#同步要素#{WEAK}", "投诉分类七级": "室外"}
    decision = decide(fields, [SPOT]).decision
    assert (decision.action, decision.reply) == ("review", None)
    assert any(reason.rule == "contradiction" and "室内" in reason.sentence for reason in decision.why)


def test_a_data_complaint_at_a_blind_spot_is_not_answered_with_it(decide: Decide) -> None:
    slow = "在成都市武侯区桂溪街道天府三街199号用手机流量看视频一直转圈，网速特别慢，打电话正常"
    decision = decide({"投诉内容": slow}, [SPOT]).decision
    assert (decision.phenomenon, decision.reply) == ("data_slow", None)


def test_a_call_failure_that_is_tied_to_a_number_is_not_answered_with_a_place(decide: Decide) -> None:
    failed = "成都市武侯区桂溪街道天府三街199号客户反映信号满格，只有拨打某个号码提示空号，打其他号码正常"
    assert decide({"投诉内容": failed}, [SPOT]).decision.reply is None


def test_the_address_in_the_content_beats_the_field_and_says_so(decide: Decide) -> None:
    decision = decide({"投诉内容": WEAK, "故障地点": "成都市锦江区春熙路1号"}, [SPOT]).decision
    assert (decision.address.text, decision.address.source) == ("成都市武侯区桂溪街道天府三街199号", "template")
    assert any("春熙路1号" in reason.sentence and "以前者为准" in reason.sentence for reason in decision.why)


def test_the_field_counts_where_the_content_has_no_address(decide: Decide) -> None:
    fields = {"投诉内容": "手机信号很弱，只有一格，长期如此", "故障地点": "成都市武侯区桂溪街道天府三街199号"}
    decision = decide(fields, [SPOT]).decision
    assert (decision.address.source, decision.place.id) == ("field", "BS-1")


@pytest.mark.parametrize("content", ["", "？？？？", "asdf1234 ???", "1111", "你好", "。。。"])
def test_empty_and_garbled_tickets_go_to_a_person(decide: Decide, content: str) -> None:
    decision = decide({"投诉内容": content}).decision
    assert (decision.domain, decision.specialty, decision.action) == ("unclear", None, "review")


def test_billing_goes_back_to_customer_service(decide: Decide) -> None:
    decision = decide({"投诉内容": "客户投诉莫名其妙被扣了30元增值业务费，要求退费并说明原因"}).decision
    assert (decision.domain, decision.action, decision.centre) == (
        "non_network",
        "return_to_service",
        "customer_service",
    )


def test_an_emergency_number_that_cannot_be_called_is_p1(decide: Decide) -> None:
    assert decide({"投诉内容": "老人突发疾病，手机拨打120打不通，信号满格"}).decision.priority == "p1"


def test_a_threat_to_complain_to_the_regulator_is_a_tendency(decide: Decide) -> None:
    decision = decide({"投诉内容": "家里信号弱反映多次没人处理，再不解决就投诉到工信部"}).decision
    assert decision.escalation == "tendency"


def test_spans_point_into_the_original_text(decide: Decide) -> None:
    fields = {"投诉内容": "客户反映４Ｇ 信 号 很 差，要求处理"}
    decision = decide(fields).decision
    seen = [fields[span.field][span.start : span.end] for reason in decision.why for span in reason.spans]
    assert "信 号 很 差" in seen


def test_a_set_of_rules_comes_back_whole_from_its_archive(knowledge: Knowledge) -> None:
    again = load_archive(knowledge.rules.archive())
    assert again.hash == knowledge.rules.hash


def test_the_same_ticket_is_decided_the_same_twice(decide: Decide) -> None:
    assert decide({"投诉内容": WEAK}, [SPOT, PLAN]) == decide({"投诉内容": WEAK}, [SPOT, PLAN])


@pytest.mark.parametrize(
    "content",
    [
        "我住成都市武侯区天府三街199号，那里信号正常，但我在公司没有信号",
        "成都市武侯区天府三街199号旁边的加油站手机一直没有信号",
        "客户从成都市武侯区天府三街199号搬走后，现住址没有信号",
        "成都市武侯区天府三街199号手机没有信号，客户手机欠费停机",
        "成都市武侯区天府三街199号电信卡没有信号，移动信号正常",
        "成都市武侯区天府三街199号手机摔坏后没有信号",
        "成都市武侯区天府三街199号没有信号，要向工信部投诉",
        "成都市武侯区天府三街199号没有信号，报不了警110，有人受伤",
        "成都市武侯区天府三街199号没有信号，上次答复已纳入规划是骗人的",
        "宽带和手机都没有信号，成都市武侯区天府三街199号",
    ],
)
def test_what_a_place_does_not_explain_is_not_answered_with_it(decide: Decide, content: str) -> None:
    decision = decide({"投诉内容": content}, [SPOT, PLAN]).decision
    assert decision.reply is None


def test_a_three_character_complaint_is_one(decide: Decide) -> None:
    assert decide({"投诉内容": "4G网速慢"}).decision.phenomenon == "data_slow"


def test_nothing_is_certain_about_an_unclear_ticket(decide: Decide) -> None:
    assert decide({"投诉内容": "???"}).decision.confidence == 0.0
