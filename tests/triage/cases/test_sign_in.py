"""Who is let in, for how long, and what does somebody learn who is not?"""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.triage.makers import NOON
from tests.triage.people_fakes import BETTER, GOOD, Clock, CountedPasswords, added, audited, make_means
from triage.actors import LOCAL_OPERATOR
from triage.cases.change_password import set_password
from triage.cases.change_user import lock, unlock
from triage.cases.forget_sign_ins import KEPT, forget_sign_ins
from triage.cases.recognise import by_session
from triage.cases.sign_in import sign_in, sign_out
from triage.errors import NotSignedIn, TriedTooOften
from triage.people_means import PeopleMeans
from triage.records_people import Grant
from triage.store.database import SqlStore


def fail(means: PeopleMeans, times: int, login: str = "anna") -> None:
    for _ in range(times):
        with pytest.raises(NotSignedIn):
            sign_in(means, login, "wrong")


@pytest.mark.parametrize("typed", ["anna", " Anna ", "ＡＮＮＡ"])
def test_login_and_password_open_a_session(store: SqlStore, typed: str) -> None:
    means = make_means(store)
    user = added(means)
    opened = sign_in(means, typed, GOOD)
    found = by_session(means, opened.secret)
    assert (found.user, found.session_id, found.actor.id, found.must_change) == (
        user, opened.session.id, user.id, False,
    )  # fmt: skip


def test_whatever_was_wrong_the_answer_and_the_work_are_the_same(sqlite_store: SqlStore) -> None:
    passwords = CountedPasswords()
    means = make_means(sqlite_store, passwords=passwords)
    added(means)
    locked = added(means, "locked", Grant("analyst"))
    lock(means, locked.id, actor=LOCAL_OPERATOR)
    answers = []
    for login, password in (("anna", "wrong"), ("nobody", GOOD), ("locked", GOOD)):
        with pytest.raises(NotSignedIn) as refused:
            sign_in(means, login, password)
        answers.append(str(refused.value))
    assert (len(set(answers)), passwords.compared) == (1, [f"v1:{GOOD}", None, f"v1:{GOOD}"])


@pytest.mark.parametrize("login", ["anna", "nobody"])
def test_the_fifth_failure_begins_a_pause_whether_or_not_there_is_such_a_login(store: SqlStore, login: str) -> None:
    clock, passwords = Clock(), CountedPasswords()
    means = make_means(store, clock, passwords)
    added(means)
    fail(means, 5, login)
    compared = len(passwords.compared)
    clock.go(seconds=59)
    with pytest.raises(TriedTooOften, match="1 分钟") as paused:
        sign_in(means, login, GOOD)
    assert (paused.value.until, len(passwords.compared)) == (NOON + timedelta(minutes=1), compared)


def test_after_the_pause_the_password_lets_in_and_failures_count_anew(store: SqlStore) -> None:
    clock = Clock()
    means = make_means(store, clock)
    added(means)
    fail(means, 5)
    clock.go(minutes=1)
    sign_in(means, "anna", GOOD)
    fail(means, 4)
    assert sign_in(means, "anna", GOOD).secret


def test_a_failure_after_the_pause_doubles_it(sqlite_store: SqlStore) -> None:
    clock = Clock()
    means = make_means(sqlite_store, clock)
    added(means)
    fail(means, 5)
    clock.go(minutes=1)
    fail(means, 1)
    clock.go(minutes=1)
    with pytest.raises(TriedTooOften, match="1 分钟"):
        sign_in(means, "anna", GOOD)


def test_guesses_at_the_same_time_cannot_slip_through_the_pause(sqlite_store: SqlStore) -> None:
    """While one password is compared, more guesses come in: they count before anything of the first is known."""
    passwords = CountedPasswords()
    means = make_means(sqlite_store, passwords=passwords)
    added(means)
    depth = 0

    def guess_once_more() -> None:
        nonlocal depth
        if depth < 20:
            depth += 1
            with pytest.raises(NotSignedIn):
                sign_in(means, "anna", "wrong")

    passwords.meanwhile = guess_once_more
    with pytest.raises(NotSignedIn):
        sign_in(means, "anna", "wrong")
    assert len(passwords.compared) == 5


def test_unlocking_ends_the_pause(sqlite_store: SqlStore) -> None:
    means = make_means(sqlite_store)
    user = added(means)
    fail(means, 5)
    unlock(means, user.id, actor=LOCAL_OPERATOR)
    assert sign_in(means, "anna", GOOD).user == user


@pytest.mark.parametrize("what", ["lock", "password"])
def test_a_change_while_the_password_is_compared_wins(sqlite_store: SqlStore, what: str) -> None:
    passwords = CountedPasswords()
    means = make_means(sqlite_store, passwords=passwords)
    added(means)
    user = added(means, "bo", Grant("analyst"))

    def change() -> None:
        passwords.meanwhile = lambda: None
        if what == "lock":
            lock(means, user.id, actor=LOCAL_OPERATOR)
        else:
            set_password(means, user.id, BETTER, temporary=False, actor=LOCAL_OPERATOR)

    passwords.meanwhile = change
    with pytest.raises(NotSignedIn):
        sign_in(means, "bo", GOOD)
    with sqlite_store.read() as work:
        assert work.sessions.of(user.id) == ()


def test_a_hash_that_is_outdated_is_replaced_at_sign_in(sqlite_store: SqlStore) -> None:
    passwords = CountedPasswords()
    means = make_means(sqlite_store, passwords=passwords)
    user = added(means)
    passwords.mark = "v2:"
    sign_in(means, "anna", GOOD)
    with sqlite_store.read() as work:
        assert work.people.password_hash(user.id) == f"v2:{GOOD}"


@pytest.mark.parametrize(
    ("steps", "holds"),
    [
        ([timedelta(minutes=59, seconds=59)], True),
        ([timedelta(hours=1)], False),  # idle
        ([timedelta(minutes=59)] * 12, True),  # in use all the time
        ([timedelta(minutes=59)] * 12 + [timedelta(minutes=12)], False),  # twelve hours
        ([timedelta(minutes=59)] * 12 + [timedelta(minutes=11, seconds=59)], True),
    ],
)
def test_a_session_is_over_when_idle_or_after_a_shift(
    sqlite_store: SqlStore, steps: list[timedelta], holds: bool
) -> None:
    clock = Clock()
    means = make_means(sqlite_store, clock)
    added(means)
    secret = sign_in(means, "anna", GOOD).secret
    for step in steps[:-1]:
        clock.at += step
        by_session(means, secret)
    clock.at += steps[-1]
    if holds:
        assert by_session(means, secret).user.login == "anna"
    else:
        with pytest.raises(NotSignedIn, match="重新登录"):
            by_session(means, secret)


def test_the_last_use_is_noted_by_the_minute(sqlite_store: SqlStore) -> None:
    clock = Clock()
    means = make_means(sqlite_store, clock)
    user = added(means)
    secret = sign_in(means, "anna", GOOD).secret
    seen = []
    for _ in range(2):
        clock.go(seconds=30)
        by_session(means, secret)
        with sqlite_store.read() as work:
            seen.append(work.sessions.of(user.id)[0].seen_at)
    assert seen == [NOON, NOON + timedelta(minutes=1)]


def test_a_session_that_was_signed_out_lets_nobody_in(store: SqlStore) -> None:
    means = make_means(store)
    added(means)
    opened, other = sign_in(means, "anna", GOOD), sign_in(means, "anna", GOOD)
    sign_out(means, opened.secret)
    sign_out(means, opened.secret)
    with pytest.raises(NotSignedIn):
        by_session(means, opened.secret)
    assert by_session(means, other.secret).session_id == other.session.id


@pytest.mark.parametrize("secret", ["", "nobody's", "\0", "\ud800"])
def test_an_unknown_secret_lets_nobody_in(sqlite_store: SqlStore, secret: str) -> None:
    with pytest.raises(NotSignedIn):
        by_session(make_means(sqlite_store), secret)


def test_the_store_does_not_hold_what_lets_in(sqlite_store: SqlStore, tmp_path: object) -> None:
    means = make_means(sqlite_store)
    user = added(means)
    opened = sign_in(means, "anna", GOOD)
    with sqlite_store.read() as work:
        kept = repr((work.sessions.of(user.id), work.people.list()))
    assert (opened.secret in kept, GOOD in kept) == (False, False)


def test_sign_ins_failures_and_sign_outs_are_audited_by_id(sqlite_store: SqlStore) -> None:
    means = make_means(sqlite_store)
    user = added(means)
    fail(means, 1)
    fail(means, 1, "nobody")
    sign_out(means, sign_in(means, "anna", GOOD).secret)
    entries = audited(sqlite_store)
    assert [entry.what for entry in entries] == ["sign_out", "sign_in", "sign_in_failed", "add_user"]
    assert {entry.object for entry in entries} == {f"user/{user.id}"}
    assert not any("anna" in repr(entry) for entry in entries)


def test_of_many_guesses_in_threads_five_are_compared(store: SqlStore) -> None:
    passwords = CountedPasswords()
    means = make_means(store, passwords=passwords)
    added(means)

    def guess(_: int) -> type[Exception] | None:
        try:
            sign_in(means, "anna", "wrong")
        except NotSignedIn as error:
            return type(error)
        return None

    with ThreadPoolExecutor(12) as pool:
        answers = Counter(pool.map(guess, range(12)))
    assert (answers, len(passwords.compared)) == ({NotSignedIn: 5, TriedTooOften: 7}, 5)


def test_sessions_and_failures_are_forgotten_after_thirty_days(store: SqlStore) -> None:
    means = make_means(store)
    user = added(means)
    over = sign_in(means, "anna", GOOD).session.expires_at + KEPT
    fail(means, 5, "nobody")
    forgotten = [forget_sign_ins(store, at) for at in (NOON + KEPT, over, over + timedelta(microseconds=1))]
    with store.read() as work:
        assert (forgotten, work.sessions.of(user.id)) == ([0, 2, 1], ())
