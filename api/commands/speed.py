"""`./suyin speed …`: press a test, judge figures, report the rate, ask AAA about an account.

Results go to standard output, JSON with --json; everything else goes to standard error. `judge` opens no database.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from pydantic import BaseModel
from rich.console import Console

from api.failing import sentences_for
from api.schemas_speed import AccountOut, AttemptOut, SpeedKpiOut
from probes.account import AccountState
from probes.speed_rule import Verdict, judge, needed_bps
from rules.speed import HOME_BROADBAND
from rules.speed_rate import parse_rate, show_rate
from triage.actors import LOCAL_OPERATOR
from triage.errors import NotFound, Refused
from triage.records_speed import METHODS, Attempt
from triage.speed_desk import SpeedDesk
from triage.speed_kpi import COLOURS, Rate
from triage.store.ids import new_id
from triage.wiring_rules import open_rules, settings

if TYPE_CHECKING:
    from triage.wiring_speed import SpeedService

app = typer.Typer(no_args_is_help=True)
err = Console(stderr=True, highlight=False, markup=False)
_GROUPS = {"team": "班组", "tier": "带宽", "method": "方式", "reason": "原因", "hint": "提示"}
AsJson = Annotated[bool, typer.Option("--json", help="one JSON object on stdout")]


@app.command("test")
def run_test(
    ticket: Annotated[str, typer.Option("--ticket", help="id or number of the ticket")],
    onsite: Annotated[bool, typer.Option("--onsite", help="the installer measures, whatever the ticket says")] = False,
    base: Annotated[str | None, typer.Option(help="onsite: address that the device reaches this server by")] = None,
    as_json: AsJson = False,
) -> None:
    """Press 测速 for a ticket and wait for the end; the test goes on in `serve` or `work` if this is stopped."""
    with sentences_for(err), _service() as service:
        desk = service.desk
        attempt, _ = desk.press(
            _ticket_id(desk, ticket), key=new_id(), method="onsite" if onsite else None, actor=LOCAL_OPERATOR
        )
        err.print(
            f"{METHODS[attempt.asked.method]}测速，账号 {attempt.asked.account or '（工单没有账号）'}", soft_wrap=True
        )
        if attempt.asked.method == "remote":
            err.print(desk.rules.prompt)
        else:
            chosen = settings()
            where = (base or f"http://{chosen.host}:{chosen.port}").rstrip("/")
            err.print(f"请用客户侧设备打开测速地址：{where}/st/{desk.token(attempt)}", soft_wrap=True)
        done = _wait(service, attempt.id)
        typer.echo(AttemptOut.of(done, desk).model_dump_json() if as_json else _attempt_text(done, desk))


@app.command("judge")
def judge_figures(
    contract: Annotated[str, typer.Option(help="signed downstream rate, bit/s; k, M, G are decimal")],
    measured: Annotated[str | None, typer.Option(help="measured downstream rate; none where no test ran")] = None,
    account: Annotated[
        Literal["online", "stale", "offline", "unknown", "ambiguous"], typer.Option(help="what AAA said")
    ] = "online",
    as_json: AsJson = False,
) -> None:
    """Judge a measured rate against the contract as a speed test would be judged."""
    with sentences_for(err):
        rules = open_rules(settings().province).speed[HOME_BROADBAND]
        state: AccountState = account
        contract_bps = parse_rate(contract)
        found = judge(rules, contract_bps, None if measured is None else parse_rate(measured), state)
        if as_json:
            document = {
                "verdict": found.verdict,
                "reason": found.reason,
                "percent": found.percent,
                "hints": found.hints,
            }
            typer.echo(json.dumps(document, ensure_ascii=False))
            return
        typer.echo(_verdict_text(found))
        if contract_bps:
            typer.echo(f"签约 {show_rate(contract_bps)} Mbit/s，至少需要 {needed_bps(rules, contract_bps)} bit/s")
        texts = {hint.id: hint.text for hint in rules.hints}
        for hint in found.hints:
            typer.echo(f"提示：{texts[hint]}")


@app.command("kpi")
def report_rate(
    closed_from: Annotated[str | None, typer.Option("--from", help="closed since, ISO 8601 with zone")] = None,
    closed_to: Annotated[str | None, typer.Option("--to", help="closed before, ISO 8601 with zone")] = None,
    as_json: AsJson = False,
) -> None:
    """Report 达标率 of closed tickets with its 95 % interval, by team, tier, method, reason and hint."""
    with sentences_for(err), _service() as service:
        report = service.desk.report(_time(closed_from, "--from"), _time(closed_to, "--to"))
        if as_json:
            typer.echo(SpeedKpiOut.of(report).model_dump_json())
            return
        typer.echo(f"达标率 {_rate_text(report.whole)}（目标 {report.target_percent}%）")
        for group, parts in report.groups.items():
            for value, rate in parts.items():
                typer.echo(f"  {_GROUPS[group]} {value}：{_rate_text(rate)}")


@app.command("account")
def ask_account(
    name: Annotated[str, typer.Argument(help="account, with or without realm")], as_json: AsJson = False
) -> None:
    """Ask AAA whether an account is online."""
    with sentences_for(err), _service() as service:
        found: BaseModel = AccountOut.of(reading := service.desk.account(name))
        lines = [f"{name}：{reading.state}", reading.reason, *reading.warnings]
        typer.echo(found.model_dump_json() if as_json else "\n".join(lines))


@contextmanager
def _service() -> Iterator[SpeedService]:
    from triage import wiring  # noqa: PLC0415 - takes seconds to import, and judging a rate does without it
    from triage.wiring_speed import open_speed  # noqa: PLC0415

    chosen = settings()
    rules = open_rules(chosen.province)
    with closing(wiring.open_store(chosen)) as store:
        wiring.remember_rules(store, rules, wiring.now())
        yield open_speed(chosen, store, rules)


def _ticket_id(desk: SpeedDesk, asked: str) -> str:
    """Return the id of a ticket that is named by its id or, for tickets of EOMS, by its number."""
    store = desk.means.store
    with store.read() as work:
        for id_ in (asked, store.id_of("eoms", asked)):
            try:
                return work.tickets.get(id_).id
            except NotFound:
                continue
    raise NotFound(f"没有工单 {asked}，请用工单编号或工单流水号")


def _wait(service: SpeedService, attempt_id: str) -> Attempt:
    """Take the test on here until it is done; a server that runs as well takes its share."""
    while True:
        service.sweep.once()
        attempt = service.desk.attempt(attempt_id)
        if attempt.outcome is not None:
            return attempt
        time.sleep(0.2)


def _time(text: str | None, option: str) -> datetime | None:
    if text is None:
        return None
    try:
        time_ = datetime.fromisoformat(text)
    except ValueError:
        time_ = None
    if time_ is None or time_.tzinfo is None:
        raise Refused(f"{option} 应是带时区的时间，如 2026-03-01T00:00:00+08:00，不是 {text}", option)
    return time_


def _attempt_text(attempt: Attempt, desk: SpeedDesk) -> str:
    outcome = attempt.outcome
    assert outcome is not None
    lines = [_verdict_text(outcome.verdict)]
    if outcome.measurement is not None and outcome.measurement.bits_per_second is not None:
        lines.append(f"下行 {show_rate(max(0, outcome.measurement.bits_per_second))} Mbit/s")
    if outcome.failure is not None:
        lines.append(outcome.failure.reason)
    return "\n".join([*lines, *(f"提示：{text}" for text in desk.hints(outcome.verdict))])


def _verdict_text(found: Verdict) -> str:
    share = "" if found.percent is None else f"实测为签约的 {found.percent}%。"
    return f"{found.sentence}{share}（{found.reason}）"


def _rate_text(rate: Rate) -> str:
    if rate.share is None or rate.lower is None or rate.upper is None:
        return f"{COLOURS[rate.colour]}，0 张"
    interval = f"95% 区间 {rate.lower:.1%} 至 {rate.upper:.1%}"
    return f"{rate.share:.1%}（{rate.passed}/{rate.count}，{interval}）{COLOURS[rate.colour]}"
