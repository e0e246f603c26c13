"""What do findings, given facts and people's answers say in the words of the fault trees?

table.capture_facts turns every finding code into facts and names its tree; table.ggsn and table.gtp_reason derive more.
Nothing here knows a code or a tree by name: that is all data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from diagnostics.errors import EvidenceUnreadable
from rules.facts import Fact, FactValue
from rules.ruleset import RuleSet
from rules.trees import ANY, PREFIX, UNKNOWN, Tree, TreeNode
from rules.walking import Known

Origin = str
TYPED, CAPTURE, PROBE, BOSS = "typed", "capture", "probe", "boss"
ORIGINS: Mapping[Origin, str] = {TYPED: "人工", CAPTURE: "抓包", PROBE: "探测", BOSS: "BOSS"}
UNKNOWN_WORDS = frozenset((UNKNOWN, "不清楚", "不知道", "未知", "?", "？"))
CAPTURE_TABLE = "table.capture_facts"
DERIVING = ("table.ggsn", "table.gtp_reason")
FINE, NOBODY = "ok", "none"  # a severity and a party that blame nobody
_YES, _NO = frozenset(("true", "是", "yes", "y", "对", "1")), frozenset(("false", "否", "no", "n", "不是", "0"))


@dataclass(frozen=True, slots=True)
class Seen:
    """A finding of a capture, as the trees need it. frames prove it; cause: the protocol's own number."""

    code: str
    severity: str
    responsible: tuple[str, ...]
    frames: tuple[int, ...] = ()
    cause: int | None = None


@dataclass(frozen=True, slots=True)
class CaptureEvidence:
    """What a capture says: facts, the tree (id) that its main finding belongs to, None where to none."""

    facts: Mapping[str, Known]
    tree: str | None


def seen_of(document: object) -> tuple[Seen, ...]:
    """Return the findings of a diagnosis as JSON values: the whole document, or its list of findings.

    The verdict's finding comes first, the others keep their order.

    Raises EvidenceUnreadable.
    """
    listed = document.get("findings") if isinstance(document, Mapping) else document
    if not isinstance(listed, list):
        raise EvidenceUnreadable("抓包结论应是 `suyin capture FILE --json` 的输出，其中有 findings 列表")
    verdict = document.get("verdict") if isinstance(document, Mapping) else None
    main = verdict.get("code") if isinstance(verdict, Mapping) else None
    return tuple(sorted((_seen(item) for item in listed), key=lambda seen: seen.code != main))


def _seen(item: object) -> Seen:
    if not isinstance(item, Mapping) or not isinstance(item.get("code"), str):
        raise EvidenceUnreadable("findings 的每一项都要有 code", "findings")
    responsible, frames, cause = item.get("responsible", ()), item.get("frames", ()), item.get("cause")
    parties = (responsible,) if isinstance(responsible, str) else responsible
    if not isinstance(parties, list | tuple) or not isinstance(frames, list | tuple):
        raise EvidenceUnreadable("findings 的 responsible 和 frames 应是列表", "findings")
    number = int(cause) if isinstance(cause, int | str) and str(cause).isascii() and str(cause).isdigit() else None
    return Seen(
        item["code"], str(item.get("severity", "fault")), tuple(map(str, parties)),
        tuple(frame for frame in frames if isinstance(frame, int)), number,
    )  # fmt: skip


def evidence_of(findings: Iterable[Seen], rules: RuleSet) -> CaptureEvidence:
    """Return what findings say. findings: the worst first; what an earlier one settles, a later one leaves.

    Raises EvidenceUnreadable for a code outside the vocabulary.
    """
    known: dict[str, Known] = {}
    tree: str | None = None
    for seen in findings:
        if seen.code not in rules.facts["capture.finding"].values:
            raise EvidenceUnreadable(f"没有抓包结论 {seen.code}，请对照 docs/captures.md 的结论代码", "findings")
        for name, value in (rules.tables[CAPTURE_TABLE].decide({"capture.finding": seen.code}).outputs or {}).items():
            if name == "tree":
                tree = tree or (str(value) if value is not None else None)
            elif value is not None:
                known.setdefault(name, Known(value, CAPTURE))
        if seen.severity != FINE and seen.responsible and seen.responsible[0] != NOBODY:
            known.setdefault("capture.party", Known(seen.responsible[0], CAPTURE))
        if seen.cause is not None and seen.code.startswith("gtp."):
            known.setdefault("gtp.cause", Known(seen.cause, CAPTURE))
    return CaptureEvidence(known, tree)


def derived(known: Mapping[str, Known], rules: RuleSet) -> dict[str, Known]:
    """Return facts that tables conclude from what is known; what is known already is left out."""
    found: dict[str, Known] = {}
    facts: dict[str, FactValue | None] = {name: item.value for name, item in known.items()}
    for name in DERIVING:
        table = rules.tables[name]
        outputs = table.decide(facts).outputs or {}
        origins = {known[item.fact.id].origin for item in table.inputs if item.fact.id in known}
        for output in table.outputs:
            value = outputs.get(output.name)
            if output.fact is not None and value is not None and output.name not in known:
                found[output.name] = Known(value, CAPTURE if CAPTURE in origins else PROBE)
    return found


def find_tree(name: str, rules: RuleSet) -> Tree:
    """Return the tree of a name, with or without `tree.`. Raises EvidenceUnreadable naming the trees there are."""
    tree = rules.trees.get(PREFIX + name.removeprefix(PREFIX))
    if tree is None:
        names = "、".join(tree.name for tree in rules.trees.values())
        raise EvidenceUnreadable(f"没有排查树 {name}，可选：{names}", "tree")
    return tree


def read_answer(node: TreeNode, text: str) -> str:
    """Return the answer of a node that a text means: the answer itself, its label, its number, or not knowing.

    Raises EvidenceUnreadable naming the answers there are.
    """
    written = text.strip()
    if written in UNKNOWN_WORDS:
        return UNKNOWN
    if ANY in node.answers and written:
        return written
    if written in node.answers:
        return written
    for answer, label in node.labels.items():
        if written == label or (answer == "true" and written in _YES) or (answer == "false" and written in _NO):
            return answer
    known = "、".join(f"{answer}（{label}）" if answer != label else answer for answer, label in node.labels.items())
    raise EvidenceUnreadable(f"“{written[:40]}”不是“{node.says}”的答案，可选：{known}、不清楚", node.id)


def read_answers(tree: Tree, given: Mapping[str, object], origin: Origin) -> dict[str, Known]:
    """Return answers by node. given: node id → answer as read_answer takes it, or a flag. Raises EvidenceUnreadable."""
    answers: dict[str, Known] = {}
    for name, value in given.items():
        node = tree.nodes.get(name)
        if node is None or node.kind == "conclude":
            asked = "、".join(node.id for node in tree.nodes.values() if node.kind != "conclude")
            raise EvidenceUnreadable(f"{tree.name} 没有要回答的节点 {name}，有：{asked}", name)
        written = str(value).lower() if isinstance(value, bool) else str(value)
        answers[name] = Known(read_answer(node, written), origin)
    return answers


def read_facts(given: object, rules: RuleSet) -> dict[str, Known]:
    """Return facts given as JSON: fact id → value, or → {"value": …, "from": typed|capture|probe|boss}.

    null leaves a fact unknown. Raises EvidenceUnreadable.
    """
    if not isinstance(given, Mapping):
        raise EvidenceUnreadable('事实应是一个 JSON 对象，如 {"ims.account": "opened"}')
    known: dict[str, Known] = {}
    for name, item in given.items():
        value, origin = (item.get("value"), item.get("from", TYPED)) if isinstance(item, Mapping) else (item, TYPED)
        if origin not in ORIGINS:
            raise EvidenceUnreadable(f"{name} 的来源 {origin} 不对，可选：{'、'.join(ORIGINS)}", str(name))
        if name not in rules.facts:
            raise EvidenceUnreadable(f"没有事实 {name}，请对照 rules/content/facts.yaml", str(name))
        if value is not None:
            known[name] = Known(_value(rules.facts[name], value), origin)
    return known


def _value(fact: Fact, value: object) -> FactValue:
    if fact.type == "flag":
        word = str(value).lower()
        if word in _YES or word in _NO:
            return word in _YES
    elif fact.type == "number":
        if isinstance(value, int | float) and not isinstance(value, bool):
            return value
    elif isinstance(value, str | int) and not isinstance(value, bool):
        for key, label in fact.values.items():
            if str(value) in (key, label):
                return key
        if not fact.values:
            return str(value)
    allowed = "、".join(f"{key}（{label}）" for key, label in fact.values.items()) or fact.type
    raise EvidenceUnreadable(f"{fact.title}（{fact.id}）不能是 {str(value)[:40]}，可选：{allowed}", fact.id)
