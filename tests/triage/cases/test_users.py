"""Who may add and change accounts, and what does each change end?"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.triage.people_fakes import (
    BETTER,
    GOOD,
    CountedPasswords,
    added,
    audited,
    make_means,
    wish,
)
from triage.actors import LOCAL_OPERATOR, Actor
from triage.cases.add_user import add_user
from triage.cases.change_password import change_password, set_password
from triage.cases.change_user import give_roles, lock, put_in_groups, unlock
from triage.cases.issue_token import issue_token
from triage.cases.recognise import by_session, by_token
from triage.cases.revoke import end_sessions, revoke_tokens
from triage.cases.sign_in import sign_in
from triage.errors import Conflict, Forbidden, NotFound, NotSignedIn, Refused, TriedTooOften
from triage.people import actor_of
from triage.people_means import PeopleMeans
from triage.records_people import Grant, User
from triage.store.database import SqlStore
from triage.store.errors import UnknownRecord

ANALYST = Grant("analyst", "5101")
BRANCH = Grant("branch", "510107")


@pytest.fixture
def means(sqlite_store: SqlStore) -> PeopleMeans:
    return make_means(sqlite_store)


@pytest.fixture
def root(means: PeopleMeans) -> User:
    return added(means)


@pytest.fixture
def bo(means: PeopleMeans, root: User) -> User:
    return added(means, "bo", ANALYST)


def test_an_account_is_added_with_all_that_was_said_of_it(store: SqlStore) -> None:
    means = make_means(store)
    added(means)
    asked = wish(
        "Bo.Li", BRANCH, ANALYST, name=" 李博 ", phone="13881234501", groups=("二班", "一班"), must_change=True
    )
    user = add_user(means, asked, GOOD, actor=LOCAL_OPERATOR)
    assert (user.login, user.name, user.phone, user.groups, user.grants, user.must_change, user.active) == (
        "bo.li", "李博", "13881234501", ("一班", "二班"), (ANALYST, BRANCH), True, True,
    )  # fmt: skip


@pytest.mark.parametrize("grants", [(ANALYST,), (Grant("administrator", "51"),)])
def test_the_first_account_must_be_administrator_everywhere(means: PeopleMeans, grants: tuple[Grant, ...]) -> None:
    with pytest.raises(Refused, match="第一个账号"):
        added(means, "anna", *grants)


@pytest.mark.parametrize(
    ("asked", "password", "sentence"),
    [
        (wish("b"), GOOD, "登录名"),
        (wish("bo", name="  "), GOOD, "姓名"),
        (wish("bo", name="李\n博"), GOOD, "姓名"),
        (wish("bo", phone="1" * 201), GOOD, "联系方式"),
        (wish("bo", Grant("king")), GOOD, "没有角色 king"),
        (wish("bo", groups=("",)), GOOD, "组名"),
        (wish("bo"), "short", "口令"),
        (wish("herbst"), GOOD, "口令不能包含"),
    ],
)
def test_an_account_that_cannot_be_used_is_refused(
    means: PeopleMeans, root: User, asked: User, password: str, sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        add_user(means, asked, password, actor=LOCAL_OPERATOR)


def test_a_login_is_given_once(means: PeopleMeans, root: User) -> None:
    with pytest.raises(Conflict, match="anna"):
        added(means, "ANNA", ANALYST)


def test_an_administrator_of_a_city_adds_people_there_only(means: PeopleMeans, root: User) -> None:
    chengdu = actor_of(added(means, "cheng", Grant("administrator", "5101")))
    assert added(means, "bo", BRANCH, actor=chengdu).grants == (BRANCH,)
    with pytest.raises(Forbidden, match="区域"):
        added(means, "cy", Grant("branch", "5107"), actor=chengdu)


Step = Callable[[PeopleMeans, User, Actor], object]
STEPS: dict[str, Step] = {
    "roles": lambda means, user, actor: give_roles(means, user.id, [BRANCH], actor=actor),
    "groups": lambda means, user, actor: put_in_groups(means, user.id, ["一班"], actor=actor),
    "lock": lambda means, user, actor: lock(means, user.id, actor=actor),
    "unlock": lambda means, user, actor: unlock(means, user.id, actor=actor),
    "password": lambda means, user, actor: set_password(means, user.id, BETTER, temporary=True, actor=actor),
    "token": lambda means, user, actor: issue_token(means, user.id, "EOMS", ["read"], 1, actor=actor),
    "revoke": lambda means, user, actor: revoke_tokens(means, user.id, actor=actor),
    "end": lambda means, user, actor: end_sessions(means, user.id, actor=actor),
}


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_every_change_is_audited_with_who_made_it(means: PeopleMeans, root: User, bo: User, step: Step) -> None:
    assert isinstance(means.store, SqlStore)
    before = len(audited(means.store))
    step(means, bo, actor_of(root))
    entries = audited(means.store)
    assert (len(entries) - before, entries[0].actor, entries[0].object) == (1, root.id, f"user/{bo.id}")


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
@pytest.mark.parametrize("grant", [Grant("administrator", "5107"), Grant("analyst")])
def test_nobody_changes_whom_he_is_not_in_charge_of(
    means: PeopleMeans, root: User, bo: User, step: Step, grant: Grant
) -> None:
    assert isinstance(means.store, SqlStore)
    other = actor_of(added(means, "mian", grant))
    before = audited(means.store)
    with pytest.raises(Forbidden):
        step(means, bo, other)
    with means.store.read() as work:
        assert (work.people.get(bo.id), audited(means.store)) == (bo, before)


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_an_unknown_account_is_said_to_be_unknown(means: PeopleMeans, root: User, bo: User, step: Step) -> None:
    with pytest.raises(UnknownRecord, match="没有这个账号"):
        step(means, wish("bo", id="nobody"), LOCAL_OPERATOR)


def test_an_administrator_of_a_city_cannot_raise_himself(means: PeopleMeans, root: User) -> None:
    chengdu = added(means, "cheng", Grant("administrator", "5101"))
    with pytest.raises(Forbidden, match="区域"):
        give_roles(means, chengdu.id, [Grant("administrator")], actor=actor_of(chengdu))


def test_the_last_administrator_stays(means: PeopleMeans, root: User, bo: User) -> None:
    with pytest.raises(Conflict, match="至少要有一个"):
        lock(means, root.id, actor=LOCAL_OPERATOR)
    with pytest.raises(Conflict, match="至少要有一个"):
        give_roles(means, root.id, [Grant("administrator", "51")], actor=LOCAL_OPERATOR)
    with means.store.read() as work:
        assert work.people.get(root.id) == root
    give_roles(means, bo.id, [Grant("administrator")], actor=LOCAL_OPERATOR)
    assert not lock(means, root.id, actor=LOCAL_OPERATOR).active


def test_locking_ends_sessions_and_tokens_at_once(means: PeopleMeans, bo: User) -> None:
    secret = sign_in(means, "bo", GOOD).secret
    token = issue_token(means, bo.id, "EOMS", ["read"], 1, actor=LOCAL_OPERATOR).secret
    lock(means, bo.id, actor=LOCAL_OPERATOR)
    for recognise, given in ((by_session, secret), (by_token, token)):
        with pytest.raises(NotSignedIn):
            recognise(means, given)


def test_new_roles_hold_in_sessions_that_are_open(means: PeopleMeans, bo: User) -> None:
    secret = sign_in(means, "bo", GOOD).secret
    give_roles(means, bo.id, [BRANCH], actor=LOCAL_OPERATOR)
    assert by_session(means, secret).actor.grants == {BRANCH}


def test_changing_one_s_password_ends_the_other_sessions(means: PeopleMeans, bo: User) -> None:
    here, elsewhere = sign_in(means, "bo", GOOD), sign_in(means, "bo", GOOD)
    change_password(means, bo, GOOD, BETTER, session_id=here.session.id)
    assert by_session(means, here.secret).user.login == "bo"
    with pytest.raises(NotSignedIn):
        by_session(means, elsewhere.secret)
    with pytest.raises(NotSignedIn):
        sign_in(means, "bo", GOOD)
    assert sign_in(means, "bo", BETTER).user.id == bo.id


def test_changing_a_password_needs_the_old_one_and_pauses_too(means: PeopleMeans, bo: User) -> None:
    for _ in range(5):
        with pytest.raises(NotSignedIn):
            change_password(means, bo, "wrong", BETTER)
    with pytest.raises(TriedTooOften):
        change_password(means, bo, GOOD, BETTER)


@pytest.mark.parametrize(("new", "sentence"), [("short", "12 到 128"), (GOOD, "旧口令相同")])
def test_a_new_password_is_another_good_one(means: PeopleMeans, bo: User, new: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        change_password(means, bo, GOOD, new)


def test_of_two_changes_of_a_password_at_once_one_wins(sqlite_store: SqlStore) -> None:
    passwords = CountedPasswords()
    means = make_means(sqlite_store, passwords=passwords)
    user = added(means)

    def change() -> None:
        passwords.meanwhile = lambda: None
        set_password(means, user.id, BETTER, temporary=False, actor=LOCAL_OPERATOR)

    passwords.meanwhile = change
    with pytest.raises(NotSignedIn):
        change_password(means, user, GOOD, BETTER + "x")
    assert sign_in(means, "anna", BETTER).user.id == user.id


def test_a_password_given_for_now_must_be_changed(means: PeopleMeans, bo: User) -> None:
    set_password(means, bo.id, BETTER, temporary=True, actor=LOCAL_OPERATOR)
    opened = sign_in(means, "bo", BETTER)
    before = by_session(means, opened.secret).must_change
    change_password(means, bo, BETTER, GOOD, session_id=opened.session.id)
    assert (before, by_session(means, opened.secret).must_change) == (True, False)


def test_a_given_password_ends_the_pause_and_all_sessions(means: PeopleMeans, bo: User) -> None:
    secret = sign_in(means, "bo", GOOD).secret
    for _ in range(5):
        with pytest.raises(NotSignedIn):
            sign_in(means, "bo", "wrong")
    set_password(means, bo.id, BETTER, temporary=False, actor=LOCAL_OPERATOR)
    with pytest.raises(NotSignedIn):
        by_session(means, secret)
    assert sign_in(means, "bo", BETTER).user.id == bo.id


def test_one_session_is_ended_and_the_other_stays(means: PeopleMeans, bo: User) -> None:
    one, other = sign_in(means, "bo", GOOD), sign_in(means, "bo", GOOD)
    assert end_sessions(means, bo.id, one.session.id, actor=LOCAL_OPERATOR) == 1
    with pytest.raises(NotSignedIn):
        by_session(means, one.secret)
    assert by_session(means, other.secret).user == bo
    with pytest.raises(NotFound, match="没有这个登录"):
        end_sessions(means, bo.id, one.session.id, actor=LOCAL_OPERATOR)
