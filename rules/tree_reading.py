"""How is a fault tree of trees/*.yaml read, and how does a province's tree lie over the base's?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from rules.canonical import digest
from rules.facts import Fact, Vocabulary
from rules.form import Form, suggest
from rules.problems import Problems
from rules.source import STATUSES, Source, read_examples, read_source
from rules.tree_proof import prove
from rules.trees import ANY, KINDS, PROBES, UNKNOWN, Conclusion, Kind, Tree, TreeNode
from rules.yaml_nodes import Node

FIELDS = ("id", "title", "status", "source", "root", "nodes", "examples")
NODE_FIELDS = (
    *KINDS, "fact", "answers", "unknown", "quiet", "probe", "look", "how", "covers", "because", "source",
)  # fmt: skip
CONCLUSION_FIELDS = ("sentence", "cause", "party", "party_fact", "centre", "action", "reply", "requires", "tree")
ASKING = ("answers", "unknown", "quiet", "probe", "fact")
ACTION, ATTACHMENT = "handling.action", "handling.attachment"  # facts whose values are the vocabulary of conclusions
FLAG_LABELS = {"true": "是", "false": "否"}


def read_tree(node: Node, facts: Vocabulary, problems: Problems) -> Tree:
    """Return the tree of one document; problems, also of its shape, are recorded, never raised."""
    form = Form(node, problems, "tree", FIELDS)
    source = read_source(form)
    status = form.choice("status", STATUSES)
    reader = _NodeReader(facts, source, status != "draft", problems)
    nodes = {name: reader.read(name, item) for name, item in form.mapping("nodes", required=True).items()}
    tree = Tree(
        form.text("id"), form.text("title"), status, source, form.text("root"), nodes, read_examples(form),
        digest(node.data()), node.place, node,
    )  # fmt: skip
    if form.readable and nodes:
        prove(tree, problems)
    return tree


def laid_over(base: Node, over: Node) -> Node:
    """Return the base's tree with a province's laid over it: fields and nodes replaced or added, empty nodes removed.

    A replaced node is replaced whole; one written as nothing is taken out; the base's nodes keep the base's source.
    """
    if not isinstance(base.value, dict) or not isinstance(over.value, dict):
        return over
    fields = {**base.value, **over.value}
    below, above = base.value.get("nodes"), over.value.get("nodes")
    if below is not None and above is not None and isinstance(below.value, dict) and isinstance(above.value, dict):
        kept = {name: _with_source(node, base.value.get("source")) for name, node in below.value.items()}
        nodes = {**kept, **above.value}
        fields["nodes"] = replace(above, value={name: node for name, node in nodes.items() if node.value is not None})
    return replace(over, value=fields)


def _with_source(node: Node, source: Node | None) -> Node:
    if source is None or not isinstance(node.value, dict) or "source" in node.value:
        return node
    return replace(node, value={**node.value, "source": source})


class _NodeReader:
    """Reads the nodes of one tree."""

    def __init__(self, facts: Vocabulary, source: Source, complete: bool, problems: Problems) -> None:
        """source: of nodes that name none. complete: conclusions must say everything."""
        self._facts, self._source, self._complete, self._problems = facts, source, complete, problems

    def read(self, name: str, node: Node) -> TreeNode:
        form = Form(node, self._problems, f"node {name}", NODE_FIELDS)
        kinds: list[Kind] = [kind for kind in KINDS if form.get(kind) is not None]
        if len(kinds) != 1 and form.readable:
            form.error("ask", f"node {name} needs exactly one of {', '.join(KINDS)}")
        kind = kinds[0] if kinds else "ask"
        conclusion = self._conclusion(form) if kind == "conclude" else None
        fact = self._fact(form)
        answers, unknown, needs = self._ways(form, kind, fact)
        says = conclusion.sentence if conclusion else form.text(kind) if kinds else ""
        source = read_source(form) if form.get("source") is not None else self._source
        probe = form.choice("probe", PROBES) if form.get("probe") is not None else None
        return TreeNode(
            name, kind, says, fact.id if fact else None, answers, _labels(answers, fact), unknown, needs,
            form.flag("quiet"), probe, form.maybe_text("look") or "", form.texts("how"), form.texts("covers"),
            conclusion, form.maybe_text("because") or "", source, node.place,
        )  # fmt: skip

    def _fact(self, form: Form) -> Fact | None:
        name = form.maybe_text("fact")
        return None if name is None else self._facts.find(name, form.place, self._problems)

    def _ways(self, form: Form, kind: Kind, fact: Fact | None) -> tuple[dict[str, str], str | None, str | None]:
        """Return answers, the node where nobody knows, and what is missing there."""
        unknown, needs = _read_unknown(form)
        answers = _read_answers(form)
        if kind == "conclude":
            if any(form.get(field) is not None for field in ASKING):
                form.error("conclude", f"{form.what} concludes; nothing follows it")
        elif form.readable and (not answers or (unknown is None and needs is None)):
            form.error(
                kind, f"{form.what} needs answers and unknown: where each answer leads, and where not knowing does"
            )
        if kind == "check" and form.readable and form.get("fact") is None:
            form.error("check", f"{form.what} is a check and needs the fact that answers it")
        if form.flag("quiet") and (kind != "check" or unknown is None):
            form.error("quiet", f"{form.what} is quiet: it must be a check whose unknown leads to a node")
        if fact is not None:
            _check_answers(form, answers, fact)
        return answers, unknown, needs

    def _conclusion(self, form: Form) -> Conclusion:
        node = form.get("conclude")
        if node is None or not isinstance(node.value, dict):
            return self._checked(form, Conclusion(form.text("conclude")))
        inner = Form(node, self._problems, f"the conclusion of {form.what}", CONCLUSION_FIELDS)
        if inner.get("sentence") is None:
            form.error("conclude", f"{form.what}: a conclusion with fields needs `sentence`, which people read")
        said = Conclusion(
            inner.maybe_text("sentence") or "",
            inner.maybe_text("cause") or "",
            inner.maybe_text("party"),
            inner.maybe_text("party_fact"),
            inner.maybe_text("centre"),
            inner.maybe_text("action") or "",
            inner.maybe_text("reply") or "",
            inner.texts("requires"),
            inner.maybe_text("tree"),
        )
        return self._checked(form, said)

    def _checked(self, form: Form, conclusion: Conclusion) -> Conclusion:
        if conclusion.party is not None and conclusion.centre is not None:
            form.error("conclude", f"{form.what}: name a party or a centre, not both")
        if self._complete:
            lacking = [field for field in ("cause", "action") if not getattr(conclusion, field)]
            if conclusion.party is None and conclusion.centre is None:
                lacking.append("party or centre")
            if lacking:
                form.error("conclude", f"{form.what}: the conclusion lacks {', '.join(lacking)}")
        if conclusion.party_fact is not None:
            self._facts.find(conclusion.party_fact, form.place, self._problems)
        words = [(ACTION, conclusion.action)] if conclusion.action else []
        for fact, word in (*words, *((ATTACHMENT, item) for item in conclusion.requires)):
            known = self._facts.find(fact, form.place, self._problems)
            if known is not None and word not in known.values:
                form.error("conclude", f"{form.what}: {word} is not a value of {fact}{suggest(word, known.values)}")
        return conclusion


def _read_unknown(form: Form) -> tuple[str | None, str | None]:
    node = form.get("unknown")
    if node is None or not isinstance(node.value, dict):
        return form.maybe_text("unknown"), None
    return None, Form(node, form.problems, f"unknown of {form.what}", ("needs",)).text("needs")


def _read_answers(form: Form) -> dict[str, str]:
    """Return answer → node; `a|b` stands for two answers that lead to the same node."""
    answers: dict[str, str] = {}
    for written, target in form.mapping("answers").items():
        for answer in written.split("|"):
            if answer in answers:
                form.error("answers", f"{form.what} names the answer {answer} twice")
            if answer == UNKNOWN:
                form.error("answers", f"{form.what}: where not knowing leads stands under `unknown`, not in answers")
            answers[answer] = form.written(target, "answers")
    return answers


def _check_answers(form: Form, answers: Mapping[str, str], fact: Fact) -> None:
    if fact.type in ("word", "number") and not fact.values:
        if tuple(answers) != (ANY,):
            form.error("answers", f"{form.what}: {fact.id} is a {fact.type}; its one answer is '{ANY}', any value")
        return
    values = ["true", "false"] if fact.type == "flag" else list(fact.values)
    for answer in answers:
        if answer not in values:
            form.error("answers", f"{answer} is not a value of {fact.id}{suggest(answer, values)}")
    lacking = [value for value in values if value not in answers]
    if lacking:
        form.error("answers", f"{form.what} does not say where {', '.join(lacking)} of {fact.id} leads")


def _labels(answers: Mapping[str, str], fact: Fact | None) -> dict[str, str]:
    known = FLAG_LABELS if fact is not None and fact.type == "flag" else fact.values if fact is not None else {}
    return {answer: known.get(answer, "已知" if answer == ANY else answer) for answer in answers}
