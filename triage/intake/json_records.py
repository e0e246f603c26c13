"""What tickets stand in a JSON file?

One object, an array of objects, or one object a line. A line that cannot be read costs that line only. Never loads
more than one record at a time.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

from triage.intake.build import Builder, ticket_from_mapping
from triage.intake.errors import BrokenFileError
from triage.intake.limits import open_text
from triage.intake.mapping import FieldMapping
from triage.intake.sniff import encoding_of
from triage.tickets import Reject, Ticket

_CHUNK = 1 << 16
_FIELDS = 100  # a record is longer than anything meant where it exceeds this many full cells
_SPACE = " \t\r\n\ufeff"


def read_json(path: Path, data: bytes, builder: Builder, mapping: FieldMapping) -> Iterator[Ticket | Reject]:
    """Yield a Ticket or a Reject for every record, in file order; its row is the line, or its place in the array.

    data: the beginning of the file. Raises BrokenFileError where an array cannot be followed any further.
    """
    encoding = encoding_of(data)
    longest = builder.caps.cell * _FIELDS
    with open_text(path, encoding, builder.caps) as text:
        if _is_lines(data.decode(encoding, errors="replace").lstrip(_SPACE)):
            records = _lines(text, longest)
        else:
            records = _values(path, text, longest)
        for row, record in records:
            if isinstance(record, dict):
                yield ticket_from_mapping(
                    record, mapping=mapping, caps=builder.caps, source=builder.source, file=builder.file, row=row
                )
            else:
                sentence = record if isinstance(record, str) else "不是 JSON 对象；每张工单应是“字段: 内容”的对象"
                yield builder.reject(row, "", sentence)


def _is_lines(text: str) -> bool:
    """Whether the first line is a whole object: JSON lines, or an object written on one line."""
    try:
        return text.startswith("{") and isinstance(json.loads(text.split("\n", 1)[0]), dict)
    except (ValueError, RecursionError):
        return text.startswith("{") and text.split("\n", 2)[1:2] != [] and text.split("\n", 2)[1].startswith("{")


def _lines(text: io.TextIOBase, longest: int) -> Iterator[tuple[int, object]]:
    row = 0
    while line := text.readline(longest):
        row += 1
        if len(line) == longest and not line.endswith("\n"):
            while len(line) == longest and not line.endswith("\n"):
                line = text.readline(longest)
            yield row, f"这一行超过 {longest} 个字符；请核对导出"
        elif line.strip(_SPACE):
            try:
                value = json.loads(line.strip(_SPACE))
            except (ValueError, RecursionError) as problem:
                value = f"不是完整的 JSON（{problem}）；请核对这一行"
            yield row, value if isinstance(value, dict | str) else None


def _values(path: Path, text: io.TextIOBase, longest: int) -> Iterator[tuple[int, object]]:
    """Yield the elements of an array, or the objects that follow one another."""
    decoder = json.JSONDecoder()
    buffer, row, ended = "", 0, False
    opened = False
    while True:
        buffer = buffer.lstrip(_SPACE + ",")
        if not opened and buffer:
            opened = True
            buffer = buffer.removeprefix("[").lstrip(_SPACE)
        if buffer.startswith("]") or (ended and not buffer):
            return
        try:
            value, end = decoder.raw_decode(buffer)
            complete = ended or end < len(buffer)
        except (ValueError, RecursionError) as problem:
            value, end, complete = problem, 0, False
        if complete:
            row += 1
            buffer = buffer[end:]
            yield row, value if isinstance(value, dict) else None
        elif ended or len(buffer) > longest:
            what = f"第 {row + 1} 条记录不是完整的 JSON（{value}）"
            raise BrokenFileError(str(path), what, "前面的已经读入；请核对文件是否截断或多了字符")
        else:
            chunk = text.read(max(_CHUNK, len(buffer)))
            ended = not chunk
            buffer += chunk
