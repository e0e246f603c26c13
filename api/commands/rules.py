"""`./suyin rules …`: check, test, explain, compare and draw the rules.

Answers go to stdout (JSON with --json). Exit code 1: the rules are not in order; 2: the command could not be done.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table as Grid

from api.changes import decided_differently
from api.failing import sentences_for
from rules.compare import Differences, differences
from rules.content import Content
from rules.errors import RulesInvalid
from rules.evaluation import Evaluation
from rules.explanation import Explanation, RuleTrace
from rules.facts import FactValue, Vocabulary
from rules.graph import draw, drawable
from rules.loader import load_archive, load_rules
from rules.problems import Problems
from rules.proofs import count_examples, run_examples
from rules.ruleset import RuleSet
from rules.tables import Table
from rules.verify import TableFigures, figures
from rules.words import TRUTHS, words
from rules.yaml_nodes import read_documents

app = typer.Typer(help="Check, test, explain, compare and draw the rules.", no_args_is_help=True)
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

Province = Annotated[str | None, typer.Option(help="sichuan or anhui: overlays the base rules")]
ContentFolder = Annotated[Path | None, typer.Option("--content", help="folder of rules; the built-in one if left out")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON on stdout")]


@app.command("check")
def check_rules(province: Province = None, content: ContentFolder = None, as_json: AsJson = False) -> None:
    """Load the rules and say what is in them; exit 1 with every problem as file:line."""
    rules = _load_or_list(content, province, as_json)
    tables = figures(rules.content)
    if as_json:
        _print_json({"hash": rules.hash, **_counts(rules.content), "tables": [_table_json(one) for one in tables],
                     "notes": [str(note) for note in rules.notes]})  # fmt: skip
        return
    counts = Grid(title=f"rules {rules.hash[:12]}", title_justify="left", show_header=False, box=None)
    for name, count in _counts(rules.content).items():
        counts.add_row(name, str(count))
    out.print(counts)
    grid = Grid(box=None)
    grid.add_column("table", no_wrap=True)
    for name in ("hit", "rows", "overlaps", "gaps", "masked rows", "first gap"):
        grid.add_column(name)
    for one in tables:
        gap = one.gaps.examples[0] if one.gaps.examples else ""
        masked = ", ".join(map(str, one.masked)) or "0"
        overlaps, gaps = str(len(one.overlaps)), f"{one.gaps.count} of {one.gaps.total}"
        grid.add_row(one.table.id, one.table.hit, str(len(one.table.rows)), overlaps, gaps, masked, escape(gap))
    out.print(grid)
    for note in rules.notes:
        out.print(f"note: {note}", markup=False, soft_wrap=True)


@app.command("test")
def try_examples(province: Province = None, content: ContentFolder = None, as_json: AsJson = False) -> None:
    """Try every example of the rules, tables and replies; exit 1 with every failure as file:line."""
    rules = _load_or_list(content, province, as_json)
    count, failures = run_examples(rules)
    if as_json:
        _print_json({"examples": count, "failures": [str(failure) for failure in failures]})
    else:
        for failure in failures:
            out.print(str(failure), markup=False, soft_wrap=True)
        out.print(f"{count - len(failures)} of {count} examples come out")
    if failures:
        raise typer.Exit(1)


@app.command("explain")
def explain(
    *,
    item: Annotated[str | None, typer.Argument(help="id of a rule, table or reply")] = None,
    text: Annotated[str | None, typer.Option(help="a complaint: which rules see what in it")] = None,
    fact: Annotated[list[str] | None, typer.Option(help="another fact, as name=value (repeatable)")] = None,
    province: Province = None,
    content: ContentFolder = None,
    as_json: AsJson = False,
) -> None:
    """Say one item in words, or which rules see what in a text."""
    with sentences_for(err):
        rules = load_rules(content, province=province)
        if (item is None) == (text is None and not fact):
            raise typer.BadParameter("give the id of one item, or --text (and --fact), not both")
        if item is not None:
            _explain_item(rules, item)
            return
        given = _given(rules.facts, {"complaint.text": text} if text is not None else {}, fact or [])
        explanation = rules.explain(given)
    if as_json:
        _print_json(_explanation_json(explanation))
    else:
        _print_explanation(rules, explanation)


@app.command("diff")
def diff(
    old: Annotated[Path, typer.Argument(help="folder of rules, or an archive of a set")],
    new: Annotated[Path, typer.Argument(help="folder of rules, or an archive of a set")],
    on: Annotated[list[Path] | None, typer.Option("--on", help="tickets: which would be decided differently")] = None,
    province: Province = None,
    as_json: AsJson = False,
) -> None:
    """Say which items a new set of rules adds, removes and changes, and which tickets it would decide differently."""
    with sentences_for(err):
        sets = _open(old, province), _open(new, province)
        found = differences(*sets)
        if on:
            decided_differently(*sets, on, as_json=as_json)
            return
    if as_json:
        _print_json(_differences_json(found))
        return
    for sign, items in (("+", found.added), ("-", found.removed)):
        for one in items:
            out.print(f"{sign} {one.kind} {one.id}", markup=False)
    for change in found.changed:
        out.print(f"~ {change.kind} {change.id}: {', '.join(change.fields) or 'content'}", markup=False)
    out.print(f"{len(found.added)} added, {len(found.removed)} removed, {len(found.changed)} changed")


@app.command("graph")
def graph(
    item: Annotated[str | None, typer.Argument(help="id of a table, tree or lifecycle; all if left out")] = None,
    province: Province = None,
    content: ContentFolder = None,
) -> None:
    """Draw tables, trees and lifecycles as Mermaid text."""
    with sentences_for(err):
        rules = load_rules(content, province=province)
    ids = drawable(rules)
    if item is not None and item not in ids:
        raise typer.BadParameter(f"there is no table, tree or lifecycle {item}; there are {', '.join(ids)}")
    for name in ids if item is None else (item,):
        sys.stdout.write(f"%% {name}\n{draw(rules, name)}\n")


def _load_or_list(content: Path | None, province: str | None, as_json: bool) -> RuleSet:
    try:
        return load_rules(content, province=province)
    except RulesInvalid as invalid:
        if as_json:
            _print_json({"problems": [str(problem) for problem in invalid.problems]})
        else:
            for problem in invalid.problems:
                out.print(str(problem), markup=False, soft_wrap=True)
            out.print(f"{len(invalid.problems)} problems; the rules do not load")
        raise typer.Exit(1) from invalid


def _open(path: Path, province: str | None) -> RuleSet:
    return load_rules(path, province=province) if path.is_dir() else load_archive(path.read_bytes())


def _counts(content: Content) -> dict[str, int]:
    statuses = Counter(rule.status for rule in content.rules.values())
    return {
        **{f"{status} rules": count for status, count in sorted(statuses.items())},
        "terms": len({term for rule in content.rules.values() for term in rule.when.condition.terms()}),
        "decision tables": len(content.tables),
        "table rows": sum(len(table.rows) for table in content.tables.values()),
        "trees": len(content.trees),
        "lifecycles": len(content.lifecycles),
        "replies": len(content.replies),
        "centres": len(content.centres),
        "handbook instructions": len(content.handbook),
        "examples": count_examples(content),
    }


def _table_json(one: TableFigures) -> dict[str, object]:
    return {
        "id": one.table.id, "hit": one.table.hit, "rows": len(one.table.rows), "overlaps": len(one.overlaps),
        "gaps": one.gaps.count, "of": one.gaps.total, "first_gaps": list(one.gaps.examples), "masked": list(one.masked),
    }  # fmt: skip


def _given(facts: Vocabulary, given: dict[str, FactValue], pairs: list[str]) -> dict[str, FactValue]:
    for pair in pairs:
        name, _, written = pair.partition("=")
        problems = Problems()
        nodes = read_documents("--fact", written, problems)
        value = facts.require(name).read(nodes[0], problems) if nodes else None
        if value is None:
            sentence = problems.found[0].sentence if problems.found else "write it as name=value"
            raise typer.BadParameter(f"{pair}: {sentence}")
        given[name] = value
    return given


def _explain_item(rules: RuleSet, item: str) -> None:
    content = rules.content
    if item in content.rules:
        rule = content.rules[item]
        then = "，".join(f"{rules.facts[name].title} = {rules.facts[name].shown(v)}" for name, v in rule.then.items())
        out.print(f"{rule.title}（{rule.id}，{rule.status}，{rule.place}）", markup=False)
        out.print(f"当：{words(rule.when.condition, rules.facts)}", markup=False, soft_wrap=True)
        out.print(f"则：{then}（权重 {rule.when.weight:g}）", markup=False, soft_wrap=True)
        out.print(f"因为：{rule.because}\n依据：{rule.source}", markup=False, soft_wrap=True)
    elif item in content.tables:
        _print_table(content.tables[item])
    elif item in content.replies:
        reply = content.replies[item]
        out.print(f"{reply.title}（{reply.id}，{reply.status}）\n{reply.text}\n依据：{reply.source}", markup=False)
    else:
        raise typer.BadParameter(f"there is no rule, table or reply {item}")


def _print_table(table: Table) -> None:
    grid = Grid("#", title=escape(f"{table.title}（{table.id}，{table.hit}）"), title_justify="left")
    for name in (*(item.fact.title for item in table.inputs), *(item.name for item in table.outputs), "因为"):
        grid.add_column(escape(name))
    for row in table.rows:
        outputs = ("-" if value is None else str(value) for value in row.outputs.values())
        cells = (*(cell.written for cell in row.cells), *outputs, row.because)
        grid.add_row(str(row.number), *(escape(cell) for cell in cells))
    out.print(grid)


def _print_explanation(rules: RuleSet, explanation: Explanation) -> None:
    _print_conclusions(rules.facts, explanation.evaluation)
    for trace in explanation.rules:
        if trace.truth or any(step.spans for step in trace.steps):
            _print_trace(trace)


def _print_conclusions(facts: Vocabulary, evaluation: Evaluation) -> None:
    for name, value in evaluation.facts.items():
        out.print(f"{facts[name].title}（{name}）：{facts[name].shown(value)}", markup=False, soft_wrap=True)
    for name, scores in evaluation.scores.items():
        ranked = "，".join(f"{value} {score:g}" for value, score in scores.items())
        out.print(f"得分 {name}：{ranked}", markup=False, soft_wrap=True)
    for clash in evaluation.contradictions:
        claims = "，".join(f"{claim.rule} → {claim.value}" for claim in clash.claims)
        out.print(f"矛盾 {clash.fact}：{claims}", markup=False, soft_wrap=True)


def _print_trace(trace: RuleTrace) -> None:
    needs = f"，需要 {'、'.join(trace.missing)}" if trace.missing else ""
    trial = "" if trace.counts else "（试行，不计）"
    head = f"{TRUTHS[trace.truth]} {trace.rule.id}{trial}{needs}"
    out.print(f"{head}：{trace.rule.because}", markup=False, soft_wrap=True)
    for step in trace.steps:
        if step.spans:
            seen = "".join(f"“{word}”" for word in step.seen)
            places = "、".join(f"{span.field}[{span.start}:{span.end}]" for span in step.spans)
            out.print(f"    见到{seen}：{places}", markup=False, soft_wrap=True)


def _explanation_json(explanation: Explanation) -> dict[str, object]:
    evaluation = explanation.evaluation
    return {
        "scores": {name: dict(scores) for name, scores in evaluation.scores.items()},
        "contradictions": [clash.fact for clash in evaluation.contradictions],
        "rules": [
            {"rule": one.rule.id, "truth": one.truth, "counts": one.counts, "missing": list(one.missing),
             "spans": sorted({tuple(span) for step in one.steps for span in step.spans})}
            for one in explanation.rules
        ],
    }  # fmt: skip


def _differences_json(found: Differences) -> dict[str, object]:
    return {
        "added": [[one.kind, one.id] for one in found.added],
        "removed": [[one.kind, one.id] for one in found.removed],
        "changed": [{"kind": one.kind, "id": one.id, "fields": list(one.fields)} for one in found.changed],
    }


def _print_json(data: object) -> None:
    sys.stdout.write(json.dumps(data, ensure_ascii=False) + "\n")
