"""What may a program do with a token, and until when?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.triage.makers import NOON
from tests.triage.people_fakes import Clock, added, audited, make_means
from triage.actors import LOCAL_OPERATOR
from triage.cases.change_user import lock
from triage.cases.issue_token import MOST_DAYS, issue_token
from triage.cases.recognise import by_session, by_token
from triage.cases.revoke import revoke_tokens
from triage.errors import NotFound, NotSignedIn, Refused
from triage.people import actor_of
from triage.records_people import Grant
from triage.store.database import SqlStore


def test_a_token_lets_in_as_its_user_within_its_scopes(store: SqlStore) -> None:
    means = make_means(store)
    user = added(means)
    issued = issue_token(means, user.id, " EOMS ", ["intake", "read"], 90, actor=LOCAL_OPERATOR)
    found = by_token(means, issued.secret)
    assert (found.user, found.actor, found.scopes, found.session_id) == (
        user, actor_of(user), frozenset({"read", "intake"}), None,
    )  # fmt: skip
    assert (issued.token.name, issued.token.expires_at, issued.secret[:6]) == (
        "EOMS", NOON + timedelta(days=90), "suyin_",
    )  # fmt: skip


@pytest.mark.parametrize(("step", "holds"), [(timedelta(days=1, microseconds=-1), True), (timedelta(days=1), False)])
def test_a_token_is_over_at_its_last_moment(sqlite_store: SqlStore, step: timedelta, holds: bool) -> None:
    clock = Clock()
    means = make_means(sqlite_store, clock)
    secret = issue_token(means, added(means).id, "EOMS", ["read"], 1, actor=LOCAL_OPERATOR).secret
    clock.at += step
    if holds:
        assert by_token(means, secret).scopes == {"read"}
    else:
        with pytest.raises(NotSignedIn, match="令牌"):
            by_token(means, secret)


def test_a_revoked_token_lets_nobody_in_and_the_others_stay(store: SqlStore) -> None:
    means = make_means(store)
    user = added(means)
    one, other = (issue_token(means, user.id, name, ["read"], 1, actor=LOCAL_OPERATOR) for name in ("EOMS", "BOSS"))
    assert revoke_tokens(means, user.id, one.token.id, actor=LOCAL_OPERATOR) == 1
    with pytest.raises(NotSignedIn):
        by_token(means, one.secret)
    assert by_token(means, other.secret).user == user
    assert revoke_tokens(means, user.id, actor=LOCAL_OPERATOR) == 1


def test_a_token_of_somebody_else_is_not_revoked(sqlite_store: SqlStore) -> None:
    means = make_means(sqlite_store)
    anna, bo = added(means), added(means, "bo", Grant("analyst"))
    issued = issue_token(means, anna.id, "EOMS", ["read"], 1, actor=LOCAL_OPERATOR)
    with pytest.raises(NotFound, match="没有这个令牌"):
        revoke_tokens(means, bo.id, issued.token.id, actor=LOCAL_OPERATOR)
    assert by_token(means, issued.secret).user == anna


def test_a_session_is_no_token_and_a_token_no_session(sqlite_store: SqlStore) -> None:
    means = make_means(sqlite_store)
    secret = issue_token(means, added(means).id, "EOMS", ["read"], 1, actor=LOCAL_OPERATOR).secret
    with pytest.raises(NotSignedIn):
        by_session(means, secret)
    with pytest.raises(NotSignedIn):
        by_token(means, secret.removeprefix("suyin_"))


@pytest.mark.parametrize(
    ("name", "scopes", "days", "sentence"),
    [
        ("", ["read"], 1, "名称"),
        ("x" * 61, ["read"], 1, "名称"),
        ("EOMS", [], 1, "范围"),
        ("EOMS", ["read", "everything"], 1, "范围"),
        ("EOMS", ["read"], 0, "有效期"),
        ("EOMS", ["read"], MOST_DAYS + 1, "有效期"),
    ],
)
def test_a_token_without_name_scope_or_end_is_refused(
    sqlite_store: SqlStore, name: str, scopes: list[str], days: int, sentence: str
) -> None:
    means = make_means(sqlite_store)
    user = added(means)
    with pytest.raises(Refused, match=sentence):
        issue_token(means, user.id, name, scopes, days, actor=LOCAL_OPERATOR)


def test_a_user_issues_and_revokes_tokens_of_his_own(sqlite_store: SqlStore) -> None:
    means = make_means(sqlite_store)
    added(means)
    bo = added(means, "bo", Grant("analyst", "5101"))
    issue_token(means, bo.id, "EOMS", ["read"], MOST_DAYS, actor=actor_of(bo))
    assert revoke_tokens(means, bo.id, actor=actor_of(bo)) == 1


def test_a_locked_user_gets_no_token(sqlite_store: SqlStore) -> None:
    means = make_means(sqlite_store)
    added(means)
    bo = added(means, "bo", Grant("analyst", "5101"))
    lock(means, bo.id, actor=LOCAL_OPERATOR)
    with pytest.raises(Refused, match="已停用"):
        issue_token(means, bo.id, "EOMS", ["read"], 1, actor=LOCAL_OPERATOR)


def test_the_secret_is_neither_kept_nor_audited(sqlite_store: SqlStore) -> None:
    means = make_means(sqlite_store)
    user = added(means)
    secret = issue_token(means, user.id, "EOMS", ["read"], 1, actor=LOCAL_OPERATOR).secret
    with sqlite_store.read() as work:
        kept = repr((work.api_tokens.of(user.id), audited(sqlite_store)))
    assert secret.removeprefix("suyin_") not in kept
