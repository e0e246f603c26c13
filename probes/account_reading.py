"""What is made of the rows that AAA holds about an account?

Freshness, order, warnings, and the Chinese sentence for the page. Pure: rows in, a reading out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal

from probes.account import AccountReading, Session

BEIJING = timezone(timedelta(hours=8))
SKEW = timedelta(minutes=5)  # clocks of AAA and of this machine may differ by as much
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
UNANSWERED: dict[Literal["busy", "down", "invalid"], str] = {
    "busy": "AAA 数据库繁忙，暂时查不到账号状态，请稍后重试",
    "down": "AAA 数据库无法访问，查不到账号状态，请稍后重试或联系系统管理员",
    "invalid": "工单中的宽带账号为空或不是一个账号，请先核对账号",
}


def unanswered(account: str, at: datetime, cause: Literal["busy", "down", "invalid"]) -> AccountReading:
    """Return the reading of an account that could not be asked about."""
    return AccountReading(account, at, cause, UNANSWERED[cause])


def several_realms(account: str, at: datetime, usernames: Sequence[str]) -> AccountReading:
    """Return the reading of an account that fits several of AAA's names."""
    names = "、".join(usernames)
    return AccountReading(account, at, "realms", f"AAA 中有多个域的同名账号（{names}），请在工单账号后补全域名")


def without_session(account: str, at: datetime, *, seen: bool) -> AccountReading:
    """Return the reading of an account without an open session. seen: whether it ever had one."""
    if seen:
        return AccountReading(account, at, "closed", "账号不在线：AAA 中没有未结束的会话")
    return AccountReading(account, at, "absent", "账号不在线：AAA 中从未有过此账号，请核对账号是否正确")


def read_sessions(account: str, at: datetime, rows: Sequence[Session], longest_s: int | None) -> AccountReading:
    """Return the reading of an account with open sessions.

    rows: at least one; fresh is not yet set. longest_s: how long ago the last update may be, to the second; None
    where freshness is not checked. A session without any time is not fresh.
    """
    if longest_s is None:
        sessions = sorted(rows, key=_heard_at, reverse=True)
        return _reading(account, at, "unchecked", sessions, ("AAA 不发送计费更新，无法确认会话是否仍然有效",))
    oldest = at - timedelta(seconds=longest_s)
    sessions = sorted((replace(row, fresh=_heard_at(row) >= oldest) for row in rows), key=_heard_at, reverse=True)
    if sessions[0].fresh:
        return _reading(account, at, "fresh", sessions, ())
    return _reading(account, at, "silent", sessions, ())


def _reading(
    account: str,
    at: datetime,
    cause: Literal["fresh", "unchecked", "silent"],
    sessions: Sequence[Session],
    warnings: tuple[str, ...],
) -> AccountReading:
    first = sessions[0]
    heard = _heard_at(first)
    where = f"NAS {first.nas or '未知'}，地址 {first.framed_ip or '未知'}，最近更新 {_shown(heard)}"
    begin = "账号数据过期，按不在线处理" if cause == "silent" else "账号在线"
    if len(sessions) > 1:
        warnings += (f"账号有 {len(sessions)} 个未结束的会话，疑似一号多线或共享",)
    if heard > at + SKEW:
        warnings += ("AAA 的时间比本系统快 5 分钟以上，请校时",)
    asked, held = _realm(account), _realm(first.username)
    if asked and held and asked != held:
        warnings += (f"AAA 中账号的域是 {held}，与工单的 {asked} 不同",)
    return AccountReading(account, at, cause, f"{begin}：{where}", tuple(sessions), warnings)


def _heard_at(session: Session) -> datetime:
    return session.updated_at or session.started_at or LONG_AGO


def _realm(account: str) -> str:
    return account.strip().partition("@")[2].lower()


def _shown(moment: datetime) -> str:
    return "未知" if moment == LONG_AGO else moment.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")
