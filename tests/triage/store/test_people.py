"""Are accounts, tokens, sessions and failed sign-ins kept as they were given, on both databases?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from tests.triage.makers import NOON
from triage.errors import Conflict
from triage.records_people import ApiToken, Failures, Grant, Session, User
from triage.store.backup import write_backup
from triage.store.database import SqlStore
from triage.store.errors import UnknownRecord
from triage.store.restore import restore_backup
from triage.store.tables_people import login_attempts

ANNA = User(
    "u1", "anna", "安娜", True, False, NOON, NOON, "13881234501", "anna@example.com", ("一班", "二班"),
    (Grant("analyst", "5101"), Grant("supervisor")),
)  # fmt: skip
HASH = "$argon2id$1"
LATER = NOON + timedelta(hours=1)


def keep(store: SqlStore, *people: User) -> None:
    with store.begin() as work:
        for user in people:
            work.people.add(user, HASH)


def test_an_account_comes_back_as_it_was_kept(store: SqlStore) -> None:
    keep(store, ANNA)
    with store.read() as work:
        found = (work.people.get("u1"), work.people.find("anna"), work.people.list(), work.people.password_hash("u1"))
    assert found == (ANNA, ANNA, (ANNA,), HASH)


def test_a_login_is_given_once(store: SqlStore) -> None:
    keep(store, ANNA)
    with pytest.raises(Conflict, match="anna"), store.begin() as work:
        work.people.add(replace(ANNA, id="u2"), HASH)


def test_roles_and_groups_are_replaced_as_a_whole(store: SqlStore) -> None:
    bo = replace(ANNA, id="u2", login="bo")
    keep(store, ANNA, bo)
    with store.begin() as work:
        work.people.set_grants("u1", [Grant("branch", "510107")])
        work.people.set_groups("u1", ["三班", "一班"])
    with store.read() as work:
        found, other = work.people.list()
    assert (found.grants, found.groups, other) == ((Grant("branch", "510107"),), ("一班", "三班"), bo)


def test_only_active_accounts_answer_for_a_role(store: SqlStore) -> None:
    keep(store, ANNA, replace(ANNA, id="u2", login="bo"), replace(ANNA, id="u3", login="cy", grants=()))
    with store.begin() as work:
        work.people.set_active("u2", False)
    with store.read() as work:
        assert [user.id for user in work.people.of_role("analyst")] == ["u1"]


def test_an_unknown_account_is_said_to_be_unknown(store: SqlStore) -> None:
    with store.begin() as work:
        for ask in (work.people.get, work.people.password_hash, lambda id_: work.people.set_active(id_, True)):
            with pytest.raises(UnknownRecord, match="没有这个账号"):
                ask("nobody")


def test_a_stronger_hash_does_not_undo_a_change_of_password(store: SqlStore) -> None:
    keep(store, ANNA)
    with store.begin() as work:
        work.people.set_password("u1", "$new", LATER, must_change=True)
        work.people.rehash("u1", HASH, "$stronger")
    with store.read() as work:
        assert (work.people.password_hash("u1"), work.people.get("u1").password_at) == ("$new", LATER)


def test_a_token_is_found_by_its_digest_until_it_is_revoked(store: SqlStore) -> None:
    keep(store, ANNA)
    token = ApiToken("t1", "u1", "EOMS", frozenset({"read", "intake"}), NOON, LATER)
    with store.begin() as work:
        work.api_tokens.add(token, "d1")
        work.api_tokens.add(replace(token, id="t2"), "d2")
        work.api_tokens.touch("t1", NOON)
        revoked = [work.api_tokens.revoke("u1", LATER, "t1") for _ in range(2)]
    with store.read() as work:
        found = (work.api_tokens.by_digest("d1"), work.api_tokens.by_digest("d2"), work.api_tokens.by_digest("d3"))
    assert (found, revoked) == (
        (replace(token, used_at=NOON, revoked_at=LATER), replace(token, id="t2"), None), [1, 0],
    )  # fmt: skip


def test_all_sessions_but_one_are_ended(store: SqlStore) -> None:
    keep(store, ANNA, replace(ANNA, id="u2", login="bo"))
    with store.begin() as work:
        for id_, user in (("s1", "u1"), ("s2", "u1"), ("s3", "u1"), ("s4", "u2")):
            work.sessions.add(Session(id_, user, NOON, NOON, LATER), f"d-{id_}")
        ended = work.sessions.end("u1", LATER, but="s2")
    with store.read() as work:
        left = [session.id for user in ("u1", "u2") for session in work.sessions.of(user)]
        first = work.sessions.by_digest("d-s1")
    assert (ended, left, first and first.ended_at) == (2, ["s2", "s4"], LATER)


def test_sessions_whose_time_is_over_are_forgotten(store: SqlStore) -> None:
    keep(store, ANNA)
    with store.begin() as work:
        work.sessions.add(Session("s1", "u1", NOON, NOON, NOON), "d1")
        work.sessions.add(Session("s2", "u1", NOON, NOON, LATER), "d2")
        assert (work.sessions.forget(LATER), [session.id for session in work.sessions.of("u1")]) == (1, ["s2"])


def test_failures_are_counted_and_cleared_by_login(store: SqlStore) -> None:
    with store.begin() as work:
        first = work.login_attempts.hold("anna", NOON)
        work.login_attempts.fail("anna", NOON)
        work.login_attempts.fail("anna", LATER)
        second, other = work.login_attempts.hold("anna", LATER), work.login_attempts.hold("bo", LATER)
        work.login_attempts.clear("anna")
        third = work.login_attempts.hold("anna", LATER)
    assert (first, second, other, third) == (Failures(), Failures(2, LATER), Failures(), Failures())


def test_what_was_typed_as_login_is_not_kept(store: SqlStore, engine: Engine) -> None:
    with store.begin() as work:
        work.login_attempts.hold("my-password-typed-too-early", NOON)
    with engine.connect() as connection:
        kept = connection.execute(select(login_attempts)).one()
    assert "password" not in repr(kept)


def test_accounts_come_back_from_a_backup(
    store: SqlStore, engine: Engine, empty_engine: Engine, tmp_path: Path
) -> None:
    keep(store, ANNA)
    token = ApiToken("t1", "u1", "EOMS", frozenset({"read"}), NOON, LATER, revoked_at=LATER)
    with store.begin() as work:
        work.api_tokens.add(token, "d1")
    write_backup(engine, tmp_path / "backup.zip", uploads=tmp_path / "none", rules={}, at=NOON)
    restore_backup(empty_engine, tmp_path / "backup.zip", uploads=tmp_path / "none")
    with SqlStore(empty_engine).read() as work:
        found = (work.people.list(), work.people.password_hash("u1"), work.api_tokens.by_digest("d1"))
    assert found == ((ANNA,), HASH, token)
