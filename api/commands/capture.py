"""`./suyin capture FILE`: what a capture shows, which frames prove it, and who must act. Nothing is kept."""

from __future__ import annotations

import json
import sys
from getpass import getpass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from api.failing import sentences_for
from diagnostics.diagnose import Diagnosis, diagnose
from diagnostics.digest_check import check_digests
from diagnostics.errors import CaptureUnreadable
from diagnostics.extract import save_call
from diagnostics.ladder import ladder_svg
from diagnostics.report import report
from rules.ruleset import RuleSet
from triage.wiring_rules import open_rules, settings

err = Console(stderr=True, highlight=False)


def capture(
    file: Annotated[Path, typer.Argument(help="pcap or pcapng, also packed with gzip")],
    province: Annotated[str | None, typer.Option(help="sichuan or anhui: who answers for what there")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object")] = False,
    call: Annotated[str | None, typer.Option(help="Call-ID to draw; the first finding's if left out")] = None,
    ladder: Annotated[Path | None, typer.Option(help="draw the ladder as SVG into this file")] = None,
    check_password: Annotated[
        bool, typer.Option("--check-password", help="ask for a password and try it on the registrations; kept nowhere")
    ] = False,
    check_ha1: Annotated[bool, typer.Option("--check-ha1", help="the same with HA1 instead of the password")] = False,
    save: Annotated[
        tuple[str, Path] | None,
        typer.Option("--save-call", help="write one call with its media into a pcap", metavar="CALL_ID OUT.pcap"),
    ] = None,
) -> None:
    """Read a capture: findings with frames, the responsible party, and the ladder."""
    with sentences_for(err):
        rules = open_rules(settings(province=province).province)
        try:
            found = diagnose(file, rules)
        except CaptureUnreadable as error:
            err.print(f"suyin: {error.sentence}", style="red", markup=False, soft_wrap=True)
            raise typer.Exit(2) from error
        if check_password or check_ha1:
            _try_secret(file, rules, as_ha1=check_ha1)
            return
        _write_ladder(found, call, ladder)
        if save is not None:
            _save(file, *save, rules)
        _show(found, rules, call, as_json=as_json)


def _try_secret(file: Path, rules: RuleSet, *, as_ha1: bool) -> None:
    """Ask for a secret, on the terminal without showing it, else as one line of stdin; never an argument."""
    name = "HA1" if as_ha1 else "密码"
    secret = getpass(f"{name}：") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    answers = check_digests(
        file, rules, password=None if as_ha1 else secret, ha1=secret if as_ha1 else None
    )  # fmt: skip
    if not answers:
        raise typer.BadParameter("the capture has no registration with a digest to try a password on")
    for answer in answers:
        words = {True: f"{name}正确", False: f"{name}不对", None: "无法判断（算法不支持或字段不全）"}[answer.right]
        sys.stdout.write(f"帧 {answer.frame}　用户 {answer.user}　域 {answer.realm}　{words}\n")


def _show(found: Diagnosis, rules: RuleSet, call: str | None, *, as_json: bool) -> None:
    document = found.to_json()
    if as_json:
        sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
        return
    try:
        sys.stdout.write(report(document, parties(rules), call) + "\n")
    except KeyError as error:
        raise _no_call(call or "") from error


def parties(rules: RuleSet) -> dict[str, str]:
    """Return the parties of a capture with who answers for each, for people."""
    names = {}
    for party in rules.parties:
        centre = rules.party_centre(party)
        names[party] = party if centre is None else centre.name
    return names | {"none": "无需处理"}


def _write_ladder(found: Diagnosis, call: str | None, out: Path | None) -> None:
    if out is None:
        return
    try:
        out.write_text(ladder_svg(found.to_json(), call), "utf-8")
    except KeyError as error:
        raise _no_call(call or "") from error


def _save(file: Path, call_id: str, out: Path, rules: RuleSet) -> None:
    if out.exists() and out.samefile(file):
        raise typer.BadParameter("the call would overwrite the capture; name another file")
    try:
        count = save_call(file, call_id, out, rules)
    except KeyError as error:
        raise _no_call(call_id) from error
    err.print(f"{out}：{count} 个报文", markup=False)


def _no_call(call_id: str) -> typer.BadParameter:
    if not call_id:
        return typer.BadParameter("the capture has no call and no registration to draw")
    return typer.BadParameter(f"the capture has no call or registration {call_id}; --json lists them")
