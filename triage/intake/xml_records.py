"""What tickets stand in an EOMS XML file?

`opDetail/recordInfo/fieldInfo{fieldChName, fieldEnName, fieldContent}`. Each record is parsed by itself, so that a
broken one costs no other; document types and entities are refused. Never holds more than one record.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from triage.intake.build import Builder
from triage.intake.errors import BrokenFileError, ForbiddenError, UnknownFormatError
from triage.intake.limits import open_text
from triage.intake.mapping import FieldMapping
from triage.intake.sniff import encoding_of
from triage.tickets import Reject, Ticket

_CHUNK = 1 << 16
_OVERLAP = 256  # characters kept between two chunks, so that no tag is cut in two
_FIELDS = 100  # a record is longer than anything meant where it exceeds this many full cells
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_TYPE = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_RECORD = re.compile(r"<((?:[\w.-]+:)?recordInfo)(?=[\s>/])")
_PREFIX = re.compile(r"(?<=<)(/?)[A-Za-z][\w.-]*:(?=\w)")
_ILLEGAL = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ENCODINGS = {"utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "utf-8"} | dict.fromkeys(
    ("gb2312", "gbk", "gb18030"), "gb18030"
)


def read_xml(path: Path, data: bytes, builder: Builder, mapping: FieldMapping) -> Iterator[Ticket | Reject]:
    """Yield a Ticket or a Reject for every record, in file order; its row is the record's number.

    data: the beginning of the file. Raises ForbiddenError for a document type or entity, UnknownFormatError for
    other XML, BrokenFileError for an encoding nobody knows.
    """
    with open_text(path, _encoding(path, data), builder.caps) as text:
        for row, fragment in enumerate(_fragments(path, text, builder.caps.cell * _FIELDS), 1):
            yield _ticket(row, fragment, builder, mapping)


def _encoding(path: Path, data: bytes) -> str:
    """Return the codec the bytes show; the declaration counts only where its beginning is plain ASCII."""
    declared = _DECLARED.match(data)
    if declared is None or not data.isascii():
        return encoding_of(data)
    name = declared[1].decode("ascii").lower()
    if name not in _ENCODINGS:
        raise BrokenFileError(str(path), f"声明了未知的编码 {name}", "请以 UTF-8 重新导出")
    return _ENCODINGS[name]


def _fragments(path: Path, text: io.TextIOBase, longest: int) -> Iterator[str]:
    """Yield the text of each recordInfo; a file without one is a single record as a whole."""
    buffer, seen, ended = "", False, False
    while not ended:
        chunk = text.read(_CHUNK)
        ended = not chunk
        buffer += chunk
        while opened := _RECORD.search(buffer):
            _refuse_types(path, buffer[: opened.start()])
            end = _end(buffer, opened, ended=ended)
            if end is None and len(buffer) - opened.start() > longest:
                end = opened.end()  # never closed: its beginning becomes a Reject, and the search goes on
            if end is None:
                break
            seen = True
            yield buffer[opened.start() : end]
            buffer = buffer[end:]
        else:
            _refuse_types(path, buffer)
            if len(buffer) > longest or seen:
                buffer = buffer[-_OVERLAP:]
    if not seen:
        yield _single(path, buffer)


def _end(buffer: str, opened: re.Match[str], *, ended: bool) -> int | None:
    """Where the record ends: behind its closing tag, or before the next record where it is never closed."""
    closing = f"</{opened[1]}>"
    closed = buffer.find(closing, opened.end())
    following = _RECORD.search(buffer, opened.end(), closed if closed >= 0 else len(buffer))
    if following:
        return following.start()
    if closed >= 0:
        return closed + len(closing)
    return len(buffer) if ended else None


def _refuse_types(path: Path, between: str) -> None:
    if _TYPE.search(between):
        raise ForbiddenError(str(path), "含有文档类型（DOCTYPE）或实体定义", "请去掉它们再导入，系统不读取外部内容")


def _single(path: Path, buffer: str) -> str:
    if "fieldInfo" not in buffer:
        raise UnknownFormatError(str(path), "这份 XML 里没有 recordInfo", "请核对是否 EOMS 的 opDetail 格式")
    return _DECLARATION.sub("", buffer.lstrip("\ufeff"))


def _ticket(row: int, fragment: str, builder: Builder, mapping: FieldMapping) -> Ticket | Reject:
    if "\x00" in fragment:
        return builder.reject(row, "", "含有空字符（NUL）；请从来源系统重新导出")
    if not fragment.startswith(("<recordInfo", "<opDetail")):  # a name space prefix, which the fragment lost
        fragment = _PREFIX.sub(r"\1", fragment)
    try:
        record = _parsed(fragment)
    except (ParseError, DefusedXmlException, UnicodeEncodeError) as problem:
        return builder.reject(
            row, "", f"这条记录不是完整的 XML（{_short(problem)}）；请核对未转义的 & 和 <，或是否截断"
        )
    return builder.ticket(row, _cells(record, mapping))


def _parsed(fragment: str) -> Element:
    try:
        return fromstring(fragment, forbid_dtd=True)
    except ParseError:  # a control character, perhaps: XML forbids them, exports hold them
        if _ILLEGAL.search(fragment) is None:
            raise
        return fromstring(_ILLEGAL.sub(" ", fragment), forbid_dtd=True)


def _short(problem: Exception) -> str:
    return "字节不能按文件的编码读出" if isinstance(problem, UnicodeEncodeError) else str(problem)


def _cells(record: Element, mapping: FieldMapping) -> Iterator[tuple[str | None, str, str]]:
    for info in record.iter("fieldInfo"):
        parts = {part.tag: "".join(part.itertext()) if len(part) else part.text or "" for part in info}
        chinese = parts.get("fieldChName", "").strip()
        english = parts.get("fieldEnName", "").strip()
        name = mapping.canonical(chinese) or mapping.canonical(english)
        yield name, chinese or english or "fieldInfo", parts.get("fieldContent", "")
