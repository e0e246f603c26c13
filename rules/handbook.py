"""What do the handbooks instruct? The index that coverage is tested against. Read from handbook.yaml."""

from __future__ import annotations

from dataclasses import dataclass

from rules.form import Form
from rules.problems import Place, Problems
from rules.source import READINGS, Reading
from rules.yaml_nodes import Node


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction. text: in our words (Chinese). literal: terms that must appear word for word somewhere."""

    id: str
    handbook: str
    section: str
    text: str
    literal: tuple[str, ...]
    reading: Reading
    place: Place
    node: Node


def read_instruction(node: Node, problems: Problems) -> Instruction:
    """Return one entry of handbook.yaml."""
    form = Form(node, problems, "instruction", ("id", "handbook", "section", "text", "literal", "reading"))
    return Instruction(
        form.text("id"), form.text("handbook"), form.text("section"), form.text("text"), form.texts("literal"),
        form.choice("reading", READINGS), node.place, node,
    )  # fmt: skip
