"""Which JSON about fault trees and walks comes in and goes out?"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from diagnostics.walk import document, question
from triage.cases.walk_tree import Walked
from triage.records_walks import Entry

Name = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Short = Annotated[str, StringConstraints(max_length=500)]
Version = Annotated[int, Field(ge=1, le=1_000_000, description="the version that was seen; another one is 409")]
Answers = Annotated[
    dict[Name, str | bool], Field(max_length=200, description="node → answer, `unknown` for not knowing")
]


class TreeLineOut(BaseModel):
    """One tree. hash: of its content in the province's rules."""

    tree: str
    title: str
    nodes: int
    hash: str
    source: str


class TreeOut(BaseModel):
    """A whole tree: questions with where their answers lead, and conclusions."""

    tree: str
    title: str
    hash: str
    rules_hash: str
    root: str
    source: str
    nodes: list[dict[str, Any]]


class TryIn(BaseModel):
    """A walk that is not kept. findings: as `./suyin capture --json` prints them, the worst first."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [
        {"facts": {"ims.number": True, "ims.account": {"value": "opened", "from": "boss"}},
         "answers": {"register": "bad_credentials"}}]})  # fmt: skip
    facts: Annotated[dict[Name, Any], Field(max_length=200)] = {}
    findings: Annotated[list[dict[str, Any]], Field(max_length=200)] = []
    answers: Answers = {}


class StepOut(BaseModel):
    """One node that is behind. from: typed, capture, probe or boss."""

    model_config = ConfigDict(populate_by_name=True)
    node: str
    answer: str
    origin: str = Field(alias="from")


class ConclusionOut(BaseModel):
    """What is to be done by whom. responsible: id of a centre, null where nobody is dispatched to."""

    node: str
    cause: str
    sentence: str
    responsible: str | None
    responsible_name: str
    action: str
    reply: str | None
    requires: list[str]
    tree: str | None


class StandingOut(BaseModel):
    """Where a walk stands: open with what it needs, or concluded. question: the open one, with look, how, answers."""

    tree: str
    path: list[StepOut]
    open: str | None
    needs: str | None
    conclusion: ConclusionOut | None
    question: dict[str, Any] | None = None


class BeginIn(BaseModel):
    """tree: name; null takes the one that captures or the phenomenon speak for."""

    model_config = ConfigDict(extra="forbid")
    tree: Name | None = None


class ChangeIn(BaseModel):
    """A change of a walk."""

    model_config = ConfigDict(extra="forbid")
    version: Version


class AnswerIn(ChangeIn):
    """An answer to the open question; answer may be the label that people see, or `unknown`."""

    node: Name
    answer: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    note: Annotated[str, StringConstraints(max_length=2000)] = ""


class TakeBackIn(ChangeIn):
    """n: number of the entry."""

    n: int = Field(ge=1, le=1_000_000)


class ProbeIn(ChangeIn):
    """subject: the number, address or city that the system is asked about."""

    subject: Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


class ConcludeIn(ChangeIn):
    """attached: what the conclusion requires besides signalling → where it lies."""

    attached: Annotated[dict[Name, Short], Field(max_length=20)] = {}


class EntryOut(BaseModel):
    """One thing said in a walk."""

    n: int
    kind: Literal["answer", "fact"]
    name: str
    value: Any
    origin: str
    by: str
    at: datetime
    detail: str
    withdrawn_by: str | None
    withdrawn_at: datetime | None

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """Return the outer form of an entry."""
        names = ("n", "kind", "name", "origin", "by", "at", "detail", "withdrawn_by", "withdrawn_at")
        return cls(value=json.loads(entry.value), **{name: getattr(entry, name) for name in names})


class WalkOut(StandingOut):
    """A walk about a ticket. said: what sets the answer of a system in words, else null."""

    id: str
    ticket_id: str
    version: int
    tree_hash: str
    rules_hash: str
    begun_by: str
    begun_at: datetime
    changed_by: str
    changed_at: datetime
    concluded_by: str | None
    concluded_at: datetime | None
    entries: list[EntryOut]
    said: str | None = None

    @classmethod
    def of(cls, walked: Walked, said: str | None = None) -> Self:
        """Return the outer form of a walk."""
        record, opened = walked.record, walked.outcome.open
        names = ("id", "ticket_id", "version", "tree_hash", "rules_hash", "begun_by", "begun_at", "changed_by",
                 "changed_at", "concluded_by", "concluded_at")  # fmt: skip
        return cls(
            **document(walked.outcome),
            question=question(opened) if opened else None,
            entries=[EntryOut.of(entry) for entry in record.entries],
            said=said,
            **{name: getattr(record, name) for name in names},
        )
