"""Do captures, facts and answers lead the trees to the right party in the province's words, or to what is missing?"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from diagnostics.errors import EvidenceUnreadable
from diagnostics.evidence import TYPED, Seen, evidence_of, find_tree, read_answer, read_facts, seen_of
from diagnostics.walk import document, question, walk_tree
from rules.findings import CODES
from rules.loader import load_rules
from rules.ruleset import RuleSet
from rules.walking import Known

LED = [code for code in CODES if code.split(".")[0] in ("registration", "call", "media", "fax")]
PROVINCES = ("sichuan", "anhui")
# Who must act by the division of duties, where the capture alone concludes; the others stop at a named question.
PARTY = {
    "registration.bad_credentials": "boss", "registration.stale_nonce": "cpe", "registration.no_credentials": "cpe",
    "registration.forbidden": "boss", "registration.interval_too_short": "cpe", "registration.server_failure": "core",
    "call.busy": "user", "call.no_answer": "user", "call.callee_unreachable": "user", "call.cancelled": "user",
    "call.declined": "user", "call.callee_unknown": "boss", "call.address_incomplete": "cpe", "call.forbidden": "boss",
    "call.auth_failed": "boss", "call.not_acceptable": "cpe", "call.server_failure": "core", "call.missing_ack": "sbc",
    "call.session_timer": "sbc", "call.rejected": "core", "media.one_way": "sbc", "media.none": "sbc",
    "media.loss": "line", "media.jitter": "line", "media.hole": "line", "media.payload_not_negotiated": "cpe",
    "media.private_address": "cpe", "fax.t38_refused": "cpe",
}  # fmt: skip
OPEN = {
    "registration.ok": "call", "registration.no_response": "reach", "registration.unreachable": "reach",
    "call.ok": "network", "call.no_response": "reach", "call.unreachable": "reach", "fax.t38_ok": "delivered_t38",
    "fax.audio_fallback": "delivered_audio",
}  # fmt: skip


@cache
def rules_of(province: str | None) -> RuleSet:
    return load_rules(province=province)


def seen(code: str, rules: RuleSet, cause: int | None = None) -> Seen:
    """A finding as the rules judge it."""
    found = rules.findings[code]
    return Seen(code, found.severity, found.responsible, (1,), cause)


def from_capture(code: str, province: str | None, cause: int | None = None) -> dict[str, Any]:
    """What a capture with one finding leads to, no answers typed."""
    rules = rules_of(province)
    evidence = evidence_of([seen(code, rules, cause)], rules)
    assert evidence.tree is not None
    return document(walk_tree(find_tree(evidence.tree, rules), rules, evidence.facts, {}))


@pytest.mark.parametrize("province", PROVINCES)
@pytest.mark.parametrize("code", LED)
def test_a_finding_alone_leads_to_the_right_party_or_to_what_is_missing(code: str, province: str) -> None:
    found = from_capture(code, province)
    if code in PARTY and found["conclusion"] is not None:
        centre = {("registration.bad_credentials", "anhui"): "it_dept"}.get((code, province))
        expected = centre or rules_of(province).parties[PARTY[code]].centre
        assert found["conclusion"]["responsible"] == expected
    else:
        asked = {
            ("registration.not_provisioned", "anhui"): "boss_after_404",
            ("registration.not_provisioned", "sichuan"): None,
        }
        assert found["open"] == asked.get((code, province), OPEN.get(code))
    assert found["conclusion"] is not None or found["needs"]
    assert {step["from"] for step in found["path"]} == {"capture"}


@pytest.mark.parametrize("code", LED)
def test_every_code_is_expected_somewhere(code: str) -> None:
    assert (code in PARTY) + (code in OPEN) + (code == "registration.not_provisioned") == 1


@pytest.mark.parametrize(
    ("province", "responsible", "action", "requires"),
    [
        ("sichuan", "business_support_centre", "提交故障处理工单并附信令", ["signalling"]),
        ("anhui", "it_dept", "提ITIL工单至信息系统部申请重置密码", []),
    ],
)
def test_a_wrong_password_is_filed_as_the_province_does(
    province: str, responsible: str, action: str, requires: list[str]
) -> None:
    found = from_capture("registration.bad_credentials", province)["conclusion"]
    assert (found["responsible"], found["action"], found["requires"]) == (responsible, action, requires)
    assert action in found["reply"]


@pytest.mark.parametrize(
    ("province", "action"), [("sichuan", "提交故障处理工单并附信令"), ("anhui", "提交ITIL工单并附信令")]
)
def test_a_call_that_fails_is_filed_with_the_signalling(province: str, action: str) -> None:
    found = from_capture("call.rejected", province)["conclusion"]
    assert (found["action"], found["requires"]) == (action, ["signalling"])


def test_the_worst_finding_decides_and_others_add_what_it_leaves_open() -> None:
    rules = rules_of("sichuan")
    evidence = evidence_of([seen("call.forbidden", rules), seen("registration.ok", rules)], rules)
    assert (evidence.facts["capture.about"].value, evidence.facts["ims.registration"].value) == ("call", "ok")


@pytest.mark.parametrize(
    ("cause", "node"), [(222, "not_subscribed"), (211, "no_address"), (78, "unknown_apn"), (204, "ggsn_fault")]
)
def test_the_cause_value_of_a_rejected_activation_leads_on(cause: int, node: str) -> None:
    assert from_capture("gtp.rejected", "sichuan", cause)["conclusion"]["node"] == node


def test_a_rejected_activation_without_its_cause_needs_it() -> None:
    found = from_capture("gtp.rejected", "sichuan")
    assert (found["open"], found["needs"]) == ("reason", "PDP激活被拒的原因值")


@pytest.mark.parametrize(("city", "ggsn"), [("绵阳", "GGSN03"), ("成都市", "GGSN04")])
def test_a_typed_city_gives_its_ggsn_without_being_asked(city: str, ggsn: str) -> None:
    rules = rules_of("sichuan")
    given = read_facts({"apn.scope": "all", "apn.customer_changed": False, "apn.attached": True,
                        "apn.hlr": "subscribed"}, rules)  # fmt: skip
    outcome = walk_tree(find_tree("apn", rules), rules, given, {"city": Known(city, TYPED)})
    assert [(s.node, s.answer, s.origin) for s in outcome.path[-2:]] == [
        ("city", city, "typed"), ("ggsn", ggsn, "probe"),
    ]  # fmt: skip


def test_the_document_has_the_form_of_the_contract() -> None:
    rules = rules_of("anhui")
    given = read_facts({"ims.number": True, "ims.account": {"value": "已销户", "from": "boss"}}, rules)
    assert document(walk_tree(find_tree("ims_voice", rules), rules, given, {})) == {
        "tree": "ims_voice",
        "path": [
            {"node": "number", "answer": "true", "from": "typed"},
            {"node": "account", "answer": "cancelled", "from": "boss"},
        ],
        "open": None,
        "needs": None,
        "conclusion": {
            "node": "not_opened",
            "cause": "号码没有开户或被销户",
            "sentence": "没有开户或被销户，从前台重新开户",
            "responsible": "boss_front_desk",
            "responsible_name": "BOSS前台",
            "action": "从前台重新开户",
            "reply": "经核实，该号码没有开户或已被销户，请到营业厅前台重新开户。",
            "requires": [],
            "tree": None,
        },
    }


def test_a_conclusion_about_the_user_names_nobody_to_dispatch_to() -> None:
    found = from_capture("call.busy", "sichuan")["conclusion"]
    assert (found["responsible"], found["responsible_name"]) == (None, "用户")


def test_a_reply_from_a_record_is_filled_in_or_shown_bare() -> None:
    rules = rules_of(None)
    given = read_facts({"coverage.kind": "weak_signal", "coverage.address": True, "place.outcome": "match",
                        "place.kind": "blind_spot", "place.status": "current"}, rules)  # fmt: skip
    tree = find_tree("coverage", rules)
    bare, filled = (walk_tree(tree, rules, given, {}, parts).conclusion for parts in (None, {"原因": "遮挡"}))
    assert bare is not None
    assert bare.reply == rules.replies["reply.blind_spot"].text
    assert filled is not None
    assert (filled.reply or "").startswith("经过核实,遮挡,")


def test_findings_are_read_from_what_the_capture_command_prints() -> None:
    findings = [{"code": "gtp.rejected", "severity": "fault", "responsible": ["core"], "frames": [3], "cause": "204"}]
    assert seen_of({"file": "x", "findings": findings}) == (Seen("gtp.rejected", "fault", ("core",), (3,), 204),)


@pytest.mark.parametrize(
    "document", [{}, {"findings": 1}, [1], [{"code": 1}], [{"code": "call.ok", "frames": 3}], None]
)
def test_findings_of_another_form_are_refused(document: object) -> None:
    with pytest.raises(EvidenceUnreadable):
        seen_of(document)


def test_an_unknown_code_is_refused_with_its_name() -> None:
    with pytest.raises(EvidenceUnreadable, match=r"call\.strange"):
        evidence_of([Seen("call.strange", "fault", ())], rules_of(None))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"ims.acount": "opened"}, "没有事实 ims.acount"),
        ({"ims.account": "offen"}, "BOSS开户（ims.account）不能是 offen，可选：opened（已开户）"),
        ({"ims.number": "也许"}, "不能是 也许"),
        ({"gtp.cause": "x"}, "不能是 x"),
        ({"ims.account": {"value": "opened", "from": "梦"}}, "来源 梦 不对"),
        ([], "事实应是一个 JSON 对象"),
    ],
)
def test_facts_that_cannot_be_used_are_refused_with_the_remedy(given: object, sentence: str) -> None:
    with pytest.raises(EvidenceUnreadable) as caught:
        read_facts(given, rules_of(None))
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("written", "answer"),
    [("true", "true"), ("是", "true"), ("no", "false"), ("不清楚", "unknown"), ("unknown", "unknown")],
)
def test_an_answer_may_be_written_as_people_see_it(written: str, answer: str) -> None:
    assert read_answer(rules_of(None).trees["tree.ims_voice"].nodes["number"], written) == answer


def test_an_answer_that_the_node_does_not_have_names_those_it_has() -> None:
    node = rules_of(None).trees["tree.ims_voice"].nodes["account"]
    with pytest.raises(
        EvidenceUnreadable, match="opened（已开户）、missing（没有开户信息）、cancelled（已销户）、不清楚"
    ):
        read_answer(node, "也许")


def test_an_unknown_tree_is_named_with_those_there_are() -> None:
    with pytest.raises(EvidenceUnreadable, match="没有排查树 imsvoice，可选：access_device、apn"):
        find_tree("imsvoice", rules_of(None))


def test_a_question_says_what_to_look_at_and_how() -> None:
    asked = question(rules_of("sichuan").trees["tree.ims_voice"].nodes["account"])
    assert "B286" in asked["look"]
    assert asked["answers"][0] == {"answer": "opened", "label": "已开户"}
