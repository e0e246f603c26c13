"""How does one row become a Ticket, or a Reject that says why not?

The texts stay as they arrived; only the surrounding white space of a value is left out. Never reads files.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from triage.intake.caps import Caps
from triage.intake.mapping import FieldMapping
from triage.tickets import NUMBER, Origin, Reject, Ticket

_UNREADABLE = re.compile("[\x00\ud800-\udfff]")
_ROUNDED = re.compile(r"[1-9](?:[.]\d+)?[eE][+]?\d+")  # how spreadsheets write a number that they have rounded
_NUMBER = re.compile(r"[^\s，。；！？]{1,64}")
_UNIT, _RECORD = "\x1f", "\x1e"
_NO_EXTRA: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Builder:
    """Makes the tickets of one file.

    source: the upstream system. file: the name that tickets and rejects carry. caps: for the length of a cell.
    """

    source: str
    file: str
    caps: Caps

    def ticket(
        self, row: int, cells: Iterable[tuple[str | None, str, str]], notes: tuple[str, ...] = ()
    ) -> Ticket | Reject:
        """Return the ticket of one row, or the reason why it cannot be one.

        row: 1 = first row of the file, or the record's number. cells: (canonical field or None, header, value);
        where two columns mean the same field, the first filled one counts and the other goes to extra.
        notes: what the reader had to assume about this row.
        """
        fields: dict[str, str] = {}
        extra: dict[str, str] = {}
        for name, header, raw in cells:
            value = raw.strip()
            if not value:
                continue
            if name is None or fields.get(name, value) != value:
                extra[header] = value
            else:
                fields[name] = value
        return self._problem(row, fields, extra) or self._made(row, fields, extra, notes)

    def reject(self, row: int, field: str, sentence: str) -> Reject:
        """Return a Reject for a row of this file."""
        return Reject(self.file, row, field, sentence)

    def _problem(self, row: int, fields: Mapping[str, str], extra: Mapping[str, str]) -> Reject | None:
        if not fields:
            return self.reject(row, "", "没有任何可识别的字段；请核对字段名（表头）或提供字段对照")
        if _ROUNDED.fullmatch(fields.get(NUMBER, "")):
            return self.reject(row, NUMBER, "编号以数字保存，超过15位的部分已丢失；请把这一列设为文本后重新导出")
        whole = _UNIT.join((*fields.values(), *extra, *extra.values()))
        if len(whole) > self.caps.cell or _UNREADABLE.search(whole):
            for name, value in (*fields.items(), *extra.items()):
                sentence = self._fault(name, value)
                if sentence:
                    return self.reject(row, name, sentence)
        number = fields.get(NUMBER)
        if number is not None and not _NUMBER.fullmatch(number):
            return self.reject(row, NUMBER, f"“{number[:30]}”不像工单流水号；请核对这一行是否错位或被换行拆开")
        return None

    def _fault(self, name: str, value: str) -> str | None:
        if len(value) > self.caps.cell:
            return f"内容有 {len(value)} 个字符，超过上限 {self.caps.cell}；请核对是否缺少引号或截短后重新导入"
        found = _UNREADABLE.search(value) or _UNREADABLE.search(name)
        if found is None:
            return None
        if found.group() == "\x00":
            return f"第 {found.start() + 1} 个字符是空字符（NUL）；请从来源系统重新导出"
        return f"第 {found.start() + 1} 个字符处的字节不能按文件的编码读出；请以 UTF-8 或 GB18030 重新导出"

    def _made(self, row: int, fields: dict[str, str], extra: dict[str, str], notes: tuple[str, ...]) -> Ticket:
        number = fields.get(NUMBER)
        made = number is None
        if number is None:
            number = f"N-{content_hash(self.source, '', fields, extra)[:16]}"
            notes = (*notes, f"工单没有流水号，按内容编为 {number}")
        digest = content_hash(self.source, number, fields, extra)
        return Ticket(self.source, number, made, fields, extra or _NO_EXTRA, digest, Origin(self.file, row), notes)


def content_hash(source: str, number: str, fields: Mapping[str, str], extra: Mapping[str, str]) -> str:
    """Return the sha256 (hex) of a ticket's content; the same in whichever format and column order it came.

    Line ends count as \\n, because XML readers and spreadsheets change them.
    """
    parts = [source, number]
    parts.extend(f"{name}{_UNIT}{fields[name]}" for name in sorted(fields))
    parts.extend(f"{_UNIT}{name}{_UNIT}{extra[name]}" for name in sorted(extra))
    text = _RECORD.join(parts)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return hashlib.sha256(text.encode()).hexdigest()


def ticket_from_mapping(
    record: Mapping[str, object],
    *,
    mapping: FieldMapping | None = None,
    caps: Caps | None = None,
    source: str = "eoms",
    file: str = "",
    row: int = 1,
) -> Ticket | Reject:
    """Return the ticket of one JSON object, e.g. the body of an API call.

    record: Chinese or English field name → text, number, boolean (是/否) or null; anything nested is a Reject.
    file, row: what the ticket's origin says.
    """
    builder = Builder(source, file, caps or Caps())
    known = mapping or FieldMapping()
    cells: list[tuple[str | None, str, str]] = []
    for header, value in record.items():
        text = _as_text(value)
        if text is None:
            return builder.reject(row, str(header)[:64], "应是文字、数字或真假值，不能是列表或对象")
        cells.append((known.canonical(header), header, text))
    return builder.ticket(row, cells)


def _as_text(value: object) -> str | None:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        return number_text(value)
    return None


def number_text(value: float) -> str:
    """Return a number as a person wrote it: 12.0 is 12, a long number keeps all its digits."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
