"""How are the headers of another export called here?

A mapping file is YAML or JSON, `their header: our field`, one line each. Never guesses: a field that does not
exist, a header given twice or a value that is no text is an error with its line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode

from triage.intake.errors import MappingError
from triage.intake.names import canonical, comparable
from triage.tickets import FIELDS


@dataclass(frozen=True, slots=True)
class FieldMapping:
    """Headers of an export that have names of their own.

    names: their header in comparable form → our canonical field; they win over the names known here.
    """

    names: Mapping[str, str] = field(default_factory=dict)

    def canonical(self, header: str) -> str | None:
        """Return our field for a header, None for one that neither the mapping nor the product knows."""
        return (self.names.get(comparable(header)) if self.names else None) or canonical(header)


def load_mapping(path: Path) -> FieldMapping:
    """Read a mapping file (YAML 1.2 or JSON).

    path: a file with one mapping of their header → our field (Chinese or English name).
    Raises MappingError, which lists every problem as file:line: sentence.
    """
    try:
        root = YAML(typ="rt", pure=True).compose(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, YAMLError) as problem:
        raise MappingError(str(path), f"读不出字段对照：{problem}", "请用 UTF-8 的 YAML 或 JSON") from problem
    if not isinstance(root, MappingNode):
        raise MappingError(str(path), f"{path}:1: 应是“对方表头: 本系统字段”的对照", "请每行写一个对照")
    names: dict[str, str] = {}
    problems: list[str] = []
    for key, value in root.value:
        sentence = _enter(names, key, value)
        if sentence:
            problems.append(f"{path}:{key.start_mark.line + 1}: {sentence}")
    if problems:
        raise MappingError(str(path), "；".join(problems), f"可用的字段有：{'、'.join(FIELDS)}")
    return FieldMapping(names)


def _enter(names: dict[str, str], key: object, value: object) -> str | None:
    if not isinstance(key, ScalarNode) or not isinstance(value, ScalarNode):
        return "表头和字段都应是文字"
    theirs = comparable(key.value)
    ours = canonical(value.value)
    if not theirs:
        return "表头是空的"
    if ours is None:
        return f"没有名为“{value.value}”的字段"
    if theirs in names:
        return f"表头“{key.value}”写了两次"
    names[theirs] = ours
    return None
