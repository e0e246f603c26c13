"""`./suyin tree …`: list the fault trees, show or draw one, walk one to its conclusion.

A walk takes what is known from --facts, --capture and --answers; what is still open is asked where a person sits at a
terminal, and left open elsewhere. Results go to standard output; exit code 2: the command could not be done.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table as Grid

from api.failing import sentences_for
from api.tree_documents import node_document, tree_document, tree_line
from diagnostics.errors import EvidenceUnreadable
from diagnostics.evidence import (
    ORIGINS,
    TYPED,
    CaptureEvidence,
    evidence_of,
    find_tree,
    read_answer,
    read_answers,
    read_facts,
    seen_of,
)
from diagnostics.tree_layout import rows_of
from diagnostics.tree_picture import draw_tree
from diagnostics.walk import Outcome, document, walk_tree
from rules.ruleset import RuleSet
from rules.trees import Tree, TreeNode
from rules.walking import Known
from triage.wiring_rules import open_rules, settings

app = typer.Typer(no_args_is_help=True)
out = Console(highlight=False)
err = Console(stderr=True, highlight=False, markup=False)

Name = Annotated[str, typer.Argument(help="name of a tree; `tree list` tells them")]
Province = Annotated[str | None, typer.Option(help="sichuan or anhui; SUYIN_PROVINCE if left out")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON on stdout")]
Svg = Annotated[Path | None, typer.Option("--svg", help="write the picture to this file")]


@app.command("list")
def list_trees(province: Province = None, as_json: AsJson = False) -> None:
    """List the trees."""
    with sentences_for(err):
        trees = _rules(province).trees.values()
    if as_json:
        _print_json([tree_line(tree) for tree in trees])
        return
    grid = Grid(box=None)
    for column in ("tree", "排查", "节点"):
        grid.add_column(column, no_wrap=True)
    for tree in trees:
        grid.add_row(tree.name, tree.title, str(len(tree.nodes)))
    out.print(grid)


@app.command("show")
def show_tree(name: Name, province: Province = None, svg: Svg = None, as_json: AsJson = False) -> None:
    """Show one tree: its questions, where each answer leads, its conclusions; with --svg draw it."""
    with sentences_for(err):
        rules = _rules(province)
        tree = find_tree(name, rules)
        if svg is not None:
            svg.write_text(draw_tree(tree, rules), encoding="utf-8")
            err.print(f"已画出 {tree.name}：{svg}", soft_wrap=True)
    if as_json:
        _print_json(tree_document(tree, rules))
    elif svg is None:
        out.print(f"[bold]{escape(tree.title)}[/]  {tree.name}  {escape(str(tree.source))}", soft_wrap=True)
        for node in tree.nodes.values():
            _show_node(node, rules)


@app.command("walk")
def walk_one(
    name: Name,
    province: Province = None,
    facts: Annotated[Path | None, typer.Option(help="JSON file: fact → value, or → {value, from}")] = None,
    capture: Annotated[
        Path | None, typer.Option(help="a capture, or the JSON that `capture --json` printed of one")
    ] = None,
    answers: Annotated[
        str | None,
        typer.Option(help="JSON file, JSON, `node=answer,…`, or answers in the order they are asked; asks nobody"),
    ] = None,
    ask: Annotated[bool | None, typer.Option(help="ask what is open; if left out, where a person can answer")] = None,
    svg: Svg = None,
    as_json: AsJson = False,
) -> None:
    """Walk a tree to its conclusion, or to what is missing."""
    with sentences_for(err):
        rules = _rules(province)
        tree = find_tree(name, rules)
        known = read_facts(_json_file(facts), rules) if facts is not None else {}
        seen = _capture_evidence(capture, rules) if capture is not None else CaptureEvidence({}, None)
        known = {**seen.facts, **known}
        by_node, in_order = _given_answers(answers, tree)
        outcome = _follow(tree, rules, known, by_node, in_order)
        if ask or (ask is None and answers is None and not as_json and sys.stdin.isatty()):
            outcome = _ask(tree, rules, known, by_node)
        if svg is not None:
            svg.write_text(draw_tree(tree, rules, outcome), encoding="utf-8")
        if as_json:
            _print_json(document(outcome))
        else:
            _show_outcome(outcome)
            if seen.tree is not None and seen.tree != tree.id:
                out.print(f"抓包的主要结论属于另一项排查：./suyin tree walk {seen.tree.removeprefix('tree.')}")


def _rules(province: str | None) -> RuleSet:
    return open_rules(settings(province).province)


def _json_file(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, UnicodeDecodeError) as error:
        raise EvidenceUnreadable(f"{file} 不是 JSON 文件（{error}），请检查引号、逗号和括号") from error


def _capture_evidence(file: Path, rules: RuleSet) -> CaptureEvidence:
    """Diagnose a capture, or take the JSON of a diagnosis; numba takes a second to import and is needed only here."""
    with file.open("rb") as opened:
        head = opened.read(64).lstrip()
    if head.startswith((b"{", b"[")):
        return evidence_of(seen_of(_json_file(file)), rules)
    diagnose = import_module("diagnostics.diagnose").diagnose
    return evidence_of(seen_of(diagnose(file, rules).to_json()), rules)


def _given_answers(given: str | None, tree: Tree) -> tuple[dict[str, Known], Iterator[str]]:
    """Return answers by node, and answers in the order they are asked for."""
    if given is None:
        return {}, iter(())
    if given.lstrip().startswith(("{", "[")):
        found: Any = _parsed(given)
    elif Path(given).is_file():
        found = _json_file(Path(given))
    else:
        parts = [part.strip() for part in given.split(",") if part.strip()]
        pairs = [part.split("=", 1) for part in parts]
        found = dict(pairs) if parts and all(len(pair) == 2 for pair in pairs) else parts
    if isinstance(found, Mapping):
        return read_answers(tree, found, TYPED), iter(())
    if isinstance(found, list):
        return {}, iter([_written(item) for item in found])
    raise EvidenceUnreadable("--answers 应是 JSON 文件、JSON，或 节点=答案,节点=答案，或按次序的答案")


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise EvidenceUnreadable(f"--answers 不是正确的 JSON（{error}）") from error


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _follow(
    tree: Tree, rules: RuleSet, known: Mapping[str, Known], answers: dict[str, Known], in_order: Iterator[str]
) -> Outcome:
    """Walk on as long as there are answers in order."""
    while True:
        outcome = walk_tree(tree, rules, known, answers)
        if outcome.open is None or outcome.open.id in answers:
            return outcome
        text = next(in_order, None)
        if text is None:
            return outcome
        answers[outcome.open.id] = Known(read_answer(outcome.open, text), TYPED)


def _ask(tree: Tree, rules: RuleSet, known: Mapping[str, Known], answers: dict[str, Known]) -> Outcome:
    """Ask at the terminal until the end; `<` takes the last answer back, an empty line stops."""
    asked: list[str] = []
    while True:
        outcome = walk_tree(tree, rules, known, answers)
        node = outcome.open
        if node is None or node.id in answers:
            return outcome
        _show_question(node)
        text = typer.prompt(
            "答案（序号或文字；? 不清楚，< 收回上一个，回车停下）", default="", show_default=False
        ).strip()
        if not text:
            return outcome
        if text == "<":
            if asked:
                del answers[asked.pop()]
            continue
        try:
            answers[node.id] = Known(read_answer(node, _numbered(node, text)), TYPED)
            asked.append(node.id)
        except EvidenceUnreadable as wrong:
            err.print(str(wrong), soft_wrap=True)


def _numbered(node: TreeNode, text: str) -> str:
    listed = list(node.answers)
    return listed[int(text) - 1] if text.isascii() and text.isdigit() and 1 <= int(text) <= len(listed) else text


def _show_question(node: TreeNode) -> None:
    out.print(f"\n[bold]{escape(node.says)}[/]  {escape(str(node.source))}", soft_wrap=True)
    if node.look:
        out.print(f"  看：{escape(node.look)}", soft_wrap=True)
    for number, step in enumerate(node.how, start=1):
        out.print(f"  {number}) {escape(step)}", soft_wrap=True)
    for number, label in enumerate(node.labels.values(), start=1):
        out.print(f"  [{number}] {label}", markup=False, soft_wrap=True)


def _show_outcome(outcome: Outcome) -> None:
    for step in outcome.path:
        node = outcome.tree.nodes[step.node]
        answer = "不清楚" if step.answer == "unknown" else node.labels.get(step.answer, step.answer)
        origin = ORIGINS.get(step.origin, step.origin)
        out.print(f"{node.says}  → {answer}（{origin}）", markup=False, soft_wrap=True)
    if outcome.open is not None:
        out.print(f"待回答：{outcome.open.says}（{outcome.open.id}）", markup=False, soft_wrap=True)
        out.print(f"缺：{outcome.needs}", markup=False, soft_wrap=True)
        return
    found = outcome.conclusion
    assert found is not None
    out.print(f"[bold]结论：{escape(found.sentence)}[/]", soft_wrap=True)
    grid = Grid(show_header=False, box=None, padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row("原因", found.cause)
    grid.add_row("责任", f"{found.responsible_name}{f'（{found.responsible}）' if found.responsible else '，不派单'}")
    grid.add_row("动作", found.action)
    grid.add_row("须附", "、".join(found.requires_names) or "—")
    grid.add_row("答复", escape(found.reply or "—"))
    if found.tree is not None:
        grid.add_row("接着", f"./suyin tree walk {found.tree}")
    out.print(grid)


def _show_node(node: TreeNode, rules: RuleSet) -> None:
    out.print(f"\n[bold]{escape(node.id)}[/]  {escape(node.says)}", soft_wrap=True)
    if node.conclusion is not None:
        shown = node_document(node, rules)
        who = node.conclusion.party or node.conclusion.centre
        out.print(f"  责任：{who}；动作：{shown['action']}；{node.source}", markup=False, soft_wrap=True)
        return
    for _, label, target in rows_of(node):
        out.print(f"  {label} → {target or '停下'}", markup=False, soft_wrap=True)
    out.print(f"  {node.source}", markup=False, soft_wrap=True)


def _print_json(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
