"""Which roles do people have? Read from roles.yaml, where every role that a lifecycle names has its title."""

from __future__ import annotations

from dataclasses import dataclass

from rules.form import Form
from rules.problems import Place, Problems
from rules.source import Source, read_source
from rules.yaml_nodes import Node


@dataclass(frozen=True, slots=True)
class Role:
    """One role. title: Chinese, as the handbooks call it. does: one sentence for whoever gives it to somebody."""

    id: str
    title: str
    does: str
    source: Source
    place: Place


def read_role(name: str, node: Node, problems: Problems) -> Role:
    """Return one entry of roles.yaml; problems are recorded, never raised."""
    form = Form(node, problems, f"role {name}", ("title", "does", "source"))
    return Role(name, form.text("title"), form.text("does"), read_source(form), node.place)
