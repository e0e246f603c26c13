"""`./suyin flow …`: list the lifecycles of tickets, show one, try events out on a ticket that is not kept.

Results go to standard output; exit code 1: an event of a trial was refused; 2: the command could not be done.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table as Grid

from api.failing import sentences_for
from rules.lifecycles import Clock, Lifecycle, Transition
from rules.ruleset import RuleSet
from triage.errors import Refused
from triage.flow_notices import span
from triage.flow_shelf import Shelf
from triage.flow_trial import simulate
from triage.wiring_rules import now, open_rules, settings

app = typer.Typer(no_args_is_help=True)
out = Console(highlight=False)
err = Console(stderr=True, highlight=False, markup=False)

Name = Annotated[str, typer.Argument(help="name of a lifecycle; `flow list` tells them")]
Province = Annotated[str | None, typer.Option(help="sichuan or anhui; SUYIN_PROVINCE if left out")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON on stdout")]


@app.command("list")
def list_flows(province: Province = None, as_json: AsJson = False) -> None:
    """List the lifecycles."""
    with sentences_for(err):
        lives = _rules(province).lifecycles.values()
    if as_json:
        _print_json([_line(life) for life in lives])
        return
    grid = Grid(box=None)
    for column in ("id", "流程", "环节", "操作", "时限"):
        grid.add_column(column, no_wrap=True)
    for life in lives:
        counts = (len(life.states), len(life.doings), len(life.clocks))
        grid.add_row(life.id, life.title, *(str(count) for count in counts))
    out.print(grid)


@app.command("show")
def show_flow(name: Name, province: Province = None, as_json: AsJson = False) -> None:
    """Show one lifecycle: states, what leads where, by whom, what must be filled in, and its deadlines."""
    with sentences_for(err):
        life = Shelf(lambda: _rules(province)).current(name).life
    if as_json:
        _print_json(_document(life))
        return
    out.print(f"{life.title}  {life.id}  {life.source}", soft_wrap=True, markup=False)
    for state in life.states.values():
        mark = "（开始）" if state.initial else "（结束）" if state.final else ""
        out.print(f"\n{state.label}{mark}  {state.id}  {state.role}", markup=False)
        for step in life.steps(state.id):
            needs = "、".join(life.fields[field].label for field in step.requires)
            to = life.states[step.to].label
            out.print(f"  {step.label} → {to}  {step.event}{f'  须填 {needs}' if needs else ''}", markup=False)
        for action in life.actions_in(state.id):
            out.print(f"  {action.label}  {action.event}", markup=False)
    for clock in life.clocks.values():
        states = "、".join(life.states[state].label for state in clock.states)
        out.print(f"\n{clock.label}  {span(clock.within)}  {states}  {clock.source}", markup=False)


@app.command("simulate")
def simulate_flow(
    name: Name,
    events: Annotated[str, typer.Option(help="events one after another, with commas")],
    fields: Annotated[str, typer.Option(help="JSON object of fields that are filled in instead of examples")] = "{}",
    facts: Annotated[str, typer.Option(help="JSON object of facts of the ticket")] = "{}",
    province: Province = None,
    as_json: AsJson = False,
) -> None:
    """Try events out on a new ticket that is not kept; required fields are filled with examples."""
    with sentences_for(err):
        law = Shelf(lambda: _rules(province)).current(name)
        wanted = [event.strip() for event in events.split(",") if event.strip()]
        known = {fact: value for fact, value in _object(facts, "facts").items() if law.rules.facts.require(fact)}
        given = {field: _text(value) for field, value in _object(fields, "fields").items()}
        tried = simulate(law.life, law.rules, wanted, at=now(), facts=known, given=given)
    if as_json:
        _print_json([asdict(one) for one in tried])
    for one in () if as_json else tried:
        label = law.life.states[one.after].label
        said = f"拒绝：{one.sentence}" if one.sentence else f"→ {label}"
        out.print(f"{one.event or '新建'} {said}", markup=False, soft_wrap=True)
    if tried[-1].sentence:
        raise typer.Exit(1)


def _rules(province: str | None) -> RuleSet:
    return open_rules(settings(province).province)


def _line(life: Lifecycle) -> dict[str, Any]:
    return {
        "id": life.id, "title": life.title, "source": str(life.source),
        "states": [{"id": state.id, "label": state.label, "initial": state.initial, "final": state.final}
                   for state in life.states.values()],
    }  # fmt: skip


def _document(life: Lifecycle) -> dict[str, Any]:
    return {
        **_line(life),
        "hash": life.hash,
        "fields": [
            {"id": field.id, "label": field.label, "type": field.type, "values": dict(field.values),
             "default": field.default, "readonly": field.readonly, "personal": field.personal}
            for field in life.fields.values()
        ],
        "transitions": [
            {"event": step.event, "label": step.label, "from": list(step.from_states), "to": step.to,
             "roles": list(step.roles), "requires": list(step.requires), "attachments": list(step.attachments),
             "conditional": step.when is not None}
            for step in life.doings if isinstance(step, Transition)
        ],
        "actions": [
            {"event": step.event, "label": step.label, "states": list(step.states), "roles": list(step.roles),
             "requires": list(step.requires)}
            for step in life.actions
        ],
        "clocks": [_clock(clock) for clock in life.clocks.values()],
    }  # fmt: skip


def _clock(clock: Clock) -> dict[str, Any]:
    return {
        "id": clock.id, "label": clock.label, "kind": clock.kind, "states": list(clock.states),
        "pause": list(clock.pause), "stop": list(clock.stop), "within_s": clock.within.total_seconds(),
        "calendar": clock.calendar, "warn_s": clock.warn.total_seconds() if clock.warn else None,
        "event": clock.event or None, "levels": len(clock.levels), "source": str(clock.source),
    }  # fmt: skip


def _object(text: str, name: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise Refused(f"--{name} 不是正确的 JSON（{error}）", name) from error
    if not isinstance(found, dict):
        raise Refused(f"--{name} 应是 JSON 对象，如 {{}}", name)
    return found


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _print_json(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
