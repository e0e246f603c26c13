"""Does `./suyin user` keep accounts, show no secret, and say in one sentence what it cannot do?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.cli import build
from tests.triage.people_fakes import BETTER, GOOD

ADMINISTRATOR = ("add", "anna", "--name", "安娜", "--role", "administrator")


def suyin(*arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(build(["user"]), ["user", *arguments], input=typed)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation of its own."""
    monkeypatch.setenv("SUYIN_DATA_DIR", str(tmp_path))


@pytest.fixture
def anna() -> None:
    """An administrator."""
    assert suyin(*ADMINISTRATOR, typed=GOOD).exit_code == 0


def test_without_accounts_it_says_how_to_make_the_first() -> None:
    assert ("--role administrator" in suyin("list").stdout, suyin("list", "--json").stdout) == (True, "[]\n")


def test_the_first_account_must_be_an_administrator() -> None:
    refused = suyin("add", "bo", "--name", "李博", "--role", "analyst", typed=GOOD)
    assert (refused.exit_code, "第一个账号" in refused.stderr) == (2, True)


@pytest.mark.usefixtures("anna")
def test_accounts_are_listed_as_one_array_without_secrets() -> None:
    added = suyin(
        "add", "bo", "--name", "李博", "--role", "analyst@成都市", "--role", "branch@510107", "--group", "一班",
        "--temporary", typed=GOOD + "\r\n",
    )  # fmt: skip
    listed = suyin("list", "--json").stdout
    one, other = json.loads(listed)
    assert "分析定位人员（四川省成都市）" in added.stdout
    assert (one["login"], other["must_change"], other["groups"], other["roles"]) == (
        "anna", True, ["一班"], [{"role": "analyst", "area": "5101"}, {"role": "branch", "area": "510107"}],
    )  # fmt: skip
    assert not any(word in listed for word in (GOOD, "argon2", "hash"))


@pytest.mark.usefixtures("anna")
def test_a_token_is_printed_once_and_revoked_by_its_id() -> None:
    secret = suyin("token", "anna", "--name", "EOMS", "--scope", "read", "--days", "1").stdout.strip()
    (token,) = json.loads(suyin("show", "anna", "--json").stdout)["tokens"]
    shown = suyin("show", "anna").stdout
    revoked = suyin("revoke", "anna", "--token", token["id"]).stdout
    (after,) = json.loads(suyin("show", "anna", "--json").stdout)["tokens"]
    assert (secret.startswith("suyin_"), secret in shown, token["id"] in shown) == (True, False, True)
    assert ("令牌 1 个，结束登录 0 个" in revoked, token["revoked_at"], bool(after["revoked_at"])) == (True, None, True)


@pytest.mark.usefixtures("anna")
def test_roles_are_replaced_and_the_last_administrator_stays() -> None:
    suyin("add", "bo", "--name", "李博", typed=GOOD)
    changed = suyin("roles", "bo", "supervisor", "--group", "二班").stdout
    refused = suyin("lock", "anna")
    assert changed == "bo：主管（全部区域）；组：二班\n"
    assert (refused.exit_code, "至少要有一个" in refused.stderr) == (2, True)
    assert [suyin(verb, "bo").stdout for verb in ("lock", "unlock")] == ["已停用 bo\n", "已启用 bo\n"]


@pytest.mark.usefixtures("anna")
def test_a_password_comes_from_standard_input() -> None:
    assert suyin("password", "anna", typed=BETTER + "\n").exit_code == 0


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize(
    ("arguments", "typed", "sentence"),
    [
        (("show", "nobody"), None, "没有登录名为 nobody"),
        (("password", "anna"), "", "没有口令"),
        (("password", "anna"), "short", "12 到 128"),
        (("roles", "anna"), None, "请写出新的角色"),
        (("roles", "anna", "king"), None, "没有角色 king"),
        (("roles", "anna", "analyst@99"), None, "没有代码为 99"),
        (("token", "anna", "--name", "EOMS", "--scope", "all"), None, "范围"),
        (("revoke", "anna", "--token", "none"), None, "没有这个令牌"),
        (("add", "anna", "--name", "安娜"), GOOD, "已有人使用"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    arguments: tuple[str, ...], typed: str | None, sentence: str
) -> None:
    result = suyin(*arguments, typed=typed)
    assert (result.exit_code, result.stdout, sentence in result.stderr) == (2, "", True)


def test_all_roles_that_can_be_given_are_listed() -> None:
    listed = suyin("roles").stdout
    assert all(role in listed for role in ("administrator", "系统管理员", "installer", "装维人员"))
