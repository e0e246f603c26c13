"""`./suyin user …`: accounts, their roles, passwords and tokens.

Whoever can run this on the machine is its operator. A password is typed at a prompt, or comes as the first line of
standard input; never as an argument, where others could read it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from api.failing import sentences_for
from api.schemas_people import UserOut, UserWhole
from triage import wiring
from triage.actors import LOCAL_OPERATOR
from triage.cases.add_user import add_user
from triage.cases.change_password import set_password
from triage.cases.change_user import give_roles, put_in_groups
from triage.cases.change_user import lock as lock_user
from triage.cases.change_user import unlock as unlock_user
from triage.cases.issue_token import issue_token
from triage.cases.revoke import end_sessions, revoke_tokens
from triage.errors import NotFound, Refused
from triage.people import SCOPES, fold_login
from triage.people_means import PeopleMeans
from triage.records_people import Grant, User
from triage.wiring_people import AreaNames, open_people

app = typer.Typer(no_args_is_help=True)
out, err = Console(highlight=False, markup=False), Console(stderr=True, highlight=False, markup=False)
Login = Annotated[str, typer.Argument(help="login of the account")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON on stdout")]
Groups = Annotated[list[str] | None, typer.Option("--group", help="group to be in; may be said again")]
Temporary = Annotated[bool, typer.Option("--temporary", help="must be changed at the first sign-in")]
_NOBODY = "还没有账号；先添加系统管理员：./suyin user add 登录名 --name 姓名 --role administrator"
_GRANT_HELP = "ROLE everywhere or ROLE@AREA, AREA a code or a full name: analyst@5101, branch@成都市武侯区"


@dataclass(frozen=True, slots=True)
class _Desk:
    means: PeopleMeans
    areas: AreaNames

    def find(self, login: str) -> User:
        with self.means.store.read() as work:
            user = work.people.find(fold_login(login))
        if user is None:
            raise NotFound(f"没有登录名为 {login} 的账号；用 ./suyin user list 查看全部账号")
        return user

    def grants(self, typed: Sequence[str]) -> tuple[Grant, ...]:
        return tuple(Grant(role, self.areas.read(area)) for role, _, area in (text.partition("@") for text in typed))

    def grant_text(self, grant: Grant) -> str:
        title = self.means.roles.get(grant.role, grant.role)
        return f"{title}（{self.areas.name(grant.area)}）"


@contextmanager
def _desk() -> Iterator[_Desk]:
    chosen = wiring.settings()
    with closing(wiring.open_store(chosen)) as store:
        yield _Desk(open_people(chosen, store), AreaNames(chosen))


@app.command("add")
def add(
    login: Login,
    name: Annotated[str, typer.Option("--name", help="name that others see")],
    role: Annotated[list[str] | None, typer.Option("--role", help=_GRANT_HELP)] = None,
    group: Groups = None,
    phone: Annotated[str, typer.Option(help="where SMS notices go")] = "",
    email: Annotated[str, typer.Option(help="where e-mail notices go")] = "",
    temporary: Temporary = False,
) -> None:
    """Add an account; its password is prompted for, or read from stdin. The first must be an administrator."""
    with sentences_for(err), _desk() as desk:
        now = desk.means.now()
        wished = User(
            "", login, name, True, temporary, now, now, phone, email, tuple(group or ()), desk.grants(role or ())
        )
        user = add_user(desk.means, wished, _password(), actor=LOCAL_OPERATOR)
        out.print(f"已添加账号 {user.login}（{user.name}）：{_roles(desk, user)}", soft_wrap=True)


@app.command("list")
def list_users(as_json: AsJson = False) -> None:
    """List all accounts."""
    with sentences_for(err), _desk() as desk:
        with desk.means.store.read() as work:
            users = work.people.list()
        if as_json:
            found = [UserOut.of(user).model_dump(mode="json") for user in users]
            typer.echo(json.dumps(found, ensure_ascii=False))
            return
        table = Table(box=box.SIMPLE_HEAD)
        for column in ("登录名", "姓名", "状态", "角色", "组"):
            table.add_column(column, overflow="fold")
        for user in users:
            table.add_row(
                user.login, user.name, "启用" if user.active else "停用", _roles(desk, user), "、".join(user.groups)
            )
        out.print(table if users else _NOBODY, soft_wrap=not users)


@app.command("show")
def show(login: Login, as_json: AsJson = False) -> None:
    """Show one account with its tokens and sessions."""
    with sentences_for(err), _desk() as desk:
        user = desk.find(login)
        with desk.means.store.read() as work:
            whole = UserWhole.with_keys(user, work.api_tokens.of(user.id), work.sessions.of(user.id))
        if as_json:
            typer.echo(whole.model_dump_json())
            return
        state = ("启用" if user.active else "停用") + ("，下次登录须改口令" if user.must_change else "")
        out.print(f"{user.login}  {user.name}（{state}）\n角色  {_roles(desk, user)}", soft_wrap=True)
        out.print(f"组    {'、'.join(user.groups) or '—'}\n电话  {user.phone or '—'}\n邮箱  {user.email or '—'}")
        for token in whole.tokens:
            ended = "，已撤销" if token.revoked_at else ""
            scopes = "、".join(token.scopes)
            out.print(
                f"令牌  {token.id}  {token.name}  {scopes}  到 {token.expires_at:%Y-%m-%d}{ended}", soft_wrap=True
            )
        for session in whole.sessions:
            out.print(f"登录  {session.id}  {session.begun_at:%Y-%m-%d %H:%M}，到 {session.expires_at:%H:%M}（UTC）")


@app.command("roles")
def roles(
    login: Annotated[str | None, typer.Argument(help="login of the account; without it the roles are listed")] = None,
    grants: Annotated[list[str] | None, typer.Argument(help=_GRANT_HELP)] = None,
    group: Groups = None,
    none: Annotated[bool, typer.Option("--none", help="take all roles away")] = False,
) -> None:
    """Replace an account's roles, and its groups with --group; without a login, list the roles there are."""
    with sentences_for(err), _desk() as desk:
        if login is None:
            for id_, title in desk.means.roles.items():
                out.print(f"{id_:<18}{title}")
            return
        if not (grants or group or none) or (grants and none):
            raise Refused("请写出新的角色（如 analyst@5101），或用 --none 去掉全部角色，或用 --group 换组")
        user = desk.find(login)
        if grants or none:
            user = give_roles(desk.means, user.id, desk.grants(grants or ()), actor=LOCAL_OPERATOR)
        if group:
            user = put_in_groups(desk.means, user.id, group, actor=LOCAL_OPERATOR)
        out.print(f"{user.login}：{_roles(desk, user)}；组：{'、'.join(user.groups) or '—'}", soft_wrap=True)


@app.command("password")
def password(login: Login, temporary: Temporary = False) -> None:
    """Set an account's password, prompted for or read from stdin; its sessions end."""
    with sentences_for(err), _desk() as desk:
        user = desk.find(login)
        set_password(desk.means, user.id, _password(), temporary=temporary, actor=LOCAL_OPERATOR)
        out.print(f"已设置 {user.login} 的口令，其他地方的登录已结束")


@app.command("lock")
def lock(login: Login) -> None:
    """Let an account in no more; its sessions end and its tokens stop working."""
    with sentences_for(err), _desk() as desk:
        user = lock_user(desk.means, desk.find(login).id, actor=LOCAL_OPERATOR)
        out.print(f"已停用 {user.login}")


@app.command("unlock")
def unlock(login: Login) -> None:
    """Let an account in again, and end its pause after failed sign-ins."""
    with sentences_for(err), _desk() as desk:
        user = unlock_user(desk.means, desk.find(login).id, actor=LOCAL_OPERATOR)
        out.print(f"已启用 {user.login}")


@app.command("token")
def token(
    login: Login,
    name: Annotated[str, typer.Option("--name", help="the program that it is for")],
    scope: Annotated[list[str], typer.Option("--scope", help=f"what it may be used for: {', '.join(SCOPES)}")],
    days: Annotated[int, typer.Option(help="days that it holds, 1 to 366")] = 90,
) -> None:
    """Issue a token with which a program acts as an account; it is printed once and kept nowhere."""
    with sentences_for(err), _desk() as desk:
        issued = issue_token(desk.means, desk.find(login).id, name, scope, days, actor=LOCAL_OPERATOR)
        err.print(f"令牌 {issued.token.id}，到 {issued.token.expires_at:%Y-%m-%d}；只显示这一次，请立即保存：")
        typer.echo(issued.secret)


@app.command("revoke")
def revoke(
    login: Login,
    token_id: Annotated[str | None, typer.Option("--token", help="only this token")] = None,
    session_id: Annotated[str | None, typer.Option("--session", help="only this session")] = None,
) -> None:
    """Revoke all tokens and end all sessions of an account, or one of them."""
    with sentences_for(err), _desk() as desk:
        user = desk.find(login)
        tokens = sessions = 0
        if session_id is None or token_id is not None:
            tokens = revoke_tokens(desk.means, user.id, token_id, actor=LOCAL_OPERATOR)
        if token_id is None or session_id is not None:
            sessions = end_sessions(desk.means, user.id, session_id, actor=LOCAL_OPERATOR)
        out.print(f"{user.login}：撤销令牌 {tokens} 个，结束登录 {sessions} 个")


def _roles(desk: _Desk, user: User) -> str:
    return "、".join(desk.grant_text(grant) for grant in user.grants) or "没有角色"


def _password() -> str:
    """Return what is typed twice at a prompt, or the first line of standard input where nobody types."""
    if sys.stdin.isatty():
        typed: str = typer.prompt("口令", hide_input=True, confirmation_prompt="再输入一次", err=True)
        return typed
    line = sys.stdin.readline()
    if not line:
        raise Refused("标准输入里没有口令；请在终端里运行，或把口令作为第一行送进来", "password")
    return line.rstrip("\r\n")
