"""Which logins and passwords are good enough, when may somebody try again, and as whom does a user act?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.triage.makers import NOON
from triage.actors import LOCAL_OPERATOR, Actor
from triage.areas import may, within
from triage.errors import Forbidden, Refused
from triage.people import (
    NOWHERE,
    actor_of,
    check_in_charge,
    check_password,
    check_roles,
    fold_login,
    pause,
    paused_until,
    read_login,
)
from triage.people_secrets import Argon2Passwords, digest_of, new_secret
from triage.records_people import Failures, Grant, User

ANNA = User("u1", "zhang.anna", "张安娜", True, False, NOON, NOON, phone="13881234501")
QUICK = Argon2Passwords(passes=1, memory_kib=8, lanes=1)


def with_grants(*grants: Grant) -> User:
    return replace(ANNA, grants=grants)


def test_a_user_acts_within_the_areas_of_his_roles() -> None:
    actor = actor_of(with_grants(Grant("analyst", "5101"), Grant("branch", "510107")))
    assert (actor.id, actor.roles, actor.areas) == (
        "u1",
        frozenset({"analyst", "branch"}),
        frozenset({"5101", "510107"}),
    )


def test_one_role_everywhere_lets_see_everything_but_act_only_with_that_role() -> None:
    actor = actor_of(with_grants(Grant("analyst", "5101"), Grant("supervisor")))
    assert (within(actor, "3401"), may(actor, "supervisor", "3401"), may(actor, "analyst", "3401")) == (
        True, True, False,
    )  # fmt: skip


def test_a_user_without_roles_sees_nothing() -> None:
    actor = actor_of(ANNA)
    assert (actor.areas, within(actor, "51"), within(actor, None)) == (frozenset({NOWHERE}), False, False)


@pytest.mark.parametrize("typed", ["an", "a" * 32, "Zhang.Anna", "ｚｈａｎｇ", " 0-9_x "])
def test_a_login_is_small_letters_digits_and_marks(typed: str) -> None:
    assert read_login(typed) == fold_login(typed)


@pytest.mark.parametrize("typed", ["", "a", "a" * 33, "-anna", "张三", "a b", "a@b", "аnna"])
def test_another_login_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match="登录名"):
        read_login(typed)


@pytest.mark.parametrize(
    "password",
    [
        "Herbst-12x/4",
        "x" * 4 + "Ky7!" + "mnop",
        "correct horse battery staple",
        "千山鸟飞绝万径人踪灭Ab1",
        "aB3" + "wxyz" * 31 + "!",
    ],
)
def test_a_password_of_twelve_characters_and_three_kinds_is_good_enough(password: str) -> None:
    check_password(password, ANNA)


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("Herbst-12x4", "12 到 128"),
        ("aB3" + "wxyz" * 31 + "!!", "12 到 128"),
        ("herbst-wind-x", "三种"),
        ("Herbst7-zhang.anna", "登录名"),
        ("Herbst7-ZHANG.Anna", "登录名"),
        ("Herbst7-张安娜-x", "姓名"),
        ("X-13881234501-y", "电话"),
        ("Password123!", "常见"),
        ("P@ssw0rd2026", "常见"),
        ("Admin@123456", "常见"),
        ("Aaaaaaaaaaa1", "常见"),
        ("aB1aB1aB1aB1", "常见"),
    ],
)
def test_a_password_that_others_guess_is_refused(password: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        check_password(password, ANNA)


@pytest.mark.parametrize(
    ("failures", "minutes"), [(0, 0), (4, 0), (5, 1), (6, 2), (7, 4), (8, 8), (9, 16), (10, 30), (10_000, 30)]
)
def test_the_pause_doubles_from_the_fifth_failure_to_half_an_hour(failures: int, minutes: int) -> None:
    assert pause(failures) == timedelta(minutes=minutes)


def test_a_pause_is_over_at_its_last_moment() -> None:
    failed, over = Failures(5, NOON), NOON + timedelta(minutes=1)
    assert (paused_until(failed, over - timedelta(microseconds=1)), paused_until(failed, over)) == (over, None)


def test_nobody_waits_who_never_failed() -> None:
    assert paused_until(Failures(), NOON) is None


def test_a_role_that_the_rules_do_not_know_is_refused() -> None:
    with pytest.raises(Refused, match="没有角色 king"):
        check_roles([Grant("analyst"), Grant("king")], {"analyst"})


@pytest.mark.parametrize(
    "grants", [(), (Grant("analyst", "5101"),), (Grant("analyst", "510107"), Grant("branch", "5101"))]
)
def test_an_administrator_is_in_charge_within_his_area(grants: tuple[Grant, ...]) -> None:
    check_in_charge(actor_of(with_grants(Grant("administrator", "5101"), Grant("analyst"))), grants)


@pytest.mark.parametrize("grant", [Grant("analyst"), Grant("analyst", "51"), Grant("analyst", "5107")])
def test_an_administrator_gives_nothing_beyond_his_area(grant: Grant) -> None:
    with pytest.raises(Forbidden, match="区域"):
        check_in_charge(actor_of(with_grants(Grant("administrator", "5101"), Grant("analyst"))), [grant])


def test_the_operator_at_the_machine_is_in_charge_of_everybody() -> None:
    check_in_charge(LOCAL_OPERATOR, [Grant("administrator")])


def test_nobody_else_is_in_charge() -> None:
    with pytest.raises(Forbidden, match="系统管理员"):
        check_in_charge(Actor("u9", frozenset({"supervisor"}), frozenset()), [])


def test_a_password_fits_its_hash_alone() -> None:
    kept = QUICK.hash("Herbst-12x/4")
    assert (QUICK.fits("Herbst-12x/4", kept), QUICK.fits("Herbst-12x/5", kept)) == ((True, None), (False, None))


def test_a_password_in_full_width_is_the_same() -> None:
    assert QUICK.fits("Ｈerbst-12x/4", QUICK.hash("Herbst-12x/4"))[0]


@pytest.mark.parametrize("kept", [None, "", "not a hash"])
def test_no_password_fits_where_there_is_no_hash(kept: str | None) -> None:
    assert QUICK.fits("Herbst-12x/4", kept) == (False, None)


@pytest.mark.parametrize("password", ["", "\0", "\ud800", "x" * 100_000])
def test_whatever_is_typed_is_compared(password: str) -> None:
    assert not QUICK.fits(password, QUICK.hash("Herbst-12x/4"))[0]


def test_a_weaker_hash_is_made_stronger() -> None:
    better = Argon2Passwords(passes=2, memory_kib=16, lanes=1).fits("Herbst-12x/4", QUICK.hash("Herbst-12x/4"))[1]
    assert better is not None
    assert "m=16,t=2" in better


def test_a_hash_costs_what_rfc_9106_recommends() -> None:
    assert "$argon2id$v=19$m=65536,t=3,p=4$" in Argon2Passwords().hash("Herbst-12x/4")


def test_a_secret_is_made_once_and_kept_as_its_digest() -> None:
    one, other = new_secret(), new_secret()
    assert (one != other, len(one), len(digest_of(one)), one in digest_of(one)) == (True, 43, 64, False)
