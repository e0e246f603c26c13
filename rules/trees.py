"""Which question comes next, and what does each answer lead to? Fault trees of trees/*.yaml.

A node asks a person (`ask`), asks a system (`check`, whose fact evidence may hold already) or concludes (`conclude`).
Every node that asks says where each answer leads, and what happens where nobody knows: another node, or an open stop
that names what is missing. Read by rules/tree_reading.py, walked by rules/walking.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from rules.problems import Place
from rules.source import Example, Source, Status
from rules.yaml_nodes import Node

Kind = Literal["ask", "check", "conclude"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Probe = Literal["subscription", "registration", "ping", "tcp", "ggsn", "speed"]
PROBES: tuple[Probe, ...] = get_args(Probe)
ANY = "*"  # the answer that any value of a word or a number gives
UNKNOWN = "unknown"  # the answer of somebody who does not know
PREFIX = "tree."  # ids of trees begin with it; people leave it out


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What a walk ends with. cause: a few words. sentence: what the engineer reads.

    party: who is to blame; the province's centre answers for it. party_fact: a fact that names the party where it is
    known, before `party`. centre: a centre named outright, instead of a party. action: value of `handling.action`.
    reply: id of a reply text, or the sentence itself, "" for none. requires: values of `handling.attachment` without
    which the action is refused. tree: id of the tree to go on with. A draft may lack all but the sentence.
    """

    sentence: str
    cause: str = ""
    party: str | None = None
    party_fact: str | None = None
    centre: str | None = None
    action: str = ""
    reply: str = ""
    requires: tuple[str, ...] = ()
    tree: str | None = None


@dataclass(frozen=True, slots=True)
class TreeNode:
    """One node. says: the question, or the conclusion's sentence. fact: what an answer settles, and what settles it.

    answers: answer → next node; labels: answer → what people see. unknown: next node where nobody knows; needs: what
    is missing, where the walk stops instead. quiet: without evidence the node is passed by as unknown, never asked.
    probe: the probe that can find the fact. look: what to look at; how: the steps. covers: handbook instructions.
    """

    id: str
    kind: Kind
    says: str
    fact: str | None
    answers: Mapping[str, str]
    labels: Mapping[str, str]
    unknown: str | None
    needs: str | None
    quiet: bool
    probe: str | None
    look: str
    how: tuple[str, ...]
    covers: tuple[str, ...]
    conclusion: Conclusion | None
    because: str
    source: Source
    place: Place

    @property
    def next(self) -> tuple[str, ...]:
        """Ids of the nodes that can follow, each once."""
        last = () if self.unknown is None else (self.unknown,)
        return tuple(dict.fromkeys((*self.answers.values(), *last)))

    def answer_for(self, value: object) -> str | None:
        """Return the answer that a value of the fact gives; None where it gives none."""
        written = ("true" if value else "false") if isinstance(value, bool) else str(value)
        if written in self.answers:
            return written
        return ANY if ANY in self.answers and written else None


@dataclass(frozen=True, slots=True)
class Tree:
    """One fault tree. hash: sha256 hex of its content, so that a walk can name its version."""

    id: str
    title: str
    status: Status
    source: Source
    root: str
    nodes: Mapping[str, TreeNode]
    examples: tuple[Example, ...]
    hash: str
    place: Place
    node: Node

    @property
    def name(self) -> str:
        """The id as people give it, without `tree.`."""
        return self.id.removeprefix(PREFIX)
